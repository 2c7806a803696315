import type { Detection, Label } from '@scout/detector'
import type { Reading } from '../../src/rules/reading.ts'

/**
 * A detection of at least this score is there; below the other score it is not. Between the two the network is guessing, and
 * a guess notifies nobody.
 */
const SURE = 0.6
export const POSSIBLE = 0.3

type Verdict = { verdict: 'yes' | 'no' | 'unsure'; evidence: string }
type Asked = Pick<Reading, 'objects' | 'together' | 'motion' | 'beyond'>

/**
 * The verdict on a rule from the things in a picture. `no` if a thing that it needs is missing, whatever else it says; `yes`
 * if it asks for nothing more than what is there.
 */
export function verdictOn({ objects, together, motion, beyond }: Asked, found: Detection[]): Verdict {
  const things = objects.map(({ label, at_least: least }) => ({ least, ...count(label, found) }))
  const missing = things.filter(({ possible, least }) => possible < least)
  if (objects.length > 0 && (together ? missing.length > 0 : missing.length === things.length))
    return { verdict: 'no', evidence: withoutThem(missing) }
  if (beyond.length > 0) return { verdict: 'unsure', evidence: beyondWords(beyond) }
  if (motion) return { verdict: 'yes', evidence: 'something moved' }
  if (objects.length === 0) return { verdict: 'unsure', evidence: 'The rule names nothing to look for.' }
  const there = things.filter(({ scores, least }) => scores.length >= least)
  const isThere = together ? there.length === things.length : there.length > 0
  if (isThere) return { verdict: 'yes', evidence: there.map(seen).join(', ') }
  const doubtful = things.filter((thing) => !there.includes(thing) && !missing.includes(thing))
  return { verdict: 'unsure', evidence: doubtful.map(perhaps).join(', ') }
}

type Thing = ReturnType<typeof count> & { least: number }

function count(label: string, found: Detection[]) {
  const all = found.filter((one) => one.label === label).map(({ score }) => score)
  return { label, all, possible: all.length, scores: all.filter((score) => score >= SURE) }
}

const seen = ({ label, scores }: Thing) => {
  const best = scores.slice(0, 3).map((score) => score.toFixed(2))
  return `${named(label, scores.length)} ${best.join(', ')}`
}

/** Like `no dog or cat seen` and `1 car seen at most, not 2`. */
function withoutThem(missing: Thing[]) {
  const few = missing.filter(({ possible }) => possible > 0)
  const none = missing.filter(({ possible }) => possible === 0).map(({ label }) => label)
  return [
    ...(none.length > 0 ? [`no ${none.join(' or ')} seen`] : []),
    ...few.map(({ label, possible, least }) => `${amount(label, possible)} seen at most, not ${least}`),
  ].join(', ')
}

/** The least certain of the needed things decides. */
const perhaps = ({ label, least, all }: Thing) =>
  `perhaps ${amount(label, least)} (${all[least - 1]!.toFixed(2)}): not certain enough`

function beyondWords(beyond: string[]) {
  const words = beyond.map((piece) => `“${piece.length > 60 ? `${piece.slice(0, 59)}…` : piece}”`)
  const [first = '', second] = words
  const said = second ? `${first} or ${second}` : first
  return `Scout’s built-in judge knows 80 things by sight and cannot tell ${said}. A vision model (JUDGE_URL) can.`
}

/** The certain things in a picture, like `person, 2 cars`. */
export function captionOf(found: Detection[]) {
  const labels = Map.groupBy(
    found.filter(({ score }) => score >= SURE),
    ({ label }) => label,
  )
  const words = Array.from(labels, ([label, { length }]) => named(label, length))
  return words.join(', ') || 'Nothing that Scout’s built-in judge knows.'
}

const named = (label: string, count: number) => (count === 1 ? label : amount(label, count))
const amount = (label: string, count: number) => `${count} ${count === 1 ? label : pluralOf(label as Label)}`

const PLURALS: Partial<Record<Label, string>> = {
  person: 'people',
  sheep: 'sheep',
  knife: 'knives',
  mouse: 'mice',
  scissors: 'scissors',
  skis: 'skis',
}
const pluralOf = (label: Label) => PLURALS[label] ?? `${label}${/(?:s|x|ch|sh)$/.test(label) ? 'es' : 's'}`
