import { requireDevice } from '../auth/guards.ts'
import { onlyMethods } from '../http/request.ts'
import { router } from '../http/router.ts'
import { body } from '../http/validate.ts'
import { settings } from '../settings.ts'
import { heartbeat } from './json.ts'
import { beat, notePreview } from './presence.ts'

/** What a camera asks for itself. Mounted before the cameras, whose ids these words would be. */
export const deviceRoutes = router()
  .post('/heartbeat', requireDevice, body(heartbeat), async (c) => {
    await beat(c.get('db'), c.get('device'), c.req.valid('json').version)
    return c.json({})
  })
  .all('/heartbeat', requireDevice, onlyMethods('POST'))

  // Whatever a body here is said to be, there is none.
  .post('/update_preview_time', requireDevice, async (c) => {
    await notePreview(c.get('db'), c.get('device'))
    return c.body(null)
  })
  .all('/update_preview_time', requireDevice, onlyMethods('POST'))

  .get('/streaming/command', requireDevice, async (c) => {
    const { POLL_HOLD_IN_SECONDS } = settings(c.env, 'devices')
    await beat(c.get('db'), c.get('device'))
    await scheduler.wait(POLL_HOLD_IN_SECONDS * 1000)
    return c.json({ command: 'none' })
  })
  .all('/streaming/command', requireDevice, onlyMethods('GET', 'HEAD'))
