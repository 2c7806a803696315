import * as z from 'zod/mini'
import { VERDICTS } from '../events/event.ts'
import type { Operations } from '../openapi/operation.ts'
import { answer, input, publicId, text, timestamp } from '../openapi/schema.ts'
import { reading } from '../rules/openapi.ts'
import { readRule } from '../rules/reading.ts'
import { trialInput, type trialJson } from './json.ts'
import { MOST_PICTURES, NOT_TRIED } from './trial.ts'

const count = (description: string) => z.number().check(z.meta({ type: 'integer', minimum: 0, description }))
const RULE = 'Alert when a fox shows up after 10pm'
const trial = answer<ReturnType<typeof trialJson>>(
  'Trial',
  'How the service reads a rule, and its verdicts on pictures.',
  {
    reading,
    matched: count('The number of pictures that match.'),
    judged: count('The number of pictures that were judged.'),
    results: z
      .array(
        z.object({
          public_event_id: publicId('The id of the event.'),
          captured_at: timestamp('When the picture was taken.'),
          image_url: text('The picture. The URL needs no token and works for an hour and a half.'),
          verdict: z
            .nullable(z.enum(VERDICTS))
            .check(z.describe('The verdict of the judge; null if it was not asked or did not answer.')),
          skipped: z
            .nullable(z.enum(NOT_TRIED))
            .check(
              z.describe(
                'Why there is no verdict: the picture was taken outside the rule’s hours (`hours`), no longer exists (`no_picture`), or the judge did not answer in time (`no_answer`).',
              ),
            ),
          evidence: text('What the judge saw, in at most one sentence.'),
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

export const trialOperations: Operations = {
  'POST /v1/cameras/{public_camera_id}/rules/try/': {
    operationId: 'tryRule',
    summary: 'Try a rule on the last pictures of a camera',
    description:
      'Judges the newest pictures by a rule, which need not exist, and notifies nobody. Returns after at most 25 seconds with the verdicts it has. You may try ten rules an hour; a trial counts before it is judged. Each picture counts towards the daily limit of judgements, even outside the rule’s hours. A `count` of 0 only returns how the rule is read, and counts nothing.',
    body: input(
      'TrialInput',
      'A rule, and the number of pictures.',
      trialInput,
      {
        rule: 'When to alert, in plain words; trimmed.',
        count: `The number of pictures, 0 to ${MOST_PICTURES}; ${MOST_PICTURES} by default.`,
      },
      { rule: RULE, count: 5 },
    ),
    answers: { 200: trial },
    refuses: ['NotYourCamera', 'NoJudge'],
  },
}
