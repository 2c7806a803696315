import * as z from 'zod/mini'
import { text } from '../http/fields.ts'

/** Any text, as at sign-in: an account that was taken over may have an address that a new one could not have. */
export const resetRequest = z.object({ email: text() })
export const resetConfirmation = z.object({ token: text(), password: text() })
