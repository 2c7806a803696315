import type { Camera } from '@scout/client'
import { useEffect } from 'preact/hooks'
import { endFirstRun, firstRun } from '../data/first-run.ts'
import { useSeen } from '../data/use.ts'
import type { IconName } from '../kit/icon.tsx'
import { ButtonRow, LinkRow, Row, Rows } from '../kit/rows.tsx'
import { to } from '../router.ts'

/** The setup steps that are left after the first camera. Hidden once all are done, or if the user hides the list. */
export function FirstRun({ cameras }: { cameras: Camera[] }) {
  const seen = useSeen(firstRun())
  const known = 'value' in seen && seen.value
  const pictured = cameras.find(({ preview_updated_at: at }) => at !== null)
  const id = (pictured ?? cameras[0])?.public_camera_id
  const isOver = known && known.hasRule && known.isTold !== false && pictured !== undefined
  useEffect(() => {
    if (isOver) void endFirstRun()
  }, [isOver])
  if (!known || !id || isOver) return null
  const { hasRule, isTold } = known
  const steps: [icon: IconName, label: string, isDone: boolean, path: string][] = [
    ['camera', 'Add a camera', true, '/'],
    ['photo', 'See its first picture', Boolean(pictured), `/cameras/add?camera=${id}`],
    ['spark', 'Write your first rule', hasRule, `/cameras/${id}/rules/new`],
  ]
  if (isTold !== null) steps.push(['bell', 'Get notifications on this phone', isTold, '/settings'])
  const left = steps.filter(([, , isDone]) => !isDone).length
  return (
    <Rows title={left === 1 ? 'One step to go' : `${left} steps to go`}>
      {steps.map(([icon, label, isDone, path]) =>
        isDone ? (
          <Row key={label} icon="check" label={<span class="muted">{label}</span>} value="Done" />
        ) : (
          <LinkRow key={label} icon={icon} label={label} href={to(path)} />
        ),
      )}
      <ButtonRow label="Hide this list" onPress={endFirstRun} />
    </Rows>
  )
}
