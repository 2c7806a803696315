import { decode, sign, verify } from 'hono/jwt'
import { type Problem, problems } from '../problems.ts'
import type { Settings } from '../settings.ts'
import { UUID } from '../http/fields.ts'
import { isBigint } from '../http/validate.ts'
import type { AskingDevice } from './device.ts'
import type { Viewer } from './viewer.ts'

type TokenType = 'access' | 'refresh'
type TokenSettings = Settings['tokens']
type Secrets = Pick<TokenSettings, 'JWT_SECRET' | 'JWT_SECRET_PREVIOUS'>
/** The account of a token, and the public id of its session, if it has one. */
type Account = { id: number; publicUserId: string; publicSessionId?: string | undefined }

/** Short, because a camera asks for a new one before each upload. */
export const DEVICE_TOKEN_LIFETIME_IN_SECONDS = 15 * 60

/** An id that no account has. It stands for a `user_id` that nobody can have. */
export const NOBODY = '0'
/** An id that no session has. It stands for a `sid` that no session can have. */
const NO_SESSION = '00000000-0000-0000-0000-000000000000'

/** A new pair of tokens after a check of the password. `now` in milliseconds. */
export async function issueTokens(account: Account, settings: TokenSettings, now: number) {
  const [access, refresh] = await Promise.all([
    issueAccess(account, settings, now),
    issue('refresh', account, settings, now),
  ])
  return { access, refresh }
}

/** An access token. `now` in milliseconds. */
export const issueAccess = (account: Account, settings: TokenSettings, now: number) =>
  issue('access', account, settings, now)

/** A device's access token for its camera. `now` in milliseconds. */
export const issueDeviceAccess = ({ publicCameraId }: AskingDevice, settings: TokenSettings, now: number) =>
  signClaims(
    {
      ...claimsOf('access', DEVICE_TOKEN_LIFETIME_IN_SECONDS, now),
      scope: DEVICE_SCOPE,
      public_camera_id: publicCameraId,
    },
    settings,
  )

function issue(
  type: TokenType,
  { id, publicUserId, publicSessionId: sid }: Account,
  settings: TokenSettings,
  now: number,
) {
  const lifetime =
    type === 'access' ? settings.ACCESS_TOKEN_LIFETIME_IN_SECONDS : settings.REFRESH_TOKEN_LIFETIME_IN_SECONDS
  const claims = { user_id: String(id), sub: publicUserId, ...(sid && { sid }) }
  return signClaims({ ...claimsOf(type, lifetime, now), ...claims }, settings)
}

function claimsOf(type: TokenType, lifetimeInSeconds: number, now: number) {
  const issuedAt = Math.floor(now / 1000)
  return {
    token_type: type,
    exp: issuedAt + lifetimeInSeconds,
    iat: issuedAt,
    jti: crypto.randomUUID().replaceAll('-', ''),
  }
}

/** Signs a token with these claims and today's key. */
export const signClaims = async (
  claims: Record<string, unknown>,
  { JWT_SECRET }: Pick<Secrets, 'JWT_SECRET'>,
) => sign(claims, await importKey(JWT_SECRET), 'HS256')

/**
 * Checks a user's token: its signature, then its claims in the contract's order. `now` in milliseconds.
 * @throws the problem that `refuse` makes of the first fault's message, or noUserIdentification
 */
export async function readToken(
  token: string,
  type: TokenType,
  settings: Secrets,
  now: number,
  refuse: (words: string) => Problem,
): Promise<Viewer> {
  const { claims, iat } = await readClaims(token, type, settings, now, refuse)
  if (!Object.hasOwn(claims, 'user_id')) throw problems.noUserIdentification()
  const { user_id: userId, sub, sid } = claims
  return {
    userId: isId(userId) ? String(userId) : NOBODY,
    issuedAt: Math.max(iat, 0), // Postgres has no times aeons ago
    publicUserId: publicIdIn(sub),
    sessionId: sid === undefined ? null : (publicIdIn(sid) ?? NO_SESSION),
  }
}

/** As `readToken`, for a device's access token. @throws deviceRefused */
export async function readDeviceToken(token: string, settings: Secrets, now: number): Promise<AskingDevice> {
  const { claims } = await readClaims(token, 'access', settings, now, problems.deviceRefused)
  if (claims.scope !== DEVICE_SCOPE) throw problems.deviceRefused('Token has wrong type')
  const publicCameraId = publicIdIn(claims.public_camera_id)
  if (!publicCameraId) throw problems.deviceRefused('Token is invalid')
  return { publicCameraId }
}

const DEVICE_SCOPE = 'camera'

/** Whether an `Authorization` header claims to hold a device's access token. `readDeviceToken` verifies it. */
export function isDeviceToken(header = '') {
  try {
    return decode(header.trim().split(/\s+/)[1] ?? '').payload.scope === DEVICE_SCOPE
  } catch {
    return false
  }
}

/** The claims of a token of one type. No token is for a user and a device at once. */
async function readClaims(
  token: string,
  type: TokenType,
  settings: Secrets,
  now: number,
  refuse: (words: string) => Problem,
) {
  const claims = await verified(token, settings)
  const seconds = now / 1000
  if (!claims || !areNumbers(claims.exp, claims.iat, claims.nbf)) throw refuse('Token is invalid')
  const { exp, iat = 0, nbf = 0 } = claims as { exp?: number; iat?: number; nbf?: number }
  if (iat > seconds || nbf > seconds) throw refuse('Token is invalid')
  if (exp !== undefined && exp <= seconds) throw refuse('Token is expired')
  if (exp === undefined) throw refuse("Token has no 'exp' claim")
  if (!Object.hasOwn(claims, 'jti')) throw refuse('Token has no id')
  if (!Object.hasOwn(claims, 'token_type')) throw refuse('Token has no type')
  if (claims.token_type !== type) throw refuse('Token has wrong type')
  if (Object.hasOwn(claims, 'user_id') && Object.hasOwn(claims, 'scope')) throw refuse('Token is invalid')
  return { claims, iat }
}

/** The public id in a claim, or null. */
export const publicIdIn = (claim: unknown) =>
  typeof claim === 'string' && UUID.test(claim) ? claim.toLowerCase() : null

type Claims = Readonly<Record<string, unknown>>

/** The claims of a token signed with the current or the previous key; null for anything else. */
export async function verified(
  token: string,
  { JWT_SECRET, JWT_SECRET_PREVIOUS }: Secrets,
): Promise<Claims | null> {
  for (const secret of JWT_SECRET_PREVIOUS ? [JWT_SECRET, JWT_SECRET_PREVIOUS] : [JWT_SECRET]) {
    try {
      // hono checks the claims before the signature, and its errors quote the token.
      const options = { alg: 'HS256', exp: false, nbf: false, iat: false } as const
      const claims: unknown = await verify(token, await importKey(secret), options)
      if (typeof claims !== 'object' || !claims || Array.isArray(claims)) return null
      return claims as Claims
    } catch {
      // Not signed with this key.
    }
  }
  return null
}

const areNumbers = (...claims: unknown[]) =>
  claims.every((claim) => claim === undefined || (typeof claim === 'number' && Number.isFinite(claim)))

/** Whether a claim could be the id of an account. */
export const isId = (id: unknown) =>
  typeof id === 'number'
    ? Number.isSafeInteger(id) && id > 0
    : typeof id === 'string' && isBigint(id) && /[1-9]/.test(id)

const keys = new Map<string, Promise<CryptoKey>>()

/** An HMAC-SHA-256 key, imported once per isolate. */
export function importKey(secret: string) {
  let key = keys.get(secret)
  if (!key) {
    const bytes = new TextEncoder().encode(secret)
    key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
    keys.set(secret, key)
  }
  return key
}
