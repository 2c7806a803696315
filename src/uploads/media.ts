import { problems } from '../problems.ts'
import { UUID } from '../http/fields.ts'
import { previewKey } from '../storage/presign.ts'

/** What a camera uploads for itself: the one type of each, and its key in the bucket. */
const UPLOADS = {
  DETECTION: {
    type: 'image/jpeg',
    keyOf: (camera: string) => `detection/${camera}/${crypto.randomUUID()}.jpg`,
  },
  CAMERA_PREVIEW: { type: 'image/jpeg', keyOf: previewKey },
  VIDEO_CLIP: { type: 'video/mp4', keyOf: clipKey },
} as const

/** An upload as a camera asks for it, without a body: its header's type is that of the object. */
type Asked = {
  uploadType: string | undefined
  contentType: string | undefined
  detectionKey: string | undefined
}

/**
 * The type and the key of what a camera, by its public id, is about to upload. Earlier cameras name neither: that is a detection,
 * a JPEG. @throws unsupportedUploadType, unsupportedContentType, badDetectionKey
 */
export function mediaUpload(camera: string, { uploadType = 'DETECTION', contentType, detectionKey }: Asked) {
  const name = uploadType.toUpperCase()
  if (!Object.hasOwn(UPLOADS, name)) throw problems.unsupportedUploadType()
  const { type, keyOf } = UPLOADS[name as keyof typeof UPLOADS]
  const said = contentType === undefined || contentType === UNTYPED ? 'image/jpeg' : contentType
  if (said !== type) throw problems.unsupportedContentType()
  return { type, key: keyOf(camera, detectionKey) }
}

/** What libcurl says of a POST for which nobody named a type. */
const UNTYPED = 'application/x-www-form-urlencoded'

/** A clip is named as the detection that it is of; whether that was ever uploaded, nobody asks here. */
function clipKey(camera: string, detectionKey = '') {
  const [folder, owner, file = '', ...rest] = detectionKey.split('/')
  const id = file.replace(/\.jpg$/, '')
  const isTheirs = folder === 'detection' && owner === camera && rest.length === 0
  if (!isTheirs || id === file || !UUID.test(id)) throw problems.badDetectionKey()
  return `clips/${camera}/${id}.mp4`
}
