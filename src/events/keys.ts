import { momentOf } from '../storage/moments.ts'

/** A public id in a key; the service makes them in lower case. */
const ID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'
const UPLOAD = new RegExp(`^uploads/(${ID})/(?:(${ID})/)?${ID}\\.(?:jpeg|png)$`)
const DETECTION = new RegExp(`^detection/(${ID})/(${ID})\\.jpg$`)
const PREVIEW = new RegExp(`^preview/(${ID})/latest\\.jpg$`)
const CLIP = new RegExp(`^clips/(${ID})/(${ID})\\.mp4$`)

/**
 * What a key, which the service chose, says of its object: the owner, and for a clip its picture. `at` is the capture time,
 * if the key holds it.
 */
export type Named = { camera: string | null; at: string | null } & (
  | { kind: 'picture'; key: string; user: string | null }
  | { kind: 'clip'; key: string; clipKey: string; user: null }
  | { kind: 'preview'; camera: string }
)

/** Null for a key that the service never made. */
export function readKey(key: string): Named | null {
  const upload = UPLOAD.exec(key)
  if (upload) return { kind: 'picture', key, user: upload[1]!, camera: upload[2] ?? null, at: null }
  const detection = DETECTION.exec(key)
  if (detection)
    return { kind: 'picture', key, user: null, camera: detection[1]!, at: momentOf(detection[2]!) }
  const preview = PREVIEW.exec(key)
  if (preview) return { kind: 'preview', camera: preview[1]!, at: null }
  const [, camera, id] = CLIP.exec(key) ?? []
  if (!camera || !id) return null
  const picture = `detection/${camera}/${id}.jpg`
  return { kind: 'clip', key: picture, clipKey: key, user: null, camera, at: momentOf(id) }
}
