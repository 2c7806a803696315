import { clockAt } from './clock.ts'
import { endsBefore, lengthAt, phrasesOf, wordsOf } from './tokens.ts'

/** Unreadable words about time: of the sun, a household or a calendar; and days and parts of a day that stand alone. */
const WORDS = wordsOf(`
  dusk dawn sunset sunrise sundown sunup twilight daylight nightfall daybreak darkness midmorning lunchtime bedtime dinnertime
  tonight today tomorrow yesterday weeknight weeknights workday workdays holiday holidays vacation vacations christmas easter
  january february april june july august september october november december summer winter autumn until till since uhr
  monday tuesday wednesday thursday friday saturday sunday weekday weekend daytime nighttime
  morning afternoon evening night mornings afternoons evenings nights`)
const PHRASES = phrasesOf(`
  working hours, office hours, business hours, opening hours, school hours, working days, business days, after hours, rush hour,
  after dark, before dark, half past, quarter past, quarter to, in spring, in the spring, in fall, in the fall, in march, in may,
  this week, next week, last week, this month, next month, last month, every other, every second, every third, every few,
  school days, new year`)
/** March and may have other meanings. */
const MONTHS = wordsOf('mar march may')
const SHORT_DAYS = wordsOf('mon tue tues wed weds thu thur thurs fri sat sun')
const UNITS = wordsOf('am pm h uhr')

/** The number of words about time here that were not read as a phrase; 0 if there are none. */
export function unreadAt(words: string[], at: number) {
  const word = words[at] ?? ''
  const next = words[at + 1] ?? ''
  const phrase = lengthAt(words, at, PHRASES)
  if (phrase) return phrase
  if (WORDS.has(word.replace(/'s$/, ''))) return 1
  if (word === 'on' && SHORT_DAYS.has(next) && endsBefore(words, at + 2)) return 2
  if (/^\d/.test(word) && [UNITS, MONTHS, WORDS].some((words) => words.has(next))) return 2
  if (MONTHS.has(word) && /^\d/.test(next)) return 2
  const clock = clockAt(words, at)
  if (clock && clock.is !== 'bare') return clock.next - at
  return /^\d+:\d\d/.test(word) ? 1 : 0
}
