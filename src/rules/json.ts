import * as z from 'zod/mini'
import type { rules } from '../db/schema.ts'
import { flag, text } from '../http/fields.ts'

export const ruleInput = z.object({
  rule: text({ max: 240 }),
  rule_nickname: text({ max: 240 }),
  is_enabled: z.optional(flag()),
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
})
