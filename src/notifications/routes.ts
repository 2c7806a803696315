import { etag } from 'hono/etag'
import { requireViewer } from '../auth/guards.ts'
import { KEPT, onlyMethods } from '../http/request.ts'
import { type AppEnv, router } from '../http/router.ts'
import { UUID } from '../http/fields.ts'
import { body, publicIds } from '../http/validate.ts'
import { problems } from '../problems.ts'
import { settings } from '../settings.ts'
import { presignDownload } from '../storage/presign.ts'
import { clearInput, notificationJson } from './json.ts'
import {
  clearNotifications,
  findNotification,
  type Notification,
  notificationsOf,
  PAGE,
  type Part,
} from './notification.ts'

/** Mounted under a camera: its path has a `cameraId`. */
export const notificationRoutes = router()
  .use(requireViewer)
  .get('/', publicIds('cameraId'), etag(), async (c) => {
    const { cameraId } = c.req.valid('param')
    const found = await notificationsOf(c.get('db'), c.get('viewer'), cameraId, partOf(c.req.query()))
    const results = await Promise.all(found.slice(0, PAGE).map(shown(c.env)))
    const next = found.length > PAGE ? results.at(-1)!.public_notification_id : null
    return c.json({ next, previous: null, results }, 200, KEPT)
  })
  .post('/clear', publicIds('cameraId'), body(clearInput), async (c) => {
    const { public_notification_ids: ids } = c.req.valid('json')
    const count = await clearNotifications(c.get('db'), c.get('viewer'), c.req.valid('param').cameraId, ids)
    return c.json({ cleared_count: count })
  })
  .all('/clear', onlyMethods('POST'))
  .get('/:notificationId', publicIds('cameraId', 'notificationId'), etag(), async (c) => {
    const notification = await findNotification(c.get('db'), c.get('viewer'), c.req.valid('param'))
    return c.json(await shown(c.env)(notification), 200, KEPT)
  })

/** @throws noSuchPage for a cursor that is none, badSince */
function partOf({ cursor = null, since = null }: Record<string, string | null>): Part {
  if (cursor !== null && !UUID.test(cursor)) throw problems.noSuchPage()
  if (since !== null && !UUID.test(since)) throw problems.badSince()
  return { cursor, since }
}

const shown = (env: AppEnv['Bindings']) => async (notification: Notification) => {
  const sign = (key: string | null) =>
    key === null ? null : presignDownload(key, Date.now(), settings(env, 'storage'))
  const [picture, clip] = await Promise.all([sign(notification.imageKey), sign(notification.clipKey)])
  return notificationJson(notification, { picture, clip })
}
