import { requireViewer } from '../auth/guards.ts'
import { json, router } from '../http/router.ts'
import { answerPage, page } from '../http/paging.ts'
import { body, change, publicIds } from '../http/validate.ts'
import { addCamera, camerasOf, camerasVisibleTo, changeCamera, findCamera, removeCamera } from './camera.ts'
import { cameraInput, cameraJson } from './json.ts'

export const cameraRoutes = router()
  .use(requireViewer)
  .get('/', page(), async (c) => {
    const page = c.req.valid('query')
    const list = c.req.query('all') === 'true' ? camerasVisibleTo : camerasOf
    const found = await list(c.get('db'), c.get('viewer'), page)
    return answerPage(c, page, found, cameraJson, (camera) => camera.publicCameraId)
  })
  .post('/', body(cameraInput), async (c) =>
    json(cameraJson(await addCamera(c.get('db'), c.get('viewer'), c.req.valid('json'))), 201),
  )
  .get('/:cameraId', publicIds('cameraId'), async (c) =>
    json(cameraJson(await findCamera(c.get('db'), c.get('viewer'), c.req.valid('param').cameraId))),
  )
  .on(['PUT', 'PATCH'], '/:cameraId', publicIds('cameraId'), change(cameraInput), async (c) => {
    const { cameraId } = c.req.valid('param')
    return json(cameraJson(await changeCamera(c.get('db'), c.get('viewer'), cameraId, c.req.valid('json'))))
  })
  .delete('/:cameraId', publicIds('cameraId'), async (c) => {
    await removeCamera(c.get('db'), c.get('viewer'), c.req.valid('param').cameraId)
    return c.body(null, 204)
  })
