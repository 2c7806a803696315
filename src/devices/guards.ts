import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { requireViewer, type SignedIn } from '../auth/guards.ts'
import { isSameSecret } from '../auth/secrets.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { AppEnv } from '../http/router.ts'
import { clientNetwork, limit } from '../http/throttle.ts'
import { problems } from '../problems.ts'
import { settings } from '../settings.ts'

/** What `requireProvisioner` adds to the context: the user of a token; nothing for a provisioning key. */
export type Provisioning = { Variables: { viewer?: Viewer } }

/** Requires the provisioning key or a user's token. The statement checks that the user is staff. */
export const requireProvisioner = createMiddleware<AppEnv & Provisioning>(
  async function requireProvisioner(c, next) {
    const sent = c.req.header('X-Provisioning-Key')
    if (sent === undefined || c.req.method === 'OPTIONS')
      return requireViewer(c as Context<AppEnv & SignedIn>, next)
    const { PROVISIONING_KEY } = settings(c.env, 'devices')
    await limit(c, 'ADDRESS_LIMIT', clientNetwork(c))
    if (!(await isSameSecret(sent, PROVISIONING_KEY))) throw problems.provisioningKeyRefused()
    await next()
  },
)

/** The token of a `Device` header, its scheme in any letter case. @throws deviceTokenRefused */
export function deviceToken(header = '') {
  const [scheme = '', token, ...rest] = header.trim().split(/\s+/)
  if (scheme.toLowerCase() !== 'device')
    throw problems.deviceTokenRefused('Authentication credentials were not provided.')
  if (!token) throw problems.deviceTokenRefused('No device token provided.')
  if (rest.length > 0) throw problems.deviceTokenRefused('Device token header is malformed.')
  return token
}
