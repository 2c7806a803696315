import * as z from 'zod/mini'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, publicId, text, timestamp } from '../openapi/schema.ts'
import { CLEARED_AT_ONCE, clearInput, type notificationJson } from './json.ts'

type Notification = ReturnType<typeof notificationJson>

const fields = {
  public_notification_id: publicId('The id of the notification.'),
  public_camera_id: publicId('The id of its camera.'),
  rule_nicknames: z
    .array(text('The nickname of a rule.'))
    .check(z.describe('The rules that the picture matched, as they were called then.')),
  detection_preview_url: z.nullable(
    text('The picture, to be read without a token for an hour and a half; null where there is none.'),
  ),
  video_clip_url: z.nullable(text('The clip, likewise; null where there is none, or not yet.')),
  created_at: timestamp('When it was told.'),
}
const example: Notification = {
  public_notification_id: '019731a2-1234-7abc-8def-000000000004',
  public_camera_id: '019731a2-1234-7abc-8def-000000000002',
  rule_nicknames: ['Fox'],
  detection_preview_url: null,
  video_clip_url: null,
  created_at: '2026-04-28T12:00:00Z',
}
const notification = answer<Notification>('CameraNotification', 'What a camera told.', fields, example)

type Page = { next: string | null; previous: string | null; results: Notification[] }
const page = answer<Page>(
  'CameraNotificationPage',
  'Ten notifications at most, the newest first.',
  {
    next: z.nullable(text('The `cursor` of the page after this one, of older ones; null on the last.')),
    previous: z.nullable(text('Always null: who pages on has the page before.')),
    results: z.array(z.object(fields)).check(z.describe('The notifications.')),
  },
  { next: null, previous: null, results: [example] },
)

const query = [
  {
    name: 'cursor',
    description: 'The `next` of a page: the list goes on with older ones.',
    schema: { type: 'string', format: 'uuid' },
  },
  {
    name: 'since',
    description: 'The id of a notification: only newer ones are listed.',
    schema: { type: 'string', format: 'uuid' },
  },
]

export const notificationOperations: Operations = {
  'GET /v1/cameras/{public_camera_id}/notifications/': {
    operationId: 'listCameraNotifications',
    summary: 'List what a camera told',
    description:
      'Ten at a time, the newest first, without those that were cleared; `next` leads on. Who sends the `ETag` of the last answer as `If-None-Match` gets 304 where nothing changed.',
    query,
    answers: { 200: page },
    isTagged: true,
    refuses: ['NoSuchCamera', 'NoSuchPage', 'BadSince'],
  },
  'GET /v1/cameras/{public_camera_id}/notifications/{public_notification_id}/': {
    operationId: 'getCameraNotification',
    summary: 'Read a notification',
    description: 'One that was cleared is answered like one that does not exist.',
    answers: { 200: notification },
    isTagged: true,
    refuses: ['NoSuchCamera', 'NoSuchNotification'],
  },
  'POST /v1/cameras/{public_camera_id}/notifications/clear/': {
    operationId: 'clearCameraNotifications',
    summary: 'Clear notifications of a camera',
    description:
      'They are listed no more. The count holds those that were cleared before, too; ids of no notification of this camera are passed over.',
    body: input(
      'ClearedNotifications',
      'Which notifications.',
      clearInput,
      { public_notification_ids: `Their ids, 1 to ${CLEARED_AT_ONCE}.` },
      { public_notification_ids: [example.public_notification_id] },
    ),
    answers: {
      200: answer<{ cleared_count: number }>(
        'ClearedCount',
        'How many.',
        {
          cleared_count: z
            .number()
            .check(z.meta({ type: 'integer', minimum: 0, description: 'How many of them are cleared now.' })),
        },
        { cleared_count: 1 },
      ),
    },
    refuses: ['NoSuchCamera'],
  },
}
