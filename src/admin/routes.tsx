import type { Context } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { rememberSignIn, signedInAt } from '../auth/account.ts'
import { attemptSignIn } from '../auth/attempts.ts'
import { attemptFrom } from '../auth/guards.ts'
import { isSameSecret } from '../auth/secrets.ts'
import { DatabaseError } from '../db/client.ts'
import { explain } from '../errors.ts'
import { Problem, problems } from '../problems.ts'
import { answerAsset } from '../http/assets.ts'
import { type AppEnv, router } from '../http/router.ts'
import { crossOrigin } from '../http/cors.ts'
import { answerMethods, perRequest } from '../http/request.ts'
import { limit, limitAddress } from '../http/throttle.ts'
import { keepDraft, nextPath, readForm, requireSession, type Sent } from './guards.ts'
import { undoneAt } from './page-parts.tsx'
import { pageProblems } from './problems.ts'
import { isAuthorGone, recentActions } from './log.ts'
import type { Model } from './model.ts'
import { modelRoutes } from './model-routes.tsx'
import { changeOwnPassword, matching } from './password.ts'
import {
  endSession,
  isDraftLost,
  leaveMessage,
  loginToken,
  loginTokenOf,
  sessionOf,
  startSession,
} from './session.ts'
import { type Session, SignInNeeded, staffReads, whoAsks } from './staff.ts'
import { Index } from './ui/index.tsx'
import { OwnPassword } from './ui/own-password.tsx'
import { showPage } from './ui/page.tsx'
import { SignedOut, SignIn } from './ui/sign-in.tsx'

const HOME = { title: 'Home', href: '/admin/' }
const NO_STAFF =
  'Please enter the correct email and password for a staff account. Note that the password is case-sensitive.'

const askingRecent = staffReads(() => ({ answers: { recent: recentActions } }))

/** The admin of these models, for staff, in a browser. */
export function adminApp(models: Model[]) {
  const routes = router().basePath('/admin')
  routes.onError((error, c) => showProblem(error, c, models))
  routes.notFound((c) => showProblem(problems.notFound(), c, models))
  routes.use(perRequest, crossOrigin, methodNotAllowed({ app: routes, onMethodNotAllowed: answerMethods }))

  routes
    .get('/static/:file', (c) => answerAsset(c, `admin/${encodeURIComponent(c.req.param('file'))}`))
    .get('/login', async (c) => {
      const next = nextPath(c.req.query('next'), new URL(c.req.url).origin)
      const session = await sessionOf(c, Date.now())
      const signedIn = session && !session.isOver ? await whoIs(c, session) : null
      if (signedIn === 'staff') return c.redirect(next)
      return showSignIn(c, models, { next, signedInAs: signedIn?.email })
    })
    .post('/login', limitAddress, async (c) => {
      const form = await readForm(c.req.raw)
      const expected = loginTokenOf(c)
      if (!(await isSameSecret(form.get('csrfmiddlewaretoken'), expected))) throw pageProblems.csrfFailed()
      const next = nextPath(form.get('next'), new URL(c.req.url).origin)
      const email = (form.get('email') ?? '').trim()
      const now = Date.now()
      try {
        const account = await signInStaff(c, email, form.get('password') ?? '')
        await startSession(c, account, signedInAt(now, account))
      } catch (error) {
        if (!(error instanceof Problem) || ![401, 429].includes(error.status)) throw error
        return refuseSignIn(c, models, error, { next, email })
      }
      return c.redirect(next)
    })

  const guarded = routes
    .use(requireSession)
    .get('/', async (c) => {
      const { staff, recent } = await askingRecent(c.var.db, c.var.session)
      const content = <Index models={models} all={models} staff={staff} recent={recent} />
      return showPage(c, models, { title: 'Site administration', staff, csrf: c.var.session.csrf, content })
    })
    .post('/logout', (c) => {
      endSession(c)
      const crumbs = [HOME]
      return showPage(c, models, { title: 'Logged out', crumbs, content: <SignedOut />, isNarrow: true })
    })
    .get('/password_change', async (c) => {
      const { staff } = await whoAsks(c.var.db, c.var.session)
      const { csrf } = c.var.session
      const content = <OwnPassword csrf={csrf} faults={{}} />
      const message = await undoneAt(c)
      return showPage(c, models, { title: 'Password change', crumbs: [HOME], staff, csrf, message, content })
    })
    .post('/password_change', async (c) => {
      const { db, session, form } = c.var
      await limit(c, 'ACCOUNT_LIMIT', session.userId)
      const [assets, attempt] = [c.env.ASSETS, attemptFrom(c)]
      const { staff, ...result } = await changeOwnPassword(db, session, form, { assets, attempt })
      if (!result.faults) {
        await startSession(c, staff, result.changedAt)
        await leaveMessage(c, { level: 'success', before: 'Your password was changed.' })
        return c.redirect('/admin/password_change/done/')
      }
      const content = <OwnPassword csrf={session.csrf} faults={result.faults} />
      return showPage(c, models, {
        title: 'Password change',
        crumbs: [HOME],
        staff,
        csrf: session.csrf,
        content,
      })
    })
    .get('/password_change/done', async (c) => {
      const { staff } = await whoAsks(c.var.db, c.var.session)
      const content = <p class="card empty">Your password was changed. Other sessions of yours have ended.</p>
      const { csrf } = c.var.session
      return showPage(c, models, {
        title: 'Password change successful',
        crumbs: [HOME],
        staff,
        csrf,
        content,
      })
    })

  for (const model of models) routes.route(`/${model.app.label}/${model.name}`, modelRoutes(model, models))

  for (const label of new Set(models.map(({ app }) => app.label)))
    guarded.get(`/${label}`, async (c) => {
      const { staff } = await whoAsks(c.var.db, c.var.session)
      const theirs = models.filter((model) => model.app.label === label)
      if (!theirs.some((model) => staff.may('view', model))) throw pageProblems.notPermitted()
      const content = <Index models={theirs} all={models} staff={staff} />
      const title = `${theirs[0]?.app.title} administration`
      return showPage(c, models, { title, crumbs: [HOME], staff, csrf: c.var.session.csrf, content })
    })

  return routes
}

/** The account of a session: of staff, or the email of an account that is not staff. */
async function whoIs(c: Context<AppEnv>, session: Session) {
  try {
    await whoAsks(c.var.db, session)
    return 'staff' as const
  } catch (error) {
    if (error instanceof SignInNeeded) return error
    throw error
  }
}

/** @throws wrongCredentials, throttled */
async function signInStaff(c: Context<AppEnv>, email: string, typed: string) {
  const attempt = attemptFrom(c)
  await limit(c, 'ACCOUNT_LIMIT', `${attempt.network} ${email.toLowerCase()}`)
  const account = await attemptSignIn(c.var.db, attempt, email)
  const password = await matching(typed, account?.password ?? null, attempt.rounds)
  if (!account?.isActive || !account.isStaff || password === null) throw problems.wrongCredentials()
  attempt.afterAnswer((db) => rememberSignIn(db, attempt, account, password))
  return account
}

function refuseSignIn(
  c: Context<AppEnv>,
  models: Model[],
  problem: Problem,
  typed: { next: string; email: string },
) {
  if (problem.status !== 429) return showSignIn(c, models, { ...typed, error: NO_STAFF })
  for (const [name, value] of Object.entries(problem.headers)) c.header(name, value)
  return showSignIn(c, models, { ...typed, error: wordsOf(problem) }, 429)
}

type Typed = { next: string; email?: string; error?: string; signedInAs?: string | undefined }
async function showSignIn(c: Context<AppEnv>, models: Model[], typed: Typed, status: 200 | 429 = 200) {
  const { next, email = '', error, signedInAs } = typed
  const content = (
    <SignIn
      csrf={loginToken(c)}
      {...{ next, email, error, signedInAs }}
      isDraftLost={await isDraftLost(c, next)}
    />
  )
  return showPage(c, models, { title: 'Log in', content, isNarrow: true }, status)
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: '403 Forbidden',
  404: 'Page not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too much at once',
  415: 'Unsupported media type',
  429: 'Too many requests',
  503: 'Service unavailable',
}

/** Redirects to the sign-in if needed, keeping the typed entries; shows any other error on a page. */
async function showProblem(error: unknown, c: Context<AppEnv>, models: Model[]) {
  if (error instanceof SignInNeeded || isAuthorGone(error)) {
    const { pathname, search } = new URL(c.req.url)
    if (c.req.method === 'POST') await keepDraft(c)
    return c.redirect(`/admin/login/?${new URLSearchParams({ next: pathname + search })}`)
  }
  const explained = explain(error, c.var.requestId)
  const isBlocked = error instanceof DatabaseError && error.isBlocked
  const problem = isBlocked ? pageProblems.blocked() : explained
  const { form } = c.var as Partial<Sent['Variables']>
  const isUnknown = form && problem.status === 503
  for (const [name, value] of Object.entries(problem.headers)) c.header(name, value)
  const content = (
    <div class="card prose">
      <p>{wordsOf(problem)}</p>
      {isUnknown && <p>It is not known whether what you sent was saved. It does no harm to send it again.</p>}
      {form && (isBlocked || isUnknown) && <SendAgain form={form} />}
      <p>
        <a href="/admin/">Back to the start</a>
      </p>
    </div>
  )
  const title = TITLES[problem.status] ?? 'Server error'
  return showPage(c, models, { title, crumbs: [HOME], content, isNarrow: true }, problem.status)
}

/** Sends a form again, without its passwords. */
const SendAgain = ({ form }: { form: URLSearchParams }) => (
  <form class="actions" method="post">
    {[...form]
      .filter(([name]) => !name.includes('password'))
      .map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    <button>Try again</button>
  </form>
)

const wordsOf = ({ status, body }: Problem) => {
  if (status === 404) return 'We’re sorry, but the requested page could not be found.'
  return 'detail' in body ? String(body.detail) : 'The request could not be read.'
}
