import { type Found, isCut, type Track, type Tracks } from './tracks.ts'

/** An ongoing activity of a label, which is reported once. */
export type Activity = { label: string; told: number; last: number; tracks: number[] }
export type Activities = readonly Activity[]

/** A report: a label, its time, and the best picture with what was found in it. */
export type Told<P> = { label: string; at: number; picture: P; found: Found }

/** The minimum best score and median score of a label. Labels without thresholds are ignored. */
export type Thresholds = { best: number; median: number }

export type Telling = {
  labels: Readonly<Record<string, Thresholds>>
  /** How long to wait for the best picture after the first, in milliseconds; twice as long while the edge cuts it. */
  settleInMs: number
  /** An activity ends after this many milliseconds without a thing of its label. */
  quietInMs: number
  /** After this many milliseconds other things of the label are reported although the activity goes on. */
  againInMs: number
}

/** The number of looks that must find a thing. */
const HITS = 3

/**
 * Returns what to report now, and the ongoing activities. A reported thing is not reported again however long it stays; others of its
 * label are after a time. With `isOver` the input has ended, so unsettled things are reported too.
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
    const { best } = fresh.reduce((one, other) => (other.best.worth > one.best.worth ? other : one))
    const waitInMs = isCut(best.found.box) ? 2 * settleInMs : settleInMs
    const isSettled = isOver || fresh.some(({ first, missed }) => now - first >= waitInMs || missed > 2)
    if (!isSettled) continue
    told.push({ label, at: best.at, picture: best.picture, found: best.found })
    open.set(label, { label, told: now, last: seen, tracks: clear.map(({ id }) => id) })
  }
  return { going: [...open.values()], told }
}

/** Whether a thing was not found often enough yet to be reported. */
export const isNew = <P>({ scores }: Track<P>) => scores.length < HITS

/** Whether a thing was found often enough, with enough certainty, and has moved. */
function isClear<P>(track: Track<P>, thresholds: Thresholds) {
  const { scores, isMoving, best } = track
  const ordered = scores.toSorted((one, other) => one - other)
  const median = ordered[ordered.length >> 1]!
  return isMoving && !isNew(track) && best.found.score >= thresholds.best && median >= thresholds.median
}
