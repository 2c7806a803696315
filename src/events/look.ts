import { StorageError } from '../storage/bucket.ts'
import { readObject } from '../storage/object.ts'
import type { Settings } from '../settings.ts'
import { bareTag } from './object-created.ts'
import { sizeOf } from './picture.ts'

/** What a judge can be shown. */
export type Picture = { image: Uint8Array; type: 'image/jpeg' | 'image/png'; etag: string }
/** Why there is nothing to show. `missing` may come yet, and a bucket that is `unreachable` may answer later; the others stay. */
export type NoPicture = 'missing' | 'unreachable' | 'overwritten' | 'too_large' | 'not_an_image'

const MOST_BYTES = 4 * 1024 * 1024
const MOST_PIXELS = 25_000_000
/** In all pictures that this isolate holds. */
const MOST_BYTES_AT_ONCE = 10 * 1024 * 1024
const LOOK_IN_MS = 20_000

let bytesHeld = 0
const hasRoom = () => bytesHeld + MOST_BYTES <= MOST_BYTES_AT_ONCE

/**
 * Reads a picture and has `use` work on it. It is one by its bytes, whatever its name and its type say, and the one that the
 * bucket told of: with another tag it is another.
 */
export async function withPicture<T>(
  { objectKey, etag }: { objectKey: string; etag: string | null },
  storage: Settings['storage'],
  use: (picture: Picture) => Promise<T>,
): Promise<T | NoPicture> {
  while (!hasRoom()) await scheduler.wait(20)
  bytesHeld += MOST_BYTES
  try {
    const picture = await look(objectKey, etag, storage)
    return typeof picture === 'string' ? picture : await use(picture)
  } finally {
    bytesHeld -= MOST_BYTES
  }
}

async function look(
  key: string,
  etag: string | null,
  storage: Settings['storage'],
): Promise<Picture | NoPicture> {
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
    if (status === 404 || status === 403) return 'missing'
    return status === 412 ? 'overwritten' : 'unreachable'
  }
}
