import { attemptFrom, requireDevice, requireViewer } from '../auth/guards.ts'
import { hashOf } from '../auth/secrets.ts'
import { DEVICE_TOKEN_LIFETIME_IN_SECONDS, issueDeviceAccess } from '../auth/tokens.ts'
import { onlyMethods } from '../http/request.ts'
import { router } from '../http/router.ts'
import { limit, limitAddress } from '../http/throttle.ts'
import { body, publicIds } from '../http/validate.ts'
import { settings } from '../settings.ts'
import { claimDevice } from './claim.ts'
import { findDevice, revokeDevice } from './device.ts'
import { deviceToken, requireProvisioner } from './guards.ts'
import { claim, deviceJson, heartbeat, invitation, pairing, provisioning, registration } from './json.ts'
import { invite, pair } from './pairing.ts'
import { beat, notePreview } from './presence.ts'
import { findByToken, provision, registerDevice } from './provisioning.ts'

/** The device of a camera. Mounted under a camera: its path has a `cameraId`. */
export const cameraDeviceRoutes = router()
  .use(requireViewer)
  .get('/', publicIds('cameraId'), async (c) =>
    c.json(deviceJson(await findDevice(c.get('db'), c.get('viewer'), c.req.valid('param').cameraId))),
  )
  .delete('/', publicIds('cameraId'), async (c) => {
    await revokeDevice(c.get('db'), c.get('viewer'), c.req.valid('param').cameraId)
    return c.body(null, 204)
  })

/**
 * Provisioning, claims, pairing, and a camera's own requests. Mounted before the cameras, which would take these words for
 * ids.
 */
export const deviceRoutes = router()
  .post('/provision', requireProvisioner, body(provisioning), async (c) => {
    const { device_id } = c.req.valid('json')
    return c.json({ claim_token: await provision(c.get('db'), c.get('viewer'), device_id) }, 201)
  })
  .all('/provision', requireProvisioner, onlyMethods('POST'))

  // Throttles only failures: a camera that is refused here stays refused until its next start.
  .post('/register', body(registration), async (c) => {
    const { device_id: serial, claim_token: claimToken } = c.req.valid('json')
    const device = await registerDevice(c.get('db'), attemptFrom(c), { serial, claimToken })
    return c.json({ device_token: device.deviceToken, public_camera_id: device.publicCameraId }, 201)
  })
  .all('/register', onlyMethods('POST'))

  .post('/claim', requireViewer, body(claim), async (c) => {
    const { claim_token: claimToken, location } = c.req.valid('json')
    const claimed = await claimDevice(c.get('db'), c.get('viewer'), { claimToken, location })
    return c.json({ public_camera_id: claimed })
  })
  .all('/claim', requireViewer, onlyMethods('POST'))

  .post('/pairing_codes', requireViewer, body(invitation), async (c) => {
    const { location } = c.req.valid('json')
    const { code, expiresAt } = await invite(c.get('db'), c.get('viewer'), location, attemptFrom(c))
    return c.json({ pairing_code: code, expires_at: expiresAt }, 201)
  })
  .all('/pairing_codes', requireViewer, onlyMethods('POST'))

  .post('/pair', limitAddress, body(pairing), async (c) => {
    const { pairing_code: code, ...client } = c.req.valid('json')
    const paired = await pair(c.get('db'), attemptFrom(c), { code, ...client })
    const { deviceToken: device_token, publicCameraId: public_camera_id, location } = paired
    return c.json({ device_token, public_camera_id, location }, 201)
  })
  .all('/pair', onlyMethods('POST'))

  // Throttled by token: the cameras of one house share an address.
  .post('/auth/token', async (c) => {
    const tokens = settings(c.env, 'tokens')
    const tokenHash = await hashOf(deviceToken(c.req.header('Authorization')))
    await limit(c, 'VIEWER_LIMIT', tokenHash)
    const device = await findByToken(c.get('db'), tokenHash)
    return c.json({
      access: await issueDeviceAccess(device, tokens, Date.now()),
      expires_in: DEVICE_TOKEN_LIFETIME_IN_SECONDS,
    })
  })
  .all('/auth/token', onlyMethods('POST'))

  .post('/heartbeat', requireDevice, body(heartbeat), async (c) => {
    await beat(c.get('db'), c.get('device'), c.req.valid('json').version)
    return c.json({})
  })
  .all('/heartbeat', requireDevice, onlyMethods('POST'))

  // Ignores the declared body: there is none.
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
