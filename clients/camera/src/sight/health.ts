import type { Shades } from './scene.ts'

/** Whether the pictures show anything. */
export type Health = 'fine' | 'black' | 'frozen'
export type Watched = { pixels: Uint8Array; since: number }

/** The mean shade below which the lens is covered or there is no light. */
const BLACK = 6
/** A picture without any change for this many milliseconds is frozen, since a camera's noise changes every picture. */
const FROZEN_IN_MS = 30_000

/** Returns the health of the pictures, and the state to pass with the next one. */
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
