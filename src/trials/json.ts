import * as z from 'zod/mini'
import { whole } from '../http/fields.ts'
import { ruleInput } from '../rules/json.ts'
import { readRule } from '../rules/reading.ts'
import { MOST_PICTURES, type Tried } from './trial.ts'

export const trialInput = z.object({
  rule: ruleInput.shape.rule,
  count: z.optional(whole({ min: 0, max: MOST_PICTURES })),
})

/** How a rule is read, and its verdicts on pictures, each with its signed URL. */
export const trialJson = (rule: string, tried: { one: Tried; picture: string }[]) => ({
  reading: readRule(rule),
  matched: tried.filter(({ one }) => one.verdict === 'yes').length,
  judged: tried.filter(({ one }) => one.verdict !== null).length,
  results: tried.map(({ one, picture }) => ({
    public_event_id: one.publicEventId,
    captured_at: one.capturedAt,
    image_url: picture,
    verdict: one.verdict,
    skipped: one.skipped,
    evidence: one.evidence,
  })),
})
