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
    .check(z.describe('`received` and `judging` while it is judged, then `done`, `failed` or `discarded`.'))

const announced = answer<{ public_event_id: string; state: (typeof STATES)[number] }>(
  'AnnouncedEvent',
  'A picture that will be judged, or was.',
  {
    public_event_id: publicId('The id of the event that the picture is.'),
    state: state(),
  },
  { public_event_id: EVENT_ID, state: 'received' },
)

const findingFields = {
  public_rule_id: publicId('The id of the rule, which may be gone.'),
  rule: text('The rule, as its words were then.'),
  rule_nickname: text('Its name then.'),
  verdict: z
    .nullable(z.enum(VERDICTS))
    .check(z.describe('What the judge said. Only a `yes` tells anybody; null where it was not asked.')),
  skipped: z
    .nullable(z.enum(SKIPS))
    .check(
      z.describe(
        'Why the rule was not asked, or did not tell in spite of a `yes`: it is switched off (`disabled`), its camera is not armed (`not_armed`), one of them is snoozed (`snoozed`), it is outside its hours (`hours`), it told of another picture shortly before (`cooling_down`), or too many rules came before it (`too_many`). Null where nothing kept it.',
      ),
    ),
  evidence: text('What the judge saw, in a sentence at most.'),
  feedback: z.nullable(z.enum(FEEDBACK)).check(z.describe('What you said of the verdict.')),
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
  'What was found of a picture by one rule.',
  findingFields,
  findingExample,
)

const whole = (description: string) => z.number().check(z.meta({ type: 'integer', minimum: 0, description }))
const event = answer<ReturnType<typeof eventJson>>(
  'Event',
  'A picture, and what became of it.',
  {
    public_event_id: publicId('The id of the event in paths.'),
    public_camera_id: z.nullable(
      publicId('The id of its camera, which may be gone; null for an upload that names none.'),
    ),
    captured_at: timestamp('When the picture was taken, by the camera’s clock as far as that can be.'),
    received_at: timestamp('When it was first heard of.'),
    state: state(),
    failure: z.nullable(
      text('Why the last attempt came to nothing, or why it is not judged: a word for programs.'),
    ),
    attempts: whole('How often somebody began to judge it.'),
    labels: z
      .array(z.object(LABEL.shape))
      .check(z.describe('What the camera found: a name, how sure it is, and where.')),
    caption: z.nullable(text('What the picture shows, in the words of its judge.')),
    judge: z.nullable(text('Who judged it, or was asked last: a host and a model.')),
    judged_at: z.nullable(timestamp('When.')),
    judge_in_ms: z.nullable(whole('How long that took, in milliseconds.')),
    tokens_in: z.nullable(whole('How many tokens the question took, where the judge counts them.')),
    tokens_out: z.nullable(whole('How many the answer took.')),
    image_url: z.nullable(
      text(
        'The picture, to be read without a token for an hour and a half; null where there is none, where its camera is gone, and on pages of more than 50.',
      ),
    ),
    clip_url: z.nullable(text('The clip, likewise.')),
    verdicts: z
      .array(z.object(findingFields))
      .check(z.describe('One for each rule that its camera had then.')),
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
    camera: 'Those of this camera.',
    rule: 'Those that were held against this rule; with `verdict`, of which it said so.',
    state: 'Those in this state.',
    verdict: 'Those of which a rule said so.',
    from: 'Those whose picture was taken then or later.',
    to: 'Those whose picture was taken before.',
  },
  { state: 'done' },
)

export const eventOperations: Operations = {
  'GET /v1/events/': {
    operationId: 'listEvents',
    summary: 'List your events',
    description:
      'Every picture that was received, the newest first, with what each rule said of it or why it was not asked. The filters hold together. `after` leads on to older ones. Who sends the `ETag` of the last answer as `If-None-Match` gets 304 where nothing changed.',
    filters,
    query: paging,
    answers: { 200: { listOf: event } },
    isTagged: true,
  },
  'GET /v1/events/{public_event_id}/': {
    operationId: 'getEvent',
    summary: 'Read an event',
    description: 'Only your own. Those of a camera that is gone stay for as long as events are kept.',
    answers: { 200: event },
    isTagged: true,
    refuses: ['NoSuchEvent'],
  },
  'POST /v1/events/{public_event_id}/feedback/': {
    operationId: 'giveFeedback',
    summary: 'Say whether a verdict is right',
    description:
      'The last corrections of a rule go into its next judgements. May be said again: the last word counts. A rule that was not asked about this picture is answered like one that does not exist.',
    body: input(
      'Feedback',
      'Of which rule’s verdict, and whether it is right.',
      feedbackInput,
      { public_rule_id: 'The rule of the verdict.', feedback: 'Whether it is right.' },
      { public_rule_id: findingExample.public_rule_id, feedback: 'wrong' },
    ),
    answers: { 200: finding },
    refuses: ['NoSuchEvent', 'NoSuchRule'],
  },
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
    body: input('StorageWord', 'What the storage says, in its own dialect.', storageWord, {}, {}),
    answers: { 202: answer<object>('Heard', 'It is heard.', {}, {}) },
    refuses: ['NoStorageEvents'],
    asker: 'storage',
  },
}
