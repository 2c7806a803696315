import type { Rule } from '@scout/client'
import { changeRule, rules } from '../data/rules.ts'
import { useSeen } from '../data/use.ts'
import { LinkRow, LinkSwitchRow, Rows } from '../kit/rows.tsx'
import { Seen } from '../kit/seen.tsx'
import { ago, isAhead, until } from '../kit/time.ts'
import { to } from '../router.ts'

/** The rules of a camera, each with its switch. */
export function CameraRules({ camera }: { camera: string }) {
  const list = rules(camera)
  return (
    <Rows title="Notify me when">
      <Seen seen={useSeen(list)} onRetry={list.refresh} shapes={[1, 6]}>
        {(all) => (
          <>
            {all.map((rule) => (
              <RuleRow key={rule.public_rule_id} camera={camera} rule={rule} />
            ))}
            <LinkRow
              icon="add"
              label="Add a rule"
              detail={all.length === 0 ? 'Without a rule you get no notifications.' : undefined}
              href={to(`/cameras/${camera}/rules/new`)}
            />
          </>
        )}
      </Seen>
    </Rows>
  )
}

function RuleRow({ camera, rule }: { camera: string; rule: Rule }) {
  const { public_rule_id: id, rule_nickname: name } = rule
  return (
    <LinkSwitchRow
      href={to(`/cameras/${camera}/rules/${id}`)}
      label={name}
      detail={
        <>
          {rule.rule}
          <br />
          {standingOf(rule)}
        </>
      }
      switchLabel={name}
      isOn={rule.is_enabled}
      onChange={(isOn) => switchRule(camera, rule, isOn)}
    />
  )
}

/** Switches a rule, with an Undo. */
export const switchRule = (
  camera: string,
  { public_rule_id: id, rule_nickname: name }: Rule,
  isOn: boolean,
) =>
  changeRule(
    camera,
    id,
    { is_enabled: isOn },
    { words: `“${name}” is ${isOn ? 'on' : 'off'}.`, back: { is_enabled: !isOn } },
  )

/** "Snoozed until 15:30 · last match 5 min ago". */
function standingOf({ is_enabled, snoozed_until, last_triggered }: Rule) {
  const told = last_triggered ? `Last match ${ago(last_triggered)}` : 'No match yet'
  if (!is_enabled) return `Off · ${told.toLowerCase()}`
  return isAhead(snoozed_until) ? `Snoozed until ${until(snoozed_until)} · ${told.toLowerCase()}` : told
}
