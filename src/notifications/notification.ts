import { sql } from 'drizzle-orm'
import { type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { cameras, notifications } from '../db/schema.ts'
import { arrayOf, columnsOf, given, listOf, oneOf, type Row } from '../db/statement.ts'
import { problems } from '../problems.ts'

export type Notification = Row<typeof notifications>
/** The public ids of a notification and its camera. */
export type NotificationPath = { cameraId: string; notificationId: string }

export const PAGE = 10

const isCameraTheirs = sql<boolean>`exists (
  select from ${cameras} where public_camera_id = ${given('cameraId', 'uuid')} and owner_id = (select id from viewer))`
// An earlier owner of the camera keeps its notifications of that time, but not the camera.
const isTheirs = sql`
  camera = ${given('cameraId', 'uuid')} and owner = (select public_user_id from viewer) and ${isCameraTheirs}`

const listing = viewerReads(() => ({
  answers: {
    isCameraTheirs,
    found: listOf<Notification>(sql`
      select ${columnsOf(notifications)} from ${notifications}
      where ${isTheirs} and cleared_at is null
        and (${given('cursor', 'uuid')} is null or public_notification_id < ${given('cursor', 'uuid')})
        and (${given('since', 'uuid')} is null or public_notification_id > ${given('since', 'uuid')})
      order by public_notification_id desc limit ${sql.raw(String(PAGE + 1))}`),
  },
}))

/** The part of a list that is older than `cursor` and newer than `since`, both public ids of notifications. */
export type Part = { cursor: string | null; since: string | null }

/**
 * The notifications of a camera, the newest first, without cleared ones: a page, and one row more if there are more.
 * @throws noSuch('Camera') for a camera that is not the viewer's, as does every verb here
 */
export async function notificationsOf(db: Db, viewer: Viewer, cameraId: string, part: Part) {
  const { isCameraTheirs, found } = await listing(db, viewer, { cameraId, ...part })
  if (!isCameraTheirs) throw problems.noSuch('Camera')
  return found
}

const finding = viewerReads(() => ({
  answers: {
    isCameraTheirs,
    found: oneOf<Notification>(sql`
      select ${columnsOf(notifications)} from ${notifications}
      where ${isTheirs} and cleared_at is null and public_notification_id = ${given('notificationId', 'uuid')}`),
  },
}))

/** @throws noSuch('Notification') too */
export async function findNotification(db: Db, viewer: Viewer, path: NotificationPath) {
  const { isCameraTheirs, found } = await finding(db, viewer, path)
  if (!isCameraTheirs) throw problems.noSuch('Camera')
  if (!found) throw problems.noSuch('Notification')
  return found
}

const clearing = viewerWrites(() => ({
  steps: {
    cleared: sql`
      update ${notifications} set cleared_at = coalesce(cleared_at, now())
      where ${isTheirs} and public_notification_id = any(${given('ids', 'uuid[]')})
      returning id`,
  },
  answers: { isCameraTheirs, count: sql<number>`(select count(*)::int from cleared)` },
}))

/** Clears notifications of a camera, and returns how many of the given ones are now cleared. */
export async function clearNotifications(db: Db, viewer: Viewer, cameraId: string, ids: string[]) {
  const { isCameraTheirs, count } = await clearing(db, viewer, { cameraId, ids: arrayOf(ids) })
  if (!isCameraTheirs) throw problems.noSuch('Camera')
  return count
}
