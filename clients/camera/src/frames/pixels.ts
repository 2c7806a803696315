import sharp from 'sharp'
import type { Box } from '../sight/box.ts'
import type { Shades } from '../sight/scene.ts'
import type { Polygon } from '../sight/zones.ts'

/** Red, green and blue by rows; a cut-out also has alpha. */
export type Raster = { width: number; height: number; pixels: Uint8ClampedArray }

// Each picture is one small task, so libvips' threads and cache cost more than they save.
sharp.concurrency(1)
sharp.cache(false)

/** Rotated by its EXIF, as the detector and people see it. */
const UPRIGHT = { autoOrient: true }
/** The width for motion detection; more pixels find no more motion. */
const WIDTH = 320
const QUALITY = 85
/** The share of a cut-out's half over which its edge fades. */
const FEATHER = 0.15

/** A small grey version of a picture, and its aspect (width by height). */
export async function shadesOf(jpeg: Uint8Array): Promise<{ shades: Shades; aspect: number }> {
  const { data, info } = await sharp(jpeg, UPRIGHT)
    .resize(WIDTH)
    // `greyscale()` would come before the resize, and cost more.
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height } = info
  return { shades: { width, height, pixels: new Uint8Array(data) }, aspect: width / height }
}

/** Blacks out private places in a picture. Returns the same bytes if there are none. */
export async function withoutPrivate(jpeg: Uint8Array, places: readonly Polygon[]): Promise<Uint8Array> {
  if (places.length === 0) return jpeg
  const polygons = places.map((corners) => ['polygon', corners, 'fill="black"'] as const)
  return drawnOver(jpeg, polygons)
}

/** Draws a frame around each box. */
export const annotated = (jpeg: Uint8Array, boxes: readonly Box[]) =>
  drawnOver(
    jpeg,
    boxes.map(([left, top, width, height]) => {
      const [right, bottom] = [left + width, top + height]
      const corners = [
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
      ] as const
      return ['polygon', corners, 'fill="none" stroke="#ffb300" stroke-width="4"'] as const
    }),
  )

async function drawnOver(jpeg: Uint8Array, shapes: readonly (readonly [string, Polygon, string])[]) {
  const image = sharp(jpeg, UPRIGHT)
  const { width, height } = (await image.metadata()).autoOrient
  const drawn = shapes.map(([name, corners, look]) => {
    const points = corners.map(([x, y]) => `${x * width},${y * height}`).join(' ')
    return `<${name} points="${points}" ${look}/>`
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn.join('')}</svg>`
  return new Uint8Array(
    await image
      .composite([{ input: Buffer.from(svg) }])
      .jpeg({ quality: QUALITY })
      .toBuffer(),
  )
}

/** A photograph scaled and cropped to this size. */
export async function rasterOf(jpeg: Uint8Array, width: number, height: number): Promise<Raster> {
  const data = await sharp(jpeg).resize(width, height, { fit: 'cover' }).removeAlpha().raw().toBuffer()
  return { width, height, pixels: new Uint8ClampedArray(data) }
}

/** Cuts a thing out of a photograph, scaled to a height in pixels, with a faded edge. */
export async function cutOut(jpeg: Uint8Array, [left, top, share, tall]: Box, high: number): Promise<Raster> {
  const image = sharp(jpeg)
  const size = await image.metadata()
  const part = {
    left: Math.round(left * size.width),
    top: Math.round(top * size.height),
    width: Math.round(share * size.width),
    height: Math.min(Math.round(tall * size.height), size.height - Math.round(top * size.height)),
  }
  const resized = image.extract(part).resize({ height: high }).ensureAlpha().raw()
  const { data, info } = await resized.toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const pixels = new Uint8ClampedArray(data)
  for (let y = 0, at = 3; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      const [across, down] = [Math.abs((2 * x) / width - 1), Math.max(0, 1 - (2 * y) / height)]
      pixels[at] = (255 * (1 - (across ** 4 + down ** 4) ** (1 / 4))) / FEATHER
    }
  return { width, height, pixels }
}

/** A raster as a JPEG. */
export const jpegOf = async ({ width, height, pixels }: Raster): Promise<Uint8Array> =>
  sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: QUALITY })
    .toBuffer()
