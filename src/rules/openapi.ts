import * as z from 'zod/mini'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, flag, id, input, patch, publicId, text, timestamp } from '../openapi/schema.ts'
import { DAYS } from './hours.ts'
import { VERDICTS } from '../events/event.ts'
import { MOST_PICTURES, NOT_TRIED } from '../events/trial.ts'
import { ruleInput, type ruleJson, trialInput, type trialJson } from './json.ts'
import { readRule } from './reading.ts'

const timeOfDay = (description: string) =>
  z.string().check(z.meta({ pattern: String.raw`^([01]\d|2[0-3]):[0-5]\d$`, description }))

const reading = z
  .object({
    hours: z
      .array(
        z.object({
          from: timeOfDay('When it begins.'),
          to: timeOfDay('When it ends; not after `from`: on the next day, `00:00`: at midnight.'),
        }),
      )
      .check(z.describe('At which hours the rule holds; none: at any hour.')),
    days: z
      .array(z.enum(DAYS))
      .check(
        z.describe(
          'On which days; none: every day. Hours over midnight belong to the day on which they begin.',
        ),
      ),
    rest: text('What is left for whoever looks at a picture.'),
    unread: z
      .array(z.string())
      .check(
        z.describe(
          'Words about time that could not be read. Where there is one, the rule holds at any hour and `rest` is all of it.',
        ),
      ),
    objects: z
      .array(
        z.object({
          label: text('One of the 80 names of COCO, as in `person`.'),
          at_least: z.number().check(z.meta({ type: 'integer', minimum: 1, description: 'How many of it.' })),
        }),
      )
      .check(z.describe('What has to be in a picture, all of it where `together`.')),
    together: flag('Whether all of `objects` have to be there; else any of them.'),
    motion: flag('Whether anything that moves will do; `objects` is empty then.'),
    beyond: z
      .array(z.string())
      .check(
        z.describe(
          'Words of `rest` that say more than `objects` and `motion`: only a vision model can tell.',
        ),
      ),
  })
  .check(
    z.describe('What the words of the rule say of time, in the time zone of the camera, and of a picture.'),
  )

const rule = answer<ReturnType<typeof ruleJson>>(
  'Rule',
  'What a camera alerts to.',
  {
    id: id('The number of the rule.'),
    public_rule_id: publicId('The id of the rule in paths.'),
    owner: id('The number of its owner.'),
    camera: id('The number of its camera.'),
    rule: text('What to alert to, in plain words.'),
    rule_nickname: text('A short name for it.'),
    is_enabled: flag('Whether it alerts.'),
    created_at: timestamp('When it was added.'),
    cooldown_in_seconds: z.number().check(
      z.meta({
        type: 'integer',
        minimum: 0,
        maximum: 86_400,
        description: 'How long after an alert it is silent.',
      }),
    ),
    snoozed_until: z.nullable(timestamp('Until when it tells nobody.')),
    importance: text(
      'How loudly it tells: `normal`, `time_sensitive` (also in quiet hours) or `passive` (without a sound).',
    ),
    last_triggered: z.nullable(timestamp('When the last picture that it matched was taken.')),
    reading,
  },
  {
    id: 1,
    public_rule_id: '019731a2-1234-7abc-8def-000000000003',
    owner: 1,
    camera: 1,
    rule: 'Alert when motion detected after 10pm',
    rule_nickname: 'Night Motion Alert',
    is_enabled: true,
    created_at: '2026-04-28T12:00:00Z',
    cooldown_in_seconds: 300,
    snoozed_until: null,
    importance: 'normal',
    last_triggered: null,
    reading: {
      hours: [{ from: '22:00', to: '06:00' }],
      days: [],
      rest: 'Alert when motion detected',
      unread: [],
      objects: [],
      together: false,
      motion: true,
      beyond: [],
    },
  },
)

const body = input(
  'RuleInput',
  'What its owner says of a rule.',
  ruleInput,
  {
    rule: 'What to alert to, in plain words; trimmed.',
    rule_nickname: 'A short name for it; trimmed.',
    is_enabled: 'Whether it alerts; a new rule does where this is not sent.',
    cooldown_in_seconds: 'How long after an alert it is silent, 0 to 86400; 300 for a new rule.',
    snoozed_until: 'Until when it tells nobody, with its time zone; null: it tells.',
    importance: 'How loudly it tells: `normal`, `time_sensitive` or `passive`.',
  },
  {
    rule: 'Alert when motion detected after 10pm',
    rule_nickname: 'Night Motion Alert',
    is_enabled: true,
  },
)

const count = (description: string) => z.number().check(z.meta({ type: 'integer', minimum: 0, description }))
const RULE = 'Alert when a fox shows up after 10pm'
const trial = answer<ReturnType<typeof trialJson>>(
  'Trial',
  'How a rule is read, and what it says of pictures.',
  {
    reading,
    matched: count('Of how many it would have told.'),
    judged: count('How many were judged.'),
    results: z
      .array(
        z.object({
          public_event_id: publicId('The id of the event.'),
          captured_at: timestamp('When the picture was taken.'),
          image_url: text('The picture, to be read without a token for an hour and a half.'),
          verdict: z
            .nullable(z.enum(VERDICTS))
            .check(z.describe('What the judge said; null where it was not asked or did not answer.')),
          skipped: z
            .nullable(z.enum(NOT_TRIED))
            .check(
              z.describe(
                'Why there is no verdict: the picture was taken outside of the rule’s hours (`hours`), cannot be seen any more (`no_picture`), or nobody judged it in time (`no_answer`).',
              ),
            ),
          evidence: text('What the judge saw, in a sentence at most.'),
        }),
      )
      .check(z.describe('The pictures, the newest first.')),
  },
  {
    reading: readRule(RULE),
    matched: 1,
    judged: 1,
    results: [
      {
        public_event_id: '019731a2-1234-7abc-8def-000000000005',
        captured_at: '2026-04-28T23:00:00Z',
        image_url: 'https://scout-uploads.s3.us-east-1.amazonaws.com/detection/…',
        verdict: 'yes',
        skipped: null,
        evidence: 'A fox stands beside the bins.',
      },
    ],
  },
)

export const ruleOperations: Operations = {
  'GET /v1/cameras/{public_camera_id}/rules/': {
    operationId: 'listRules',
    summary: 'List the rules of a camera',
    description:
      'The rules of one of your cameras, disabled ones too, the oldest first. A camera that is not yours is a 403 here, not a 404, whether it exists or not.',
    query: paging,
    answers: { 200: { listOf: rule } },
    refuses: ['NotYourCamera'],
  },
  'POST /v1/cameras/{public_camera_id}/rules/': {
    operationId: 'createRule',
    summary: 'Add a rule to a camera',
    description:
      'The camera is the one in the path, and its owner is the owner of the rule. The rule is enabled unless `is_enabled` says otherwise; the same request sent twice adds two.',
    body,
    answers: { 201: rule },
    refuses: ['NotYourCamera'],
  },
  'GET /v1/cameras/{public_camera_id}/rules/{public_rule_id}/': {
    operationId: 'getRule',
    summary: 'Read a rule',
    description:
      'Needs the id of the rule and that of its own camera: under another camera of yours it does not exist.',
    answers: { 200: rule },
    refuses: ['NotYourCamera', 'NoSuchRule'],
  },
  'PUT /v1/cameras/{public_camera_id}/rules/{public_rule_id}/': {
    operationId: 'replaceRule',
    summary: 'Change a rule, `rule` and `rule_nickname` required',
    description: 'What is not sent beside them stays as it was. A rule can’t move to another camera.',
    body,
    answers: { 200: rule },
    refuses: ['NotYourCamera', 'NoSuchRule'],
  },
  'PATCH /v1/cameras/{public_camera_id}/rules/{public_rule_id}/': {
    operationId: 'updateRule',
    summary: 'Change parts of a rule',
    description: 'Changes what is sent: `is_enabled` alone switches the rule on or off.',
    body: patch('RulePatch', body, { is_enabled: false }),
    answers: { 200: rule },
    refuses: ['NotYourCamera', 'NoSuchRule'],
  },
  'DELETE /v1/cameras/{public_camera_id}/rules/{public_rule_id}/': {
    operationId: 'deleteRule',
    summary: 'Delete a rule',
    description: 'The rule is gone for good. To pause it, send `is_enabled: false` to `updateRule`.',
    answers: { 204: 'The rule is gone.' },
    refuses: ['NotYourCamera', 'NoSuchRule'],
  },
  'POST /v1/cameras/{public_camera_id}/rules/try/': {
    operationId: 'tryRule',
    summary: 'Try a rule on the last pictures of a camera',
    description:
      'Judges the newest pictures by a rule that need not exist, and tells nobody. Answers after 25 seconds with what it has. Ten an hour, counted before they are judged; each picture counts as one of those that are judged in a day, also one outside of the rule’s hours. With a `count` of 0 it says how the rule is read, and nothing is counted.',
    body: input(
      'TrialInput',
      'A rule, and how many pictures.',
      trialInput,
      {
        rule: 'What to alert to, in plain words; trimmed.',
        count: `How many pictures, 0 to ${MOST_PICTURES}; ${MOST_PICTURES} where it is not sent.`,
      },
      { rule: RULE, count: 5 },
    ),
    answers: { 200: trial },
    refuses: ['NotYourCamera', 'NoJudge'],
  },
}
