const DAY_IN_SECONDS = 86_400

/** The seconds to wait, at most a day. `Retry-After` is seconds or a date (RFC 9110, 10.2.3). Null if it is neither. */
export function secondsIn(retryAfter: string | null) {
  if (!retryAfter) return null
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  return Number.isNaN(seconds) ? null : Math.min(Math.max(Math.ceil(seconds), 0), DAY_IN_SECONDS)
}
