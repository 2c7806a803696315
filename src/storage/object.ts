import { readStream } from '../http/bodies.ts'
import type { Settings } from '../settings.ts'
import { clientOf, StorageError } from './bucket.ts'
import { urlOf } from './presign.ts'

/** An object: its ETag as the storage spells it, and its bytes, null if there are more than the limit. */
export type StoredObject = { etag: string; bytes: Uint8Array | null }

/**
 * Reads an object, only with this `etag` if it is given: at most `limitInBytes`, within `timeoutInMs`.
 * @throws StorageError, and the error of `fetch` if the storage is not reached
 */
export async function readObject(
  key: string,
  settings: Settings['storage'],
  { etag, limitInBytes, timeoutInMs }: { etag: string | null; limitInBytes: number; timeoutInMs: number },
): Promise<StoredObject> {
  const response = await clientOf(settings).fetch(urlOf(key, settings), {
    headers: etag === null ? {} : { 'If-Match': `"${etag}"` },
    signal: AbortSignal.timeout(timeoutInMs),
    redirect: 'manual',
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new StorageError(response.status)
  }
  const bytes = response.body ? await readStream(response.body, limitInBytes) : new Uint8Array()
  return { etag: response.headers.get('ETag') ?? '', bytes }
}
