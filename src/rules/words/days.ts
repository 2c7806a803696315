import { type Day, DAYS } from '../hours.ts'
import { endsBefore, lengthAt, phrasesOf, wordsOf } from './tokens.ts'

const LONG = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
/** Some are also words, in English (sat, sun, wed) and in other languages (mon, tue, on, mar). */
const SHORT = ['mon', 'tue tues', 'wed weds', 'thu thur thurs', 'fri', 'sat', 'sun']

const NAMED = new Map<string, Omit<Item, 'next'>>()
const name = (day: string, days: Day[]) =>
  NAMED.set(day, { days, isSure: false, isShort: false }).set(`${day}s`, {
    days,
    isSure: true,
    isShort: false,
  })
name('weekday', DAYS.slice(0, 5))
name('weekend', DAYS.slice(5))
DAYS.forEach((day, i) => {
  name(LONG[i]!, [day])
  for (const short of SHORT[i]!.split(' ')) NAMED.set(short, { days: [day], isSure: false, isShort: true })
})

const EVERY_DAY = phrasesOf(
  'every day, each day, daily, seven days a week, 7 days a week, every day of the week, all week',
)
const OPENING = phrasesOf(
  'on the, at the, over the, during the, on, at, every, each, during, over, from, between',
)
/** Words that may precede one short name: no other language has them. */
const EACH = wordsOf('every each')
const TO = wordsOf('to through thru until till - – —')
const LIST = wordsOf('and or & / ,')

/**
 * Days that were named. `isSure`: the words can only be days; otherwise they may be a name, like a dog's or a newspaper's.
 */
export type Days = { days: Day[]; isSure: boolean; next: number }

/**
 * The days that begin at this word, as in `on weekdays`, `Mon-Wed and Fri`, `Saturdays`; or null. Empty days mean every day.
 */
export function daysAt(words: string[], at: number): Days | null {
  const every = lengthAt(words, at, EVERY_DAY)
  if (every) return { days: [], isSure: true, next: at + every }
  const opening = lengthAt(words, at, OPENING)
  const first = rangeAt(words, at + opening, words[at] === 'between')
  if (!first) return null
  const days = new Set(first.days)
  let { next, isSure } = first
  for (let more = itemAfterList(words, next); more; more = itemAfterList(words, next)) {
    for (const day of more.days) days.add(day)
    next = more.next
    isSure = true
  }
  const isShort = !isSure && first.isShort
  if (isShort && !EACH.has(words[at] ?? '')) return null
  const isAll = days.size === DAYS.length
  return {
    days: isAll ? [] : DAYS.filter((day) => days.has(day)),
    isSure: isSure || (opening > 0 && !['from', 'between'].includes(words[at]!) && endsBefore(words, next)),
    next,
  }
}

type Item = Days & { isShort: boolean }

/** A day, or a range of days. */
function rangeAt(words: string[], at: number, isBetween = false): Item | null {
  const first = dayAt(words, at)
  if (!first || first.days.length > 1) return first
  const joint = words[first.next] ?? ''
  const last = TO.has(joint) || (isBetween && joint === 'and') ? dayAt(words, first.next + 1) : null
  if (!last || last.days.length > 1) return first
  const [from = 0, to = 0] = [first, last].map(({ days: [day] }) => DAYS.indexOf(day!))
  const count = ((to - from + DAYS.length) % DAYS.length) + 1
  const days = Array.from({ length: count }, (_, i) => DAYS[(from + i) % DAYS.length]!)
  return { days, isSure: true, isShort: false, next: last.next }
}

/** The next item of a list: after `and`, `,` or `, and`, with or without another `on`. */
function itemAfterList(words: string[], at: number) {
  let next = at
  while (next < at + 2 && LIST.has(words[next] ?? '')) next++
  return next === at ? null : rangeAt(words, words[next] === 'on' ? next + 1 : next)
}

const dayAt = (words: string[], at: number): Item | null => {
  const named = NAMED.get(words[at] ?? '')
  return named ? { ...named, next: at + 1 } : null
}
