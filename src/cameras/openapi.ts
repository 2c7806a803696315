import * as z from 'zod/mini'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, flag, id, input, patch, publicId, text, timestamp } from '../openapi/schema.ts'
import { cameraInput, type cameraJson } from './json.ts'

const camera = answer<ReturnType<typeof cameraJson>>(
  'Camera',
  'A camera.',
  {
    id: id('The number of the camera.'),
    public_camera_id: publicId('The id of the camera in paths.'),
    owner: text('The username of the owner.'),
    location: text('Where it hangs.'),
    created_at: timestamp('When it was added.'),
    time_zone: z.nullable(text('The time zone of its hours, by its IANA name; null: that of the account.')),
    is_armed: flag('Whether its pictures are judged.'),
    snoozed_until: z.nullable(timestamp('Until when it tells nobody.')),
    is_online: flag('Whether it was heard of in the last 3 minutes.'),
    last_seen_at: z.nullable(timestamp('When it was last heard of.')),
    camera_preview_url: z.nullable(
      text(
        'Its picture of now, to be read without a token for an hour and a half; null in lists of more than 50.',
      ),
    ),
    preview_updated_at: z.nullable(timestamp('When that picture was taken.')),
  },
  {
    id: 1,
    public_camera_id: '019731a2-1234-7abc-8def-000000000002',
    owner: 'jane.doe@example.com',
    location: 'Front Door',
    created_at: '2026-04-28T12:00:00Z',
    time_zone: 'Europe/Berlin',
    is_armed: true,
    snoozed_until: null,
    is_online: true,
    last_seen_at: '2026-04-28T12:34:00Z',
    camera_preview_url: null,
    preview_updated_at: null,
  },
)

const body = input(
  'CameraInput',
  'What its owner says of a camera.',
  cameraInput,
  {
    location: 'Where it hangs; trimmed.',
    time_zone: 'The IANA name of the time zone of its hours; null: that of the account.',
    is_armed: 'Whether its pictures are judged; those of a new camera are.',
    snoozed_until: 'Until when it tells nobody, with its time zone; null: it tells.',
  },
  { location: 'Front Door' },
)

export const cameraOperations: Operations = {
  'GET /v1/cameras/': {
    operationId: 'listCameras',
    summary: 'List your cameras',
    description:
      'The cameras that you own, the oldest first; without any, an empty list. The `Link` header leads to those beyond the limit.',
    query: [
      {
        name: 'all',
        description:
          '`true` lists every camera, for superusers and for staff who may view cameras; it changes nothing for anyone else.',
        schema: { type: 'boolean', default: false },
      },
      ...paging,
    ],
    answers: { 200: { listOf: camera } },
  },
  'POST /v1/cameras/': {
    operationId: 'createCamera',
    summary: 'Add a camera',
    description:
      'The camera is yours, and `public_camera_id` in the answer is its id in paths. Cameras may share a location: the same request sent twice adds two.',
    body,
    answers: { 201: camera },
  },
  'GET /v1/cameras/{public_camera_id}/': {
    operationId: 'getCamera',
    summary: 'Read a camera',
    description: 'Only your own: the camera of anyone else is answered like one that does not exist.',
    answers: { 200: camera },
    refuses: ['NoSuchCamera'],
  },
  'PUT /v1/cameras/{public_camera_id}/': {
    operationId: 'replaceCamera',
    summary: 'Change a camera, every field required',
    description:
      'Needs the location; what else is not sent stays as it was, and what cannot change is ignored.',
    body,
    answers: { 200: camera },
    refuses: ['NoSuchCamera'],
  },
  'PATCH /v1/cameras/{public_camera_id}/': {
    operationId: 'updateCamera',
    summary: 'Change parts of a camera',
    description: 'Changes what is sent; where that is nothing, it answers with the camera as it is.',
    body: patch('CameraPatch', body, { location: 'Back Door' }),
    answers: { 200: camera },
    refuses: ['NoSuchCamera'],
  },
  'DELETE /v1/cameras/{public_camera_id}/': {
    operationId: 'deleteCamera',
    summary: 'Delete a camera and its rules',
    description:
      'The camera, its rules and its pictures are gone for good. What `presignUpload` wrote without naming a camera stays.',
    answers: { 204: 'The camera and its rules are gone.' },
    refuses: ['NoSuchCamera'],
  },
}
