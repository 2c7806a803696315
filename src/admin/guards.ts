import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { readBytes } from '../http/bodies.ts'
import { problems } from '../problems.ts'
import { isSameSecret } from '../auth/secrets.ts'
import type { AppEnv } from '../http/router.ts'
import { isBigint } from '../http/validate.ts'
import { pageProblems } from './problems.ts'
import { leaveDraft, sessionOf } from './session.ts'
import { type Session, SignInNeeded } from './staff.ts'

/** What `requireSession` adds to the context. The statement of the page checks that the account is still staff. */
export type SignedIn = { Variables: { session: Session } }
/** What `requireForm` adds: the form. */
export type Sent = { Variables: { form: URLSearchParams } }

/** A form may hold thousands of ticks. */
const FORM_LIMIT_IN_BYTES = 1024 * 1024

/** Requires a session's cookie, and for a form also the session's token in it. */
export const requireSession = createMiddleware<AppEnv & SignedIn & Sent>(
  async function requireSession(c, next) {
    if (c.var.session) return next()
    const session = await sessionOf(c, Date.now())
    if (!session) throw new SignInNeeded()
    c.set('session', session)
    if (c.req.method === 'POST') {
      const form = await readForm(c.req.raw, FORM_LIMIT_IN_BYTES)
      const isOfSession = await isSameSecret(form.get('csrfmiddlewaretoken'), session.csrf)
      if (!isOfSession && c.req.header('Sec-Fetch-Site') !== 'same-origin') throw pageProblems.csrfFailed()
      c.set('form', form)
      // A page of ours from before another sign-in: it may log out, and its entries are shown again, in this session.
      if (!isOfSession && !isLogOut(c)) throw new SignInNeeded()
    }
    if (session.isOver) throw new SignInNeeded()
    await next()
  },
)

/**
 * A form as browsers send it, without the null characters that Postgres refuses. @throws unsupportedMediaType, bodyTooLarge
 */
export async function readForm(request: Request, limitInBytes?: number) {
  const bytes = await readBytes(request, limitInBytes)
  const type = request.headers.get('Content-Type') ?? ''
  if (bytes?.length !== 0 && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    throw problems.unsupportedMediaType(type)
  if (!bytes) throw problems.bodyTooLarge(limitInBytes ?? 0)
  const sent = Array.from(new URLSearchParams(new TextDecoder().decode(bytes)))
  return new URLSearchParams(sent.map(([name, value]) => [name, value.replaceAll('\0', '')]))
}

/** Requires an id that a row could have. */
export const requireId = createMiddleware<AppEnv>(async function requireId(c, next) {
  if (!isBigint(c.req.param('id') ?? '')) throw problems.notFound()
  await next()
})

const isLogOut = (c: Context) => /\/logout\/?$/.test(c.req.path)

/** Keeps the typed entries until after the sign-in; without a known account, only the fact that there were some. */
export async function keepDraft(c: Context<AppEnv>) {
  const { session, form = null } = c.var as Partial<SignedIn['Variables'] & Sent['Variables']>
  // A form from another site comes without the session's cookie, and must not replace what this user typed here.
  const isOurs = ['same-origin', 'none', undefined].includes(c.req.header('Sec-Fetch-Site'))
  if (isLogOut(c) || (!session && !isOurs)) return
  return leaveDraft(c, { userId: session?.userId ?? null, path: new URL(c.req.url).pathname, form })
}

/** A path of the admin to open after the sign-in; for anything else, the front page. */
export function nextPath(next: string | undefined | null, origin: string) {
  if (!next || !URL.canParse(next, origin)) return '/admin/'
  const url = new URL(next, origin)
  const isOurs = url.origin === origin && /^\/admin(\/|$)/.test(url.pathname)
  return isOurs && !/^\/admin\/log(in|out)\/?$/.test(url.pathname) ? url.pathname + url.search : '/admin/'
}
