import type { Window } from '../hours.ts'
import { lengthAt, phrasesOf, wordsOf } from './tokens.ts'

const HALF_DAY = 12 * 60
const DAY = 24 * 60

/**
 * A time of day in words: `minutes` since midnight, if its half of the day is known, by am and pm or by 24 hours. `open` may
 * be in either half, like 6:00; so may `bare`, which may also count something else.
 */
export type Clock = {
  minutes: number
  is: 'exact' | 'of24' | 'open' | 'bare'
  next: number
  /** "At night" may name the time itself, or the hours that end with it. */
  isAtNight?: boolean
}

const NAMED: Record<string, number> = { noon: HALF_DAY, midday: HALF_DAY, midnight: 0 }
export const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')
const NIGHT = phrasesOf('at night')
const LATER = phrasesOf('in the afternoon, in the evening')
const MORNING = phrasesOf('in the morning')
const ZONES = wordsOf('utc gmt cet cest bst est edt cst cdt mst mdt pst pdt ist z')

/** The time of day that begins at this word, or null. */
export function clockAt(words: string[], at: number): Clock | null {
  const clock = readAt(words, at)
  return clock && !ZONES.has(words[clock.next] ?? '') ? clock : null
}

function readAt(words: string[], at: number): Clock | null {
  const word = words[at] ?? ''
  const named = NAMED[word]
  if (named !== undefined) return { minutes: named, is: 'exact', next: at + 1 }
  const [, digits = String(NUMBERS.indexOf(word)), point = '', rest = '0'] =
    /^(\d{1,2})(?:([:.])(\d\d))?$/.exec(word) ?? []
  const [hour, minute] = [Number(digits), Number(rest)]
  const minutes = hour * 60 + minute
  if (hour < 0 || minute > 59 || minutes > DAY) return null
  const after = words[at + 1] ?? ''
  const isOfTwelve = hour >= 1 && hour <= 12
  if (after === 'am' || after === 'pm') return isOfTwelve ? exact(minutes, after === 'pm', at + 2) : null
  if (hour === 12 && point === '' && after in NAMED) return readAt(words, at + 1)
  // 22.50 may be money.
  if (point === '.') return null
  const isClock = ["o'clock", 'oclock'].includes(after)
  const next = isClock || (point && ['hours', 'hrs'].includes(after)) ? at + 2 : at + 1
  if (isOfTwelve) {
    const [night, later, morning] = [NIGHT, LATER, MORNING].map((part) => lengthAt(words, next, part))
    if (night) return { ...exact(minutes, hour >= 6 && hour < 12, next + night), isAtNight: true }
    if (later) return exact(minutes, true, next + later)
    if (morning) return exact(minutes, false, next + morning)
  }
  if ((point || isClock) && (!isOfTwelve || digits.startsWith('0')))
    return { minutes: minutes % DAY, is: 'of24', next }
  return { minutes: minutes % DAY, is: point || isClock ? 'open' : 'bare', next }
}

const exact = (minutes: number, isAfternoon: boolean, next: number): Clock => ({
  minutes: (minutes % HALF_DAY) + (isAfternoon ? HALF_DAY : 0),
  is: 'exact',
  next,
})

export const isKnown = ({ is }: Clock) => is === 'exact' || is === 'of24'

/** The window from one time to another; null if it is ambiguous. */
export function windowOf(one: Clock, other: Clock): Window | null {
  const [first, last] = [besideTime(one, other), besideTime(other, one)]
  if (!isKnown(first) && !isKnown(last)) return null
  // Between 10 and 6 at night: all night, or until the evening. From 10am it is clear.
  const isOfMorning = isKnown(first) && first.minutes < HALF_DAY
  if (isEndOfNight(last) && !isOfMorning && first.minutes % HALF_DAY > last.minutes % HALF_DAY) return null
  const [from = 0, to = 0] = halvesOf(first, last)
    .flatMap((from) => halvesOf(last, first).map((to) => [from, to] as const))
    .sort((one, other) => spanOf(one) - spanOf(other))[0]!
  return from === to ? null : { from: written(from), to: written(to) }
}

const isEndOfNight = ({ minutes, isAtNight = false }: Clock) =>
  isAtNight && minutes >= 18 * 60 && minutes < 21 * 60

/** From 8:00 to 17: beside a time, a number that only a 24-hour clock has. */
const besideTime = (clock: Clock, { is }: Clock): Clock =>
  clock.is === 'bare' && is === 'open' && clock.minutes >= HALF_DAY + 60 ? { ...clock, is: 'of24' } : clock

/**
 * The meanings of a time beside another. If that one has am or pm, the shorter window wins: 9 to 11pm are two hours, 9am to 5
 * are eight.
 */
function halvesOf(clock: Clock, { is }: Clock) {
  const { minutes } = clock
  if (isKnown(clock) || is === 'of24' || minutes >= HALF_DAY + 60 || minutes < 60) return [minutes]
  return [minutes % HALF_DAY, (minutes % HALF_DAY) + HALF_DAY]
}

const spanOf = ([from, to]: readonly [number, number]) => (to - from + DAY) % DAY || DAY

export const written = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')

/** A time before this, after midnight, still belongs to the night. */
const NIGHT_IS_UNTIL = 4 * 60
const MORNING_BEGINS = 6 * 60

/**
 * "After 10pm" lasts until 06:00, because people mean the night: an extra hour rings, a missing hour is silent. "After" a
 * time in the morning lasts until midnight.
 */
export const windowAfter = ({ minutes }: Clock): Window => ({
  from: written(minutes),
  to: written(minutes >= HALF_DAY || minutes < NIGHT_IS_UNTIL ? MORNING_BEGINS : 0),
})

/** "Before 6am" begins at midnight; "before midnight" could mean the evening. */
export const windowBefore = ({ minutes }: Clock): Window | null =>
  minutes === 0 ? null : { from: '00:00', to: written(minutes) }
