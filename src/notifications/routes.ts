import { etag } from 'hono/etag'
import { requireViewer } from '../auth/guards.ts'
import { KEPT, onlyMethods } from '../http/request.ts'
import { type AppEnv, router } from '../http/router.ts'
import { UUID } from '../http/fields.ts'
import { answerPage, page } from '../http/paging.ts'
import { body, partialDraft, publicIds, readFilters } from '../http/validate.ts'
import { type Faults, problems } from '../problems.ts'
import { channelsOf } from '../push/senders.ts'
import { settings, settingsIfGood } from '../settings.ts'
import { PICTURED, signing } from '../storage/presign.ts'
import { act } from './action.ts'
import { isActionToken } from './action-token.ts'
import { requireActor } from './guards.ts'
import {
  actionInput,
  clearInput,
  notificationFilters,
  notificationJson,
  settingsInput,
  settingsJson,
} from './json.ts'
import {
  clearNotifications,
  findNotification,
  type Notification,
  notificationsOf,
  PAGE,
  type Part,
} from './notification.ts'
import { changeSettings, findSettings, type SettingsChange } from './settings.ts'
import { findTold, mark, type Told, toldOf } from './told.ts'

/** Mounted under a camera: its path has a `cameraId`. */
export const cameraNotificationRoutes = router()
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

/** The notifications of all cameras of the viewer. */
export const notificationRoutes = router()
  .post(
    '/:notificationId/actions',
    requireActor,
    publicIds('notificationId'),
    body(actionInput),
    async (c) => {
      const { token, action } = c.req.valid('json')
      const { notificationId } = c.req.valid('param')
      const viewer = c.get('viewer') ?? null
      if (!viewer && token === undefined) throw problems.notAuthenticated()
      const isAllowed =
        viewer ?? (await isActionToken(token!, notificationId, settings(c.env, 'tokens'), Date.now()))
      if (!isAllowed) throw problems.actionTokenRefused()
      return c.json({ snoozed_until: await act(c.get('db'), viewer, notificationId, action) })
    },
  )
  .use(requireViewer)
  .get('/', page(), etag(), async (c) => {
    const page = c.req.valid('query')
    const filters = readFilters(notificationFilters, c.req)
    const told = await toldOf(c.get('db'), c.get('viewer'), filters, page)
    const isPictured = Math.min(told.length, page.limit) <= PICTURED
    c.header('Cache-Control', KEPT['Cache-Control'])
    const toJson = (one: Told) => shown(c.env, isPictured && one.isPictured)(one)
    return answerPage(c, page, told, toJson, (one) => one.publicNotificationId)
  })
  .post('/seen', body(clearInput), async (c) => {
    const { public_notification_ids: ids } = c.req.valid('json')
    return c.json({ seen_count: await mark(c.get('db'), c.get('viewer'), 'seen', ids) })
  })
  .all('/seen', onlyMethods('POST'))
  .post('/clear', body(clearInput), async (c) => {
    const { public_notification_ids: ids } = c.req.valid('json')
    return c.json({ cleared_count: await mark(c.get('db'), c.get('viewer'), 'cleared', ids) })
  })
  .all('/clear', onlyMethods('POST'))
  .get('/:notificationId', publicIds('notificationId'), etag(), async (c) => {
    const told = await findTold(c.get('db'), c.get('viewer'), c.req.valid('param').notificationId)
    return c.json(await shown(c.env, told.isPictured)(told), 200, KEPT)
  })

export const settingsRoutes = router()
  .use(requireViewer)
  .get('/', async (c) =>
    c.json(settingsJson(await findSettings(c.get('db'), c.get('viewer')), abilitiesOf(c.env))),
  )
  .patch('/', partialDraft(settingsInput), async (c) => {
    const { values, faults } = c.req.valid('json')
    const all = { ...quietFaults(values), ...faults }
    if (Object.keys(all).length > 0) throw problems.invalid(all)
    const changed = await changeSettings(c.get('db'), c.get('viewer'), values)
    return c.json(settingsJson(changed, abilitiesOf(c.env)))
  })

/** Both ends of quiet hours must come together, so that the stored row never has only one. */
function quietFaults({ quiet_from: from, quiet_to: to }: SettingsChange): Faults {
  const areBoth = from && to && from !== to
  const areNone = from === to && !from
  return areBoth || areNone ? {} : { quiet_to: ['Quiet hours have a beginning and an end.'] }
}

/** What this deployment supports, and the host that judges pictures, or null. */
function abilitiesOf(env: AppEnv['Bindings']) {
  const judging = settingsIfGood(env, 'judge')
  return {
    channels: { ...channelsOf(env), mail: Boolean(settingsIfGood(env, 'mail')?.MAIL_FROM) },
    judge: judging?.JUDGE_URL ? new URL(judging.JUDGE_URL).host : null,
  }
}

/** @throws noSuchPage for an invalid cursor, badSince */
function partOf({ cursor = null, since = null }: Record<string, string | null>): Part {
  if (cursor !== null && !UUID.test(cursor)) throw problems.noSuchPage()
  if (since !== null && !UUID.test(since)) throw problems.badSince()
  return { cursor, since }
}

const shown =
  (env: AppEnv['Bindings'], isPictured = true) =>
  async (notification: Notification) => {
    const sign = signing(env, isPictured)
    const [picture, clip] = await Promise.all([sign(notification.imageKey), sign(notification.clipKey)])
    return notificationJson(notification, { picture, clip })
  }
