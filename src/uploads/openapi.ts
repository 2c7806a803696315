import * as z from 'zod/mini'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, text } from '../openapi/schema.ts'
import { mediaFields, presignInput } from './json.ts'
import { EXPIRES_IN_SECONDS } from '../storage/presign.ts'

const KEY = 'uploads/019731a2-1234-7abc-8def-000000000001/5f0c2e9e-3b51-4d1e-9a53-6c1f0f3d7a10.jpeg'

const presigned = answer<{ url: string; key: string; expires_in: number }>(
  'PresignedUpload',
  'A URL to PUT one file to.',
  {
    url: z.string().check(
      z.meta({
        format: 'uri',
        description: 'PUT the bytes here, with the same `Content-Type` and without `Authorization`.',
      }),
    ),
    key: text('The key of the file in the bucket.'),
    expires_in: z
      .number()
      .check(
        z.meta({ type: 'integer', format: 'int32', description: 'The lifetime of the URL in seconds.' }),
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
      'The URL works for 300 seconds and only with the content type that it was signed with. Each call names a new image, and nothing is stored until its bytes are PUT.',
    body: input(
      'PresignRequest',
      'The type of the image, and its camera. The fields and the whole body are optional.',
      presignInput,
      {
        'content-type': 'The `Content-Type` of the upload.',
        camera:
          'The id of the camera of the picture: its rules judge it. Without it, the rules of all your cameras do.',
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
      'The body is ignored. The `Content-Type` of this request becomes that of the upload: `image/jpeg` for a detection or a preview, `video/mp4` for a clip. Without one, or with a form’s, it is `image/jpeg`. The URL works for 300 seconds.',
    filters: input(
      'MediaFields',
      'Details of the upload.',
      mediaFields,
      {
        captured_at:
          'When a detection was taken, by the camera’s clock. The key then holds the time, so that it is known even if the storage reports the picture before the camera does.',
      },
      { captured_at: '2026-04-28T12:00:00Z' },
    ),
    query: [
      {
        name: 'upload_type',
        description: 'The kind of upload, in any letter case.',
        schema: {
          type: 'string',
          enum: ['DETECTION', 'CAMERA_PREVIEW', 'VIDEO_CLIP'],
          default: 'DETECTION',
        },
      },
      {
        name: 'detection_key',
        description: 'For a clip: the `key` of its detection.',
        schema: { type: 'string' },
      },
    ],
    answers: { 200: presigned },
    refuses: ['UnsupportedUploadType', 'UnsupportedContentType', 'BadDetectionKey'],
    asker: 'device',
  },
}
