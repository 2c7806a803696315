import type { Context } from 'hono'
import { attemptFrom, requireViewer, type SignedIn } from '../auth/guards.ts'
import { issueAccess, issueTokens } from '../auth/tokens.ts'
import { type AppEnv, router } from '../http/router.ts'
import { afterAnswer } from '../http/request.ts'
import { answerPage, page } from '../http/paging.ts'
import { settings } from '../settings.ts'
import { eraseBeside } from '../storage/erasing.ts'
import { limit, limitAddress } from '../http/throttle.ts'
import { draft, partialDraft, publicIds } from '../http/validate.ts'
import { registration, userInput, userJson } from './json.ts'
import { register } from './registration.ts'
import { changeUser, type Draft, findUser, removeUser, usersVisibleTo } from './user.ts'

/** Mounted beside sign-in. */
export const registrationRoutes = router().post('/register', limitAddress, draft(registration), async (c) => {
  // Reports a wrong setting before the password is hashed.
  settings(c.env, 'database')
  const tokens = settings(c.env, 'tokens')
  const draft = c.req.valid('json')
  if (draft.values.email) await limit(c, 'ACCOUNT_LIMIT', draft.values.email)
  const user = await register(c.get('db'), draft, c.env.ASSETS, settings(c.env, 'passwords').PASSWORD_ROUNDS)
  const { access, refresh } = await issueTokens(user, tokens, Date.now())
  const { publicUserId: public_user_id, username } = user
  return c.json({ ...userJson(user), user: { public_user_id, username }, access, refresh }, 201)
})

export const userListRoutes = router()
  .use(requireViewer)
  .get('/', page(), async (c) => {
    const page = c.req.valid('query')
    const people = await usersVisibleTo(c.get('db'), c.get('viewer'), page)
    return answerPage(c, page, people, userJson, (user) => user.publicUserId)
  })

export const userRoutes = router()
  .use(requireViewer)
  .get('/:userId', publicIds('userId'), async (c) =>
    c.json(userJson(await findUser(c.get('db'), c.get('viewer'), c.req.valid('param').userId))),
  )
  .put('/:userId', publicIds('userId'), draft(userInput), async (c) =>
    answerChange(c, c.req.valid('param').userId, c.req.valid('json')),
  )
  .patch('/:userId', publicIds('userId'), partialDraft(userInput), async (c) =>
    answerChange(c, c.req.valid('param').userId, c.req.valid('json')),
  )
  .delete('/:userId', publicIds('userId'), async (c) => {
    await removeUser(c.get('db'), c.get('viewer'), c.req.valid('param').userId)
    afterAnswer(c, (db) => eraseBeside(db, c.env))
    return c.body(null, 204)
  })

async function answerChange(c: Context<AppEnv & SignedIn>, id: string, change: Draft) {
  const [db, viewer, assets] = [c.get('db'), c.get('viewer'), c.env.ASSETS]
  // The holder of a stolen token could guess the current password here.
  if (change.values.current_password !== undefined) await limit(c, 'ACCOUNT_LIMIT', viewer.userId)
  const user = await changeUser(db, viewer, id, change, { assets, attempt: attemptFrom(c) })
  if (change.values.password === undefined) return c.json(userJson(user))
  const tokens = settings(c.env, 'tokens')
  const now = Date.parse(user.sessionsValidFrom ?? '')
  // A session goes on, and refreshes with its own secret.
  const { sessionId } = viewer
  if (sessionId === null) return c.json({ ...userJson(user), ...(await issueTokens(user, tokens, now)) })
  const access = await issueAccess({ ...user, publicSessionId: sessionId }, tokens, now)
  return c.json({ ...userJson(user), access })
}
