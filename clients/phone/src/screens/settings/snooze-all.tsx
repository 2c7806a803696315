import type { NotificationSettings } from '@scout/client'
import { changeSettings } from '../../data/notification-settings.ts'
import { ButtonRow, Rows } from '../../kit/rows.tsx'
import { Sheet } from '../../kit/sheet.tsx'
import { isAhead, until } from '../../kit/time.ts'
import { endsFrom } from '../snooze.tsx'

/** Snoozes all notifications for a chosen time. */
export function SnoozeAllSheet({
  settings: { snoozed_until },
  onClose,
}: {
  settings: NotificationSettings
  onClose: () => void
}) {
  function snooze(end: number | null) {
    onClose()
    void changeSettings(
      { snoozed_until: end === null ? null : new Date(end).toISOString() },
      {
        words: end === null ? 'Notifications are on again.' : `Everything is quiet until ${until(end)}.`,
        back: { snoozed_until },
      },
    )
  }
  return (
    <Sheet title="Snooze everything" onClose={onClose}>
      <Rows note="Pictures are still checked and listed, but you get no notifications until then.">
        {endsFrom(Date.now()).map(([label, end]) => (
          <ButtonRow key={label} label={label} value={until(end)} onPress={() => snooze(end)} />
        ))}
        {isAhead(snoozed_until) && (
          <ButtonRow label="End snooze now" tone="danger" onPress={() => snooze(null)} />
        )}
      </Rows>
    </Sheet>
  )
}
