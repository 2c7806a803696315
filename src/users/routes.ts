import { attemptFrom } from '../auth/attempts.ts'
import { requireViewer } from '../auth/guards.ts'
import { issueTokens } from '../auth/tokens.ts'
import { json, router } from '../http/router.ts'
import { answerPage, page } from '../http/paging.ts'
import { settings } from '../settings.ts'
import { limit } from '../http/throttle.ts'
import { draft, publicIds } from '../http/validate.ts'
import { userInput, userJson } from './json.ts'
import { changeUser, findUser, removeUser, usersVisibleTo } from './user.ts'

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
    json(userJson(await findUser(c.get('db'), c.get('viewer'), c.req.valid('param').userId))),
  )
  .on(['PUT', 'PATCH'], '/:userId', publicIds('userId'), draft(userInput), async (c) => {
    const change = c.req.valid('json')
    // Whoever holds a stolen token could guess the current password here.
    if (change.values.current_password !== undefined) await limit(c, 'ACCOUNT_LIMIT', c.get('viewer').userId)
    const [now, assets, attempt] = [Date.now(), c.env.ASSETS, attemptFrom(c)]
    const user = await changeUser(c.get('db'), c.get('viewer'), c.req.valid('param').userId, change, {
      assets,
      now,
      attempt,
    })
    if (change.values.password === undefined) return json(userJson(user))
    return json({ ...userJson(user), ...(await issueTokens(user, settings(c.env, 'tokens'), now)) })
  })
  .delete('/:userId', publicIds('userId'), async (c) => {
    await removeUser(c.get('db'), c.get('viewer'), c.req.valid('param').userId)
    return c.body(null, 204)
  })
