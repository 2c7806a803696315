import * as z from 'zod/mini'
import type { rules } from '../db/schema.ts'
import { choice, flag, moment, text, whole } from '../http/fields.ts'
import { readRule } from './reading.ts'
import { IMPORTANCES } from './rule.ts'

export const ruleInput = z.object({
  rule: text({ max: 240 }),
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
