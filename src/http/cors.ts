import type { Context, Next } from 'hono'
import { cors } from 'hono/cors'
import type { AppEnv } from './router.ts'
import { settings } from '../settings.ts'

/** As long as browsers cache a preflight; most of them stop earlier. */
const MAX_AGE_IN_SECONDS = 86_400

const share = cors({
  origin: (origin, c: Context<AppEnv>) => (isAllowed(origin, c) ? origin : null),
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
  exposeHeaders: ['Link', 'Retry-After', 'X-Request-Id'],
  maxAge: MAX_AGE_IN_SECONDS,
})

/**
 * Lets pages of the origins in `CORS_ORIGINS` read the answers, and answers their preflights here at the edge. Tokens travel
 * in a header, so cookies are never allowed. Any other OPTIONS asks for the path's methods.
 */
export async function crossOrigin(c: Context<AppEnv>, next: Next) {
  if (settings(c.env, 'requests').CORS_ORIGINS.size === 0) return next()
  if (c.req.method === 'OPTIONS' && !isAllowedPreflight(c)) return next()
  const preflight = await share(c, next)
  if (preflight) c.res = preflight
}

const isAllowedPreflight = (c: Context<AppEnv>) =>
  c.req.header('Access-Control-Request-Method') !== undefined && isAllowed(c.req.header('Origin') ?? '', c)

const isAllowed = (origin: string, c: Context<AppEnv>) => settings(c.env, 'requests').CORS_ORIGINS.has(origin)
