import * as z from 'zod/mini'
import { text } from '../http/fields.ts'

/**
 * Any text, as at sign-in: an account from a database that was taken over may have an address that validation would refuse.
 */
export const resetRequest = z.object({ email: text() })
export const resetConfirmation = z.object({ token: text(), password: text() })
