import { clausesOf, type Clause, type Seen } from './clauses.ts'
import { type Item, itemsOf } from './items.ts'
import { isContent, type Token, wordsOf } from './tokens.ts'

/** What has to be in a picture. Without it the answer is no; with it, it is yes where nothing is `beyond`. */
export type Asked = {
  /** COCO's things, and how many. */
  objects: { label: string; at_least: number }[]
  /** Whether all of them have to be there, or any. */
  together: boolean
  /** Whether that something moves is asked, as it does before every picture, and no thing. */
  motion: boolean
  /** The words that say more than that. */
  beyond: string[]
}

/** Reads what is asked of a picture. `isTime` are the words that are read as such, `isUnread` those that were not. */
export function askedIn(text: string, tokens: Token[], isTime: boolean[], isUnread: boolean[]): Asked {
  const items = itemsOf(tokens, isTime, isUnread)
  const clauses = clausesOf(items, tokens)
  const named = clauses.flatMap(({ things }) => things)
  const joints = new Set(named.slice(1).map(({ joint }) => joint))
  // Cats and dogs are either, a cat and a dog both.
  const isEach = named.every(({ isPlural, isBare }) => isPlural && isBare)
  const isAll = joints.has('with') || (joints.has('and') && !isEach)
  const things = (isAll && joints.has('or')) || isLost(items, clauses, tokens) ? [] : named
  const sure = things.filter(({ labels }) => !isAll || labels.length < 2)
  const beyond = piecesOf(text, tokens, items, sure)
  const objects = objectsOf(sure, isAll)
  const isMoving = sure.some(({ labels }) => labels.length === 0) && (!isAll || objects.length === 0)
  const isAny = beyond.length === 0 && sure.length === 0 && isOfAny(items, tokens)
  const motion = isMoving || isAny
  return { objects: motion ? [] : objects, together: isAll && objects.length > 1, motion, beyond }
}

/** Of a man and a woman both there are two people; of two dogs or one, one dog. */
function objectsOf(sure: Seen[], isAll: boolean) {
  const least = new Map<string, number>()
  for (const { labels, least: one } of sure) {
    for (const label of labels) {
      const other = least.get(label) ?? (isAll ? 0 : one)
      least.set(label, isAll ? other + one : Math.min(other, one))
    }
  }
  return Array.from(least, ([label, at_least]) => ({ label, at_least }))
}

/** `Alert me at night`: to whatever is seen. */
const isOfAny = (items: Item[], tokens: Token[]) =>
  tokens.some(({ word }) => isContent(word)) &&
  items.some(
    ({ is, at, next }) =>
      is === 'time' || (is === 'lead' && tokens.slice(at, next).some(({ word }) => ME.has(word))),
  )

const ME = wordsOf('me us')
const AUXILIARIES = wordsOf('is are was were has have had does do did can will be should')
const RELATIVES = wordsOf('who that which')

/** Whether nothing that is named has to be there: it may be what is not, is no more, or is one way of several. */
function isLost(items: Item[], clauses: Clause[], tokens: Token[]) {
  if (items.some(({ is }) => is === 'gone')) return true
  const not = items.findIndex(({ is }) => is === 'not')
  return (
    (not >= 0 && isDenied(items, not, tokens)) || clauses.some((_, i) => isAlternative(clauses, i, tokens))
  )
}

/** A dog that is not on the sofa is a dog; that the dog is not on the sofa may be said of none. */
function isDenied(items: Item[], not: number, tokens: Token[]) {
  const wordOf = (item: Item | undefined) => (item ? tokens[item.at]!.word : '')
  const thing = items.slice(0, not).findLastIndex(({ is }) => is === 'thing')
  const between = items.slice(thing + 1, not).map(wordOf)
  const isVerb = /^(?:never|.+n'?t)$/.test(wordOf(items[not])) || AUXILIARIES.has(between.at(-1) ?? '')
  const isOr = items.slice(0, not).findLast(({ is }) => is !== 'glue' && is !== 'if')?.is === 'or'
  return isOr || (isVerb && !between.some((word) => RELATIVES.has(word)))
}

const ADJECTIVES = wordsOf(
  'red blue green white black grey gray silver yellow orange brown big small large old young',
)

/** Whether a clause names, before or after an `or`, something else that nobody knows: a person or a parcel. */
function isAlternative(clauses: Clause[], i: number, tokens: Token[]) {
  const { joint, things, items, isAside } = clauses[i]!
  const said = items.filter(({ is }) => !['glue', 'if', 'lead', 'time'].includes(is))
  if (things.length > 0 || said.length === 0 || isAside) return false
  const [before, after] = [clauses[i - 1], clauses[i + 1]]
  const isInList = joint === ',' && clauses.slice(i).some(({ joint }) => joint === 'or')
  if (joint !== 'or' && after?.joint !== 'or' && !isInList) return false
  const word = tokens[said[0]!.at]!.word
  if (said[0]!.is === 'place' || word.endsWith('ing')) return false
  const isArticled = ({ items }: Clause) => ['a', 'an'].includes(tokens[items[0]!.at]!.word)
  if (joint === 'or') return isArticled(clauses[i]!) || before?.items.at(-1)?.is !== 'other'
  return !ADJECTIVES.has(tokens[said.at(-1)!.at]!.word) || after === undefined || isArticled(after)
}

type Mark = 'known' | 'glue' | 'beyond' | 'begins'
const GLUE = ['glue', 'if', 'and', 'or']
const KNOWN = ['lead', 'time', ',', 'end']

/** The words that are not understood, in pieces that hold together: `red`, `on the sofa`. */
function piecesOf(text: string, tokens: Token[], items: Item[], sure: Seen[]) {
  const marks = items.flatMap((item): Mark[] => {
    const mark = markOf(item, tokens[item.at]!.word, sure)
    const isLoose = item.is === 'count' && mark === 'beyond'
    return tokens.slice(item.at, item.next).map(({ word }, i) => {
      if (isLoose && ['a', 'of'].includes(word)) return 'glue'
      return i > 0 && mark === 'begins' ? 'beyond' : mark
    })
  })
  const pieces: { from: number; to: number }[] = []
  let isOpen = false
  marks.forEach((mark, at) => {
    if (mark === 'known') isOpen = false
    if (mark === 'known' || mark === 'glue') return
    const { from, to } = tokens[at]!
    if (isOpen && !(mark === 'begins' && hasMore(marks, at))) pieces.at(-1)!.to = to
    else pieces.push({ from, to })
    isOpen = true
  })
  return pieces.map(({ from, to }) => text.slice(from, to))
}

function markOf(item: Item, word: string, sure: Seen[]): Mark {
  if (KNOWN.includes(item.is)) return 'known'
  if (GLUE.includes(item.is)) return 'glue'
  if (item.is === 'thing') return item.isSame && sure.some(({ at }) => at === item.at) ? 'known' : 'beyond'
  const counted = sure.find(({ count }) => count === item)
  if (item.is === 'count') return counted && !item.isLoose && counted.labels.length < 2 ? 'known' : 'beyond'
  if (item.is === 'with' && sure.some(({ joint, by }) => joint === 'with' && by === item)) return 'glue'
  if (word === 'together' && sure.length > 1 && sure.some(({ joint }) => joint === 'and')) return 'glue'
  const begins = item.is === 'place' || item.is === 'with' || word === 'without'
  return begins && word !== 'of' ? 'begins' : 'beyond'
}

/** Whether a place is named after its first word: on the sofa, but not put on. */
const hasMore = (marks: Mark[], at: number) => {
  const next = marks.slice(at + 1).find((mark) => mark !== 'glue')
  return next === 'beyond'
}
