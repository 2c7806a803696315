import { etag } from 'hono/etag'
import { requireViewer } from '../auth/guards.ts'
import { answerPage, page } from '../http/paging.ts'
import { KEPT, onlyMethods } from '../http/request.ts'
import { type AppEnv, router } from '../http/router.ts'
import { body, draft, publicIds, readFilters } from '../http/validate.ts'
import { settings } from '../settings.ts'
import { PICTURED, signing } from '../storage/presign.ts'
import { correct, type Event, eventsOf, findEvent } from './event.ts'
import { requireStorage, requireUploader } from './guards.ts'
import { announcement, eventFilters, eventJson, feedbackInput, findingJson, storageWord } from './json.ts'
import { readWord } from './object-created.ts'
import { announce } from './announce.ts'
import { hear } from './hear.ts'
import { wake } from './wake.ts'

export const eventRoutes = router()
  .post('/', requireUploader, body(announcement), async (c) => {
    const { S3_BUCKET } = settings(c.env, 'storage')
    const [device, viewer] = [c.get('device'), c.get('viewer')]
    const who = device ? { device } : { viewer: viewer! }
    const { publicEventId, state, isDue } = await announce(c.get('db'), who, S3_BUCKET, c.req.valid('json'))
    if (isDue) await wake(c.env)
    return c.json({ public_event_id: publicEventId, state }, 202)
  })
  .use(requireViewer)
  .get('/', page(), etag(), async (c) => {
    const page = c.req.valid('query')
    const filters = readFilters(eventFilters, c.req)
    const found = await eventsOf(c.get('db'), c.get('viewer'), filters, page)
    const isPictured = Math.min(found.length, page.limit) <= PICTURED
    c.header('Cache-Control', KEPT['Cache-Control'])
    return answerPage(c, page, found, shown(c.env, isPictured), (event) => event.publicEventId)
  })
  .get('/:eventId', publicIds('eventId'), etag(), async (c) => {
    const event = await findEvent(c.get('db'), c.get('viewer'), c.req.valid('param').eventId)
    return c.json(await shown(c.env)(event), 200, KEPT)
  })
  .post('/:eventId/feedback', publicIds('eventId'), body(feedbackInput), async (c) => {
    const { public_rule_id: rule, feedback } = c.req.valid('json')
    const { eventId } = c.req.valid('param')
    return c.json(findingJson(await correct(c.get('db'), c.get('viewer'), eventId, rule, feedback)))
  })

/** Events of the storage. */
export const storageRoutes = router()
  .post('/', requireStorage, draft(storageWord), async (c) => {
    const { created, ignored } = readWord(c.req.valid('json').input)
    const { S3_BUCKET } = settings(c.env, 'storage')
    if (await hear(c.get('db'), S3_BUCKET, created, ignored)) await wake(c.env)
    return c.json({}, 202)
  })
  .all('/', onlyMethods('POST'))

const shown =
  (env: AppEnv['Bindings'], isPictured = true) =>
  async (event: Event) => {
    const sign = signing(env, isPictured && event.isPictured)
    // A picture that was never found cannot be shown.
    const isThere = event.failure !== 'missing'
    const [picture, clip] = await Promise.all([sign(isThere ? event.objectKey : null), sign(event.clipKey)])
    return eventJson(event, { picture, clip })
  }
