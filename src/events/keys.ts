/** A public id as keys have it: those that the service makes are in lower case. */
const ID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}'
const UPLOAD = new RegExp(`^uploads/(${ID})/(?:(${ID})/)?${ID}\\.(?:jpeg|png)$`)
const DETECTION = new RegExp(`^detection/(${ID})/${ID}\\.jpg$`)
const PREVIEW = new RegExp(`^preview/(${ID})/latest\\.jpg$`)
const CLIP = new RegExp(`^clips/(${ID})/(${ID})\\.mp4$`)

/** What an object is by its key, which the service chose: whose, and which picture a clip is of. */
export type Named =
  | { kind: 'picture'; key: string; user: string | null; camera: string | null }
  | { kind: 'clip'; key: string; clipKey: string; user: null; camera: string }
  | { kind: 'preview'; camera: string }

/** Null for a key that the service never made. */
export function readKey(key: string): Named | null {
  const upload = UPLOAD.exec(key)
  if (upload) return { kind: 'picture', key, user: upload[1]!, camera: upload[2] ?? null }
  const detection = DETECTION.exec(key)
  if (detection) return { kind: 'picture', key, user: null, camera: detection[1]! }
  const preview = PREVIEW.exec(key)
  if (preview) return { kind: 'preview', camera: preview[1]! }
  const [, camera, id] = CLIP.exec(key) ?? []
  if (!camera) return null
  return { kind: 'clip', key: `detection/${camera}/${id}.jpg`, clipKey: key, user: null, camera }
}
