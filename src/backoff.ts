/**
 * The delay in seconds before the next try, after this many attempts; null after the last, when to give up. `retryAfter` is the delay
 * that the other side asks for; it counts up to an hour.
 */
export const nextTry = (schedule: readonly number[], attempts: number, retryAfter: number | null = null) => {
  const pause = schedule[attempts - 1]
  return pause === undefined ? null : Math.max(pause, Math.min(retryAfter ?? 0, 3_600))
}
