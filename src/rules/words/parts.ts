import type { Window } from '../hours.ts'
import { isContent, lengthAt, phrasesOf, wordsOf } from './tokens.ts'

/** The windows that words name, up to `next`. Empty means any hour; null means unreadable. */
export type Hours = { hours: Window[] | null; next: number }

const NIGHT = { from: '22:00', to: '06:00' }
const DAYTIME = { from: '06:00', to: '22:00' }
const PARTS: Record<string, Window> = {
  morning: { from: '06:00', to: '12:00' },
  afternoon: { from: '12:00', to: '18:00' },
  evening: { from: '18:00', to: '22:00' },
  night: NIGHT,
}
const PLURALS = new Map(Object.entries(PARTS).map(([part, window]) => [`${part}s`, window]))
const NAMED = new Map([...Object.entries(PARTS), ...PLURALS])

const ANY_HOUR = phrasesOf(`
  at any time of day, at any time, at any hour, at all times, at all hours, any time, anytime, all day long, all day, day and night,
  day or night, around the clock, round the clock, 24 / 7, 24 hours a day`)
const BY_DAY = phrasesOf('during the day, in the daytime, during daytime, by day')
const BY_NIGHT = phrasesOf(
  'overnight, nightly, by night, at nighttime, at night time, at night - time, during nighttime',
)
const IN = phrasesOf(`
  in the, during the, on the, over the, throughout the, through the, all through the, at, every, each, all, during, on, in`)
const AND = wordsOf('and or & , /')

/** A part of the day, or all of it, that begins here: `at night`, `in the morning or evening`, `nights`, `24/7`. */
export function partAt(words: string[], at: number): Hours | null {
  const any = lengthAt(words, at, ANY_HOUR)
  if (any) return { hours: [], next: at + any }
  const day = lengthAt(words, at, BY_DAY)
  if (day) return { hours: [DAYTIME], next: at + day }
  const night = lengthAt(words, at, BY_NIGHT)
  if (night) return { hours: [NIGHT], next: at + night }
  const opening = lengthAt(words, at, IN)
  // School nights are not all nights.
  const isAlone = PLURALS.has(words[at] ?? '') && !isContent(words[at - 1] ?? '')
  return opening > 0 || isAlone ? partsFrom(words, at + opening) : null
}

/** A list of bare parts of the day; one alone may mean anything. */
export function partsFrom(words: string[], at: number): Hours | null {
  const first = NAMED.get(words[at] ?? '')
  if (!first) return null
  const hours = [first]
  let next = at + 1
  for (let part = partAfter(words, next); part; part = partAfter(words, next)) {
    hours.push(part)
    next += 2
  }
  return { hours, next }
}

const partAfter = (words: string[], at: number) =>
  AND.has(words[at] ?? '') ? NAMED.get(words[at + 1] ?? '') : undefined
