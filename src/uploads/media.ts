import { problems } from '../problems.ts'
import { UUID } from '../http/fields.ts'
import { idOf } from '../storage/moments.ts'
import { previewKey } from '../storage/presign.ts'

/** The uploads of a camera itself: the type of each, and its key in the bucket. */
const UPLOADS = {
  DETECTION: {
    type: 'image/jpeg',
    keyOf: (camera, { capturedAt }) =>
      `detection/${camera}/${capturedAt === undefined ? crypto.randomUUID() : idOf(capturedAt)}.jpg`,
  },
  CAMERA_PREVIEW: { type: 'image/jpeg', keyOf: previewKey },
  VIDEO_CLIP: { type: 'video/mp4', keyOf: clipKey },
} satisfies Record<string, { type: string; keyOf: (camera: string, asked: Asked) => string }>

/** A camera's request for an upload URL, which has no body: its Content-Type is that of the object. */
type Asked = {
  uploadType: string | undefined
  contentType: string | undefined
  detectionKey: string | undefined
  /** When the picture was taken. The key holds it, so that the first report of the picture knows it. */
  capturedAt: string | undefined
}

/**
 * The type and the key of an upload of a camera, named by its public id. Earlier cameras send neither: they upload a
 * detection as JPEG. @throws unsupportedUploadType, unsupportedContentType, badDetectionKey
 */
export function mediaUpload(camera: string, asked: Asked) {
  const { uploadType = 'DETECTION', contentType } = asked
  const name = uploadType.toUpperCase()
  if (!Object.hasOwn(UPLOADS, name)) throw problems.unsupportedUploadType()
  const { type, keyOf } = UPLOADS[name as keyof typeof UPLOADS]
  const said = contentType === undefined || contentType === UNTYPED ? 'image/jpeg' : contentType
  if (said !== type) throw problems.unsupportedContentType()
  return { type, key: keyOf(camera, asked) }
}

/** The type that libcurl sends for a POST without one. */
const UNTYPED = 'application/x-www-form-urlencoded'

/** A clip has the name of its detection. This does not check that the detection was uploaded. */
function clipKey(camera: string, { detectionKey = '' }: Asked) {
  const [folder, owner, file = '', ...rest] = detectionKey.split('/')
  const id = file.replace(/\.jpg$/, '')
  const isTheirs = folder === 'detection' && owner === camera && rest.length === 0
  if (!isTheirs || id === file || !UUID.test(id)) throw problems.badDetectionKey()
  return `clips/${camera}/${id}.mp4`
}
