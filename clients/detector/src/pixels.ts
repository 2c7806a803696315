import sharp from 'sharp'

/** A picture that cannot be looked at; its message says why. */
export class UnreadablePicture extends Error {}

const BEGINNINGS = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
]
/** More than any camera's; a small file may stand for far more. */
const MOST_PIXELS = 64_000_000
const LONGEST_IN_SECONDS = 10

/**
 * The red, green and blue of a JPEG or PNG from −1 to 1, each by rows, squashed to a square and turned as its EXIF says. Throws
 * UnreadablePicture.
 */
export async function pixelsOf(picture: Uint8Array, side: number): Promise<Float32Array> {
  if (!BEGINNINGS.some((bytes) => bytes.every((byte, i) => picture[i] === byte)))
    throw new UnreadablePicture('The picture is neither JPEG nor PNG.')
  const pixels = side * side
  const planes = new Float32Array(3 * pixels)
  const bytes = await squashed(picture, side)
  for (let at = 0; at < pixels; at++)
    for (let colour = 0; colour < 3; colour++)
      planes[colour * pixels + at] = bytes[3 * at + colour]! / 127.5 - 1
  return planes
}

async function squashed(picture: Uint8Array, side: number) {
  const image = sharp(picture, { limitInputPixels: MOST_PIXELS, failOn: 'error', autoOrient: true })
  try {
    return await image
      .resize(side, side, { fit: 'fill' })
      .flatten()
      .toColourspace('srgb')
      .timeout({ seconds: LONGEST_IN_SECONDS })
      .raw()
      .toBuffer()
  } catch (error) {
    const { message } = error as Error
    const isLarge = /pixel limit|timeout/i.test(message)
    const words = isLarge ? `has too many pixels: ${MOST_PIXELS / 1e6} million at most` : 'is broken'
    throw new UnreadablePicture(`The picture ${words}.`, { cause: error })
  }
}
