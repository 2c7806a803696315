import type { PushTarget } from '@scout/client'
import { removeTarget } from '../../data/targets.ts'
import { useSubmit } from '../../data/use.ts'
import { ButtonRow, Row, Rows } from '../../kit/rows.tsx'
import { Sheet } from '../../kit/sheet.tsx'
import { useIsThere } from '../../kit/there.ts'
import { isThisPhone, turnPushOff } from '../../push/push.ts'
import { KINDS, nameOf } from '../../push/words.ts'
import { TestRow } from './test-row.tsx'

/** One notification target: its test and its removal. */
export function ChannelSheet({ target, onClose }: { target: PushTarget; onClose: () => void }) {
  const { kind, failures, is_current, public_target_id: id } = target
  const isThis = isThisPhone(id)
  const isThere = useIsThere()
  const { submit, isBusy, faults } = useSubmit(async () => {
    // This phone stores its registration and would register again.
    if (isThis) await turnPushOff()
    if (isThere()) onClose()
    if (!isThis) removeTarget(target)
  })
  return (
    <Sheet title={nameOf(target)} onClose={onClose} isBusy={isBusy}>
      <Rows note={faults.words || (kind === 'web_push' && !is_current && COMES_BACK)}>
        <Row label="Kind" value={KINDS[kind]} />
        {failures > 0 && <Row label="Failed" value={failures === 1 ? 'once' : `${failures} times`} />}
        <TestRow id={id} lastSentAt={target.last_sent_at} isThisPhone={isThis} />
        <ButtonRow
          label={isThis ? 'Turn off' : 'Remove'}
          icon="trash"
          tone="danger"
          isBusy={isBusy}
          onPress={() => submit(null)}
        />
      </Rows>
    </Sheet>
  )
}

const COMES_BACK =
  'A browser that you remove here gets notifications again when it opens Scout. To stop that, sign it out under “Signed-in devices”.'
