import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../http/router.ts'
import { problems } from '../problems.ts'
import { settings } from '../settings.ts'

/**
 * `__Host-` does not allow a path, and this cookie is only for these routes: neither the API nor the admin receives it.
 */
const NAME = '__Secure-scout_session'
const COOKIE = { path: '/app/session', httpOnly: true, secure: true, sameSite: 'Strict' } as const
/** The lifetime of an unused session; each use renews it. */
const LIFETIME_IN_SECONDS = 90 * 24 * 60 * 60

/**
 * Admits only pages of PUBLIC_URL that send JSON: another site can neither send that origin nor, without a preflight, this
 * type.
 */
export const requireOwnPage = createMiddleware<AppEnv>(async function requireOwnPage(c, next) {
  if (c.req.method === 'OPTIONS') return next()
  if (c.req.header('Origin') !== settings(c.env, 'site').PUBLIC_URL) throw problems.foreignOrigin()
  const type = c.req.header('Content-Type') ?? ''
  const isJson = /^\s*application\/json\s*(;|$)/i.test(type)
  if (c.req.method === 'POST' && !isJson) throw problems.unsupportedMediaType(type)
  await next()
})

/** The secret in the browser's cookie. */
export const secretIn = (c: Context<AppEnv>) => getCookie(c, NAME)

export const keepCookie = (c: Context<AppEnv>, secret: string) =>
  setCookie(c, NAME, secret, { ...COOKIE, maxAge: LIFETIME_IN_SECONDS })

export const dropCookie = (c: Context<AppEnv>) => void deleteCookie(c, NAME, COOKIE)
