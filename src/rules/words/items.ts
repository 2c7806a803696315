import { countAt } from './counts.ts'
import { isPartOf, isSham, type Named, thingAt } from './things.ts'
import { isContent, lengthAt, phrasesOf, type Token, wordsOf } from './tokens.ts'

/**
 * What a sentence is made of: a `lead` such as `alert me when`; things and how many; what joins them; words that begin a place
 * or another circumstance; those that deny or say that something is no more; `glue` without weight; and others.
 */
export type Item = { at: number; next: number } & (
  | {
      is:
        | 'lead'
        | 'time'
        | 'glue'
        | 'if'
        | 'and'
        | 'or'
        | ','
        | 'end'
        | 'place'
        | 'with'
        | 'both'
        | 'not'
        | 'gone'
        | 'other'
    }
  | { is: 'count'; least: number; isLoose: boolean }
  | ({ is: 'thing' } & Named)
)
type Kind = Exclude<Item['is'], 'count' | 'thing'>

const ALERT = wordsOf(
  'alert alerts alarm notify notification notifications tell warn ring send ping message let inform',
)
const LEAD = wordsOf(`
  me us please pls plz know when whenever if i i'd id want would like need get be told alerted notified warned every time as soon
  hey scout can could you picture text call push look watch check detect`)
/** Only after another of them. */
const LATER = wordsOf('on of about for to that once only just')
const TAIL = wordsOf('me us please pls plz know then thanks thank you i want to be told a an')
const ENDS = wordsOf('. ! ? ;').add('\n')
const GLUE = wordsOf(`
  a an the any some is are was were be been being has have there there's it it's its here who that which when whenever if you we i see
  sees seen detects detected detect visible spotted noticed appears appear appearing comes come coming either please then`)
const SEEN = phrasesOf(`
  in view, into view, in the picture, in the image, in the frame, in frame, in the photo, in the shot, in the scene, in sight, into sight,
  on camera, on the camera, on video, on screen, in front of the camera, at the door, to the door, at my door, shows up, show up,
  showing up, pops up, the camera sees, the camera spots, camera sees, camera spots, or more`)
const PLACES = wordsOf(`
  in on at by near to from into onto over under behind beside between around along through across inside outside within off of out
  up towards toward against above below beneath past after before during since until for while because as like`)
const PLACE_PHRASES = phrasesOf('next to, close to, in front of, on top of, out of, because of')
/** Between two things: both are there. */
const BOTH = wordsOf('carrying holding riding walking chasing carries holds rides walks chases')
const NOT = wordsOf(`
  no nobody noone none nothing not without unless except excluding but ignore neither nor cannot non dont isnt arent doesnt cant wont never
  fewer less < ≤ = " “ ” „ « »`)
/** Before a number. */
const MOST = phrasesOf('at most, up to, maximum, a maximum of, maximum of')
/** What is no longer in a picture, or not much longer. */
const GONE = wordsOf(`
  gone missing leaves leave left leaving disappears disappear disappeared vanishes vanished empty absent away stolen moved removed lost
  vacant`)
const JOINTS: Record<string, Kind> = { and: 'and', '&': 'and', '+': 'and', or: 'or', '/': 'or' }

/** The items of a sentence, each word in one. `isTime` are the words that are read as such, `isUnread` those that were not. */
export function itemsOf(tokens: Token[], isTime: boolean[], isUnread: boolean[]): Item[] {
  const words = tokens.map(({ word }, i) => (isTime[i] || isUnread[i] ? ' ' : word))
  const items: Item[] = []
  let isDenied = false
  for (let at = 0; at < words.length; at = items.at(-1)!.next) {
    const isPlain: boolean = isDenied || isUnread[at]! || isTime[at]!
    const item: Item = isPlain
      ? wordAt(tokens[at]!.word, at, isTime[at]!)
      : itemAt(words, tokens, at, items.at(-1)?.is)
    isDenied ||= item.is === 'not'
    items.push(item)
  }
  return items
}

/** Where nothing has to be there: after a word that denies. */
const wordAt = (word: string, at: number, isTime: boolean): Item => ({
  is: isTime ? 'time' : (signOf(word) ?? (PLACES.has(word) ? 'place' : 'other')),
  at,
  next: at + 1,
})

function itemAt(words: string[], tokens: Token[], at: number, last: Kind | 'count' | 'thing' = 'end'): Item {
  const word = words[at]!
  const to = (is: Kind, next: number): Item => ({ is, at, next })
  if (isTail(words, at)) return to('lead', words.length)
  const lead = leadFrom(words, at)
  if (lead > at && (last === 'end' || ALERT.has(word))) return to('lead', lead)
  const seen = lengthAt(words, at, SEEN)
  if (seen) return to('glue', at + seen)
  const count = countAt(words, at)
  if (NOT.has(word) || word.endsWith("n't") || isMost(words, at)) return to('not', at + 1)
  if (GONE.has(word)) return to('gone', at + 1)
  if (count) return { is: 'count', at, ...count }
  const thing = thingIn(words, tokens, at)
  if (thing) return thing
  if (word === 'with') return to('with', at + 1)
  if (BOTH.has(word)) return to('both', at + 1)
  const place = lengthAt(words, at, PLACE_PHRASES) || (PLACES.has(word) ? 1 : 0)
  if (place) return to('place', at + place)
  return to(JOINTS[word] ?? signOf(word) ?? 'other', at + 1)
}

const signOf = (word: string): Kind | undefined => {
  if (['when', 'whenever', 'if'].includes(word)) return 'if'
  if (GLUE.has(word)) return 'glue'
  if (word === ',' || word === ':' || word === '(') return ','
  if (ENDS.has(word)) return 'end'
  return /^[-–—'’…*_#~()]$/.test(word) ? 'glue' : undefined
}

const isMost = (words: string[], at: number) => {
  const most = lengthAt(words, at, MOST)
  return most > 0 && countAt(words, at + most) !== null
}

/** `… , please let me know.` */
const isTail = (words: string[], at: number) =>
  (ALERT.has(words[at]!) || ['please', 'then'].includes(words[at]!)) &&
  words.slice(at).every((word) => !isContent(word) || ALERT.has(word) || TAIL.has(word))

function leadFrom(words: string[], from: number) {
  let at = from
  for (; ; at++) {
    const word = words[at] ?? ''
    const isArticle = (word === 'a' || word === 'an') && ALERT.has(words[at + 1] ?? '')
    if (!(ALERT.has(word) || LEAD.has(word) || isArticle || (at > from && LATER.has(word)))) return at
  }
}

/** A thing, unless it is only a part of what is named there, as in `car door`, `cat bed`, `dog-sized`: that is something else. */
function thingIn(words: string[], tokens: Token[], at: number): Item | null {
  const thing = thingAt(words, at)
  if (!thing) return null
  const { next } = thing
  const other = thingAt(words, next)
  if (other) return { is: 'other', at, next: other.next }
  const after = words[next] ?? ''
  const isOnly =
    isGlued(tokens, at, -1) ||
    isGlued(tokens, next - 1, 1) ||
    isSham(words[at - 1] ?? '') ||
    (isWord(after) && isPartOf(thing, after))
  return isOnly ? { is: 'other', at, next } : { is: 'thing', at, ...thing }
}

/** Whether a sign joins a word to the one on its side, or makes it own that. */
function isGlued(tokens: Token[], at: number, side: 1 | -1) {
  const [word, sign] = [tokens[at]!, tokens[at + side]]
  return (
    sign !== undefined &&
    /^[-'’_]$/.test(sign.word) &&
    (side > 0 ? word.to === sign.from : sign.to === word.from)
  )
}

const isWord = (word: string) =>
  isContent(word) &&
  signOf(word) === undefined &&
  ![ALERT, PLACES, BOTH, NOT, GONE].some((words) => words.has(word)) &&
  !(word in JOINTS) &&
  word !== 'with' &&
  !word.endsWith("n't")
