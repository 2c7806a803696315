import { AwsV4Signer } from 'aws4fetch'
import { type Environment, type Settings, settings } from '../settings.ts'

/** The image types that a camera may upload, and the extension of their keys. */
export const IMAGE_TYPES = { 'image/jpeg': 'jpeg', 'image/png': 'png' } as const
export type ImageType = keyof typeof IMAGE_TYPES

export const EXPIRES_IN_SECONDS = 300

/** Signing keys, which last a day, so that most requests derive none. */
const signingKeys = new Map<string, ArrayBuffer>()

/**
 * A new key in the bucket for an image of this user, and of a camera if one is named. The reader of the key checks the owner
 * of the camera.
 */
export const uploadKey = (publicUserId: string, publicCameraId: string | undefined, type: ImageType) =>
  `uploads/${[publicUserId, publicCameraId, crypto.randomUUID()].filter(Boolean).join('/')}.${IMAGE_TYPES[type]}`

/** The key of a camera's current preview; each upload replaces the one before. */
export const previewKey = (publicCameraId: string) => `preview/${publicCameraId}/latest.jpg`

/**
 * A URL to which one image of this type can be PUT for 300 seconds. The type is signed, so that S3 refuses any other.
 */
export const presignUpload = (key: string, type: string, storage: Settings['storage']) =>
  presign(storage, {
    method: 'PUT',
    url: `${urlOf(key, storage)}?X-Amz-Expires=${EXPIRES_IN_SECONDS}`,
    headers: { 'content-type': type },
    allHeaders: true, // without this, aws4fetch leaves the content type unsigned
  })

/** Download URLs stay the same for this long, so that browsers and phones cache the picture. */
const SIGNED_ANEW_IN_MS = 30 * 60 * 1000
const DOWNLOAD_IN_SECONDS = 2 * 60 * 60

/** The lifetime in a push, which may wait for a phone and be opened later. */
export const PUSHED_FOR_IN_SECONDS = 24 * 60 * 60

/**
 * A URL from which an object can be read, from `now` in milliseconds, for its lifetime of two hours less at most half an
 * hour. For an object that changes, pass the moment of its last change: the URL changes then, and caches must revalidate.
 */
export function presignDownload(
  key: string,
  now: number,
  storage: Settings['storage'],
  {
    changedAt = null,
    lifetimeInSeconds = DOWNLOAD_IN_SECONDS,
  }: { changedAt?: string | null; lifetimeInSeconds?: number } = {},
) {
  const url = new URL(urlOf(key, storage))
  url.searchParams.set('X-Amz-Expires', String(lifetimeInSeconds))
  if (changedAt) url.searchParams.set('response-cache-control', 'no-cache')
  // Storages refuse signatures from the future, as another clock may produce.
  const changed = changedAt === null ? 0 : Math.min(Date.parse(changedAt), now)
  const moment = new Date(Math.max(now - (now % SIGNED_ANEW_IN_MS), changed))
  return presign(storage, {
    method: 'GET',
    url: url.href,
    datetime: moment.toISOString().replace(/[:-]|\.\d{3}/g, ''),
  })
}

/** A list shows pictures only up to this length, because each URL has to be signed. */
export const PICTURED = 50

/** Signs the key of a picture for a list or for one item: null if there is no key or it is not shown. */
export const signing =
  (env: Environment, isShown = true) =>
  (key: string | null) =>
    key === null || !isShown ? null : presignDownload(key, Date.now(), settings(env, 'storage'))

/** The URL of an object; of the bucket for an empty key. */
export function urlOf(key: string, { S3_BUCKET, S3_REGION, S3_ENDPOINT }: Settings['storage']) {
  const host = S3_REGION === 'us-east-1' ? 's3.amazonaws.com' : `s3.${S3_REGION}.amazonaws.com`
  return `${S3_ENDPOINT || `https://${host}`}/${S3_BUCKET}/${key}`
}

type Signed = { method: string; url: string; headers?: HeadersInit; datetime?: string; allHeaders?: boolean }

/** AWS Signature Version 4 in the query. */
async function presign(storage: Settings['storage'], signed: Signed): Promise<string> {
  const { S3_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = storage
  const signer = new AwsV4Signer({
    ...signed,
    service: 's3',
    region: S3_REGION,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    signQuery: true,
    cache: signingKeys,
  })
  return (await signer.sign()).url.href
}
