import type { Day, Window } from './hours.ts'
import { type Asked, askedIn } from './words/asked.ts'
import { isForeign } from './words/language.ts'
import { type Found, haveOneMeaning, JOINTS } from './words/meaning.ts'
import { phraseAt } from './words/phrases.ts'
import { isContent, type Token, tokensOf, wordsOf } from './words/tokens.ts'
import { unreadAt } from './words/unread.ts'

/**
 * How a rule is read: its hours and days, and the `rest` for the judge, with the objects that it asks for. If something about
 * time could not be parsed, it is in `unread`, `rest` is the whole sentence, and the rule applies at any hour: the judge
 * decides then. Reading `rest` again gives the same `rest`.
 */
export interface Reading extends Times, Asked {}
type Times = { hours: Window[]; days: Day[]; rest: string; unread: string[] }

/** A cache: a rule is shown and judged far more often than it changes. */
const known = new Map<string, Reading>()
const MOST_KNOWN = 1_000

/** As `read`, which takes some tenths of a millisecond, but once per text. */
export function readRule(text: string): Reading {
  let reading = known.get(text)
  if (!reading) {
    if (known.size === MOST_KNOWN) known.clear()
    reading = read(text.trim())
    known.set(text, reading)
  }
  return reading
}

/**
 * Parses the plain English of a rule, in linear time. It reads only words with one meaning, and reports what it leaves out.
 */
function read(text: string): Reading {
  const times = readTimes(text)
  const asked = times.rest === text ? readAsked(times.rest) : read(times.rest)
  return { ...asked, ...times }
}

function readTimes(text: string): Times {
  const tokens = tokensOf(text)
  const words = tokens.map(({ word }) => word)
  const { found, unread } = timesIn(words)
  const whole = { hours: [], days: [], rest: text }
  const said = (from: number, next: number) => text.slice(tokens[from]!.from, tokens[next - 1]!.to)
  if (unread.length > 0) return { ...whole, unread: unread.map(({ at, next }) => said(at, next)) }
  if (found.length === 0) return { ...whole, unread: [] }
  if (isForeign(words) || !haveOneMeaning(words, found))
    return { ...whole, unread: found.map(({ at, next }) => said(at, next)) }
  return {
    hours: found.flatMap(({ hours }) => hours ?? []),
    days: found.find(({ days }) => days)?.days ?? [],
    rest: restOf(text, tokens, found),
    unread: [],
  }
}

function readAsked(text: string): Asked {
  const tokens = tokensOf(text)
  const words = tokens.map(({ word }) => word)
  if (isForeign(words)) return { objects: [], together: false, motion: false, beyond: [text] }
  const { found, unread } = timesIn(words)
  const isRead = unread.length === 0 && (found.length === 0 || haveOneMeaning(words, found))
  const times: (boolean | undefined)[] = words.map(() => undefined)
  for (const { at, next } of [...found, ...unread]) times.fill(isRead, at, next)
  return askedIn(text, tokens, times)
}

function timesIn(words: string[]) {
  const found: Found[] = []
  const unread: { at: number; next: number }[] = []
  for (let at = 0; at < words.length;) {
    const phrase = phraseAt(words, at)
    const next = phrase?.next ?? at + unreadAt(words, at)
    if (phrase && phrase.hours !== null) found.push({ ...phrase, at })
    else if (next > at && unread.at(-1)?.next === at) unread.at(-1)!.next = next
    else if (next > at) unread.push({ at, next })
    at = Math.max(next, at + 1)
  }
  return { found, unread }
}

const LEADING = wordsOf('only just and')
/** A sentence of only these words leaves nothing to look for. */
const EMPTY = wordsOf('alert alerts alarm notify notifications tell warn ring send me us please when if a an')
/** Words that need the time: without it, the sentence falls apart. */
const NEEDING = wordsOf("it's its is was")

/**
 * The sentence without its words about time and the words that joined them; the whole sentence if too little remains.
 */
function restOf(text: string, tokens: Token[], found: Found[]) {
  const isKept = tokens.map(() => true)
  found.forEach(({ at, next }, i) => {
    const before = tokens[at - 1]?.word ?? ''
    const isJoined = i > 0 && tokens.slice(found[i - 1]!.next, at).every(({ word }) => JOINTS.has(word))
    const from = isJoined ? found[i - 1]!.next : at - (LEADING.has(before) ? 1 : 0)
    isKept.fill(false, from, next + (tokens[next]?.word === 'only' ? 1 : 0))
  })
  const isLeft = tokens.some(({ word }, i) => isKept[i] && isContent(word) && !EMPTY.has(word))
  if (!isLeft || found.some(({ at }) => NEEDING.has(tokens[at - 1]?.word ?? ''))) return text
  const runs = tokens.flatMap((_, i) => (isKept[i] && !(i > 0 && isKept[i - 1]) ? [i] : []))
  const pieces = runs.map((from) => {
    const end = isKept.indexOf(false, from)
    return text.slice(tokens[from]!.from, tokens.at(end < 0 ? -1 : end - 1)!.to)
  })
  const rest = pieces
    .join(' ')
    .replace(/\(\s*\)/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ([,.;:!?])/g, '$1')
    .replace(/^(?:[\s,.;:!?–—-]|and )+/i, '')
    .replace(/[\s,;:–—-]+$/, '')
  return rest || text
}
