import { lengthAt, phrasesOf } from './tokens.ts'

/** How many at least, up to `next`; `isLoose` where the words say more than that. */
export type Count = { least: number; isLoose: boolean; next: number }

const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')
const LEAST = phrasesOf('at least, a minimum of, minimum of, minimum')
const MORE_THAN = phrasesOf('more than, over')
const TWO = phrasesOf('a couple of, couple of, a couple, a pair of, pair of, multiple')
const SOME = phrasesOf(`
  a few, few, several, many, lots of, a lot of, a group of, a crowd of, groups of, crowds of, group of, crowd of`)
const OR_MORE = phrasesOf('or more, +')
const TO = phrasesOf('and, or, to, -, –')

/** The count that begins at this word: `two`, `at least 3`, `2 or more`, `more than 4`, `several`. */
export function countAt(words: string[], at: number): Count | null {
  const two = lengthAt(words, at, TWO)
  if (two) return { least: 2, isLoose: false, next: at + two }
  const some = lengthAt(words, at, SOME)
  if (some) return { least: 2, isLoose: true, next: at + some }
  const [least, more] = [lengthAt(words, at, LEAST), lengthAt(words, at, MORE_THAN)]
  const isBetween = words[at] === 'between'
  const number = at + (least || more || (isBetween ? 1 : 0))
  const first = numberOf(words[number])
  if (first === null) return null
  const next = number + 1
  const orMore = lengthAt(words, next, OR_MORE)
  if (orMore) return { least: first, isLoose: false, next: next + orMore }
  const to = lengthAt(words, next, TO)
  if (to && numberOf(words[next + to]) !== null) return { least: first, isLoose: true, next: next + to + 1 }
  return { least: first + (more ? 1 : 0), isLoose: isBetween, next }
}

/** No more than a picture can show. */
export function numberOf(word = '') {
  const number = /^\d{1,2}$/.test(word) ? Number(word) : NUMBERS.indexOf(word)
  return number > 0 ? number : null
}
