import { StorageError } from '../storage/bucket.ts'
import { readObject } from '../storage/object.ts'
import type { Settings } from '../settings.ts'
import type { NoPicture } from './life.ts'
import { bareTag } from './object-created.ts'
import { sizeOf } from './picture.ts'

/** A picture in a form that a judge accepts. */
export type Picture = { image: Uint8Array; type: 'image/jpeg' | 'image/png'; etag: string }

type Unseen = NoPicture | 'storage_unreachable'

const MOST_BYTES = 4 * 1024 * 1024
const MOST_PIXELS = 25_000_000
/** The limit for all pictures in this isolate's memory. */
const MOST_BYTES_AT_ONCE = 10 * 1024 * 1024
const LOOK_IN_MS = 5_000
/** The longest that a picture is held: a killed call never releases its own. */
const HELD_IN_MS = LOOK_IN_MS + 120_000

const held = new Set<{ bytes: number; until: number }>()

/**
 * Reads a picture and passes it to `use`. Its bytes must be an image, whatever its name and type, and its ETag the one that
 * the bucket reported. `crowded` if the memory has no room for it within `patienceInMs`.
 */
export async function withPicture<T>(
  { objectKey, etag }: { objectKey: string; etag: string | null },
  storage: Settings['storage'],
  use: (picture: Picture) => Promise<T>,
  patienceInMs = Infinity,
): Promise<T | Unseen | 'crowded'> {
  const end = Date.now() + patienceInMs
  while (!hasRoom()) {
    if (Date.now() >= end) return 'crowded'
    await scheduler.wait(20)
  }
  const mine = { bytes: MOST_BYTES, until: Date.now() + HELD_IN_MS }
  held.add(mine)
  try {
    const picture = await look(objectKey, etag, storage)
    if (typeof picture === 'string') return picture
    // From here on the exact size is known.
    mine.bytes = picture.image.byteLength
    return await use(picture)
  } finally {
    held.delete(mine)
  }
}

function hasRoom() {
  let bytes = MOST_BYTES
  for (const one of held) {
    if (one.until < Date.now()) held.delete(one)
    else bytes += one.bytes
  }
  return bytes <= MOST_BYTES_AT_ONCE
}

async function look(
  key: string,
  etag: string | null,
  storage: Settings['storage'],
): Promise<Picture | Unseen> {
  try {
    const object = await readObject(key, storage, { etag, limitInBytes: MOST_BYTES, timeoutInMs: LOOK_IN_MS })
    const found = bareTag(object.etag)
    if (etag !== null && found !== etag) return 'overwritten'
    if (!object.bytes) return 'too_large'
    const size = sizeOf(object.bytes)
    if (!size) return 'not_an_image'
    if (size.width * size.height > MOST_PIXELS) return 'too_large'
    return { image: object.bytes, type: size.type, etag: found }
  } catch (error) {
    const { status } = error as Partial<StorageError>
    // A bucket that may not be listed sends 403 for a missing object. If the bucket has reported the object, 403 means a
    // wrong key.
    if (status === 404 || (status === 403 && etag === null)) return 'missing'
    return status === 412 ? 'overwritten' : 'storage_unreachable'
  }
}
