import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { requireViewer, type SignedIn } from '../auth/guards.ts'
import type { AppEnv } from '../http/router.ts'
import { clientNetwork, limit } from '../http/throttle.ts'

/** What `requireActor` adds to the context: the user of an access token, if one was sent. */
export type Acting = { Variables: Partial<SignedIn['Variables']> }

/** Accepts a user's access token, or none: then the body holds the notification's own token. */
export const requireActor = createMiddleware<AppEnv & Acting>(async function requireActor(c, next) {
  if (c.req.header('Authorization') !== undefined) return requireViewer(c as Context<AppEnv & SignedIn>, next)
  if (c.req.method !== 'OPTIONS') await limit(c, 'ADDRESS_LIMIT', clientNetwork(c))
  await next()
})
