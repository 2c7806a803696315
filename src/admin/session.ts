import type { Context } from 'hono'
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie'
import { decodeBase64Url, encodeBase64Url } from 'hono/utils/encode'
import { isId, publicIdIn, signClaims, verified } from '../auth/tokens.ts'
import type { AppEnv } from '../http/router.ts'
import { settings } from '../settings.ts'
import type { Session } from './staff.ts'

export const SESSION_LIFETIME_IN_SECONDS = 12 * 60 * 60
const MESSAGE_LIFETIME_IN_SECONDS = 5 * 60
const DRAFT_LIFETIME_IN_SECONDS = 60 * 60
/** Browsers keep 4,096 bytes of a cookie, some of them its name, attributes and signature included. */
const MAX_COOKIE = 3_800

/** A kind of token of its own: no API token is a session, and no session an API token. */
const TOKEN_TYPE = 'admin'
const NAMES = { session: 'admin_session', csrf: 'admin_csrf', message: 'admin_message', draft: 'admin_draft' }
const COOKIE = { path: '/admin', httpOnly: true, secure: true, sameSite: 'Lax' } as const

/** Signs somebody in who has just shown their password. The cookie ends with the browser, the session after 12 hours. */
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

/** The session in a request's cookie, and whether its time is up. Whether the account still counts, the database tells. */
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

/** The token that the sign-in form must send back: nobody is signed in yet whose session could hold it. */
export function loginToken<E extends AppEnv>(c: Context<E>) {
  const token = loginTokenOf(c) ?? randomToken()
  setCookie(c, NAMES.csrf, token, COOKIE)
  return token
}

export function loginTokenOf<E extends AppEnv>(c: Context<E>) {
  const token = getCookie(c, NAMES.csrf)
  return token && /^[\da-f]{32}$/.test(token) ? token : null
}

/** What the next page says. `before` and `after` stand around a link to the row. */
export type Message = {
  level: 'success' | 'warning' | 'error'
  before: string
  row?: string
  href?: string
  after?: string
}

export const leaveMessage = <E extends AppEnv>(c: Context<E>, message: Message) =>
  leave(c, NAMES.message, message, MESSAGE_LIFETIME_IN_SECONDS)

/** Takes the message that the last page left. */
export const takeMessage = <E extends AppEnv>(c: Context<E>) => take<Message>(c, NAMES.message)

/** What somebody sent from a page when their session was over: of whom, where that is known; null where it is not kept. */
type Draft = { userId: string | null; path: string; form: [string, string][] | null }

/** Keeps a form for after the sign-in, where a cookie can hold it; else that there was one. Passwords are left out. */
export async function leaveDraft<E extends AppEnv>(
  c: Context<E>,
  { userId, path, form }: Omit<Draft, 'form'> & { form: URLSearchParams | null },
) {
  const kept = form && [...form].filter(([name]) => !/password|csrf/.test(name))
  const isKept = await leave(c, NAMES.draft, { userId, path, form: kept }, DRAFT_LIFETIME_IN_SECONDS)
  if (!isKept) await leave(c, NAMES.draft, { userId, path, form: null }, DRAFT_LIFETIME_IN_SECONDS)
}

/** Takes what this person sent from this page, where it was; null in it where it was not kept. */
export async function takeDraft<E extends AppEnv>(c: Context<E>, userId: string, path: string) {
  const draft = await read<Draft>(c, NAMES.draft)
  if (draft?.path !== path || ![null, userId].includes(draft.userId)) return null
  deleteCookie(c, NAMES.draft, COOKIE)
  return { form: draft.form && new URLSearchParams(draft.form) }
}

/** Whether what was sent from the page to go to was not kept. */
export async function isDraftLost<E extends AppEnv>(c: Context<E>, next: string) {
  const draft = await read<Draft>(c, NAMES.draft)
  return draft?.form === null && draft.path === next.split('?', 1)[0]
}

/** Whether a cookie holds it. */
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

/** A key of its own, so that no signature of a cookie is one of a token. */
const secret = (c: Context<any>) => `cookies of the admin ${settings(c.env, 'tokens').JWT_SECRET}`

const randomToken = () => crypto.randomUUID().replaceAll('-', '')
