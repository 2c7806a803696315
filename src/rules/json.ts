import * as z from 'zod/mini'
import type { rules } from '../db/schema.ts'
import { MOST_PICTURES, type Tried } from '../events/trial.ts'
import { choice, flag, moment, text, whole } from '../http/fields.ts'
import { readRule } from './reading.ts'
import { IMPORTANCES } from './rule.ts'

const MAX_RULE_LENGTH = 240

export const ruleInput = z.object({
  rule: text({ max: MAX_RULE_LENGTH }),
  rule_nickname: text({ max: 240 }),
  is_enabled: z.optional(flag()),
  cooldown_in_seconds: z.optional(whole({ min: 0, max: 86_400 })),
  snoozed_until: z.optional(z.nullable(moment())),
  importance: z.optional(choice(IMPORTANCES)),
})

export const ruleJson = (rule: typeof rules.$inferSelect) => ({
  id: rule.id,
  public_rule_id: rule.publicRuleId,
  owner: rule.ownerId,
  camera: rule.cameraId,
  rule: rule.rule,
  rule_nickname: rule.ruleNickname,
  is_enabled: rule.isEnabled,
  created_at: rule.createdAt,
  cooldown_in_seconds: rule.cooldownInSeconds,
  snoozed_until: rule.snoozedUntil,
  importance: rule.importance,
  last_triggered: rule.lastTriggered,
  reading: readRule(rule.rule),
})

export const trialInput = z.object({
  rule: text({ max: MAX_RULE_LENGTH }),
  count: z.optional(whole({ min: 0, max: MOST_PICTURES })),
})

/** How a rule is read, and its verdicts on pictures, each with its signed URL. */
export const trialJson = (rule: string, tried: { one: Tried; picture: string }[]) => ({
  reading: readRule(rule),
  matched: tried.filter(({ one }) => one.verdict === 'yes').length,
  judged: tried.filter(({ one }) => one.verdict !== null).length,
  results: tried.map(({ one, picture }) => ({
    public_event_id: one.publicEventId,
    captured_at: one.capturedAt,
    image_url: picture,
    verdict: one.verdict,
    skipped: one.skipped,
    evidence: one.evidence,
  })),
})
