import * as z from 'zod/mini'
import { field, listOf, moment, text } from '../http/fields.ts'
import type { Label } from './receive.ts'

const MOST_LABELS = 50
const MOST_LABEL_LENGTH = 64
const LABEL = z.object({
  label: z.string().check(z.minLength(1), z.maxLength(MOST_LABEL_LENGTH)),
  score: z.number().check(z.minimum(0), z.maximum(1)),
  box: z.array(z.number().check(z.minimum(0), z.maximum(1))).check(z.length(4)),
})

/** What a camera found: a name, how sure it is, and where, as left, top, width and height in shares of the picture. */
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
