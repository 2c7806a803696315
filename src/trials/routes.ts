import { requireViewer } from '../auth/guards.ts'
import { judgeOf } from '../events/judge/openai.ts'
import { onlyMethods } from '../http/request.ts'
import { router } from '../http/router.ts'
import { body, publicIds } from '../http/validate.ts'
import { problems } from '../problems.ts'
import { settings } from '../settings.ts'
import { presignDownload } from '../storage/presign.ts'
import { trialInput, trialJson } from './json.ts'
import { grantTrial, MOST_PICTURES, tryRule } from './trial.ts'

/** Mounted under a camera: its path has a `cameraId`. */
export const trialRoutes = router()
  .use(requireViewer)
  .post('/', publicIds('cameraId'), body(trialInput), async (c) => {
    const { rule, count = MOST_PICTURES } = c.req.valid('json')
    const [storage, judging] = [settings(c.env, 'storage'), judgeOf(settings(c.env, 'judge'))]
    if (!judging && count > 0) throw problems.noJudge()
    const { cameraId } = c.req.valid('param')
    const budgets = settings(c.env, 'events')
    const { camera, pictures } = await grantTrial(c.get('db'), c.get('viewer'), cameraId, count, budgets)
    const trying = judging
      ? tryRule(rule, camera, pictures, { judge: judging.judge, storage })
      : Promise.resolve([])
    // Also if the client leaves: it holds memory until it is done.
    c.executionCtx.waitUntil(trying.catch(() => {}))
    const tried = await trying
    const signed = tried.map(async (one) => ({
      one,
      picture: await presignDownload(one.objectKey, Date.now(), storage),
    }))
    return c.json(trialJson(rule, await Promise.all(signed)))
  })
  .all('/', onlyMethods('POST'))
