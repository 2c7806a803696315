import * as z from 'zod/mini'
import { moment, publicId } from '../http/fields.ts'
import { problems } from '../problems.ts'
import { IMAGE_TYPES, type ImageType } from '../storage/presign.ts'

/** Compares the type exactly. Any other value, of whatever JSON type, gets its own refusal. */
const imageType = z
  .pipe(
    z.unknown(),
    z.transform((type): ImageType => {
      if (typeof type !== 'string' || !Object.hasOwn(IMAGE_TYPES, type))
        throw problems.unsupportedContentType()
      return type as ImageType
    }),
  )
  .register(z.globalRegistry, { type: 'string', enum: Object.keys(IMAGE_TYPES), default: 'image/jpeg' })

export const presignInput = z.object({
  'content-type': z.optional(imageType),
  camera: z.optional(publicId()),
})

export const mediaFields = z.object({ captured_at: z.optional(moment()) })
