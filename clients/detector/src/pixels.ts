import { machine, NoRuntime } from './session.ts'

/** A picture that cannot be read; the message says why. */
export class UnreadablePicture extends Error {}

const BEGINNINGS = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
]
/** The limit is above any camera's resolution; a small file may expand to far more. */
const MOST_PIXELS = 64_000_000
const LONGEST_IN_SECONDS = 10

/** Imports sharp, which is native code. Throws NoRuntime if there is none for this machine. */
export async function loadDecoder() {
  try {
    return (await import('sharp')).default
  } catch {
    throw new NoRuntime(
      `sharp, which reads pictures, does not support ${machine()} or is not installed completely: \`npm install sharp\` says more.`,
    )
  }
}

/**
 * Decodes a JPEG or PNG to red, green and blue from −1 to 1, each by rows, resized to a square and rotated by its EXIF. Throws
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
  const sharp = await loadDecoder()
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
    throw new UnreadablePicture(`The picture ${wordsFor(message)}.`, { cause: error })
  }
}

function wordsFor(fault: string) {
  if (/pixel limit/i.test(fault)) return `has too many pixels: ${MOST_PIXELS / 1e6} million at most`
  return /timeout/i.test(fault) ? `takes more than ${LONGEST_IN_SECONDS} seconds to read` : 'is broken'
}
