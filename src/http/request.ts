import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { connect, type Db } from '../db/client.ts'
import { problems } from '../problems.ts'
import { KEPT_FOR_A_DAY, KEPT_FOR_EVER } from './assets.ts'
import type { AppEnv } from './router.ts'
import { log } from '../log.ts'
import { settingsIfGood } from '../settings.ts'

/** Headers of every answer that does not set its own. */
const SAFE_HEADERS = Object.entries({
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
})

/** For what apps poll: an answer with an ETag is empty if nothing has changed. */
export const KEPT = { 'Cache-Control': 'private, no-cache' }

/** For every request: an id, the database, a time limit for its statements, safe headers and a log line. */
export const perRequest = createMiddleware<AppEnv>(async function perRequest(c, next) {
  const start = Date.now()
  const requestId = idOf(c.req.header('X-Request-Id'))
  const db = connect(c.env, requestId).endIn()
  c.set('requestId', requestId)
  c.set('db', db)
  await next()
  // Not `c.header`, which would copy the finished answer and turn its body into a stream.
  const { headers } = c.res
  for (const [name, value] of SAFE_HEADERS) if (!headers.has(name)) headers.set(name, value)
  headers.set('X-Request-Id', requestId)
  headers.set('Server-Timing', `sql;dur=${db.sqlInMs};desc="${db.statements}"`)
  // Requests for cacheable files are not logged: a visit has several, and their lines say nothing.
  if ([KEPT_FOR_EVER, KEPT_FOR_A_DAY].includes(headers.get('Cache-Control') ?? '')) return
  const share = settingsIfGood(c.env, 'requests')?.LOG_SAMPLE_RATE ?? 1
  if (Math.random() < share) logRequest(c, Date.now() - start)
})

/** The request id of the client, if it is safe in a header and a log; otherwise a new one. */
const idOf = (sent = '') => (/^[\w=-]{1,255}$/.test(sent) ? sent : crypto.randomUUID())

/** Where this isolate runs, which never changes. Reading a request's `cf` parses and freezes it whole. */
let edge: { location: unknown } | undefined

/** One line of JSON. It holds the route's pattern instead of the path: ids, queries and bodies stay out of the log. */
function logRequest(c: Context<AppEnv>, milliseconds: number) {
  const db = c.get('db')
  const viewer: { userId: string } | undefined = (c as Context).get('viewer')
  log.info({
    event: 'request',
    requestId: c.get('requestId'),
    method: c.req.method,
    // Guards match too, under their own patterns.
    route: matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'none',
    status: c.res.status,
    milliseconds,
    statements: db.statements,
    sqlMilliseconds: db.sqlInMs,
    userId: viewer?.userId,
    edge: (edge ??= { location: c.req.raw.cf?.colo }).location,
  })
}

/** Runs `work` beside or after the answer, which does not wait for it, with a database that has its own time limit. */
export const afterAnswer = <E extends AppEnv>(c: Context<E>, work: (db: Db) => Promise<void>) =>
  c.executionCtx.waitUntil(work(connect(c.env, c.get('requestId')).endIn()))

/**
 * For `.all` after the methods of a path that a parameter beside it would otherwise match: refuses as `answerMethods` does.
 */
export const onlyMethods = (...methods: string[]) =>
  createMiddleware<AppEnv>(async (c) => answerMethods(c, methods))

/** Answers OPTIONS with the methods of a path. @throws methodNotAllowed for any other method that it lacks */
export function answerMethods(c: Context<AppEnv>, methods: string[]) {
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow })
  throw problems.methodNotAllowed(c.req.method, allow)
}
