const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A point in time, as RFC 3339 or milliseconds. */
export type When = string | number

const CLOCK = { hour: 'numeric', minute: '2-digit' } as const

/** "14:33", in the format of the browser's language. */
export const clock = (at: When) => written(at, CLOCK)

/** "14:33:08". */
export const clockWithSeconds = (at: When) => written(at, { ...CLOCK, second: '2-digit' })

/** "Today", "Yesterday", "Tuesday", "3 November". */
export function day(at: When, now = Date.now()) {
  const days = Math.round((midnight(now) - midnight(dateOf(at).getTime())) / DAY)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  if (days > 1 && days < 7) return written(at, { weekday: 'long' })
  const isThisYear = dateOf(at).getFullYear() === dateOf(now).getFullYear()
  return written(at, { day: 'numeric', month: 'long', ...(!isThisYear && { year: 'numeric' }) })
}

/** "just now", "5 min ago", "3 h ago", "Tuesday". */
export function ago(at: When, now = Date.now()) {
  const since = age(at, now)
  if (since < MINUTE) return 'just now'
  if (since < 12 * HOUR) return `${span(since)} ago`
  return day(at, now) === 'Today' ? `today, ${clock(at)}` : `${day(at, now)}, ${clock(at)}`
}

/** "at 14:33" of today, "yesterday, 14:33", "Tuesday, 14:33", "3 November, 14:33": a time in a sentence. */
export function stamp(at: When, now = Date.now()) {
  const date = day(at, now)
  return date === 'Today' ? `at ${clock(at)}` : `${date.replace('Yesterday', 'yesterday')}, ${clock(at)}`
}

/** "15:32", "tomorrow, 07:00", "Tuesday, 07:00", "3 December at 07:00": a time in the future. */
export function until(at: When, now = Date.now()) {
  const days = Math.round((midnight(dateOf(at).getTime()) - midnight(now)) / DAY)
  if (days === 0) return clock(at)
  if (days === 1) return `tomorrow, ${clock(at)}`
  return written(at, { ...CLOCK, ...(days < 7 ? { weekday: 'long' } : { day: 'numeric', month: 'long' }) })
}

/** "14 minutes left", "less than a minute left"; null once the time has passed. */
export function left(at: When, now = Date.now()) {
  const minutes = Math.floor(-age(at, now) / MINUTE)
  if (!isAhead(at, now)) return null
  if (minutes < 1) return 'less than a minute left'
  return minutes === 1 ? '1 minute left' : `${minutes} minutes left`
}

/** "less than a minute", "5 min", "3 h", "2 days": about how long something takes. It needs no format. */
export function span(milliseconds: number) {
  if (milliseconds < MINUTE) return 'less than a minute'
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`
  return `${Math.floor(milliseconds / DAY)} days`
}

/** How long ago a time is, in milliseconds. */
export const age = (at: When, now = Date.now()) => now - dateOf(at).getTime()

export const isAhead = (at: When | null, now = Date.now()): at is When => at !== null && age(at, now) < 0

const formats = new Map<string, Intl.DateTimeFormat>()

/** The time in this format. Each format is made once, since that takes a slow phone 40 ms, and 170 ms for the first. */
function written(at: When, options: Intl.DateTimeFormatOptions) {
  const key = JSON.stringify(options)
  const format = formats.get(key) ?? new Intl.DateTimeFormat(undefined, options)
  formats.set(key, format)
  return format.format(dateOf(at))
}

const dateOf = (at: When) => new Date(at)
const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0)
