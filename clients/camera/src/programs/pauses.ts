/** Seconds to wait after each failure in a row, the last one ever after. A camera with few places is not knocked at more often. */
export const REOPEN_IN_SECONDS = [1, 5, 10, 60]
export const RESEND_IN_SECONDS = [5, 30, 120]

/** How long to wait after so many failures in a row, in milliseconds; a tenth more or less, so that a street of cameras spreads out. */
export function pauseAfter(seconds: readonly number[], failures: number, random = Math.random()) {
  const pause = seconds[Math.min(failures, seconds.length) - 1] ?? seconds[0]!
  return pause * 1000 * (0.9 + random / 5)
}
