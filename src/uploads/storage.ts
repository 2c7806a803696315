import { AwsV4Signer } from 'aws4fetch'
import type { Settings } from '../settings.ts'

/** The images a camera may upload, and the ending of their keys. */
export const IMAGE_TYPES = { 'image/jpeg': 'jpeg', 'image/png': 'png' } as const
export type ImageType = keyof typeof IMAGE_TYPES

export const EXPIRES_IN_SECONDS = 300

/** Signing keys, which last a day, so that most requests derive none. */
const signingKeys = new Map<string, ArrayBuffer>()

/** A fresh key in the bucket for an image of this person. */
export const uploadKey = (publicUserId: string, type: ImageType) =>
  `uploads/${publicUserId}/${crypto.randomUUID()}.${IMAGE_TYPES[type]}`

/**
 * A URL to which one image or clip of this type can be PUT for 300 seconds (AWS Signature Version 4, in the query). The type is
 * signed, so that S3 refuses another one.
 */
export async function presignUpload(
  key: string,
  type: ImageType | 'video/mp4',
  settings: Settings['storage'],
): Promise<string> {
  const { S3_BUCKET, S3_REGION, S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } =
    settings
  const host = S3_REGION === 'us-east-1' ? 's3.amazonaws.com' : `s3.${S3_REGION}.amazonaws.com`
  const signer = new AwsV4Signer({
    method: 'PUT',
    url: `${S3_ENDPOINT || `https://${host}`}/${S3_BUCKET}/${key}?X-Amz-Expires=${EXPIRES_IN_SECONDS}`,
    headers: { 'content-type': type },
    service: 's3',
    region: S3_REGION,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    signQuery: true,
    allHeaders: true, // aws4fetch leaves the content type unsigned otherwise
    cache: signingKeys,
  })
  return (await signer.sign()).url.href
}
