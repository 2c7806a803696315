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

/** What `requireSession` adds to the context. Whether the account is still staff's, the page's statement tells. */
export type SignedIn = { Variables: { session: Session } }
/** What `requireForm` adds: the form that was sent. */
export type Sent = { Variables: { form: URLSearchParams } }

/** The body of a form may hold thousands of ticks. */
const FORM_LIMIT_IN_BYTES = 1024 * 1024

/** Lets only a session's cookie pass, and a form only with the session's token in it. */
export const requireSession = createMiddleware<AppEnv & SignedIn & Sent>(
  async function requireSession(c, next) {
    if (c.var.session) return next()
    const session = await sessionOf(c, Date.now())
    if (!session) throw new SignInNeeded()
    c.set('session', session)
    if (c.req.method === 'POST') {
      const form = await readForm(c.req.raw, FORM_LIMIT_IN_BYTES)
      if (!(await isSameSecret(form.get('csrfmiddlewaretoken'), session.csrf)))
        throw pageProblems.csrfFailed()
      c.set('form', form)
    }
    if (session.isOver) throw new SignInNeeded()
    await next()
  },
)

/** A form as browsers send one, without the null characters that Postgres does not take. @throws unsupportedMediaType, bodyTooLarge */
export async function readForm(request: Request, limitInBytes?: number) {
  const bytes = await readBytes(request, limitInBytes)
  const type = request.headers.get('Content-Type') ?? ''
  if (bytes?.length !== 0 && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type))
    throw problems.unsupportedMediaType(type)
  if (!bytes) throw problems.bodyTooLarge(limitInBytes ?? 0)
  const sent = Array.from(new URLSearchParams(new TextDecoder().decode(bytes)))
  return new URLSearchParams(sent.map(([name, value]) => [name, value.replaceAll('\0', '')]))
}

/** Lets only an id pass that a row could have. */
export const requireId = createMiddleware<AppEnv>(async function requireId(c, next) {
  if (!isBigint(c.req.param('id') ?? '')) throw problems.notFound()
  await next()
})

/** Keeps what was typed for after the sign-in; where no session says whose it is, only that there was something. */
export async function keepDraft(c: Context<AppEnv>) {
  const { session, form = null } = c.var as Partial<SignedIn['Variables'] & Sent['Variables']>
  // What another site sends comes without the session's cookie, and must not replace what somebody typed here.
  const isOurs = ['same-origin', 'none', undefined].includes(c.req.header('Sec-Fetch-Site'))
  if (!session && !isOurs) return
  return leaveDraft(c, { userId: session?.userId ?? null, path: new URL(c.req.url).pathname, form })
}

/** A path of the admin to go to after the sign-in; anything else is its front page. */
export function nextPath(next: string | undefined | null, origin: string) {
  if (!next || !URL.canParse(next, origin)) return '/admin/'
  const url = new URL(next, origin)
  const isOurs = url.origin === origin && /^\/admin(\/|$)/.test(url.pathname)
  return isOurs && !/^\/admin\/log(in|out)\/?$/.test(url.pathname) ? url.pathname + url.search : '/admin/'
}
