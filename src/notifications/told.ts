import { type SQL, sql } from 'drizzle-orm'
import { type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { idsOf } from '../db/ids.ts'
import { notifications } from '../db/schema.ts'
import { arrayOf, columnsOf, given, isAfter, listOf, oneOf, only } from '../db/statement.ts'
import { isPictured } from '../events/event.ts'
import type { Page } from '../http/paging.ts'
import { problems } from '../problems.ts'
import type { NotificationKind } from './kinds.ts'
import type { Notification } from './notification.ts'

/**
 * A notification of any of the viewer's cameras. Its picture belongs to the camera: if that was deleted or has another owner,
 * it is not shown.
 */
export type Told = Notification & { isPictured: boolean }
/**
 * The filters. `unseen` selects those of the newest `UNSEEN_AMONG` that were not seen. Since `from` and before `to`.
 */
export type Filters = {
  camera?: string | undefined
  rule?: string | undefined
  kind?: NotificationKind | undefined
  unseen?: boolean | undefined
  from?: string | undefined
  to?: string | undefined
}

/** Older notifications are not checked each time a phone asks for new ones. */
export const UNSEEN_AMONG = 1000
/** The most by which the creation of a notification and the time in its id differ: the wait for a camera's lock. */
const MOST_APART_IN_MS = 60_000

const isTheirs = sql`owner = (select public_user_id from viewer)`
const columns = sql`${columnsOf(notifications)}, ${isPictured} as "isPictured"`
const isAmongNewest = sql`public_notification_id >= coalesce((
  select public_notification_id from ${notifications} where ${isTheirs}
  order by public_notification_id desc offset ${sql.raw(String(UNSEEN_AMONG - 1))} limit 1), ${given('first', 'uuid')})`

const listing = viewerReads(() => ({
  answers: {
    told: listOf<Told>(sql`
      select ${columns} from ${notifications}
      where ${isTheirs} and cleared_at is null
        and ${isAfter(notifications.publicNotificationId)}
        and public_notification_id >= ${given('first', 'uuid')} and public_notification_id <= ${given('last', 'uuid')}
        and ${only('camera', 'uuid', (camera) => sql`camera = ${camera}`)}
        and ${only('rule', 'uuid', (rule) => sql`${rule} = any(rule_ids)`)}
        and ${only('kind', 'text', (kind) => sql`kind = ${kind}`)}
        and ${only('unseen', 'boolean', (unseen) => sql`(seen_at is null and ${isAmongNewest}) = ${unseen}`)}
        and ${only('from', 'timestamptz', (from) => sql`created_at >= ${from}`)}
        and ${only('to', 'timestamptz', (to) => sql`created_at < ${to}`)}
      order by public_notification_id desc limit ${given('limit', 'int')} + 1`),
  },
}))

/**
 * The notifications of all the viewer's cameras, the newest first, without cleared ones: a page, and one row more if there
 * are more.
 */
export async function toldOf(db: Db, viewer: Viewer, filters: Filters, { limit, after }: Page) {
  const { camera = null, rule = null, kind = null, unseen = null, from = null, to = null } = filters
  const { told } = await listing(db, viewer, {
    camera,
    rule,
    kind,
    unseen,
    from,
    to,
    limit,
    after,
    ...idsOf(filters, { ahead: MOST_APART_IN_MS, behind: MOST_APART_IN_MS }),
  })
  return told
}

const finding = viewerReads(() => ({
  answers: {
    told: oneOf<Told>(sql`
      select ${columns} from ${notifications}
      where ${isTheirs} and cleared_at is null and public_notification_id = ${given('id', 'uuid')}`),
  },
}))

/** @throws noSuch('Notification') for one that is not the viewer's or was cleared */
export async function findTold(db: Db, viewer: Viewer, id: string) {
  const { told } = await finding(db, viewer, { id })
  if (!told) throw problems.noSuch('Notification')
  return told
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

/** Marks notifications of the viewer, and returns how many of the given ones are now marked. */
export async function mark(db: Db, viewer: Viewer, as: keyof typeof marks, ids: string[]) {
  return (await marks[as](db, viewer, { ids: arrayOf(ids) })).count
}
