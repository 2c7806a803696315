let leaving = new AbortController()

/** Aborted when the next version takes over. It waits for the requests of this one, which on a bad network may take minutes. */
export const untilLeaving = () => leaving.signal

/** Ends the requests of now. */
export function makeWay() {
  leaving.abort()
  leaving = new AbortController()
}
