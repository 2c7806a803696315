import { Hono } from 'hono'
import type { Db } from '../db/client.ts'

/**
 * What every handler finds in its context. A guard adds more, by its own type. The API reads it by `c.get`: `c.var` makes an
 * object of all of it each time.
 */
export type AppEnv = {
  Bindings: Env & { JWT_SECRET_PREVIOUS?: string; AWS_SESSION_TOKEN?: string; PASSWORD_ROUNDS?: string }
  Variables: { requestId: string; db: Db }
}

/** What every answer says of itself, unless it says otherwise. */
export const SAFE_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
}
const JSON_HEADERS = new Headers({ ...SAFE_HEADERS, 'Content-Type': 'application/json' })

/**
 * Answers in JSON. The headers that all answers share are copied at once: each one set by itself costs CPU. What `c.header`
 * set before is not on it.
 */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}) {
  const answer = new Response(JSON.stringify(body), { status, headers: JSON_HEADERS })
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value)
  return answer
}

/** Paths are written without a trailing slash and answer with and without one. */
export const router = () => new Hono<AppEnv>({ strict: false })
