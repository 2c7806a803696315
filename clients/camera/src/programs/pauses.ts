/** Seconds to wait after each failure in a row; the last value repeats. More frequent tries could exhaust a camera's connections. */
export const REOPEN_IN_SECONDS = [1, 5, 10, 60]
export const RESEND_IN_SECONDS = [5, 30, 120]
/** A camera that was revoked asks again once an hour. */
export const REVOKED_IN_MS = 3_600_000

/** The pause after a number of failures in a row, in milliseconds, with a jitter of a tenth, so that many cameras do not retry at once. */
export function pauseAfter(seconds: readonly number[], failures: number, random = Math.random()) {
  const pause = seconds[Math.min(failures, seconds.length) - 1] ?? seconds[0]!
  return pause * 1000 * (0.9 + random / 5)
}
