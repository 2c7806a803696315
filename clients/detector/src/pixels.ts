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
/** The sum of two shares may exceed 1 by this much. */
const ROUNDING = 1e-9

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

/** A part of a picture: left, top, width and height as shares of it. */
export type Part = readonly [left: number, top: number, width: number, height: number]

/**
 * Decodes a JPEG or PNG, or a part of it, to red, green and blue from −1 to 1, each by rows, resized to a square and rotated by its
 * EXIF. Throws UnreadablePicture, and RangeError for a part beyond the picture.
 */
export async function pixelsOf(picture: Uint8Array, side: number, part?: Part): Promise<Float32Array> {
  if (part && !isWithin(part)) throw new RangeError('A part is within the picture: shares from 0 to 1.')
  if (!BEGINNINGS.some((bytes) => bytes.every((byte, i) => picture[i] === byte)))
    throw new UnreadablePicture('The picture is neither JPEG nor PNG.')
  const pixels = side * side
  const planes = new Float32Array(3 * pixels)
  const bytes = await squashed(picture, side, part)
  for (let at = 0; at < pixels; at++)
    for (let colour = 0; colour < 3; colour++)
      planes[colour * pixels + at] = bytes[3 * at + colour]! / 127.5 - 1
  return planes
}

async function squashed(picture: Uint8Array, side: number, part?: Part) {
  const sharp = await loadDecoder()
  const image = sharp(picture, { limitInputPixels: MOST_PIXELS, failOn: 'error', autoOrient: true })
  try {
    if (part) image.extract(regionOf(part, (await image.metadata()).autoOrient))
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

const isWithin = ([left, top, width, height]: Part) =>
  left >= 0 &&
  top >= 0 &&
  width > 0 &&
  height > 0 &&
  left + width <= 1 + ROUNDING &&
  top + height <= 1 + ROUNDING

function regionOf([left, top, width, height]: Part, size: { width: number; height: number }) {
  const from = { left: Math.floor(left * size.width), top: Math.floor(top * size.height) }
  return {
    ...from,
    width: Math.max(1, Math.min(size.width - from.left, Math.round(width * size.width))),
    height: Math.max(1, Math.min(size.height - from.top, Math.round(height * size.height))),
  }
}

function wordsFor(fault: string) {
  if (/pixel limit/i.test(fault)) return `has too many pixels: ${MOST_PIXELS / 1e6} million at most`
  return /timeout/i.test(fault) ? `takes more than ${LONGEST_IN_SECONDS} seconds to read` : 'is broken'
}
