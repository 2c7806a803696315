import { requireDevice, requireViewer } from '../auth/guards.ts'
import { onlyMethods } from '../http/request.ts'
import { router } from '../http/router.ts'
import { settings } from '../settings.ts'
import { findViewer } from '../users/user.ts'
import { body, readFilters } from '../http/validate.ts'
import { mediaFields, presignInput } from './json.ts'
import { mediaUpload } from './media.ts'
import { EXPIRES_IN_SECONDS, presignUpload, uploadKey } from '../storage/presign.ts'

export const uploadRoutes = router()
  .use(requireViewer)
  .post('/presign', body(presignInput), async (c) => {
    const storage = settings(c.env, 'storage')
    const { 'content-type': type = 'image/jpeg', camera } = c.req.valid('json')
    const viewer = c.get('viewer')
    // Tokens of the older service have no public id.
    const publicUserId = viewer.publicUserId ?? (await findViewer(c.get('db'), viewer)).publicUserId
    const key = uploadKey(publicUserId, camera, type)
    return c.json({ url: await presignUpload(key, type, storage), key, expires_in: EXPIRES_IN_SECONDS })
  })

/** Mounted beside a camera's other requests. */
export const deviceUploadRoutes = router()
  // Ignores the declared body: the header is the object's.
  .post('/presigned_upload_url', requireDevice, async (c) => {
    const storage = settings(c.env, 'storage')
    const { type, key } = mediaUpload(c.get('device').publicCameraId, {
      uploadType: c.req.query('upload_type'),
      contentType: c.req.header('Content-Type'),
      detectionKey: c.req.query('detection_key'),
      capturedAt: readFilters(mediaFields, c.req).captured_at,
    })
    return c.json({ url: await presignUpload(key, type, storage), key, expires_in: EXPIRES_IN_SECONDS })
  })
  .all('/presigned_upload_url', requireDevice, onlyMethods('POST'))
