import type { Context } from 'hono'
import { requireViewer, type SignedIn } from '../auth/guards.ts'
import { type AppEnv, router } from '../http/router.ts'
import { afterAnswer } from '../http/request.ts'
import { answerPage, page } from '../http/paging.ts'
import { body, partialBody, publicIds } from '../http/validate.ts'
import {
  addCamera,
  type Camera,
  camerasOf,
  camerasVisibleTo,
  type Change,
  changeCamera,
  findCamera,
  removeCamera,
} from './camera.ts'
import { eraseBeside } from '../storage/erasing.ts'
import { PICTURED, presignDownload, previewKey } from '../storage/presign.ts'
import { settings } from '../settings.ts'
import { cameraInput, cameraJson } from './json.ts'

export const cameraRoutes = router()
  .use(requireViewer)
  .get('/', page(), async (c) => {
    const page = c.req.valid('query')
    const list = c.req.query('all') === 'true' ? camerasVisibleTo : camerasOf
    const found = await list(c.get('db'), c.get('viewer'), page)
    const isPictured = Math.min(found.length, page.limit) <= PICTURED
    // Staff see that there are cameras, not what they see.
    const toJson = (camera: (typeof found)[number]) =>
      isPictured && camera.isOwn ? shown(c.env)(camera) : cameraJson(camera, null)
    return answerPage(c, page, found, toJson, (camera) => camera.publicCameraId)
  })
  .post('/', body(cameraInput), async (c) =>
    c.json(await shown(c.env)(await addCamera(c.get('db'), c.get('viewer'), c.req.valid('json'))), 201),
  )
  .get('/:cameraId', publicIds('cameraId'), async (c) =>
    c.json(await shown(c.env)(await findCamera(c.get('db'), c.get('viewer'), c.req.valid('param').cameraId))),
  )
  .put('/:cameraId', publicIds('cameraId'), body(cameraInput), async (c) =>
    answerChange(c, c.req.valid('param').cameraId, c.req.valid('json')),
  )
  .patch('/:cameraId', publicIds('cameraId'), partialBody(cameraInput), async (c) =>
    answerChange(c, c.req.valid('param').cameraId, c.req.valid('json')),
  )
  .delete('/:cameraId', publicIds('cameraId'), async (c) => {
    await removeCamera(c.get('db'), c.get('viewer'), c.req.valid('param').cameraId)
    afterAnswer(c, (db) => eraseBeside(db, c.env))
    return c.body(null, 204)
  })

const answerChange = async (c: Context<AppEnv & SignedIn>, id: string, change: Change) =>
  c.json(await shown(c.env)(await changeCamera(c.get('db'), c.get('viewer'), id, change)))

const shown = (env: AppEnv['Bindings']) => async (camera: Camera) => {
  const { publicCameraId, previewUpdatedAt: changedAt } = camera
  if (changedAt === null) return cameraJson(camera, null)
  const storage = settings(env, 'storage')
  return cameraJson(
    camera,
    await presignDownload(previewKey(publicCameraId), Date.now(), storage, { changedAt }),
  )
}
