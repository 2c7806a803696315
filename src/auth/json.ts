import * as z from 'zod/mini'
import { email, text } from '../http/fields.ts'

export const registration = z.object({
  first_name: z.optional(text({ max: 150, blank: true })),
  last_name: z.optional(text({ max: 150, blank: true })),
  email: email(),
  password: text(),
})
export const credentials = z.object({ email: text(), password: text() })
export const refreshing = z.object({ refresh: text() })
