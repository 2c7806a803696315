import { requireViewer } from '../auth/guards.ts'
import { router } from '../http/router.ts'
import { settings } from '../settings.ts'
import { findViewer } from '../users/user.ts'
import { body } from '../http/validate.ts'
import { presignInput } from './json.ts'
import { EXPIRES_IN_SECONDS, presignUpload, uploadKey } from '../storage/presign.ts'

export const uploadRoutes = router()
  .use(requireViewer)
  .post('/presign', body(presignInput), async (c) => {
    const storage = settings(c.env, 'storage')
    const { 'content-type': type = 'image/jpeg' } = c.req.valid('json')
    const viewer = c.get('viewer')
    // A token of the service before this one names no public id.
    const publicUserId = viewer.publicUserId ?? (await findViewer(c.get('db'), viewer)).publicUserId
    const key = uploadKey(publicUserId, type)
    return c.json({ url: await presignUpload(key, type, storage), key, expires_in: EXPIRES_IN_SECONDS })
  })
