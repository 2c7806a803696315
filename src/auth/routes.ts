import { problems } from '../problems.ts'
import { json, router } from '../http/router.ts'
import { settings } from '../settings.ts'
import { limit, limitAddress } from '../http/throttle.ts'
import { userJson } from '../users/json.ts'
import { body, draft } from '../http/validate.ts'
import { accountOf, register, rememberSignIn, signIn } from './account.ts'
import { attemptFrom } from './attempts.ts'
import { credentials, refreshing, registration } from './json.ts'
import { issueAccess, issueTokens, readToken } from './tokens.ts'

export const authRoutes = router()
  .post('/register', limitAddress, draft(registration), async (c) => {
    // A wrong setting shows before the password is hashed.
    settings(c.env, 'database')
    const tokens = settings(c.env, 'tokens')
    const draft = c.req.valid('json')
    if (draft.values.email) await limit(c, 'ACCOUNT_LIMIT', draft.values.email)
    const user = await register(
      c.get('db'),
      draft,
      c.env.ASSETS,
      settings(c.env, 'passwords').PASSWORD_ROUNDS,
    )
    const { access, refresh } = await issueTokens(user, tokens, Date.now())
    const { publicUserId: public_user_id, username } = user
    return json({ ...userJson(user), user: { public_user_id, username }, access, refresh }, 201)
  })
  .post('/token', limitAddress, body(credentials), async (c) => {
    const tokens = settings(c.env, 'tokens')
    const { email, password } = c.req.valid('json')
    const attempt = attemptFrom(c)
    await limit(c, 'ACCOUNT_LIMIT', `${email.toLowerCase()} ${attempt.network}`)
    const account = await signIn(c.get('db'), attempt, { email, password })
    attempt.afterAnswer((db) => rememberSignIn(db, attempt, account, password))
    return json(await issueTokens(account, tokens, Date.now()))
  })
  .post('/token/refresh', limitAddress, body(refreshing), async (c) => {
    const [now, tokens] = [Date.now(), settings(c.env, 'tokens')]
    const { refresh } = c.req.valid('json')
    const bearer = await readToken(refresh, 'refresh', tokens, now, problems.refreshTokenRefused)
    await limit(c, 'ACCOUNT_LIMIT', bearer.userId)
    return json({ access: await issueAccess(await accountOf(c.get('db'), bearer), tokens, now) })
  })
