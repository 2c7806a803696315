import * as z from 'zod/mini'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, publicId } from '../openapi/schema.ts'
import { announcement } from './json.ts'
import { STATES } from './life.ts'

const KEY = 'detection/019731a2-1234-7abc-8def-000000000002/6f1f9e0e-6a53-4f9b-9d8e-0c8f6a1b2c3d.jpg'
export const EVENT_ID = '019731a2-1234-7abc-8def-000000000005'

const announced = answer<{ public_event_id: string; state: (typeof STATES)[number] }>(
  'AnnouncedEvent',
  'A picture that will be judged, or was.',
  {
    public_event_id: publicId('The id of the event that the picture is.'),
    state: z
      .enum(STATES)
      .check(
        z.describe('`received` and `judging` while it is judged, then `done`, `failed` or `discarded`.'),
      ),
  },
  { public_event_id: EVENT_ID, state: 'received' },
)

export const eventOperations: Operations = {
  'POST /v1/events/': {
    operationId: 'announceEvent',
    summary: 'Say that a picture was uploaded',
    description:
      'Faster than the storage’s own word, and with what only a camera knows: when it took the picture, and what it found. May be said before the upload, and again: the answer is the same. Nothing has to be said; a picture that is uploaded is judged all the same.',
    body: input(
      'Announcement',
      'A picture; only its key must be said.',
      announcement,
      {
        key: 'The `key` that came with the URL to upload to.',
        captured_at: 'When it was taken, by the camera’s clock.',
        labels:
          'What the camera found: a name, a score, and a box as left, top, width and height in shares of the picture.',
      },
      {
        key: KEY,
        captured_at: '2026-04-28T12:00:00Z',
        labels: [{ label: 'person', score: 0.93, box: [0.1, 0.2, 0.3, 0.6] }],
      },
    ),
    answers: { 202: announced },
    refuses: ['NoSuchPicture'],
    asker: 'uploader',
  },
}

export const storageOperations: Operations = {
  'POST /v1/storage_events/': {
    operationId: 'hearStorage',
    summary: 'Hear of an object that was created',
    description:
      'For the storage alone, which shows a secret: notifications of Amazon S3, which MinIO and Garage send too, or the envelopes of Amazon EventBridge. What is no word of a picture of this service’s bucket is ignored.',
    body: input('StorageWord', 'What the storage says, in its own dialect.', z.object({}), {}, {}),
    answers: { 202: answer<object>('Heard', 'It is heard.', {}, {}) },
    refuses: ['NoStorageEvents'],
    asker: 'storage',
  },
}
