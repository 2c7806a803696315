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
    location: text('The place of the camera.'),
    created_at: timestamp('When the camera was added.'),
    time_zone: z.nullable(
      text('The IANA time zone in which the hours of its rules are read; null: the account’s zone.'),
    ),
    is_armed: flag('Whether its pictures are judged.'),
    snoozed_until: z.nullable(timestamp('The camera notifies nobody until then.')),
    is_online: flag('Whether the camera was seen in the last 3 minutes.'),
    last_seen_at: z.nullable(
      timestamp('When the camera was last seen: its last heartbeat, poll or announcement.'),
    ),
    camera_preview_url: z.nullable(
      text(
        'The current preview. The URL needs no token and works for an hour and a half. Null in lists of more than 50, and for cameras of others.',
      ),
    ),
    preview_updated_at: z.nullable(timestamp('When the preview was taken.')),
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
  'The fields of a camera that its owner may set.',
  cameraInput,
  {
    location: 'The place of the camera; trimmed.',
    time_zone: 'The IANA time zone in which the hours of its rules are read; null: the account’s zone.',
    is_armed: 'Whether its pictures are judged; true for a new camera.',
    snoozed_until: 'The camera notifies nobody until then; with a time zone; null: not snoozed.',
  },
  { location: 'Front Door' },
)

export const cameraOperations: Operations = {
  'GET /v1/cameras/': {
    operationId: 'listCameras',
    summary: 'List your cameras',
    description:
      'The cameras that you own, the oldest first. The `Link` header has the URL of the next page.',
    query: [
      {
        name: 'all',
        description:
          '`true` lists every camera if you are a superuser or staff with permission to view cameras. It changes nothing for others.',
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
      'The camera is yours, and `public_camera_id` in the answer is its id in paths. Cameras may share a location: sending the same request twice adds two.',
    body,
    answers: { 201: camera },
  },
  'GET /v1/cameras/{public_camera_id}/': {
    operationId: 'getCamera',
    summary: 'Read a camera',
    description:
      'Returns only your own cameras. The camera of another account is refused like one that does not exist.',
    answers: { 200: camera },
    refuses: ['NoSuchCamera'],
  },
  'PUT /v1/cameras/{public_camera_id}/': {
    operationId: 'replaceCamera',
    summary: 'Change a camera, every field required',
    description:
      'Needs the location. Every other field that is not sent stays unchanged; read-only fields are ignored.',
    body,
    answers: { 200: camera },
    refuses: ['NoSuchCamera'],
  },
  'PATCH /v1/cameras/{public_camera_id}/': {
    operationId: 'updateCamera',
    summary: 'Change parts of a camera',
    description: 'Changes the fields that are sent. An empty object changes nothing and returns the camera.',
    body: patch('CameraPatch', body, { location: 'Back Door' }),
    answers: { 200: camera },
    refuses: ['NoSuchCamera'],
  },
  'DELETE /v1/cameras/{public_camera_id}/': {
    operationId: 'deleteCamera',
    summary: 'Delete a camera and its rules',
    description:
      'Deletes the camera, its rules and its pictures for good. Uploads from `presignUpload` without a camera stay.',
    answers: { 204: 'The camera and its rules are deleted.' },
    refuses: ['NoSuchCamera'],
  },
}
