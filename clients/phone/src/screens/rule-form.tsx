import type { Rule } from '@scout/client'
import { saveRule } from '../data/rules.ts'
import { useSubmit } from '../data/use.ts'
import { Button } from '../kit/button.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { TextArea } from '../kit/text-area.tsx'
import { useIsThere } from '../kit/there.ts'
import { toast } from '../kit/toast.tsx'
import { type Draft, draftOf, filledIn, type Filled, isChanged } from './rule-draft.ts'
import { ScoutReads } from './scout-reads.tsx'
import { TryIt } from './try.tsx'

const LONGEST_RULE = 240
const LONGEST_NAME = 50

const SUGGESTIONS = [
  'a person at the door',
  'a parcel left at the door',
  'a car in the driveway at night',
  'a dog or a cat',
  'motion after 10pm',
]
/** How long a rule stays silent after a notification, in seconds. */
const COOLDOWNS: [seconds: number, words: string][] = [
  [0, 'Every time'],
  [60, 'At most once a minute'],
  [300, 'At most every 5 minutes'],
  [600, 'At most every 10 minutes'],
  [1_800, 'At most every 30 minutes'],
  [3_600, 'At most once an hour'],
  [14_400, 'At most every 4 hours'],
  [86_400, 'At most once a day'],
]
const IMPORTANCES: [Filled['importance'], string][] = [
  ['normal', 'As usual'],
  ['time_sensitive', 'Also in quiet hours'],
  ['passive', 'Without a sound'],
]

type RuleFormProps = { camera: string; rule?: Rule; onSaved: () => void }

/** The form of a rule: its words, how Scout reads them, a trial on pictures, and its notification settings. */
export function RuleForm({ camera, rule: saved, onSaved }: RuleFormProps) {
  const draft = draftOf(camera, saved?.public_rule_id)
  const { rule, rule_nickname, cooldown_in_seconds, importance } = filledIn(draft.value, saved)
  const edit = (edits: Draft) => (draft.value = { ...draft.value, ...edits })
  const isThere = useIsThere()
  const { submit, isBusy, faults } = useSubmit(async () => {
    const input = { rule, rule_nickname, cooldown_in_seconds, importance }
    await saveRule(camera, saved?.public_rule_id, input)
    draft.value = {}
    if (isThere()) onSaved()
    toast(saved ? 'Saved.' : `“${rule_nickname}” was added.`)
  })
  return (
    <Form onSubmit={submit} isBusy={isBusy} fault={faults.words} action={saved ? 'Save' : 'Add the rule'}>
      <TextArea
        label="Tell me when you see"
        name="rule"
        max={LONGEST_RULE}
        value={rule}
        placeholder="a parcel left at the door"
        onInput={(rule) => edit({ rule })}
        fault={faults.fields.rule}
        note="Any sentence works, also with hours: “Alert when motion is detected after 10pm”."
      />
      {rule.trim() === '' ? (
        <ul class="suggestions" aria-label="Suggestions">
          {SUGGESTIONS.map((words) => (
            <li key={words}>
              <button type="button" onClick={() => edit({ rule: words })}>
                {words}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <ScoutReads camera={camera} words={rule} saved={saved} />
      )}
      <TryIt
        camera={camera}
        words={rule.trim()}
        tried={draft.value.tried}
        onTried={(tried) => edit({ tried })}
      />
      <TextField
        label="Name"
        name="rule_nickname"
        autocapitalize="sentences"
        maxLength={LONGEST_NAME}
        value={rule_nickname}
        onInput={(rule_nickname) => edit({ rule_nickname })}
        fault={faults.fields.rule_nickname}
        note="Notifications show this name."
      />
      <SelectField
        label="Tell me again"
        name="cooldown_in_seconds"
        value={String(cooldown_in_seconds)}
        options={cooldowns(cooldown_in_seconds)}
        onChange={(seconds) => edit({ cooldown_in_seconds: Number(seconds) })}
        fault={faults.fields.cooldown_in_seconds}
      />
      <SelectField
        label="Tell me"
        name="importance"
        value={importance}
        options={IMPORTANCES}
        onChange={(importance) => edit({ importance })}
        fault={faults.fields.importance}
      />
      {isChanged(draft.value, saved) && (
        <div class="unsaved">
          <span>Not saved yet</span>
          <Button look="plain" onPress={() => (draft.value = {})}>
            {saved ? 'Discard changes' : 'Start over'}
          </Button>
        </div>
      )}
    </Form>
  )
}

/** Includes a value that was set elsewhere. */
const cooldowns = (chosen: number): [string, string][] =>
  [
    ...COOLDOWNS,
    ...(COOLDOWNS.some(([seconds]) => seconds === chosen)
      ? []
      : [[chosen, `At most every ${chosen} seconds`] as const]),
  ].map(([seconds, words]) => [String(seconds), words])
