import * as z from 'zod/mini'
import { choice, field, listOf, moment, publicId, text } from '../http/fields.ts'
import { type Event, FEEDBACK, type Finding, VERDICTS } from './event.ts'
import { STATES } from './life.ts'
import type { Label } from './receive.ts'

const MOST_LABELS = 50
const MOST_LABEL_LENGTH = 64
export const LABEL = z.object({
  label: z.string().check(z.minLength(1), z.maxLength(MOST_LABEL_LENGTH)),
  score: z.number().check(z.minimum(0), z.maximum(1)),
  box: z.array(z.number().check(z.minimum(0), z.maximum(1))).check(z.length(4)),
})

/** A detection of a camera: a name, a score, and a box as left, top, width and height in fractions of the picture. */
const label = () =>
  field(DESCRIBED, (input, refuse) => {
    const { data } = z.safeParse(LABEL, input)
    if (data && data.label.isWellFormed() && !data.label.includes('\0')) return data as Label
    return void refuse('A label has a name, a score from 0 to 1, and a box of four numbers from 0 to 1.')
  })

const share = { type: 'number', minimum: 0, maximum: 1 } as const
const DESCRIBED = {
  type: 'object',
  properties: {
    label: { type: 'string', minLength: 1, maxLength: MOST_LABEL_LENGTH },
    score: share,
    box: { type: 'array', items: share, minItems: 4, maxItems: 4 },
  },
  required: ['label', 'score', 'box'],
} as const

export const announcement = z.object({
  key: text({ max: 1024 }),
  captured_at: z.optional(moment()),
  labels: z.optional(listOf(label(), { min: 0, max: MOST_LABELS })),
})

/** Reads the event of the storage as a whole, in its own format. */
export const storageWord = z.object({})

export const eventFilters = z.object({
  camera: z.optional(publicId()),
  rule: z.optional(publicId()),
  state: z.optional(choice(STATES)),
  verdict: z.optional(choice(VERDICTS)),
  from: z.optional(moment()),
  to: z.optional(moment()),
})

export const feedbackInput = z.object({ public_rule_id: publicId(), feedback: choice(FEEDBACK) })

export const findingJson = (finding: Finding) => ({
  public_rule_id: finding.rule,
  rule: finding.ruleText,
  rule_nickname: finding.ruleNickname,
  verdict: finding.verdict,
  skipped: finding.skipped,
  evidence: finding.evidence,
  feedback: finding.feedback,
})

/** URLs are signed, or null if there is no picture or clip or none is shown. */
export const eventJson = (
  event: Event,
  { picture, clip }: { picture: string | null; clip: string | null },
) => ({
  public_event_id: event.publicEventId,
  public_camera_id: event.camera,
  captured_at: event.capturedAt,
  received_at: event.receivedAt,
  state: event.state,
  failure: event.failure,
  attempts: event.attempts,
  labels: event.labels as z.output<typeof LABEL>[],
  caption: event.caption,
  judge: event.judge,
  judged_at: event.judgedAt,
  judge_in_ms: event.judgeInMs,
  tokens_in: event.tokensIn,
  tokens_out: event.tokensOut,
  image_url: picture,
  clip_url: clip,
  verdicts: event.verdicts.map(findingJson),
})
