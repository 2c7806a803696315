import { requireViewer } from '../auth/guards.ts'
import { router } from '../http/router.ts'
import { body } from '../http/validate.ts'
import { apnsInput } from './json.ts'
import { registerPhone } from './target.ts'

/** What apps in the field call at each start. */
export const apnsRoutes = router()
  .use(requireViewer)
  .post('/', body(apnsInput), async (c) => {
    const { apns_device_id: address } = c.req.valid('json')
    if (address !== null) await registerPhone(c.get('db'), c.get('viewer'), address)
    return c.json({ message: 'APNs token updated successfully' })
  })
