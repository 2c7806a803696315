import { type Box, distance, overlap } from './box.ts'
import type { Found, Track } from './tracks.ts'

/** The largest distance between a walking thing's boxes in two looks, in widths and heights. */
const NEAR = 0.75
/** The least overlap of a standing thing's boxes, so that it does not become the thing beside it. */
const SAME_STANDING = 0.4

/** The best matches first, each thing once: SORT's association (Bewley et al., 2016), greedy. */
export function pairsOf<P>(list: Track<P>[], found: readonly Found[]) {
  const likely = list.flatMap((track) =>
    found
      .filter(({ label, box }) => label === track.label && isSame(track, box))
      .map((one) => ({
        track,
        one,
        likeness: overlap(track.box, one.box) - distance(track.box, one.box) / 10,
      })),
  )
  const pairs = new Map<Track<P>, Found>()
  const taken = new Set<Found>()
  for (const { track, one } of likely.sort((a, b) => b.likeness - a.likeness)) {
    if (pairs.has(track) || taken.has(one)) continue
    pairs.set(track, one)
    taken.add(one)
  }
  return pairs
}

/** A moving thing may go far between two looks at the whole picture, so distance decides, not overlap. */
function isSame<P>({ box: before, isMoving, covered }: Track<P>, box: Box) {
  return isMoving || covered > 0 ? distance(before, box) <= NEAR : overlap(before, box) >= SAME_STANDING
}
