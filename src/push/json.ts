import * as z from 'zod/mini'
import { hexadecimal } from '../http/fields.ts'

export const apnsInput = z.object({ apns_device_id: z.nullable(hexadecimal({ max: 255 })) })
