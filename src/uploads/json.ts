import * as z from 'zod/mini'
import { publicId } from '../http/fields.ts'
import { problems } from '../problems.ts'
import { IMAGE_TYPES, type ImageType } from '../storage/presign.ts'

/** The type is compared as it stands; any other value, of whatever JSON type, has an answer of its own. */
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
