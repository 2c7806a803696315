import type { Shades } from './scene.ts'

/** Whether there is anything to see. */
export type Health = 'fine' | 'black' | 'frozen'
export type Watched = { pixels: Uint8Array; since: number }

/** Mean shade of a lens that is covered, or has no light at all. */
const BLACK = 6
/** A camera's own noise changes every picture: one that stays the same so long has stopped, in milliseconds. */
const FROZEN_IN_MS = 30_000

/** How the pictures are since the last one, and what to pass with the next. */
export function healthOf(
  last: Watched | null,
  { pixels }: Shades,
  now: number,
): { health: Health; watched: Watched } {
  const isSame = last !== null && last.pixels.every((shade, at) => shade === pixels[at])
  const watched = isSame ? last : { pixels, since: now }
  const mean = pixels.reduce((sum, shade) => sum + shade, 0) / pixels.length
  if (now - watched.since >= FROZEN_IN_MS) return { health: 'frozen', watched }
  return { health: mean < BLACK ? 'black' : 'fine', watched }
}
