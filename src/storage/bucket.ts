import { AwsClient } from 'aws4fetch'
import type { Settings } from '../settings.ts'
import { urlOf } from './presign.ts'

/** S3's limit of keys per request and per list. */
export const KEYS_AT_ONCE = 1_000
/** The longest that a list and the deletion of what it holds may take: a storage may accept a request and never answer. */
const PATIENCE_IN_MS = 10_000

/** An unexpected answer of the bucket. It keeps nothing of the answer's body, which may quote keys. */
export class StorageError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the storage answered ${status}`)
    this.status = status
  }
}

/** An object in a list of the bucket, with XML escapes; in a versioned bucket, one version or a delete marker. */
type Listed = { key: string; version?: string | undefined }

/**
 * Deletes objects with a key prefix, and all their versions in a versioned bucket, until none is left or until `deadline`, in
 * milliseconds. Returns whether none is left.
 * @throws StorageError, and the error of `fetch` if the storage is not reached or does not answer
 */
export async function deleteAll(prefix: string, settings: Settings['storage'], deadline: number) {
  let list: typeof listVersions = listVersions
  while (Date.now() < deadline) {
    // Always lists from the start, because the objects listed before are gone.
    const signal = AbortSignal.timeout(Math.min(deadline - Date.now(), PATIENCE_IN_MS))
    const listed = await list(prefix, settings, signal)
    if (listed?.length === 0) return true
    if (listed) await deleteListed(listed, settings, signal)
    else list = listObjects
  }
  return false
}

/**
 * Deletes objects by their keys, at most a thousand. A versioned bucket keeps their versions behind a delete marker.
 * @throws StorageError, and the error of `fetch` if the storage is not reached or does not answer
 */
export async function deleteObjects(keys: string[], settings: Settings['storage']) {
  if (keys.length > 0)
    await deleteListed(
      keys.map((key) => ({ key: inXml(key) })),
      settings,
      AbortSignal.timeout(PATIENCE_IN_MS),
    )
}

/** Null if the storage has no versions, like R2, or this key may not list them. */
async function listVersions(
  prefix: string,
  settings: Settings['storage'],
  signal: AbortSignal,
): Promise<Listed[] | null> {
  const response = await ask('GET', { versions: '', ...page(prefix) }, settings, { signal })
  if (response.status === 501 || (response.status >= 400 && response.status < 500)) {
    await response.body?.cancel()
    return null
  }
  const list = await textOf(response)
  if (!list.includes('<ListVersionsResult')) return null
  return Array.from(list.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs), ([, , entry]) => ({
    key: /<Key>([^<]*)<\/Key>/.exec(entry!)![1]!,
    version: /<VersionId>([^<]*)<\/VersionId>/.exec(entry!)?.[1],
  }))
}

async function listObjects(
  prefix: string,
  settings: Settings['storage'],
  signal: AbortSignal,
): Promise<Listed[]> {
  const list = await textOf(await ask('GET', page(prefix), settings, { signal }))
  return Array.from(list.matchAll(/<Key>([^<]*)<\/Key>/g), ([, key]) => ({ key: key! }))
}

async function deleteListed(listed: Listed[], settings: Settings['storage'], signal: AbortSignal) {
  const objects = listed.map(
    ({ key, version }) =>
      `<Object><Key>${key}</Key>${version === undefined ? '' : `<VersionId>${version}</VersionId>`}</Object>`,
  )
  const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`
  const digest = await crypto.subtle.digest('MD5', new TextEncoder().encode(body))
  const headers = { 'Content-MD5': new Uint8Array(digest).toBase64(), 'Content-Type': 'application/xml' }
  const answer = await textOf(await ask('POST', { delete: '' }, settings, { body, headers, signal }))
  // 200 means that the request was read; the body lists what could not be deleted.
  if (answer.includes('<Error>')) throw new StorageError(200)
}

/** Sends a request to the bucket itself. */
const ask = (
  method: string,
  query: Record<string, string>,
  settings: Settings['storage'],
  init: { body?: string; headers?: Record<string, string>; signal: AbortSignal },
) =>
  clientOf(settings).fetch(`${urlOf('', settings).replace(/\/$/, '')}?${new URLSearchParams(query)}`, {
    method,
    ...init,
  })

const page = (prefix: string) => ({ 'max-keys': String(KEYS_AT_ONCE), prefix })

const inXml = (key: string) => key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

async function textOf(response: Response) {
  if (!response.ok) {
    await response.body?.cancel()
    throw new StorageError(response.status)
  }
  return response.text()
}

/** Signs requests to the bucket, and retries twice if it fails. */
export const clientOf = ({
  S3_REGION,
  AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY,
  AWS_SESSION_TOKEN,
}: Settings['storage']) =>
  new AwsClient({
    service: 's3',
    region: S3_REGION,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    retries: 2,
  })
