import * as z from 'zod/mini'
import { text } from '../http/fields.ts'
import { SERIAL_LENGTH } from './provisioning.ts'

const serial = () => text({ min: SERIAL_LENGTH, max: SERIAL_LENGTH })
const claimToken = () => text({ max: 128 })

export const provisioning = z.object({ device_id: serial() })
export const registration = z.object({ device_id: serial(), claim_token: claimToken() })
export const claim = z.object({ claim_token: claimToken(), location: text({ max: 50 }) })

/** A measurement that is not kept: no camera is refused for one that it can't take. */
const measured = () => z.optional(z.unknown().register(z.globalRegistry, { type: 'number' }))

export const heartbeat = z.object({
  version: z.optional(text({ max: 100, blank: true })),
  fps: measured(),
  spooled: measured(),
  temperature: measured(),
})
