import type { IconName } from '../kit/icon.tsx'
import { clock, day } from '../kit/time.ts'
import type { Told } from '../data/timeline.ts'

/** A notification shows when its picture was taken if that was longer ago than this. */
const LATE_AFTER_IN_MS = 10 * 60_000

type Kind = Told['kind']
const WORDS: Record<Exclude<Kind, 'match'>, string> = {
  unjudged: 'Not checked yet',
  offline: 'Went offline',
  online: 'Back online',
  text: 'Text in the picture',
  limited: 'Too many pictures',
}
const ICONS: Record<Kind, IconName> = {
  match: 'photo',
  unjudged: 'clock',
  offline: 'offline',
  online: 'check',
  text: 'warning',
  limited: 'shield',
}

/** A short title: the names of the rules, or the state of the camera. */
export const titleOf = ({ kind, rule_nicknames: names }: Pick<Told, 'kind' | 'rule_nicknames'>) =>
  kind === 'match' ? names.join(', ') || 'Something you asked for' : WORDS[kind]

export const iconOf = ({ kind }: Pick<Told, 'kind'>) => ICONS[kind]

/** The evidence, one line per rule. If there is only one rule, its name is left out: the title has it. */
export function evidenceOf({ body, rule_nicknames: names }: Pick<Told, 'body' | 'rule_nicknames'>) {
  const [name] = names
  const isOfOne = names.length === 1 && body.startsWith(`${name}: `)
  return isOfOne ? body.slice(name!.length + 2) : body
}

/** "3 pictures", or null if there is only one. */
export const countOf = ({ count }: Pick<Told, 'count'>) => (count > 1 ? `${count} pictures` : null)

/** "Taken at 11:02" if the picture came late, else null. */
export function lateness({ created_at: told, captured_at: taken }: Pick<Told, 'created_at' | 'captured_at'>) {
  if (taken === null || Date.parse(told) - Date.parse(taken) < LATE_AFTER_IN_MS) return null
  const isOfThatDay = day(taken) === day(told)
  return `Taken ${isOfThatDay ? 'at' : `${day(taken)},`} ${clock(taken)}`
}
