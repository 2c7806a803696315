import { useEffect } from 'preact/hooks'
import { targets } from '../../data/targets.ts'
import { useSeen, useSubmit } from '../../data/use.ts'
import { valueIn } from '../../data/resource.ts'
import { ButtonRow, LinkRow, Rows, SwitchRow } from '../../kit/rows.tsx'
import { go, to } from '../../router.ts'
import { installPrompt } from '../../push/install.ts'
import { lookForPush, pushInWords, pushState, turnPushOff, turnPushOn } from '../../push/push.ts'
import { TestRow } from './test-row.tsx'

/** Turns notifications on this device on or off, with a test. */
export function ThisPhone() {
  const now = pushState.value
  const all = targets()
  useSeen(all)
  useEffect(() => void lookForPush().catch(() => {}), [])
  const { submit, isBusy, faults } = useSubmit((isOn: boolean) => (isOn ? turnPushOn() : turnPushOff()))
  const canTurn = now.state === 'on' || now.state === 'off'
  const target =
    now.state === 'on' ? valueIn(all)?.find((one) => one.public_target_id === now.target) : undefined
  return (
    <Rows title="This device" note={faults.words && <span role="alert">{faults.words}</span>}>
      <SwitchRow
        label="Notifications on this device"
        detail={<span role="status">{isBusy ? 'One moment …' : pushInWords()}</span>}
        icon="bell"
        isOn={now.state === 'on'}
        isDisabled={isBusy || !canTurn}
        onChange={submit}
      />
      {now.state === 'on' && (
        <TestRow id={now.target} lastSentAt={target?.last_sent_at ?? null} isThisPhone />
      )}
      {now.state === 'needs-install' && (
        <ButtonRow
          icon="add-box"
          label="Add Scout to the Home Screen"
          onPress={() => go('/settings?sheet=install')}
        />
      )}
      {installPrompt.value && (
        <ButtonRow icon="add-box" label="Install the app" onPress={installPrompt.value} />
      )}
      <LinkRow href={to('/settings/channels')} icon="plug" label="Where notifications go" />
    </Rows>
  )
}
