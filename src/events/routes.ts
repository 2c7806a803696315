import { onlyMethods } from '../http/request.ts'
import { router } from '../http/router.ts'
import { readBody } from '../http/bodies.ts'
import { body } from '../http/validate.ts'
import { settings } from '../settings.ts'
import { requireStorage, requireUploader } from './guards.ts'
import { announcement } from './json.ts'
import { readWord } from './object-created.ts'
import { announce, hear } from './receive.ts'
import { wake } from './wake.ts'

export const eventRoutes = router().post('/', requireUploader, body(announcement), async (c) => {
  const { S3_BUCKET } = settings(c.env, 'storage')
  const [device, viewer] = [c.get('device'), c.get('viewer')]
  const who = device ? { device } : { viewer: viewer! }
  const { publicEventId, state, isDue } = await announce(c.get('db'), who, S3_BUCKET, c.req.valid('json'))
  if (isDue) await wake(c.env)
  return c.json({ public_event_id: publicEventId, state }, 202)
})

/** What the bucket says by itself. */
export const storageRoutes = router()
  .post('/', requireStorage, async (c) => {
    const { created } = readWord(await readBody(c.req))
    const { S3_BUCKET } = settings(c.env, 'storage')
    if (created.length > 0 && (await hear(c.get('db'), S3_BUCKET, created))) await wake(c.env)
    return c.json({}, 202)
  })
  .all('/', onlyMethods('POST'))
