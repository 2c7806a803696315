import { type SQL, sql } from 'drizzle-orm'
import { type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { notifications } from '../db/schema.ts'
import { arrayOf, columnsOf, given, isAfter, listOf } from '../db/statement.ts'
import { isPictured } from '../events/event.ts'
import type { Page } from '../http/paging.ts'
import type { NotificationKind } from './kinds.ts'
import type { Notification } from './notification.ts'

/** A notification of any of somebody's cameras. Its picture goes with its camera: where that is gone, or another's now, it is not shown. */
export type Told = Notification & { isPictured: boolean }
export type Filters = { camera?: string | undefined; kind?: NotificationKind | undefined }

const isTheirs = sql`owner = (select public_user_id from viewer)`

const listing = viewerReads(() => ({
  answers: {
    told: listOf<Told>(sql`
      select ${columnsOf(notifications)}, ${isPictured} as "isPictured" from ${notifications}
      where ${isTheirs} and cleared_at is null
        and ${isAfter(notifications.publicNotificationId)}
        and (${given('camera', 'uuid')} is null or camera = ${given('camera', 'uuid')})
        and (${given('kind')} is null or kind = ${given('kind')})
      order by public_notification_id desc limit ${given('limit', 'int')} + 1`),
  },
}))

/** What all of the viewer's cameras told, the newest first, without what was cleared: a page, and one more row where there are more. */
export async function toldOf(
  db: Db,
  viewer: Viewer,
  { camera = null, kind = null }: { [K in keyof Filters]: Filters[K] | null },
  { limit, after }: Page,
) {
  return (await listing(db, viewer, { camera, kind, limit, after })).told
}

const marking = (column: SQL) =>
  viewerWrites(() => ({
    steps: {
      marked: sql`
        update ${notifications} set ${column} = coalesce(${column}, now())
        where ${isTheirs} and public_notification_id = any(${given('ids', 'uuid[]')}) returning 1`,
    },
    answers: { count: sql<number>`(select count(*)::int from marked)` },
  }))
const marks = { seen: marking(sql`seen_at`), cleared: marking(sql`cleared_at`) }

/** Marks the viewer's notifications, and says how many of these there are, those that were marked before among them. */
export async function mark(db: Db, viewer: Viewer, as: keyof typeof marks, ids: string[]) {
  return (await marks[as](db, viewer, { ids: arrayOf(ids) })).count
}
