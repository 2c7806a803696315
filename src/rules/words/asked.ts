import { type Item, itemsOf, type Times } from './items.ts'
import type { Token } from './tokens.ts'

/** What a picture must show. Without it the answer is no; with it, the answer is yes if nothing is `beyond`. */
export type Asked = {
  /** COCO's things, and the minimum number of each. */
  objects: { label: string; at_least: number }[]
  /** Whether a picture must show all of them, or any. */
  together: boolean
  /** Whether any motion matches, as it does for every picture, and no particular thing. */
  motion: boolean
  /** The words that say more than that. */
  beyond: string[]
}

/** Reads what a rule asks of a picture; `times` marks the words about time. */
export function askedIn(text: string, tokens: Token[], times: Times): Asked {
  const items = itemsOf(text, tokens, times)
  const shape = shapeOf(items)
  const first = shape.indexOf('t')
  const joints = shape.slice(first, shape.lastIndexOf('t') + 1)
  const named = items.filter(({ thing }, i) => thing && shape[i] === 't')
  // "Cats and dogs" means either, "a cat and a dog" both.
  const isEach = named.every(({ thing }) => thing!.isPlural) && !ONE.test(shape)
  const isAll = joints.includes('+') || (joints.includes('&') && !isEach)
  const isLost =
    (isAll && joints.includes('|')) ||
    DENIED.test(shape) ||
    ONE_OF_SEVERAL.test(shape) ||
    LED_TWICE.test(firstLetters(items).replace(LEADING_ON, '|')) ||
    items.some(
      ({ at }, i) =>
        first >= 0 && i > first && /[&,]o/.test(shape.slice(i - 1, i + 1)) && PLURAL.test(tokens[at]!.word),
    )
  const sure = isLost ? [] : named.filter(({ thing }) => !isAll || thing!.labels.length < 2)
  const objects = objectsOf(items, shape, sure, isAll)
  for (const [i, { at }] of items.entries())
    if (shape[i] === '+' && tokens[at]!.word === 'with') items[i]!.is = 'glue'
  const beyond = piecesOf(text, tokens, items)
  const isOfTime = items.some(({ is, at, next }) => is === 'hour' || (is === 'lead' && next > at + 1))
  const isMoving = sure.some(({ thing }) => thing!.labels.length === 0) && !(isAll && objects.length > 0)
  const motion = isMoving || (isOfTime && sure.length + beyond.length === 0)
  return { objects: motion ? [] : objects, together: isAll && objects.length > 1, motion, beyond }
}

/** As in `and if`, `. Alert me`: one or the other. */
const LEADING_ON = /[&.](?=l.*t)/g
/** `. Or a cat` continues the list. */
const GOING_ON = /\.(?=[&|])/g
/**
 * "When one comes, tell me of another", "let someone know when one comes": a condition or an addressee, which is ambiguous.
 */
const LED_TWICE = /t(?:.*[^|l])?l.*t/
const OVER = /\.(?!l).*/
/** After a thing, "with" adds another that must be there. */
const WITH = /(?<=t[^p]*)b(?=[agno]{0,3}t)/g
/** A place or another circumstance: "in the yard and driveway", but not "in the yard and a dog". */
const ASIDE = /[bp](?:[^l&|,]|[&,](?![an])|\|(?!.*t))*/g
/** A thing that nothing joins to the thing before describes it. */
const UNJOINED = /(?<=t[^t&|,+]*)t/g
/** Two cats, a big cat. */
const ONE = /[an][go]{0,2}t/
const COUNTED = /n[go]{0,2}$/
/** "Two cats or dogs": a count of both, or of one. */
const SHARED = /^n[go]{0,2}t[gp]*[|,&][go]{0,2}t/
/** "The dog is not on the sofa" denies the dog; "a dog that is not on the sofa" does not. */
const DENIED = /v|(?:^|t)[^tr,]*d/
/** "A person or a parcel": something else, which nobody knows, would match too. */
const ONE_OF_SEVERAL = /(?:(?:^|[&,])(?=.*\|)|,(?=g*a)|(?<!o)\||\|(?=g*[an]))[aghlr]*[dno][^t&|,]*(?:[&|,]|$)/

/** Cats, dogs, foxes. */
const PLURAL = /[^s']s$/

/** The first letters of the items. `t` is a thing that must be there, `+` joins it, and `p` is said aside. */
function shapeOf(items: Item[]) {
  const aside = (said: string) => 'p'.repeat(said.length)
  return firstLetters(items)
    .replace(LEADING_ON, '|')
    .replace(GOING_ON, 'g')
    .replace(OVER, aside)
    .replace(WITH, '+')
    .replace(ASIDE, aside)
    .replace(UNJOINED, 'o')
}

const firstLetters = (items: Item[]) => items.map(({ is }) => is[0]).join('')

/** "A man and a woman" both are two people; "two dogs or one" is one dog. Marks the items it understands as known. */
function objectsOf(items: Item[], shape: string, sure: Item[], isAll: boolean) {
  const objects = new Map<string, number>()
  for (const item of sure) {
    const { labels, isSame } = item.thing!
    const at = items.indexOf(item)
    const count = items[COUNTED.exec(shape.slice(0, at))?.index ?? at]!
    const isOwn = labels.length === 1 && !SHARED.test(shape.slice(items.indexOf(count)))
    const least = (isOwn && count.least) || 1
    if (isSame) item.is = 'known'
    if (isOwn && count.isLoose === false) count.is = 'known'
    for (const label of labels) {
      const other = objects.get(label) ?? (isAll ? 0 : least)
      objects.set(label, isAll ? other + least : Math.min(other, least))
    }
  }
  return Array.from(objects, ([label, at_least]) => ({ label, at_least }))
}

const isOf = (kinds: string, { is }: Item) => kinds.includes(is[0]!)

/** The words that are not understood, in phrases: `red`, `on the sofa`. */
function piecesOf(text: string, tokens: Token[], items: Item[]) {
  const pieces: { from: number; to: number }[] = []
  let isOpen = false
  items.forEach((item, i) => {
    const { at, next } = item
    const { word, from } = tokens[at]!
    if (isOf('khl,.', item)) isOpen = false
    if (isOf('khl,.agr&|', item)) return
    const { to } = tokens[next - (next > at + 1 && tokens[next - 1]!.word === 'of' ? 2 : 1)]!
    // "On the sofa", but not "put on".
    const after = items.slice(i + 1).find((item) => !isOf('agr', item))
    const isPlace = isOf('bpe', item) && word !== 'of' && after && !isOf('p&|khl,.', after)
    if (isOpen && !isPlace) pieces.at(-1)!.to = to
    else pieces.push({ from, to })
    isOpen = true
  })
  return pieces.map(({ from, to }) => text.slice(from, to))
}
