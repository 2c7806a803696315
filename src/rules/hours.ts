import { zoneOf } from '../http/fields.ts'

/** The days of the week in order, as readings name them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** From a time of day, like 22:00, until just before another, possibly on the next day: 00:00 ends at midnight. */
export type Window = { from: string; to: string }
/** Empty hours mean all hours, empty days all days. */
export type Open = { hours: Window[]; days: Day[] }

/**
 * Whether a moment is inside, by the local time of an IANA time zone. A window past midnight belongs to the day on which it
 * began: Friday from 22:00 to 06:00 includes Saturday at 01:00. An hour that a clock change skips is never inside; one that
 * it repeats is inside twice. An unknown time zone counts as UTC.
 */
export function isOpen({ hours, days }: Open, at: Date, timeZone: string) {
  const { day, time } = localTime(at, timeZone)
  const isOn = (index: number) => days.length === 0 || days.includes(DAYS[(index + 7) % 7]!)
  const today = DAYS.indexOf(day)
  if (hours.length === 0) return isOn(today)
  return hours.some(({ from, to }) => {
    if (from < to) return isOn(today) && from <= time && time < to
    return (isOn(today) && from <= time) || (isOn(today - 1) && time < to)
  })
}

/** The weekday and the time of day, like 22:05, in a time zone; in UTC if it is unknown. */
export function localTime(at: Date, timeZone: string) {
  const {
    weekday = '',
    hour,
    minute,
  } = Object.fromEntries(
    clockIn(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  return { day: weekday.toLowerCase() as Day, time: `${hour}:${minute}` }
}

/** Creating one costs a hundred times more than using it. The number of time zones bounds the cache. */
const clocks = new Map<string, Intl.DateTimeFormat>()

function clockIn(timeZone: string) {
  const name = timeZone.toLowerCase()
  const clock =
    clocks.get(name) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zoneOf(timeZone),
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  clocks.set(name, clock)
  return clock
}
