import { areaOf, type Box, commonArea, distance, overlap } from './box.ts'
import { pairsOf } from './pairs.ts'

/** A thing that was found in a picture, and its box. */
export type Found = { label: string; score: number; box: Box }

/** A look at a picture: the analysed parts, the moving regions, and what was found. */
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
  /** Its box when it last stood still. */
  home: Box
  first: number
  last: number
  scores: number[]
  /** Looks in a row with a move, looks with motion over it, and looks in a row that missed it. */
  moves: number
  covered: number
  missed: number
  /** Whether it has moved, so it was not there from the start. */
  isMoving: boolean
  best: { at: number; picture: P; found: Found; worth: number }
}
export type Tracks<P> = { next: number; list: Track<P>[] }

/** A thing has moved after this many looks in a row beyond this share of its size, or after this many looks covered by motion. */
const STEP = 0.15
const MOVES = 3
const COVERED = 2
/** The share of a box that motion must cover. */
const COVER = 0.4
/** A thing is gone after this many missed looks in a row. */
const MISSED = 8
/** The number of scores to keep. */
const SCORES = 25
/** The factor for a box that the picture's edge cuts. */
const CUT = 0.6
const EDGE = 0.01

/** Whether the picture's edge cuts a thing. */
export const isCut = ([left, , width]: Box) => left < EDGE || left + width > 1 - EDGE

export const noTracks = <P>(): Tracks<P> => ({ next: 1, list: [] })

/** Updates the tracks with one look. Only a thing in an analysed part can be missed. */
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

const isWithin = (box: Box, looked: readonly Box[]) =>
  looked.some((crop) => commonArea(box, crop) > 0.9 * areaOf(box))

/** Whether motion covers a thing. Each region counts for the thing it fits best, so what passes in front does not count. */
function isCovered<P>({ box }: Found, { found, regions }: Look<P>) {
  const own = regions.filter((region) =>
    found.every((other) => overlap(other.box, region) <= overlap(box, region)),
  )
  return own.reduce((sum, region) => sum + commonArea(box, region), 0) >= COVER * areaOf(box)
}

/** Whether there is motion at a thing. */
const isTouched = <P>({ box }: Found, { regions }: Look<P>) =>
  regions.some((region) => commonArea(box, region) > 0)

function seen<P>(track: Track<P>, found: Found, look: Look<P>): Track<P> {
  // A thing that passes in front hides a part of a standing one; that is not a move.
  const isHome = isWithin(found.box, [track.home])
  // Another crop of the picture finds a standing thing a little beside its place, without any motion there.
  const hasMoved = !isHome && isTouched(found, look) && distance(track.home, found.box) > STEP
  const moves = hasMoved ? track.moves + 1 : 0
  const covered = track.covered + (isCovered(found, look) ? 1 : 0)
  const best = bestOf(found, look)
  return {
    ...track,
    box: found.box,
    home: (moves === 0 && !isHome) || moves >= MOVES ? found.box : track.home,
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
  covered: isCovered(found, look) ? 1 : 0,
  missed: 0,
  isMoving: false,
  best: bestOf(found, look),
})

/** Weighs certainty and size; the root makes size weigh less. */
function bestOf<P>(found: Found, { at, picture }: Look<P>) {
  const part = isCut(found.box) ? CUT : 1
  return { at, picture, found, worth: found.score * Math.sqrt(areaOf(found.box)) * part }
}
