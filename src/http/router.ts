import { Hono } from 'hono'
import type { Db } from '../db/client.ts'

/**
 * The context of every handler. A guard adds more, by its own type. The API reads it with `c.get`: `c.var` builds an object
 * of everything each time.
 */
export type AppEnv = {
  Bindings: Env & {
    JWT_SECRET_PREVIOUS?: string
    AWS_SESSION_TOKEN?: string
    AWS_SES_ACCESS_KEY_ID?: string
    AWS_SES_SECRET_ACCESS_KEY?: string
    JUDGE_API_KEY?: string
    PASSWORD_ROUNDS?: string
    PROVISIONING_KEY?: string
    STORAGE_SECRET?: string
    STORAGE_SECRET_PREVIOUS?: string
    VAPID_PUBLIC_KEY?: string
    VAPID_PRIVATE_KEY?: string
    APNS_KEY?: string
  }
  Variables: { requestId: string; db: Db }
}

/** Paths are written without a trailing slash and match with and without one. */
export const router = () => new Hono<AppEnv>({ strict: false })
