import { AwsV4Signer } from 'aws4fetch'
import { type Environment, type Settings, settings } from '../settings.ts'

/** The images a camera may upload, and the ending of their keys. */
export const IMAGE_TYPES = { 'image/jpeg': 'jpeg', 'image/png': 'png' } as const
export type ImageType = keyof typeof IMAGE_TYPES

export const EXPIRES_IN_SECONDS = 300

/** Signing keys, which last a day, so that most requests derive none. */
const signingKeys = new Map<string, ArrayBuffer>()

/** A fresh key in the bucket for an image of this person, of a camera where one is named: whose that is, the one who reads the key asks. */
export const uploadKey = (publicUserId: string, publicCameraId: string | undefined, type: ImageType) =>
  `uploads/${[publicUserId, publicCameraId, crypto.randomUUID()].filter(Boolean).join('/')}.${IMAGE_TYPES[type]}`

/** Where a camera's picture of now lies; each new one takes the place of the one before. */
export const previewKey = (publicCameraId: string) => `preview/${publicCameraId}/latest.jpg`

/**
 * A URL to which one image of this type can be PUT for 300 seconds. The type is signed, so that S3 refuses another one.
 */
export const presignUpload = (key: string, type: string, storage: Settings['storage']) =>
  presign(storage, {
    method: 'PUT',
    url: `${urlOf(key, storage)}?X-Amz-Expires=${EXPIRES_IN_SECONDS}`,
    headers: { 'content-type': type },
    allHeaders: true, // aws4fetch leaves the content type unsigned otherwise
  })

/** URLs to download are the same for so long, so that browsers and phones keep the picture. */
const SIGNED_ANEW_IN_MS = 30 * 60 * 1000
const DOWNLOAD_IN_SECONDS = 2 * 60 * 60

/** In a push, which may wait for a phone, and be looked at later. */
export const PUSHED_FOR_IN_SECONDS = 24 * 60 * 60

/**
 * A URL from which an object can be read from `now`, in milliseconds, for at least half an hour less than its lifetime, which is
 * two hours. `mayChange` has those who keep it ask again each time.
 */
export function presignDownload(
  key: string,
  now: number,
  storage: Settings['storage'],
  { mayChange = false, lifetimeInSeconds = DOWNLOAD_IN_SECONDS } = {},
) {
  const url = new URL(urlOf(key, storage))
  url.searchParams.set('X-Amz-Expires', String(lifetimeInSeconds))
  if (mayChange) url.searchParams.set('response-cache-control', 'no-cache')
  const moment = new Date(now - (now % SIGNED_ANEW_IN_MS))
  return presign(storage, {
    method: 'GET',
    url: url.href,
    datetime: moment.toISOString().replace(/[:-]|\.\d{3}/g, ''),
  })
}

/** Of so many at once a list shows the pictures: each URL has to be signed. */
export const PICTURED = 50

/** Signs what is shown of a key, in a list or by itself: null where there is none, or it is not to be shown. */
export const signing =
  (env: Environment, isShown = true) =>
  (key: string | null) =>
    key === null || !isShown ? null : presignDownload(key, Date.now(), settings(env, 'storage'))

/** Where an object is; of an empty key, the bucket. */
export function urlOf(key: string, { S3_BUCKET, S3_REGION, S3_ENDPOINT }: Settings['storage']) {
  const host = S3_REGION === 'us-east-1' ? 's3.amazonaws.com' : `s3.${S3_REGION}.amazonaws.com`
  return `${S3_ENDPOINT || `https://${host}`}/${S3_BUCKET}/${key}`
}

type Signed = { method: string; url: string; headers?: HeadersInit; datetime?: string; allHeaders?: boolean }

/** AWS Signature Version 4, in the query. */
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
