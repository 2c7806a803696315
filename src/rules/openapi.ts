import * as z from 'zod/mini'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, flag, id, input, patch, publicId, text, timestamp } from '../openapi/schema.ts'
import { DAYS } from './hours.ts'
import { ruleInput, type ruleJson } from './json.ts'

const timeOfDay = (description: string) =>
  z.string().check(z.meta({ pattern: String.raw`^([01]\d|2[0-3]):[0-5]\d$`, description }))

export const reading = z
  .object({
    hours: z
      .array(
        z.object({
          from: timeOfDay('When the hours begin.'),
          to: timeOfDay('When the hours end: on the next day unless after `from`; `00:00` is midnight.'),
        }),
      )
      .check(z.describe('The hours in which the rule applies; empty: at any hour.')),
    days: z
      .array(z.enum(DAYS))
      .check(
        z.describe(
          'The days on which the rule applies; empty: every day. Hours past midnight belong to the day on which they begin.',
        ),
      ),
    rest: text('The words that are left for the judge of a picture.'),
    unread: z
      .array(z.string())
      .check(
        z.describe(
          'Words about time that could not be parsed. If there are any, the rule applies at any hour and `rest` is the whole rule.',
        ),
      ),
    objects: z
      .array(
        z.object({
          label: text('One of the 80 names of COCO, like `person`.'),
          at_least: z
            .number()
            .check(z.meta({ type: 'integer', minimum: 1, description: 'The minimum number.' })),
        }),
      )
      .check(z.describe('The objects that a picture must show: all if `together`, else any.')),
    together: flag('Whether a picture must show all of `objects`, or any of them.'),
    motion: flag('Whether any motion matches; `objects` is empty then.'),
    beyond: z
      .array(z.string())
      .check(
        z.describe('Words of `rest` beyond `objects` and `motion`, which only a vision model can judge.'),
      ),
  })
  .check(
    z.describe('How the service reads the rule: its hours, in the time zone of the camera, and its objects.'),
  )

const rule = answer<ReturnType<typeof ruleJson>>(
  'Rule',
  'A rule that says when a camera alerts.',
  {
    id: id('The number of the rule.'),
    public_rule_id: publicId('The id of the rule in paths.'),
    owner: id('The number of its owner.'),
    camera: id('The number of its camera.'),
    rule: text('When to alert, in plain words.'),
    rule_nickname: text('A short name for it.'),
    is_enabled: flag('Whether the rule is judged.'),
    created_at: timestamp('When the rule was added.'),
    cooldown_in_seconds: z.number().check(
      z.meta({
        type: 'integer',
        minimum: 0,
        maximum: 86_400,
        description: 'The seconds for which the rule is silent after an alert.',
      }),
    ),
    snoozed_until: z.nullable(timestamp('The rule notifies nobody until then.')),
    importance: text(
      'How loudly it rings: `normal`, `time_sensitive` (also in quiet hours) or `passive` (without a sound).',
    ),
    last_triggered: z.nullable(timestamp('When the last picture that matched the rule was taken.')),
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
  'The fields of a rule that its owner may set.',
  ruleInput,
  {
    rule: 'When to alert, in plain words; trimmed.',
    rule_nickname: 'A short name for it; trimmed.',
    is_enabled: 'Whether the rule is judged; true for a new rule by default.',
    cooldown_in_seconds:
      'The seconds for which the rule is silent after an alert, 0 to 86400; 300 for a new rule.',
    snoozed_until: 'The rule notifies nobody until then; with a time zone; null: not snoozed.',
    importance: 'How loudly it rings: `normal`, `time_sensitive` or `passive`.',
  },
  {
    rule: 'Alert when motion detected after 10pm',
    rule_nickname: 'Night Motion Alert',
    is_enabled: true,
  },
)

export const ruleOperations: Operations = {
  'GET /v1/cameras/{public_camera_id}/rules/': {
    operationId: 'listRules',
    summary: 'List the rules of a camera',
    description:
      'The rules of one of your cameras, including disabled ones, the oldest first. A camera that is not yours is a 403 here, not a 404, whether or not it exists.',
    query: paging,
    answers: { 200: { listOf: rule } },
    refuses: ['NotYourCamera'],
  },
  'POST /v1/cameras/{public_camera_id}/rules/': {
    operationId: 'createRule',
    summary: 'Add a rule to a camera',
    description:
      'The camera in the path gets the rule, and its owner owns it. The rule is enabled unless `is_enabled` is false. Sending the same request twice adds two.',
    body,
    answers: { 201: rule },
    refuses: ['NotYourCamera'],
  },
  'GET /v1/cameras/{public_camera_id}/rules/{public_rule_id}/': {
    operationId: 'getRule',
    summary: 'Read a rule',
    description:
      'Needs the ids of the rule and of its own camera. Under another camera of yours the rule does not exist.',
    answers: { 200: rule },
    refuses: ['NotYourCamera', 'NoSuchRule'],
  },
  'PUT /v1/cameras/{public_camera_id}/rules/{public_rule_id}/': {
    operationId: 'replaceRule',
    summary: 'Change a rule, `rule` and `rule_nickname` required',
    description: 'Other fields that are not sent stay unchanged. A rule can’t move to another camera.',
    body,
    answers: { 200: rule },
    refuses: ['NotYourCamera', 'NoSuchRule'],
  },
  'PATCH /v1/cameras/{public_camera_id}/rules/{public_rule_id}/': {
    operationId: 'updateRule',
    summary: 'Change parts of a rule',
    description: 'Changes the fields that are sent. `is_enabled` alone switches the rule on or off.',
    body: patch('RulePatch', body, { is_enabled: false }),
    answers: { 200: rule },
    refuses: ['NotYourCamera', 'NoSuchRule'],
  },
  'DELETE /v1/cameras/{public_camera_id}/rules/{public_rule_id}/': {
    operationId: 'deleteRule',
    summary: 'Delete a rule',
    description: 'Deletes the rule for good. To pause it, send `is_enabled: false` to `updateRule`.',
    answers: { 204: 'The rule is deleted.' },
    refuses: ['NotYourCamera', 'NoSuchRule'],
  },
}
