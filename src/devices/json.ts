import * as z from 'zod/mini'
import { text } from '../http/fields.ts'

/** A measurement that is not kept: no camera is refused for one that it can't take. */
const measured = () => z.optional(z.unknown().register(z.globalRegistry, { type: 'number' }))

export const heartbeat = z.object({
  version: z.optional(text({ max: 100, blank: true })),
  fps: measured(),
  spooled: measured(),
  temperature: measured(),
})
