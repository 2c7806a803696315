import { isOpen } from '../rules/hours.ts'
import { readRule } from '../rules/reading.ts'
import type { RuleThen, Taken } from './take.ts'

/** Why a rule was skipped, or did not notify in spite of a yes. */
export const SKIPS = ['disabled', 'not_armed', 'snoozed', 'hours', 'cooling_down', 'too_many'] as const
export type Skip = (typeof SKIPS)[number]
export type Skipped = { rule: RuleThen; skipped: Skip }

/** The maximum of rules per request: more make the answers worse. */
const MOST_RULES = 20

/** Decides which rules judge a picture, as of its capture time, and why the others are skipped. */
export function sortRules({ capturedAt, rules }: Pick<Taken, 'capturedAt' | 'rules'>) {
  const at = new Date(capturedAt)
  const asked: RuleThen[] = []
  const skipped: Skipped[] = []
  for (const rule of rules) {
    const why = whySkipped(rule, at) ?? (asked.length === MOST_RULES ? 'too_many' : null)
    if (why) skipped.push({ rule, skipped: why })
    else asked.push(rule)
  }
  return { asked, skipped }
}

function whySkipped(rule: RuleThen, at: Date): Skip | null {
  if (!rule.isEnabled) return 'disabled'
  if (!rule.isArmed) return 'not_armed'
  if (isBefore(at, rule.snoozedUntil) || isBefore(at, rule.cameraSnoozedUntil)) return 'snoozed'
  if (isCoolingDown(rule, at)) return 'cooling_down'
  return isOpen(readRule(rule.rule), at, rule.timeZone) ? null : 'hours'
}

const isBefore = (at: Date, end: string | null) => end !== null && at < new Date(end)

const isCoolingDown = ({ lastTriggered, cooldownInSeconds, hasTold }: RuleThen, at: Date) =>
  !hasTold &&
  lastTriggered !== null &&
  cooldownInSeconds > 0 &&
  at.getTime() < Date.parse(lastTriggered) + cooldownInSeconds * 1000
