import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { connect, type Db, withinRequest } from './db/client.ts'
import { answerProblem, problems } from './errors.ts'

/** What every handler finds in its context. A guard adds more, by its own type. */
export type AppEnv = {
  Bindings: Env & { JWT_SECRET_PREVIOUS?: string; AWS_SESSION_TOKEN?: string }
  Variables: { requestId: string; db: Db }
}

/** Paths are written without a trailing slash and answer with and without one. */
export const router = () => new Hono<AppEnv>({ strict: false })

/** What every request gets: the database, a time limit on its statements, and headers that keep answers private. */
export const perRequest = createMiddleware<AppEnv>(async function perRequest(c, next) {
  c.set('db', connect(c.env))
  c.header('Cache-Control', 'no-store')
  c.header('X-Content-Type-Options', 'nosniff')
  await withinRequest(c.var.requestId, next)
})

/** Answers a method that a path does not have, and OPTIONS, with those it has. */
export function answerMethods(c: Context<AppEnv>, methods: string[]) {
  const allow = [...methods, 'OPTIONS'].join(', ')
  if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow })
  return answerProblem(problems.methodNotAllowed(c.req.method, allow), c)
}
