import { randomOf } from './film.ts'
import type { Raster } from './pixels.ts'

/** A drop's length while the shutter is open (in picture heights), its width (in picture widths), and the light it adds. */
const LONG = 0.05
const WIDE = 1 / 640
const LIGHT = 60

/** Draws falling drops over a picture at random places. */
export function rainOn({ width, height, pixels }: Raster, drops: number, seed: number) {
  const random = randomOf(seed)
  for (let drop = 0; drop < drops; drop++) {
    const [x, top] = [Math.floor(random() * width), Math.floor(random() * height)]
    const bottom = Math.min(height, top + Math.ceil(LONG * height))
    const right = Math.min(width, x + Math.ceil(WIDE * width))
    for (let y = top; y < bottom; y++)
      for (let at = (y * width + x) * 3; at < (y * width + right) * 3; at++) pixels[at]! += LIGHT
  }
}
