import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type OnDevice, requireDevice, requireViewer, type SignedIn } from '../auth/guards.ts'
import { isSameSecret } from '../auth/secrets.ts'
import { isDeviceToken } from '../auth/tokens.ts'
import type { AppEnv } from '../http/router.ts'
import { clientNetwork, limit } from '../http/throttle.ts'
import { problems } from '../problems.ts'
import { settings } from '../settings.ts'

/** What `requireUploader` adds to the context: a camera or a user. */
export type Uploading = { Variables: Partial<OnDevice['Variables'] & SignedIn['Variables']> }

/** Accepts the access token of a camera or a user, each with its own guard. */
export const requireUploader = createMiddleware<AppEnv & Uploading>(function requireUploader(c, next) {
  return isDeviceToken(c.req.header('Authorization'))
    ? requireDevice(c as Context<AppEnv & OnDevice>, next)
    : requireViewer(c as Context<AppEnv & SignedIn>, next)
})

/** Accepts the storage by its secret, and throttles guesses. */
export const requireStorage = createMiddleware<AppEnv>(async function requireStorage(c, next) {
  if (c.req.method === 'OPTIONS') return next()
  const { STORAGE_SECRET, STORAGE_SECRET_PREVIOUS } = settings(c.env, 'events')
  if (!STORAGE_SECRET) throw problems.noStorageEvents()
  const sent = (c.req.header('Authorization') ?? '').trim().replace(/^Bearer +/i, '')
  const isRight = await Promise.all(
    [STORAGE_SECRET, STORAGE_SECRET_PREVIOUS].map((one) => isSameSecret(sent, one)),
  )
  if (!isRight.includes(true)) {
    await limit(c, 'ADDRESS_LIMIT', clientNetwork(c))
    throw problems.storageSecretRefused()
  }
  await next()
})
