import { problems } from '../errors.ts'
import { router } from '../http.ts'
import { userJson } from '../users/json.ts'
import { body, draft } from '../validate.ts'
import { accountOf, register, rememberSignIn, signIn } from './account.ts'
import { credentials, refreshing, registration } from './json.ts'
import { issueAccess, issueTokens, readToken } from './tokens.ts'

export const authRoutes = router()
  .post('/register', draft(registration), async (c) => {
    const user = await register(c.var.db, c.req.valid('json'), c.env.ASSETS)
    const { access, refresh } = await issueTokens(user, c.env, Date.now())
    const { publicUserId: public_user_id, username } = user
    return c.json({ ...userJson(user), user: { public_user_id, username }, access, refresh }, 201)
  })
  .post('/token', body(credentials), async (c) => {
    const input = c.req.valid('json')
    const account = await signIn(c.var.db, input)
    c.executionCtx.waitUntil(rememberSignIn(c.var.db, account, input.password))
    return c.json(await issueTokens(account, c.env, Date.now()))
  })
  .post('/token/refresh', body(refreshing), async (c) => {
    const now = Date.now()
    const bearer = await readToken(
      c.req.valid('json').refresh,
      'refresh',
      c.env,
      now,
      problems.refreshTokenRefused,
    )
    return c.json({ access: await issueAccess(await accountOf(c.var.db, bearer), c.env, now) })
  })
