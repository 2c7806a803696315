import * as z from 'zod/mini'
import { choice, field, hexadecimal, text } from '../http/fields.ts'
import { KINDS, type Outcome } from './push.ts'
import type { ShownTarget } from './target.ts'

export const apnsInput = z.object({ apns_device_id: z.nullable(hexadecimal({ max: 255 })) })

/** The keys of a browser's subscription: a point of P-256 and 16 bytes, in base64url. */
const P256DH = /^B[\w-]{86}$/
const AUTH = /^[\w-]{22}$/

const browserKeys = () =>
  field(
    {
      type: 'object',
      properties: {
        p256dh: { type: 'string', pattern: P256DH.source },
        auth: { type: 'string', pattern: AUTH.source },
      },
      required: ['p256dh', 'auth'],
    },
    (input, refuse) => {
      if (typeof input !== 'object' || Array.isArray(input))
        return void refuse(`Expected a dictionary of items but got type "${typeof input}".`)
      const { p256dh, auth } = input as Record<string, unknown>
      if (typeof p256dh === 'string' && P256DH.test(p256dh) && typeof auth === 'string' && AUTH.test(auth))
        return { p256dh, auth }
      return void refuse(BAD_KEYS)
    },
  )
export const BAD_KEYS = 'Enter the keys of a push subscription, p256dh and auth.'

/** The kind of a target decides which of these it needs. */
export const targetInput = z.object({
  kind: choice(KINDS),
  endpoint: z.optional(text({ max: 2048 })),
  keys: z.optional(browserKeys()),
  token: z.optional(hexadecimal({ max: 255 })),
  environment: z.optional(choice(['production', 'sandbox'])),
  topic: z.optional(
    text({ max: 255, spelled: { as: /^[\w-]+(\.[\w-]+)+$/, words: 'Enter a valid value.' } }),
  ),
  url: z.optional(text({ max: 2048 })),
  name: z.optional(text({ max: 100, blank: true })),
})
export type TargetInput = Partial<z.output<typeof targetInput>>

export const targetJson = ({ publicTargetId, kind, name, lastSentAt, failures, isCurrent }: ShownTarget) => ({
  public_target_id: publicTargetId,
  kind,
  name,
  last_sent_at: lastSentAt,
  failures,
  is_current: isCurrent,
})

export const outcomeJson = ({ outcome, status, reason }: Outcome) => ({ outcome, status, reason })
