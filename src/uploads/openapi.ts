import * as z from 'zod/mini'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, text } from '../openapi/schema.ts'
import { presignInput } from './json.ts'
import { EXPIRES_IN_SECONDS } from '../storage/presign.ts'

const KEY = 'uploads/019731a2-1234-7abc-8def-000000000001/5f0c2e9e-3b51-4d1e-9a53-6c1f0f3d7a10.jpeg'

const presigned = answer<{ url: string; key: string; expires_in: number }>(
  'PresignedUpload',
  'Where to PUT one image.',
  {
    url: z.string().check(
      z.meta({
        format: 'uri',
        description: 'PUT the bytes here, with the same `Content-Type` and without `Authorization`.',
      }),
    ),
    key: text('The name of the image in the bucket.'),
    expires_in: z
      .number()
      .check(
        z.meta({ type: 'integer', format: 'int32', description: 'How long the URL is good, in seconds.' }),
      ),
  },
  {
    url: `https://s3.amazonaws.com/scout-uploads/${KEY}?X-Amz-Expires=${EXPIRES_IN_SECONDS}&X-Amz-SignedHeaders=content-type%3Bhost&X-Amz-Signature=0f3d`,
    key: KEY,
    expires_in: EXPIRES_IN_SECONDS,
  },
)

export const uploadOperations: Operations = {
  'POST /v1/uploads/presign': {
    operationId: 'presignUpload',
    summary: 'Get a URL to upload an image to',
    description:
      'The URL is good for 300 seconds and for the one content type that it was signed with; storage refuses another. Each call names a new image, and nothing is kept until its bytes are PUT.',
    body: input(
      'PresignRequest',
      'The type of the image; the field, the body or all of it may be missing.',
      presignInput,
      { 'content-type': 'The `Content-Type` of the upload.' },
      { 'content-type': 'image/jpeg' },
    ),
    isBodyOptional: true,
    answers: { 200: presigned },
    refuses: ['UnsupportedContentType'],
  },
}
