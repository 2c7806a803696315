import type { Context } from 'hono'
import { rememberSignIn } from '../auth/account.ts'
import { attemptFrom, requireViewer } from '../auth/guards.ts'
import { hashOf } from '../auth/secrets.ts'
import { issueAccess } from '../auth/tokens.ts'
import { answerPage, page } from '../http/paging.ts'
import { afterAnswer, onlyMethods } from '../http/request.ts'
import { type AppEnv, router } from '../http/router.ts'
import { limit, limitAddress, limitSignIn, SIGN_IN } from '../http/throttle.ts'
import { body, publicIds } from '../http/validate.ts'
import { problems } from '../problems.ts'
import { settings } from '../settings.ts'
import { dropCookie, keepCookie, requireOwnPage, secretIn } from './cookie.ts'
import { sessionInput, sessionJson, sessionSecret } from './json.ts'
import { endSession, endSessionOf, sessionsOf, startSession, useSession } from './session.ts'

/** Sessions of phones and programs, which store the secret themselves. */
export const sessionRoutes = router()
  .post('/', limitSignIn, body(sessionInput), async (c) => {
    const { secret, ...started } = await start(c, c.req.valid('json'))
    return c.json({ ...started, session: secret }, 201)
  })
  .get('/', requireViewer, page(), async (c) => {
    const [viewer, page] = [c.get('viewer'), c.req.valid('query')]
    const found = await sessionsOf(c.get('db'), viewer, page)
    return answerPage(
      c,
      page,
      found,
      (session) => sessionJson(session, viewer.sessionId),
      (session) => session.publicSessionId,
    )
  })
  .post('/refresh', limitAddress, body(sessionSecret), async (c) =>
    c.json(await refresh(c, c.req.valid('json').session)),
  )
  .all('/refresh', onlyMethods('POST'))
  .delete('/:sessionId', requireViewer, publicIds('sessionId'), async (c) => {
    await endSession(c.get('db'), c.get('viewer'), c.req.valid('param').sessionId)
    return c.body(null, 204)
  })

/** Sessions of this service's own pages: the secret is in a cookie that no script reads. */
export const pageSessionRoutes = router()
  .use(requireOwnPage)
  .post('/', limitSignIn, body(sessionInput), async (c) => {
    const { secret, ...started } = await start(c, c.req.valid('json'))
    keepCookie(c, secret)
    return c.json(started, 201)
  })
  .delete('/', async (c) => {
    await endSessionOf(c.get('db'), secretIn(c) ?? '')
    dropCookie(c)
    return c.body(null, 204)
  })
  .all('/', onlyMethods('POST', 'DELETE'))
  .post('/refresh', limitAddress, async (c) => {
    const secret = secretIn(c)
    if (!secret) throw problems.notAuthenticated()
    const answer = await refresh(c, secret)
    keepCookie(c, secret)
    return c.json(answer)
  })
  .all('/refresh', onlyMethods('POST'))

async function start(c: Context<AppEnv>, input: { email: string; password: string; name: string }) {
  const tokens = settings(c.env, 'tokens')
  const attempt = attemptFrom(c)
  await limit(c, 'ACCOUNT_LIMIT', `${attempt.network} ${input.email.toLowerCase()}`, SIGN_IN)
  const { account, secret, publicSessionId } = await startSession(c.get('db'), attempt, input)
  attempt.afterAnswer((db) => rememberSignIn(db, attempt, account, input.password))
  const access = await issueAccess({ ...account, publicSessionId }, tokens, Date.now())
  return { access, secret, public_session_id: publicSessionId }
}

async function refresh(c: Context<AppEnv>, secret: string) {
  const [now, tokens] = [Date.now(), settings(c.env, 'tokens')]
  await limit(c, 'ACCOUNT_LIMIT', await hashOf(secret))
  const account = await useSession(c.get('db'), secret, (work) => afterAnswer(c, work))
  return { access: await issueAccess(account, tokens, now) }
}
