import { isSameSecret } from '../auth/secrets.ts'
import type { Settings } from '../settings.ts'

type Secrets = Pick<Settings['tokens'], 'JWT_SECRET' | 'JWT_SECRET_PREVIOUS'>

/** As long as a notification on a phone is worth a tap. */
const LIFETIME_IN_SECONDS = 24 * 60 * 60
/** The key is for this purpose only, so that no other token of this service is valid here. */
const PURPOSE = 'notification action'

/** Issues a token for the buttons of one notification, `<end in seconds>.<HMAC-SHA-256>`. `now` in milliseconds. */
export async function issueActionToken(notification: string, { JWT_SECRET }: Secrets, now: number) {
  const end = Math.floor(now / 1000) + LIFETIME_IN_SECONDS
  return `${end}.${await signatureOf(notification, end, JWT_SECRET)}`
}

/**
 * Whether a token is for this notification, signed with the current or previous secret, and not expired. `now` in
 * milliseconds.
 */
export async function isActionToken(
  token: string,
  notification: string,
  { JWT_SECRET, JWT_SECRET_PREVIOUS }: Secrets,
  now: number,
) {
  const [, end = '', signature = ''] = /^(\d{1,12})\.([\w-]{43})$/.exec(token) ?? []
  if (Number(end) * 1000 <= now) return false
  const expected = [JWT_SECRET, JWT_SECRET_PREVIOUS].filter(Boolean).map(async (secret) => {
    return isSameSecret(signature, await signatureOf(notification, Number(end), secret))
  })
  return (await Promise.all(expected)).includes(true)
}

async function signatureOf(notification: string, end: number, secret: string) {
  const key = await hmac(new TextEncoder().encode(secret), PURPOSE)
  const signature = await hmac(key, `${notification.toLowerCase()}.${end}`)
  return new Uint8Array(signature).toBase64({ alphabet: 'base64url', omitPadding: true })
}

async function hmac(secret: BufferSource, text: string) {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
}
