import type { Context } from 'hono'
import { requireViewer, type SignedIn } from '../auth/guards.ts'
import { type AppEnv, router } from '../http/router.ts'
import { answerPage, page } from '../http/paging.ts'
import { body, partialBody, publicIds } from '../http/validate.ts'
import { ruleInput, ruleJson } from './json.ts'
import { addRule, type Change, changeRule, findRule, removeRule, type RulePath, rulesOf } from './rule.ts'

/** Mounted under a camera: its path has a `cameraId`. */
export const ruleRoutes = router()
  .use(requireViewer)
  .get('/', publicIds('cameraId'), page(), async (c) => {
    const page = c.req.valid('query')
    const found = await rulesOf(c.get('db'), c.get('viewer'), c.req.valid('param').cameraId, page)
    return answerPage(c, page, found, ruleJson, (rule) => rule.publicRuleId)
  })
  .post('/', publicIds('cameraId'), body(ruleInput), async (c) => {
    const { cameraId } = c.req.valid('param')
    return c.json(ruleJson(await addRule(c.get('db'), c.get('viewer'), cameraId, c.req.valid('json'))), 201)
  })
  .get('/:ruleId', publicIds('cameraId', 'ruleId'), async (c) =>
    c.json(ruleJson(await findRule(c.get('db'), c.get('viewer'), c.req.valid('param')))),
  )
  .put('/:ruleId', publicIds('cameraId', 'ruleId'), body(ruleInput), async (c) =>
    answerChange(c, c.req.valid('param'), c.req.valid('json')),
  )
  .patch('/:ruleId', publicIds('cameraId', 'ruleId'), partialBody(ruleInput), async (c) =>
    answerChange(c, c.req.valid('param'), c.req.valid('json')),
  )
  .delete('/:ruleId', publicIds('cameraId', 'ruleId'), async (c) => {
    await removeRule(c.get('db'), c.get('viewer'), c.req.valid('param'))
    return c.body(null, 204)
  })

const answerChange = async (c: Context<AppEnv & SignedIn>, path: RulePath, change: Change) =>
  c.json(ruleJson(await changeRule(c.get('db'), c.get('viewer'), path, change)))
