import { Hono } from 'hono'
import type { Db } from './db/client.ts'

/** What every handler finds in its context. A guard adds more, by its own type. */
export type AppEnv = {
  Bindings: Env & { JWT_SECRET_PREVIOUS?: string; AWS_SESSION_TOKEN?: string }
  Variables: { requestId: string; db: Db }
}

/** Paths are written without a trailing slash and answer with and without one. */
export const router = () => new Hono<AppEnv>({ strict: false })
