import { requireViewer } from '../auth/guards.ts'
import { answerPage, page } from '../http/paging.ts'
import { router } from '../http/router.ts'
import { limit } from '../http/throttle.ts'
import { body, draft, publicIds } from '../http/validate.ts'
import { problems } from '../problems.ts'
import { settings } from '../settings.ts'
import { apnsInput, outcomeJson, targetInput, targetJson } from './json.ts'
import { newTarget } from './new-target.ts'
import { refused } from './outcomes.ts'
import type { Push } from './push.ts'
import { MOST_SERVICES, registerTarget } from './register.ts'
import { channelsOf, reachOf, sendersOf } from './senders.ts'
import { findTarget, noteOutcome, removeTarget, targetsOf } from './target.ts'

/** Apps in the field call this at each start. */
export const apnsRoutes = router()
  .use(requireViewer)
  .post('/', body(apnsInput), async (c) => {
    const { apns_device_id: address } = c.req.valid('json')
    if (address !== null)
      await registerTarget(c.get('db'), c.get('viewer'), {
        kind: 'apns',
        address,
        keys: {},
        name: null,
        called: '',
      })
    return c.json({ message: 'APNs token updated successfully' })
  })

/** Mounted under /v1/push. */
export const pushRoutes = router()
  .use(requireViewer)
  .get('/key', (c) => {
    const { VAPID_PUBLIC_KEY: key } = settings(c.env, 'push')
    if (!key) throw problems.notFound()
    return c.json({ key })
  })
  .get('/targets', page(), async (c) => {
    const page = c.req.valid('query')
    const found = await targetsOf(c.get('db'), c.get('viewer'), page)
    return answerPage(c, page, found, targetJson, (target) => target.publicTargetId)
  })
  .post('/targets', draft(targetInput), async (c) => {
    const { values, faults } = c.req.valid('json')
    const given = await newTarget(values, faults, channelsOf(c.env), reachOf(c.env))
    const target = await registerTarget(c.get('db'), c.get('viewer'), given)
    if (!target)
      throw problems.invalid({
        kind: [`Ensure there are no more than ${MOST_SERVICES} webhooks and topics.`],
      })
    if (!target.isNew) return c.json(targetJson(target))
    const { secret } = given.keys
    return c.json({ ...targetJson(target), ...(secret && { secret }) }, 201)
  })
  .delete('/targets/:targetId', publicIds('targetId'), async (c) => {
    await removeTarget(c.get('db'), c.get('viewer'), c.req.valid('param').targetId)
    return c.body(null, 204)
  })
  .post('/targets/:targetId/test', publicIds('targetId'), async (c) => {
    const { targetId } = c.req.valid('param')
    await limit(c, 'ACCOUNT_LIMIT', c.get('viewer').userId)
    const target = await findTarget(c.get('db'), c.get('viewer'), targetId)
    const send = sendersOf(c.env)[target.kind]
    const test = aTest(settings(c.env, 'site').PUBLIC_URL)
    const outcome = send ? await send(test, target, new AbortController().signal) : refused('misconfigured')
    // The push service may have used up the time of the request's statements.
    await noteOutcome(c.get('db').endIn(), targetId, target, outcome)
    return c.json(outcomeJson(outcome))
  })

/** Names no camera, and has no actions. */
const aTest = (publicUrl: string): Push => ({
  publicNotificationId: crypto.randomUUID(),
  publicCameraId: null,
  publicEventId: null,
  kind: 'test',
  title: 'Scout',
  body: 'This is a test: notifications come here.',
  ruleNicknames: [],
  count: 1,
  importance: 'normal',
  createdAt: new Date().toISOString(),
  pictureUrl: null,
  appUrl: `${publicUrl}/app/`,
  actionToken: '',
})
