import { AwsClient } from 'aws4fetch'
import type { Settings } from '../settings.ts'
import { urlOf } from './presign.ts'

/** S3 takes so many keys in one request, and lists as many. */
const KEYS_AT_ONCE = 1_000

/** What the bucket answered, where it is not what was asked for; nothing of the answer's body, which may quote keys. */
export class StorageError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the storage answered ${status}`)
    this.status = status
  }
}

/**
 * Deletes objects whose key begins so, until none is left or it is `deadline`, in milliseconds. Whether none is left.
 * @throws StorageError, and what `fetch` throws where the storage is not reached
 */
export async function deleteAll(prefix: string, settings: Settings['storage'], deadline: number) {
  const bucket = clientOf(settings)
  const url = urlOf('', settings).replace(/\/$/, '')
  while (Date.now() < deadline) {
    // Always from the start, since what was listed before is gone.
    const query = new URLSearchParams({ 'max-keys': String(KEYS_AT_ONCE), prefix })
    const list = await textOf(await bucket.fetch(`${url}?${query}`))
    // As they are escaped here, so they go back.
    const keys = Array.from(list.matchAll(/<Key>([^<]*)<\/Key>/g), ([, key]) => key!)
    if (keys.length === 0) return true
    const body = `<Delete><Quiet>true</Quiet>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`
    const digest = await crypto.subtle.digest('MD5', new TextEncoder().encode(body))
    const headers = { 'Content-MD5': new Uint8Array(digest).toBase64(), 'Content-Type': 'application/xml' }
    const answer = await textOf(await bucket.fetch(`${url}?delete=`, { method: 'POST', body, headers }))
    // 200 says that the request was read; what could not be deleted stands in the body.
    if (answer.includes('<Error>')) throw new StorageError(200)
  }
  return false
}

async function textOf(response: Response) {
  if (!response.ok) {
    await response.body?.cancel()
    throw new StorageError(response.status)
  }
  return response.text()
}

/** Signs requests to the bucket, and sends them again twice where it fails. */
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
