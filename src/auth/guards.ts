import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { problems } from '../problems.ts'
import type { AppEnv } from '../http/router.ts'
import { settings } from '../settings.ts'
import { afterAnswer } from '../http/request.ts'
import { clientNetwork, isThrottlingOn, limit } from '../http/throttle.ts'
import type { Attempt } from './attempts.ts'
import type { AskingDevice } from './device.ts'
import { NOBODY, readDeviceToken, readToken } from './tokens.ts'
import type { Viewer } from './viewer.ts'

/** What `requireViewer` adds to the context: the user of the token. The statement checks that they still exist. */
export type SignedIn = { Variables: { viewer: Viewer } }

/** Requires a valid access token, and limits the rate. OPTIONS needs none. */
export const requireViewer = createMiddleware<AppEnv & SignedIn>(async function requireViewer(c, next) {
  if (c.req.method === 'OPTIONS') return next()
  const secrets = settings(c.env, 'tokens')
  const token = bearerToken(c.req.header('Authorization'))
  const viewer = await readToken(token, 'access', secrets, Date.now(), problems.accessTokenRefused)
  if (viewer.userId === NOBODY) throw problems.userNotFound()
  await limit(c, 'VIEWER_LIMIT', viewer.userId)
  c.set('viewer', viewer)
  await next()
})

/** What `requireDevice` adds to the context: the camera of the token. */
export type OnDevice = { Variables: { device: AskingDevice } }

/** As `requireViewer`, for a camera's own access token. The statement checks whether it is revoked. */
export const requireDevice = createMiddleware<AppEnv & OnDevice>(async function requireDevice(c, next) {
  if (c.req.method === 'OPTIONS') return next()
  const token = bearerToken(c.req.header('Authorization'))
  const device = await readDeviceToken(token, settings(c.env, 'tokens'), Date.now())
  await limit(c, 'VIEWER_LIMIT', device.publicCameraId)
  c.set('device', device)
  await next()
})

function bearerToken(header = '') {
  const [scheme, token, ...rest] = header.trim().split(/\s+/)
  if (scheme !== 'Bearer') throw problems.notAuthenticated()
  if (!token || rest.length > 0) throw problems.badAuthorizationHeader()
  return token
}

/** The attempt that a request makes. */
export const attemptFrom = <E extends AppEnv>(c: Context<E>): Attempt => ({
  network: clientNetwork(c),
  secret: settings(c.env, 'tokens').JWT_SECRET,
  isThrottlingOn: isThrottlingOn(c.env),
  rounds: settings(c.env, 'passwords').PASSWORD_ROUNDS,
  afterAnswer: (work) => afterAnswer(c, work),
})
