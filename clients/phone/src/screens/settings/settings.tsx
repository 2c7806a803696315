import { notificationSettings } from '../../data/notification-settings.ts'
import { signOut } from '../../data/session.ts'
import { useSeen, useSubmit } from '../../data/use.ts'
import { ButtonRow, LinkRow, Row, Rows } from '../../kit/rows.tsx'
import { Screen } from '../../kit/screen.tsx'
import { Seen } from '../../kit/seen.tsx'
import { address, back, go, to } from '../../router.ts'
import { AlsoTold, QuietHours, Snoozed } from './quiet.tsx'
import { InstallSheet } from './install-sheet.tsx'
import { SnoozeAllSheet } from './snooze-all.tsx'
import { ThisPhone } from './this-phone.tsx'

/** The settings: notifications and the account. */
export function Settings() {
  const settings = notificationSettings()
  const seen = useSeen(settings)
  const sheet = address.value.search.get('sheet')
  const close = () => back('/settings')
  return (
    <Screen title="Settings" isNarrow>
      <ThisPhone />
      <Seen seen={seen} onRetry={settings.refresh} shapes={[3, 7]}>
        {(known) => (
          <>
            <Snoozed settings={known} />
            <QuietHours settings={known} />
            <AlsoTold settings={known} />
            <Rows title="Your pictures" note={known.judge ? JUDGED : NOT_JUDGED}>
              <Row label="Checked by" value={known.judge ?? 'Nothing'} icon="eye" />
            </Rows>
            {sheet === 'snooze' && <SnoozeAllSheet settings={known} onClose={close} />}
          </>
        )}
      </Seen>
      <Rows title="Your account">
        <LinkRow href={to('/settings/account')} icon="person" label="Name, email, password" />
        <LinkRow href={to('/settings/devices')} icon="phone" label="Signed-in devices" />
        <LinkRow href={to('/settings/export')} icon="export" label="Export your data" />
        <LinkRow href={to('/settings/about')} icon="info" label="About Scout" />
      </Rows>
      <Leave />
      {sheet === 'install' && <InstallSheet onClose={close} />}
    </Screen>
  )
}

const JUDGED =
  'Each new picture is sent there, with the place of the camera, the time, your rules and what you said of earlier pictures.'
const NOT_JUDGED =
  'This Scout is not set up to check pictures. It keeps them, but your rules never notify you.'

function Leave() {
  const { submit, isBusy, faults } = useSubmit(async () => {
    await signOut()
    go('/sign-in', { replace: true })
  })
  return (
    <>
      <Rows
        note={
          <span role="status">
            {faults.words
              ? `You are still signed in. ${faults.words}`
              : 'This device gets no more notifications.'}
          </span>
        }
      >
        <ButtonRow icon="leave" label="Sign out" isBusy={isBusy} onPress={() => submit(null)} />
      </Rows>
      <Rows>
        <LinkRow href={to('/settings/delete')} icon="trash" label="Delete your account" />
      </Rows>
    </>
  )
}
