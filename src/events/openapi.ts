import * as z from 'zod/mini'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, input, publicId, text, timestamp } from '../openapi/schema.ts'
import { FEEDBACK, VERDICTS } from './event.ts'
import {
  announcement,
  eventFilters,
  type eventJson,
  feedbackInput,
  type findingJson,
  LABEL,
  storageWord,
} from './json.ts'
import { STATES } from './life.ts'
import { SKIPS } from './sort.ts'

const KEY = 'detection/019731a2-1234-7abc-8def-000000000002/6f1f9e0e-6a53-4f9b-9d8e-0c8f6a1b2c3d.jpg'
export const EVENT_ID = '019731a2-1234-7abc-8def-000000000005'

const state = () =>
  z
    .enum(STATES)
    .check(
      z.describe('`received` and `judging` until it has been judged, then `done`, `failed` or `discarded`.'),
    )

const announced = answer<{ public_event_id: string; state: (typeof STATES)[number] }>(
  'AnnouncedEvent',
  'A picture that will be judged or has been.',
  {
    public_event_id: publicId('The id of the event of the picture.'),
    state: state(),
  },
  { public_event_id: EVENT_ID, state: 'received' },
)

const findingFields = {
  public_rule_id: publicId('The id of the rule, which may have been deleted.'),
  rule: text('The words of the rule at that time.'),
  rule_nickname: text('Its nickname at that time.'),
  verdict: z
    .nullable(z.enum(VERDICTS))
    .check(
      z.describe('The verdict of the judge. Only a `yes` notifies anybody; null if the judge was not asked.'),
    ),
  skipped: z
    .nullable(z.enum(SKIPS))
    .check(
      z.describe(
        'Why the rule was skipped, or did not notify in spite of a `yes`: it is disabled (`disabled`), its camera is not armed (`not_armed`), the rule or its camera is snoozed (`snoozed`), the picture is outside its hours (`hours`), it notified of another picture shortly before (`cooling_down`), or too many rules came before it (`too_many`). Null if it was not skipped.',
      ),
    ),
  evidence: text('What the judge saw, in at most one sentence.'),
  feedback: z.nullable(z.enum(FEEDBACK)).check(z.describe('Your feedback on the verdict.')),
}
const findingExample: ReturnType<typeof findingJson> = {
  public_rule_id: '019731a2-1234-7abc-8def-000000000003',
  rule: 'Alert when a fox shows up',
  rule_nickname: 'Fox',
  verdict: 'yes',
  skipped: null,
  evidence: 'A fox stands beside the bins.',
  feedback: null,
}
const finding = answer<ReturnType<typeof findingJson>>(
  'Verdict',
  'The verdict of one rule on a picture.',
  findingFields,
  findingExample,
)

const whole = (description: string) => z.number().check(z.meta({ type: 'integer', minimum: 0, description }))
const event = answer<ReturnType<typeof eventJson>>(
  'Event',
  'A picture and its verdicts.',
  {
    public_event_id: publicId('The id of the event in paths.'),
    public_camera_id: z.nullable(
      publicId('The id of its camera, which may have been deleted; null for an upload without a camera.'),
    ),
    captured_at: timestamp('When the picture was taken, by the camera’s clock if it is plausible.'),
    received_at: timestamp('When the service first heard of the picture.'),
    state: state(),
    failure: z.nullable(
      text('Why the last attempt failed, or why the picture is not judged: a word for programs.'),
    ),
    attempts: whole('The number of attempts to judge it.'),
    labels: z
      .array(z.object(LABEL.shape))
      .check(z.describe('The detections of the camera: a name, a score and a box.')),
    caption: z.nullable(text('What the picture shows, in the words of its judge.')),
    judge: z.nullable(text('The judge that answered or was asked last: a host and a model.')),
    judged_at: z.nullable(timestamp('When the judge answered.')),
    judge_in_ms: z.nullable(whole('The time that the judge took, in milliseconds.')),
    tokens_in: z.nullable(whole('The number of tokens in the request, if the judge reports it.')),
    tokens_out: z.nullable(whole('The number of tokens in the answer, if the judge reports it.')),
    image_url: z.nullable(
      text(
        'The picture. The URL needs no token and works for an hour and a half. Null if there is no picture, if its camera was deleted, and on pages of more than 50.',
      ),
    ),
    clip_url: z.nullable(text('The clip, under the same conditions.')),
    verdicts: z
      .array(z.object(findingFields))
      .check(z.describe('One for each rule that its camera had at that time.')),
  },
  {
    public_event_id: EVENT_ID,
    public_camera_id: '019731a2-1234-7abc-8def-000000000002',
    captured_at: '2026-04-28T12:00:00Z',
    received_at: '2026-04-28T12:00:01.250000Z',
    state: 'done',
    failure: null,
    attempts: 1,
    labels: [{ label: 'dog', score: 0.61, box: [0.1, 0.2, 0.3, 0.6] }],
    caption: 'A fox in a front yard at night.',
    judge: 'api.example.com gpt-5-mini',
    judged_at: '2026-04-28T12:00:03.500000Z',
    judge_in_ms: 1870,
    tokens_in: 1204,
    tokens_out: 61,
    image_url: null,
    clip_url: null,
    verdicts: [findingExample],
  },
)

const filters = input(
  'EventFilters',
  'Which events.',
  eventFilters,
  {
    camera: 'Events of this camera.',
    rule: 'Events that list this rule in `verdicts`; with `verdict`, those with this verdict of the rule.',
    state: 'Events in this state.',
    verdict: 'Events with this verdict of any rule.',
    from: 'Events whose picture was taken at this time or later.',
    to: 'Events whose picture was taken before this time.',
  },
  { state: 'done' },
)

export const eventOperations: Operations = {
  'GET /v1/events/': {
    operationId: 'listEvents',
    summary: 'List your events',
    description:
      'Every picture that was received, the newest first, with the verdict of each rule or why the rule was skipped. An event must match all filters. `after` pages to older events. Send the `ETag` of the last answer as `If-None-Match` to get 304 if nothing has changed.',
    filters,
    query: paging,
    answers: { 200: { listOf: event } },
    isTagged: true,
  },
  'GET /v1/events/{public_event_id}/': {
    operationId: 'getEvent',
    summary: 'Read an event',
    description:
      'Returns only your own events. The events of a deleted camera stay until their retention ends.',
    answers: { 200: event },
    isTagged: true,
    refuses: ['NoSuchEvent'],
  },
  'POST /v1/events/{public_event_id}/feedback/': {
    operationId: 'giveFeedback',
    summary: 'Say whether a verdict is right',
    description:
      'The last corrections of a rule are used in its next judgements. You may send feedback again: the last one counts. A rule without a verdict on this picture is refused like one that does not exist.',
    body: input(
      'Feedback',
      'The rule of a verdict, and whether the verdict is right.',
      feedbackInput,
      { public_rule_id: 'The rule of the verdict.', feedback: 'Whether the verdict is right.' },
      { public_rule_id: findingExample.public_rule_id, feedback: 'wrong' },
    ),
    answers: { 200: finding },
    refuses: ['NoSuchEvent', 'NoSuchRule'],
  },
  'POST /v1/events/': {
    operationId: 'announceEvent',
    summary: 'Announce a picture that was uploaded',
    description:
      'Faster than the event of the storage, and with what only a camera knows: when it took the picture and what it detected. May be sent before the upload, and repeated: the answer is the same. The time counts only until the picture is judged, so a camera should also send it when it asks for the upload URL. The detections are stored at any time. If the storage sends events, an announcement is optional: the picture is judged without it.',
    body: input(
      'Announcement',
      'A picture; only its key is required.',
      announcement,
      {
        key: 'The `key` that came with the URL to upload to.',
        captured_at: 'When the picture was taken, by the camera’s clock; defaults to the time in its key.',
        labels:
          'The detections of the camera: a name, a score, and a box as left, top, width and height in fractions of the picture.',
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
    summary: 'Receive an event of the storage',
    description:
      'Only for the storage, which authenticates with a secret. Accepts the notifications of Amazon S3, which MinIO and Garage send too, and the envelopes of Amazon EventBridge. Anything but a new picture in this service’s bucket is ignored.',
    body: input('StorageWord', 'An event in the format of the storage.', storageWord, {}, {}),
    answers: { 202: answer<object>('Heard', 'The event is accepted.', {}, {}) },
    refuses: ['NoStorageEvents'],
    asker: 'storage',
  },
}
