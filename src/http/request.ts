import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import { connect, type Db } from '../db/client.ts'
import { problems } from '../problems.ts'
import type { AppEnv } from './router.ts'
import { log } from '../log.ts'
import { settingsIfGood } from '../settings.ts'

/** What every answer says of itself, unless it says otherwise. */
const SAFE_HEADERS = Object.entries({
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
})

/** For what apps ask again and again: by its tag they get nothing where nothing changed. */
export const KEPT = { 'Cache-Control': 'private, no-cache' }

/** What every request gets: an id, the database, a time limit on its statements, safe headers, and a line in the log. */
export const perRequest = createMiddleware<AppEnv>(async function perRequest(c, next) {
  const start = Date.now()
  const requestId = idOf(c.req.header('X-Request-Id'))
  const db = connect(c.env, requestId).endIn()
  c.set('requestId', requestId)
  c.set('db', db)
  await next()
  // Not `c.header`, which makes another answer of the finished one, its body a stream.
  const { headers } = c.res
  for (const [name, value] of SAFE_HEADERS) if (!headers.has(name)) headers.set(name, value)
  headers.set('X-Request-Id', requestId)
  headers.set('Server-Timing', `sql;dur=${db.sqlInMs};desc="${db.statements}"`)
  const share = settingsIfGood(c.env, 'requests')?.LOG_SAMPLE_RATE ?? 1
  if (Math.random() < share) logRequest(c, Date.now() - start)
})

/** The id that a request came with, where it may stand in a header and a log, or a new one. */
const idOf = (sent = '') => (/^[\w=-]{1,255}$/.test(sent) ? sent : crypto.randomUUID())

/** Where this isolate runs, which it never leaves: a request's `cf` is parsed and frozen whole when it is looked at. */
let edge: { location: unknown } | undefined

/** One line of JSON. The route's pattern stands for the path: ids, queries and bodies stay out of the log. */
function logRequest(c: Context<AppEnv>, milliseconds: number) {
  const db = c.get('db')
  const viewer: { userId: string } | undefined = (c as Context).get('viewer')
  log.info({
    event: 'request',
    requestId: c.get('requestId'),
    method: c.req.method,
    // Guards match too, under patterns of their own.
    route: matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'none',
    status: c.res.status,
    milliseconds,
    statements: db.statements,
    sqlMilliseconds: db.sqlInMs,
    userId: viewer?.userId,
    edge: (edge ??= { location: c.req.raw.cf?.colo }).location,
  })
}

/** Does `work` beside or after the answer, which does not wait for it, with a database that has a time of its own. */
export const afterAnswer = <E extends AppEnv>(c: Context<E>, work: (db: Db) => Promise<void>) =>
  c.executionCtx.waitUntil(work(connect(c.env, c.get('requestId')).endIn()))

/** For `.all` after the methods of a path which else a parameter beside it would take: answers what it has, as `answerMethods`. */
export const onlyMethods = (...methods: string[]) =>
  createMiddleware<AppEnv>(async (c) => answerMethods(c, methods))

/** Answers OPTIONS with the methods that a path has. @throws methodNotAllowed for any other it does not have */
export function answerMethods(c: Context<AppEnv>, methods: string[]) {
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow })
  throw problems.methodNotAllowed(c.req.method, allow)
}
