import { AwsClient } from 'aws4fetch'
import { env } from 'cloudflare:workers'
import type { AppEnv } from '../../src/http/router.ts'
import { type Options, send } from './client.ts'
import type { Camera, User } from './factories.ts'

/** The bucket's own account. */
export const storage = new AwsClient({
  accessKeyId: env.AWS_ACCESS_KEY_ID,
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
  service: 's3',
  region: env.S3_REGION,
})

/** The URL of an object. */
export const objectAt = (key: string) => `${env.S3_ENDPOINT}/${env.S3_BUCKET}/${key}`

export const { STORAGE_SECRET } = env as AppEnv['Bindings'] & { STORAGE_SECRET: string }

/** A new key for a camera's picture. */
export const detectionOf = ({ publicCameraId }: Pick<Camera, 'publicCameraId'>) =>
  `detection/${publicCameraId}/${crypto.randomUUID()}.jpg`

/** A new key for a user's upload, for a camera if one is given. */
export const uploadOf = ({ publicUserId }: Pick<User, 'publicUserId'>, camera?: Camera) =>
  `uploads/${publicUserId}/${camera ? `${camera.publicCameraId}/` : ''}${crypto.randomUUID()}.jpeg`

/** Puts bytes into the bucket and returns their ETag. */
export async function put(key: string, bytes: BodyInit, type = 'image/jpeg', encoding?: string) {
  const answer = await storage.fetch(objectAt(key), {
    method: 'PUT',
    body: bytes,
    headers: { 'Content-Type': type, ...(encoding && { 'Content-Encoding': encoding }) },
  })
  if (!answer.ok) throw new Error(`PUT ${key}: ${answer.status}`)
  return answer.headers.get('ETag')!.replaceAll('"', '')
}

/** An Amazon S3 event record, as the bucket sends it after a put. */
export const record = (key: string, etag = 'd41d8cd98f00b204e9800998ecf8427e', more: object = {}) => ({
  eventName: 'ObjectCreated:Put',
  eventTime: new Date().toISOString(),
  s3: { bucket: { name: env.S3_BUCKET }, object: { key: encodeURIComponent(key), size: 9, eTag: etag } },
  ...more,
})

/** Sends a bucket notification. */
export const say = (json: object, options: Options = {}) =>
  send('POST', '/v1/storage_events/', { json, headers: { Authorization: STORAGE_SECRET }, ...options })

/** Sends the bucket's notification that objects were put. */
export const tell = (...keys: string[]) => say({ Records: keys.map((key) => record(key)) })
