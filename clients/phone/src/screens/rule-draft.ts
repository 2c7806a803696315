import type { Rule, RuleInput } from '@scout/client'
import { type Signal, signal } from '@preact/signals'
import { onSignOut } from '../data/session.ts'
import type { Tried } from '../data/rules.ts'
import { nicknameOf } from './reading.ts'

/** The values of the rule form. */
export type Filled = Required<
  Pick<RuleInput, 'rule' | 'rule_nickname' | 'cooldown_in_seconds' | 'importance'>
>
/** The unsaved edits of a rule, and the result of its last trial. */
export type Draft = Partial<Filled> & { tried?: Tried }

const drafts = new Map<string, Signal<Draft>>()
onSignOut(async () => drafts.clear())

/** The draft of a rule, or of a camera's new rule. Drafts are kept while the app is open. */
export function draftOf(camera: string, id = 'new') {
  const key = `${camera}/${id}`
  const draft = drafts.get(key) ?? signal<Draft>({})
  drafts.set(key, draft)
  return draft
}

/** The form values of a draft. A new rule's name is derived from its words. */
export const filledIn = (draft: Draft, saved: Rule | undefined): Filled => ({
  rule: draft.rule ?? saved?.rule ?? '',
  rule_nickname: draft.rule_nickname ?? saved?.rule_nickname ?? nicknameOf(draft.rule ?? ''),
  cooldown_in_seconds: draft.cooldown_in_seconds ?? saved?.cooldown_in_seconds ?? 300,
  importance: draft.importance ?? (saved?.importance as Filled['importance'] | undefined) ?? 'normal',
})

/** Whether the draft has unsaved edits. */
export function isChanged(draft: Draft, saved: Rule | undefined) {
  const before: Record<string, unknown> = filledIn({}, saved)
  const now = Object.entries(filledIn(draft, saved))
  return now.some(([name, value]) => value !== before[name])
}
