import type { Context } from 'hono'
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie'
import { decodeBase64Url, encodeBase64Url } from 'hono/utils/encode'
import { isSameSecret } from '../auth/secrets.ts'
import { importKey, isId, publicIdIn, signClaims, verified } from '../auth/tokens.ts'
import type { AppEnv } from '../http/router.ts'
import { settings } from '../settings.ts'
import type { Session } from './staff.ts'

export const SESSION_LIFETIME_IN_SECONDS = 12 * 60 * 60
const MESSAGE_LIFETIME_IN_SECONDS = 5 * 60
const DRAFT_LIFETIME_IN_SECONDS = 60 * 60
/** Browsers keep 4,096 bytes of a cookie, including its name, attributes and signature. */
const MAX_COOKIE = 3_800

/** A token type of its own: an API token is never a session, and a session never an API token. */
const TOKEN_TYPE = 'admin'
const NAMES = { session: 'admin_session', csrf: 'admin_csrf', message: 'admin_message', draft: 'admin_draft' }
const COOKIE = { path: '/admin', httpOnly: true, secure: true, sameSite: 'Lax' } as const

/** Starts a session after a check of the password. The cookie ends with the browser, the session after 12 hours. */
export async function startSession<E extends AppEnv>(
  c: Context<E>,
  { id, publicUserId }: { id: string | number; publicUserId: string },
  now: number,
) {
  const iat = Math.floor(now / 1000)
  const claims = {
    token_type: TOKEN_TYPE,
    exp: iat + SESSION_LIFETIME_IN_SECONDS,
    iat,
    jti: randomToken(),
    user_id: String(id),
    sub: publicUserId,
  }
  setCookie(c, NAMES.session, await signClaims(claims, settings(c.env, 'tokens')), COOKIE)
  deleteCookie(c, NAMES.csrf, COOKIE)
}

export const endSession = <E extends AppEnv>(c: Context<E>) => void deleteCookie(c, NAMES.session, COOKIE)

/** The session in a request's cookie, and whether it has expired. The database checks the account. */
export async function sessionOf<E extends AppEnv>(
  c: Context<E>,
  now: number,
): Promise<(Session & { isOver: boolean }) | null> {
  const cookie = getCookie(c, NAMES.session)
  const claims = cookie ? await verified(cookie, settings(c.env, 'tokens')) : null
  if (claims?.token_type !== TOKEN_TYPE) return null
  const { user_id: userId, sub, iat, exp, jti } = claims
  if (!isId(userId) || typeof iat !== 'number' || typeof exp !== 'number' || typeof jti !== 'string')
    return null
  return {
    userId: String(userId),
    issuedAt: iat,
    publicUserId: publicIdIn(sub),
    sessionId: null,
    csrf: jti,
    isOver: exp * 1000 <= now,
  }
}

/** The token that the sign-in form must send back: before the sign-in there is no session to hold it. */
export function loginToken<E extends AppEnv>(c: Context<E>) {
  const token = loginTokenOf(c) ?? randomToken()
  setCookie(c, NAMES.csrf, token, COOKIE)
  return token
}

export function loginTokenOf<E extends AppEnv>(c: Context<E>) {
  const token = getCookie(c, NAMES.csrf)
  return token && /^[\da-f]{32}$/.test(token) ? token : null
}

/** The message of the next page. `before` and `after` surround a link to the row. */
export type Message = {
  level: 'success' | 'warning' | 'error'
  before: string
  row?: string
  href?: string
  after?: string
}

export const leaveMessage = <E extends AppEnv>(c: Context<E>, message: Message) =>
  leave(c, NAMES.message, message, MESSAGE_LIFETIME_IN_SECONDS)

/** Takes the message from the last page. */
export const takeMessage = <E extends AppEnv>(c: Context<E>) => take<Message>(c, NAMES.message)

/** A form that was sent after the session had expired: of whom, if that is known; null if it was not kept. */
type Draft = { userId: string | null; path: string; form: [string, string][] | null }

/**
 * Keeps a form until after the sign-in if a cookie can hold it; otherwise the fact that there was one. Never keeps passwords.
 */
export async function leaveDraft<E extends AppEnv>(
  c: Context<E>,
  { userId, path, form }: Omit<Draft, 'form'> & { form: URLSearchParams | null },
) {
  const kept = form && [...form].filter(([name]) => !/password|csrf/.test(name))
  const isKept = await leave(c, NAMES.draft, { userId, path, form: kept }, DRAFT_LIFETIME_IN_SECONDS)
  if (!isKept) await leave(c, NAMES.draft, { userId, path, form: null }, DRAFT_LIFETIME_IN_SECONDS)
}

/** Takes the form that this user sent from this page, if there is one; its content is null if it was not kept. */
export async function takeDraft<E extends AppEnv>(c: Context<E>, userId: string, path: string) {
  const draft = await read<Draft>(c, NAMES.draft)
  if (draft?.path !== path || ![null, userId].includes(draft.userId)) return null
  deleteCookie(c, NAMES.draft, COOKIE)
  return { form: draft.form && new URLSearchParams(draft.form) }
}

/** Whether the form of the next page was not kept. */
export async function isDraftLost<E extends AppEnv>(c: Context<E>, next: string) {
  const draft = await read<Draft>(c, NAMES.draft)
  return draft?.form === null && draft.path === next.split('?', 1)[0]
}

/** Returns whether a cookie could hold it. */
async function leave<E extends AppEnv>(c: Context<E>, name: string, value: object, maxAge: number) {
  const text = encodeBase64Url(await through(new CompressionStream('deflate-raw'), JSON.stringify(value)))
  if (text.length > MAX_COOKIE) return false
  await setSignedCookie(c, name, text, secret(c), { ...COOKIE, maxAge })
  return true
}

async function take<T>(c: Context, name: string): Promise<T | null> {
  if (!getCookie(c, name)) return null
  deleteCookie(c, name, COOKIE)
  return read<T>(c, name)
}

async function read<T>(c: Context<any>, name: string): Promise<T | null> {
  const text = getCookie(c, name) && (await getSignedCookie(c, secret(c), name))
  if (!text) return null
  const bytes = await through(new DecompressionStream('deflate-raw'), decodeBase64Url(text))
  return JSON.parse(new TextDecoder().decode(bytes)) as T
}

const through = (
  stream: ReadableWritablePair<Uint8Array, Uint8Array>,
  content: string | Uint8Array<ArrayBuffer>,
) => new Response(new Blob([content]).stream().pipeThrough(stream)).arrayBuffer()

/** A value that a page sends back as it was: signed for what it is for, which says who and where. */
export async function sealed<E extends AppEnv>(c: Context<E>, purpose: string, value: string) {
  const text = new TextEncoder().encode(`${purpose} ${value}`)
  const bytes = await crypto.subtle.sign('HMAC', await importKey(secret(c)), text)
  return `${value}.${new Uint8Array(bytes).toBase64({ alphabet: 'base64url', omitPadding: true })}`
}

/** The value of `sealed`; null for anything else. */
export async function unsealed<E extends AppEnv>(c: Context<E>, purpose: string, sent: string | null) {
  const [value = ''] = sent?.split('.') ?? []
  return (await isSameSecret(sent, await sealed(c, purpose, value))) ? value : null
}

/** A key of its own, so that a cookie's signature is never a token's. */
const secret = (c: Context<any>) => `cookies of the admin ${settings(c.env, 'tokens').JWT_SECRET}`

const randomToken = () => crypto.randomUUID().replaceAll('-', '')
