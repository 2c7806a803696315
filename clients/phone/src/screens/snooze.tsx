import type { Camera, Rule } from '@scout/client'
import { changeCamera } from '../data/cameras.ts'
import { changeRule } from '../data/rules.ts'
import { ButtonRow, Rows } from '../kit/rows.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { isAhead, until } from '../kit/time.ts'

const HOUR = 60 * 60 * 1000

/** Snoozes a camera for a chosen time. Its pictures are still saved and listed. */
export const SnoozeSheet = ({ camera, onClose }: { camera: Camera; onClose: () => void }) => (
  <Snooze
    name={camera.location}
    now={camera.snoozed_until}
    onClose={onClose}
    onSnooze={(snoozed_until, words) =>
      changeCamera(
        camera.public_camera_id,
        { snoozed_until },
        { words, back: { snoozed_until: camera.snoozed_until } },
      )
    }
  />
)

/** Snoozes one rule of a camera. */
export const RuleSnoozeSheet = ({
  camera,
  rule,
  onClose,
}: {
  camera: string
  rule: Rule
  onClose: () => void
}) => (
  <Snooze
    name={rule.rule_nickname}
    now={rule.snoozed_until}
    onClose={onClose}
    onSnooze={(snoozed_until, words) =>
      changeRule(
        camera,
        rule.public_rule_id,
        { snoozed_until },
        { words, back: { snoozed_until: rule.snoozed_until } },
      )
    }
  />
)

type SnoozeProps = {
  name: string
  /** When the current snooze ends. */
  now: string | null
  onSnooze: (until: string | null, words: string) => unknown
  onClose: () => void
}

function Snooze({ name, now, onSnooze, onClose }: SnoozeProps) {
  function snooze(end: number | null) {
    onClose()
    if (end === null) onSnooze(null, `${name} is no longer snoozed.`)
    else onSnooze(new Date(end).toISOString(), `${name} is quiet until ${until(end)}.`)
  }
  return (
    <Sheet title={`Snooze ${name}`} onClose={onClose}>
      <Rows note="Pictures are still saved, but you get no notifications until then.">
        {endsFrom(Date.now()).map(([label, end]) => (
          <ButtonRow key={label} label={label} value={until(end)} onPress={() => snooze(end)} />
        ))}
        {isAhead(now) && <ButtonRow label="End snooze now" tone="danger" onPress={() => snooze(null)} />}
      </Rows>
    </Sheet>
  )
}

/** The choices for the end of a snooze: the label, and the time in milliseconds. */
export function endsFrom(now: number): [label: string, end: number][] {
  const morning = new Date(now).setHours(7, 0, 0, 0)
  const tomorrow = new Date(morning)
  if (morning <= now) tomorrow.setDate(tomorrow.getDate() + 1)
  return [
    ['For an hour', now + HOUR],
    ['For four hours', now + 4 * HOUR],
    ['Until the morning', tomorrow.getTime()],
    ['For a week', now + 7 * 24 * HOUR],
  ]
}
