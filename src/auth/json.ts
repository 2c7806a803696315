import * as z from 'zod/mini'
import { text } from '../http/fields.ts'

export const credentials = z.object({ email: text(), password: text() })
export const refreshing = z.object({ refresh: text() })
