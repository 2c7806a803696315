import type { Rule } from '@scout/client'
import { useEffect } from 'preact/hooks'
import { camera } from '../data/cameras.ts'
import { valueIn } from '../data/resource.ts'
import { removeRule, rules } from '../data/rules.ts'
import { useSeen } from '../data/use.ts'
import { ButtonLink } from '../kit/button.tsx'
import { ButtonRow, LinkRow, Row, Rows, SwitchRow } from '../kit/rows.tsx'
import { Screen } from '../kit/screen.tsx'
import { Empty, Seen } from '../kit/seen.tsx'
import { ago, isAhead, until } from '../kit/time.ts'
import { toast } from '../kit/toast.tsx'
import { address, back, to } from '../router.ts'
import { switchRule } from './camera-rules.tsx'
import { draftOf, isChanged } from './rule-draft.ts'
import { RuleForm } from './rule-form.tsx'
import { RuleSnoozeSheet } from './snooze.tsx'
import './rule.css'

/** The screen for a new rule. */
export function NewRule({ camera }: { camera: string }) {
  const leave = () => back(`/cameras/${camera}`)
  return (
    <Screen title="New rule" onBack={leave} isNarrow>
      <Place camera={camera} />
      <RuleForm camera={camera} onSaved={leave} />
      <Reminder camera={camera} />
    </Screen>
  )
}

/** The screen of one rule. */
export function RuleScreen({ camera, rule: id }: { camera: string; rule: string }) {
  const list = rules(camera)
  const seen = useSeen(list)
  const rule = valueIn(list)?.find(({ public_rule_id }) => public_rule_id === id)
  const path = `/cameras/${camera}/rules/${id}`
  const leave = () => back(`/cameras/${camera}`)
  function remove(gone: Rule) {
    draftOf(camera, id).value = {}
    removeRule(camera, gone)
    leave()
  }
  return (
    <Screen title={rule?.rule_nickname ?? 'Rule'} onBack={leave} isNarrow>
      <Seen seen={seen} onRetry={list.refresh} shapes={[2, 10]}>
        {() =>
          rule ? (
            <>
              <Place camera={camera} />
              <Standing camera={camera} rule={rule} />
              <RuleForm camera={camera} rule={rule} onSaved={leave} />
              <Rows>
                <ButtonRow label="Delete this rule" icon="trash" tone="danger" onPress={() => remove(rule)} />
              </Rows>
              <Reminder camera={camera} rule={rule} />
              {address.value.search.get('sheet') === 'snooze' && (
                <RuleSnoozeSheet camera={camera} rule={rule} onClose={() => back(path)} />
              )}
            </>
          ) : (
            <Gone camera={camera} />
          )
        }
      </Seen>
    </Screen>
  )
}

function Place({ camera: id }: { camera: string }) {
  const one = camera(id)
  useEffect(() => void (valueIn(one) || one.refresh()), [])
  const location = valueIn(one)?.location
  return location ? <p class="muted rule-place">{location}</p> : null
}

function Standing({ camera, rule }: { camera: string; rule: Rule }) {
  const { public_rule_id: id, is_enabled, snoozed_until, last_triggered } = rule
  return (
    <Rows>
      <SwitchRow
        label="On"
        isOn={is_enabled}
        detail={is_enabled ? undefined : 'Scout does not look for this.'}
        onChange={(isOn) => switchRule(camera, rule, isOn)}
      />
      <LinkRow
        label="Snooze"
        value={isAhead(snoozed_until) ? `until ${until(snoozed_until)}` : 'Off'}
        href={to(`/cameras/${camera}/rules/${id}?sheet=snooze`)}
      />
      <Row label="Last match" value={last_triggered ? ago(last_triggered) : 'None yet'} />
    </Rows>
  )
}

/** Reminds the user of unsaved edits when they leave. */
function Reminder({ camera, rule }: { camera: string; rule?: Rule }) {
  const draft = draftOf(camera, rule?.public_rule_id)
  useEffect(() => {
    const isOpen = () => isChanged(draft.peek(), rule)
    const warn = (event: BeforeUnloadEvent) => isOpen() && event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [rule])
  useEffect(
    () => () => {
      if (isChanged(draft.peek(), rule)) toast('Not saved yet. Your text is kept until you come back.')
    },
    [],
  )
  return null
}

const Gone = ({ camera }: { camera: string }) => (
  <Empty
    icon="warning"
    title="This rule does not exist"
    action={<ButtonLink href={to(`/cameras/${camera}`)}>Go to the camera</ButtonLink>}
  >
    It may have been deleted on another device.
  </Empty>
)
