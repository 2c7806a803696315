import { areaOf, type Box, commonArea, distance, overlap } from './box.ts'

/** What was found in a picture, and where. */
export type Found = { label: string; score: number; box: Box }

/** A look at a picture: which parts of it were looked at, where something moved, and what was found. */
export type Look<P> = {
  /** When the picture was taken, in milliseconds. */
  at: number
  picture: P
  looked: readonly Box[]
  regions: readonly Box[]
  found: readonly Found[]
}

/** A thing over time. */
export type Track<P> = {
  id: number
  label: string
  box: Box
  /** Where it was when it was last known to stand. */
  home: Box
  first: number
  last: number
  scores: number[]
  /** Looks in a row that moved it, looks at which motion covered it, and looks in a row that did not find it. */
  moves: number
  covered: number
  missed: number
  /** Whether it came, instead of having been there. */
  isMoving: boolean
  best: { at: number; picture: P; found: Found; worth: number }
}
export type Tracks<P> = { next: number; list: Track<P>[] }

/** A walking thing's boxes have this much in common, or their centres are so near. */
const SAME_WALKING = 0.3
const NEAR = 0.75
/** A thing that stands does not become another that stands beside it. */
const SAME_STANDING = 0.4
/** Moved: by this share of its size, so many looks in a row; or covered by motion as often. */
const STEP = 0.15
const MOVES = 3
const COVERED = 2
/** The share of a box that motion must cover. */
const COVER = 0.4
/** Looks in a row that miss a thing until it is gone. */
const MISSED = 8
/** Scores that are kept. */
const SCORES = 25
/** What a box is worth that the picture's edge cuts. */
const CUT = 0.6
const EDGE = 0.01

export const noTracks = <P>(): Tracks<P> => ({ next: 1, list: [] })

/** Goes on with the tracks by one look. Only what was looked at can be missed. */
export function follow<P>(tracks: Tracks<P>, look: Look<P>): Tracks<P> {
  const pairs = pairsOf(tracks.list, look.found)
  const list = tracks.list.map((track) => {
    const found = pairs.get(track)
    if (found) return seen(track, found, look)
    return isWithin(track.box, look.looked) ? { ...track, missed: track.missed + 1, moves: 0 } : track
  })
  const taken = new Set(pairs.values())
  const fresh = look.found.filter((found) => !taken.has(found))
  return {
    next: tracks.next + fresh.length,
    list: [
      ...list.filter(({ missed }) => missed < MISSED),
      ...fresh.map((found, i) => begun(tracks.next + i, found, look)),
    ],
  }
}

/** The best matches first, each thing once: SORT's association (Bewley et al., 2016), greedy. */
function pairsOf<P>(list: Track<P>[], found: readonly Found[]) {
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

function isSame<P>(track: Track<P>, box: Box) {
  const common = overlap(track.box, box)
  return track.isMoving ? common >= SAME_WALKING || distance(track.box, box) <= NEAR : common >= SAME_STANDING
}

const isWithin = (box: Box, looked: readonly Box[]) =>
  looked.some((crop) => commonArea(box, crop) > 0.9 * areaOf(box))

const isCovered = (box: Box, regions: readonly Box[]) =>
  regions.reduce((sum, region) => sum + commonArea(box, region), 0) >= COVER * areaOf(box)

function seen<P>(track: Track<P>, found: Found, look: Look<P>): Track<P> {
  const hasMoved = distance(track.home, found.box) > STEP
  const moves = hasMoved ? track.moves + 1 : 0
  const covered = track.covered + (isCovered(found.box, look.regions) ? 1 : 0)
  const best = bestOf(found, look)
  return {
    ...track,
    box: found.box,
    home: moves === 0 || moves >= MOVES ? found.box : track.home,
    last: look.at,
    scores: [...track.scores, found.score].slice(-SCORES),
    moves,
    covered,
    missed: 0,
    isMoving: track.isMoving || moves >= MOVES || covered >= COVERED,
    best: best.worth > track.best.worth ? best : track.best,
  }
}

const begun = <P>(id: number, found: Found, look: Look<P>): Track<P> => ({
  id,
  label: found.label,
  box: found.box,
  home: found.box,
  first: look.at,
  last: look.at,
  scores: [found.score],
  moves: 0,
  covered: isCovered(found.box, look.regions) ? 1 : 0,
  missed: 0,
  isMoving: false,
  best: bestOf(found, look),
})

/** Certain and large; the root lets size weigh less than certainty. */
function bestOf<P>(found: Found, { at, picture }: Look<P>) {
  const [left, , width] = found.box
  const isCut = left < EDGE || left + width > 1 - EDGE
  return { at, picture, found, worth: found.score * Math.sqrt(areaOf(found.box)) * (isCut ? CUT : 1) }
}
