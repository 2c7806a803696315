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
      'The type of the image, and its camera; the fields, the body or all of it may be missing.',
      presignInput,
      {
        'content-type': 'The `Content-Type` of the upload.',
        camera:
          'The id of the camera whose picture it is: its rules are asked. Without it, those of all of yours.',
      },
      { 'content-type': 'image/jpeg' },
    ),
    isBodyOptional: true,
    answers: { 200: presigned },
    refuses: ['UnsupportedContentType'],
  },
}

export const deviceUploadOperations: Operations = {
  'POST /v1/cameras/presigned_upload_url/': {
    operationId: 'signMediaUpload',
    summary: 'Get a URL for a camera’s picture or clip',
    description:
      'No body is read: the `Content-Type` of this request is that of the upload, `image/jpeg` for a detection or a preview and `video/mp4` for a clip; without one, or with that of a form, it is `image/jpeg`. The URL is good for 300 seconds.',
    query: [
      {
        name: 'upload_type',
        description: 'What is uploaded, in any letter case.',
        schema: {
          type: 'string',
          enum: ['DETECTION', 'CAMERA_PREVIEW', 'VIDEO_CLIP'],
          default: 'DETECTION',
        },
      },
      {
        name: 'detection_key',
        description: 'For a clip: the `key` of the detection that it is of.',
        schema: { type: 'string' },
      },
    ],
    answers: { 200: presigned },
    refuses: ['UnsupportedUploadType', 'UnsupportedContentType', 'BadDetectionKey'],
    asker: 'device',
  },
}
