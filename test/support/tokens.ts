import { env } from 'cloudflare:workers'
import type { User } from './factories.ts'

type Making = { secret?: string; header?: object }

/** The claims of a valid token with some changed; `undefined` removes a claim. */
export const claimsOf = (
  user: Pick<User, 'id' | 'publicUserId'>,
  type: 'access' | 'refresh',
  changes: object = {},
) => ({
  token_type: type,
  exp: secondsFromNow(60),
  iat: secondsFromNow(-60),
  jti: crypto.randomUUID().replaceAll('-', ''),
  user_id: String(user.id),
  sub: user.publicUserId,
  ...changes,
})

/** Like `claimsOf`, for a camera's access token. */
export const deviceClaimsOf = (publicCameraId: string, changes: object = {}) => ({
  token_type: 'access',
  exp: secondsFromNow(60),
  iat: secondsFromNow(-60),
  jti: crypto.randomUUID().replaceAll('-', ''),
  scope: 'camera',
  public_camera_id: publicCameraId,
  ...changes,
})

/** A time in whole seconds, as in tokens. */
export const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

/** Signs a token by hand (RFC 7519), with claims that the Worker would never sign. */
export const aToken = (payload: unknown, making: Making = {}) => aTokenOfText(JSON.stringify(payload), making)

/** Like `aToken`, from the payload's text. */
export async function aTokenOfText(
  payload: string,
  { secret = env.JWT_SECRET, header = { alg: 'HS256', typ: 'JWT' } }: Making = {},
) {
  const signed = `${base64Url(JSON.stringify(header))}.${base64Url(payload)}`
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(signed)))
  return `${signed}.${signature.toBase64({ alphabet: 'base64url', omitPadding: true })}`
}

/** A token's header and claims, unchecked. */
export function read(token: string) {
  const [header = '', claims = ''] = token.split('.')
  return { header: parse(header), claims: parse(claims) }
}

const parse = (part: string) =>
  JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: 'base64url' })))
const bytes = (text: string) => new TextEncoder().encode(text)
const base64Url = (text: string) => bytes(text).toBase64({ alphabet: 'base64url', omitPadding: true })
