import { problems } from '../problems.ts'
import { router } from '../http/router.ts'
import { settings } from '../settings.ts'
import { limit, limitAddress, limitSignIn, SIGN_IN } from '../http/throttle.ts'
import { body } from '../http/validate.ts'
import { accountOf, rememberSignIn, signedInAt, signIn } from './account.ts'
import { attemptFrom } from './guards.ts'
import { credentials, refreshing } from './json.ts'
import { issueAccess, issueTokens, readToken } from './tokens.ts'

/** Sign-in. Registration is among the routes of users. */
export const authRoutes = router()
  .post('/token', limitSignIn, body(credentials), async (c) => {
    const [now, tokens] = [Date.now(), settings(c.env, 'tokens')]
    const { email, password } = c.req.valid('json')
    const attempt = attemptFrom(c)
    await limit(c, 'ACCOUNT_LIMIT', `${attempt.network} ${email.toLowerCase()}`, SIGN_IN)
    const account = await signIn(c.get('db'), attempt, { email, password })
    attempt.afterAnswer((db) => rememberSignIn(db, attempt, account, password))
    return c.json(await issueTokens(account, tokens, signedInAt(now, account)))
  })
  .post('/token/refresh', limitAddress, body(refreshing), async (c) => {
    const [now, tokens] = [Date.now(), settings(c.env, 'tokens')]
    const { refresh } = c.req.valid('json')
    const bearer = await readToken(refresh, 'refresh', tokens, now, problems.refreshTokenRefused)
    await limit(c, 'ACCOUNT_LIMIT', bearer.userId)
    return c.json({ access: await issueAccess(await accountOf(c.get('db'), bearer), tokens, now) })
  })
