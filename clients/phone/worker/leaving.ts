/** A request that is about to end may end. */
const GRACE_IN_MS = 500

let leaving = new AbortController()

/**
 * Aborted when the next version takes over: it waits for the requests of this one, which on a bad network may take minutes.
 */
export const untilLeaving = () => leaving.signal

/** Ends the requests of now, of every page, after a moment. */
export function makeWay() {
  const ending = leaving
  leaving = new AbortController()
  setTimeout(() => ending.abort(), GRACE_IN_MS)
}
