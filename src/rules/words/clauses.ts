import type { Item } from './items.ts'
import { type Token, wordsOf } from './tokens.ts'

type Thing = Extract<Item, { is: 'thing' }>
type Joint = 'and' | 'or' | 'with' | ',' | 'end' | null
/** A thing that has to be there, and how it is joined to the one before; by which item, where by `with`. */
export type Seen = Thing & {
  least: number
  count: Item | null
  isBare: boolean
  joint: Joint
  by: Item | null
}
/** A part of a sentence between what joins them; `isAside` where it goes on about a place. */
export type Clause = { joint: Joint; items: Item[]; isAside: boolean; things: Seen[] }

/** Parts a sentence, and finds in each part what has to be there: not what only says where, as the car in `by the car`. */
export function clausesOf(items: Item[], tokens: Token[]): Clause[] {
  const clauses = partsOf(items)
  let isAside = false
  let isOver = false
  let joint: Joint = null
  for (const clause of clauses) {
    const hasLead = clause.items[0]?.is === 'lead'
    if (clause.joint === 'end') isOver = !hasLead
    if (hasLead && clause.joint) clause.joint = 'or'
    isAside &&= !hasLead && !opensAnew(clause, tokens)
    isAside ||= isOver
    clause.isAside = isAside
    joint = strongerOf(joint, clause.joint)
    const found = thingsOf(clause, isAside, tokens)
    clause.things = isOver ? [] : found.things
    isAside = found.isAside
    if (clause.things[0]) {
      clause.things[0].joint = joint
      joint = null
    }
  }
  return clauses
}

function partsOf(items: Item[]) {
  const clauses: Clause[] = []
  let clause: Clause = { joint: null, items: [], isAside: false, things: [] }
  for (const item of items) {
    if (item.is !== 'and' && item.is !== 'or' && item.is !== ',' && item.is !== 'end') {
      clause.items.push(item)
      continue
    }
    if (clause.items.length > 0) clauses.push(clause)
    const joint = clause.items.length > 0 ? item.is : strongerOf(clause.joint, item.is)
    clause = { joint: clauses.length > 0 ? joint : null, items: [], isAside: false, things: [] }
  }
  return clause.items.length > 0 ? [...clauses, clause] : clauses
}

const STRENGTH: Joint[] = [null, ',', 'with', 'and', 'or', 'end']
const strongerOf = (one: Joint, other: Joint) =>
  STRENGTH.indexOf(one) < STRENGTH.indexOf(other) ? other : one

const NEW = wordsOf('a an someone somebody anyone anybody')

/** By the car or truck goes on, by the car or a truck may not. */
const opensAnew = ({ joint, items }: Clause, tokens: Token[]) =>
  items[0]!.is === 'count' ||
  NEW.has(tokens[items[0]!.at]!.word) ||
  (joint === 'or' && items.some(({ is }) => is === 'thing'))

function thingsOf({ items }: Clause, isAsideAtFirst: boolean, tokens: Token[]) {
  const things: Seen[] = []
  let isAside = isAsideAtFirst
  let by: Item | null = null
  items.forEach((item, i) => {
    if (item.is === 'place') isAside = true
    if (item.is === 'lead' || item.is === 'if') isAside = false
    if (item.is === 'both') by = item
    if (item.is === 'with' && !isAside) {
      isAside = things.length === 0 || !leadsToThing(items, i)
      by = item
    }
    if (item.is !== 'thing') return
    isAside ||= things.length > 0 && by === null
    if (isAside) return
    const count = items.slice(Math.max(0, i - 3), i).findLast(({ is }) => is === 'count')
    const least = count?.is === 'count' && item.labels.length === 1 ? count.least : 1
    const isBare = !count && !['a', 'an', 'the'].includes(tokens[item.at - 1]?.word ?? '')
    things.push({ ...item, least, count: count ?? null, isBare, joint: by && 'with', by })
    by = null
  })
  return { things, isAside }
}

const leadsToThing = (items: Item[], at: number) => {
  const next = items.slice(at + 1, at + 5).find(({ is }) => is !== 'glue' && is !== 'count' && is !== 'other')
  return next?.is === 'thing'
}
