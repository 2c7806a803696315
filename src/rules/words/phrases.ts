import type { Day } from '../hours.ts'
import { type Clock, clockAt, isKnown, windowAfter, windowBefore, windowOf } from './clock.ts'
import { daysAt } from './days.ts'
import { type Hours, partAt, partsFrom } from './parts.ts'
import { endsBefore, isContent, lengthAt, phrasesOf, wordsOf } from './tokens.ts'

/** Words about time, up to `next`. Empty hours mean any hour, empty days every day; null means unreadable. */
export type Phrase = Partial<Pick<Hours, 'hours'>> & { days?: Day[]; next: number }

const AND = wordsOf('and or & , /')
const TO = wordsOf('to until till til through thru - – —')
const AFTER = phrasesOf('starting at, starting from, beginning at, later than, after, past, from')
const BEFORE = phrasesOf('earlier than, before')
const ONWARD = wordsOf('onwards onward')

/** The phrase about time that begins at this word, or null. */
export function phraseAt(words: string[], at: number): Phrase | null {
  const named = daysAt(words, at)
  if (!named) return hoursAt(words, at)
  const { days, isSure, next } = named
  const part = partsFrom(words, next)
  if (part) return { ...part, days }
  return isSure || hoursAt(words, next) ? { days, next } : { hours: null, next }
}

const hoursAt = (words: string[], at: number): Hours | null =>
  rangeAt(words, at) ?? afterAt(words, at) ?? beforeAt(words, at) ?? partAt(words, at)

/** `between X and Y`, `from X to Y`, `X to Y` */
function rangeAt(words: string[], at: number): Hours | null {
  const isBetween = words[at] === 'between'
  const first = clockAt(words, isBetween || words[at] === 'from' ? at + 1 : at)
  const joint = first ? (words[first.next] ?? '') : ''
  if (!first || !(TO.has(joint) || (isBetween && joint === 'and'))) return null
  return upTo(words, first, first.next + 1)
}

function upTo(words: string[], first: Clock, at: number): Hours | null {
  const last = clockAt(words, at)
  if (!last || isOther(words, last)) return null
  const window = windowOf(first, last)
  return { hours: window && [window], next: last.next }
}

/** A number that counts something else. */
const isOther = (words: string[], { is, next }: Clock) => is === 'bare' && !endsBefore(words, next)

/** `after X`, `from X on`, `after X until Y`, `after X and before Y` */
function afterAt(words: string[], at: number): Hours | null {
  const opening = lengthAt(words, at, AFTER)
  const clock = opening ? clockAt(words, at + opening) : null
  if (!clock || isOther(words, clock)) return null
  const word = words[clock.next] ?? ''
  const isOn = ONWARD.has(word) || (word === 'on' && endsBefore(words, clock.next + 1))
  const next = clock.next + (isOn ? 1 : 0)
  const joint = words[next] ?? ''
  if (TO.has(joint)) {
    const range = upTo(words, clock, next + 1)
    if (range || clock.is === 'bare') return range
    if (isContent(joint)) return { hours: null, next }
  }
  const before = boundAfter(words, next, BEFORE)
  if (before) return both(clock, before, before)
  return { hours: isKnown(clock) ? [windowAfter(clock)] : null, next }
}

/** `before Y`, `before Y and after X` */
function beforeAt(words: string[], at: number): Hours | null {
  const opening = lengthAt(words, at, BEFORE)
  const clock = opening ? clockAt(words, at + opening) : null
  if (!clock || isOther(words, clock)) return null
  const after = boundAfter(words, clock.next, AFTER)
  if (after) return both(after, clock, after)
  const window = isKnown(clock) ? windowBefore(clock) : null
  return { hours: window && [window], next: clock.next }
}

type Bound = Clock & { isOr: boolean }

/** The other bound of a window, after `and`, `or` or nothing. */
function boundAfter(words: string[], at: number, openings: ReturnType<typeof phrasesOf>): Bound | null {
  const from = AND.has(words[at] ?? '') || words[at] === 'but' ? at + 1 : at
  const opening = lengthAt(words, from, openings)
  const clock = opening ? clockAt(words, from + opening) : null
  return clock && { ...clock, isOr: words[at] === 'or' }
}

/** "After 8am or before 5pm" is always, and certainly not meant. */
function both(after: Clock, before: Clock, { isOr, next }: Bound): Hours {
  const window = windowOf(after, before)
  const isAlways = isOr && window && window.from < window.to
  return { hours: window && !isAlways ? [window] : null, next }
}
