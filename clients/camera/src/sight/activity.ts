import type { Found, Track, Tracks } from './tracks.ts'

/** What of a label is going on: it is told once. */
export type Activity = { label: string; told: number; last: number; tracks: number[] }
export type Activities = readonly Activity[]

/** A picture that is worth telling, of everything that was clear in it. */
export type Told<P> = { label: string; at: number; picture: P; found: Found }

/** How certain a label must be at its best, and half of the time. Labels that are not named are ignored. */
export type Thresholds = { best: number; median: number }

export type Telling = {
  labels: Readonly<Record<string, Thresholds>>
  /** How long the best picture is waited for after the first, in milliseconds. */
  settleInMs: number
  /** Without a thing of the label for so long, what was going on is over, in milliseconds. */
  quietInMs: number
  /** After which others of the label are told although it goes on, in milliseconds. */
  againInMs: number
}

/** Looks that must find a thing. */
const HITS = 3

/**
 * What is to be told now, and what is going on. A thing that is told is not told again however long it stays; others of its label are
 * after a time. `isOver` tells what has not settled: nothing follows.
 */
export function activityIn<P>(
  going: Activities,
  { list }: Tracks<P>,
  now: number,
  { labels, settleInMs, quietInMs, againInMs }: Telling,
  isOver = false,
): { going: Activities; told: Told<P>[] } {
  const told: Told<P>[] = []
  const open = new Map(going.map((activity) => [activity.label, activity]))
  for (const [label, thresholds] of Object.entries(labels)) {
    const clear = list.filter((track) => track.label === label && isClear(track, thresholds))
    const last = open.get(label)
    const fresh = clear.filter(({ id }) => !last?.tracks.includes(id))
    const seen = Math.max(...clear.map(({ last }) => last), last?.last ?? 0)
    const isGoingOn =
      last && fresh.some(({ first }) => first - last.last < quietInMs) && now - last.told < againInMs
    if (last && (fresh.length === 0 || isGoingOn)) {
      open.set(label, { ...last, last: seen, tracks: [...last.tracks, ...fresh.map(({ id }) => id)] })
      continue
    }
    if (fresh.length === 0) continue
    const isSettled = isOver || fresh.some(({ first, missed }) => now - first >= settleInMs || missed > 2)
    if (!isSettled) continue
    const { best } = fresh.reduce((one, other) => (other.best.worth > one.best.worth ? other : one))
    told.push({ label, at: best.at, picture: best.picture, found: best.found })
    open.set(label, { label, told: now, last: seen, tracks: clear.map(({ id }) => id) })
  }
  return { going: [...open.values()], told }
}

/** Found often enough, certain enough, and come instead of been there. */
function isClear<P>({ scores, isMoving, best }: Track<P>, thresholds: Thresholds) {
  const ordered = scores.toSorted((one, other) => one - other)
  const median = ordered[ordered.length >> 1]!
  return (
    isMoving && scores.length >= HITS && best.found.score >= thresholds.best && median >= thresholds.median
  )
}
