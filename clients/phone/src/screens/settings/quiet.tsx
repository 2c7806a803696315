import type { NotificationSettings } from '@scout/client'
import { changeSettings } from '../../data/notification-settings.ts'
import { ButtonRow, Rows, SwitchRow } from '../../kit/rows.tsx'
import { SelectRow, TimeRow } from '../../kit/row-field.tsx'
import { isAhead, until } from '../../kit/time.ts'
import { go } from '../../router.ts'
import { zoneInWords, zoneOfPhone, zonesFor } from '../zones.ts'

type Props = { settings: NotificationSettings }

/** Shows the snooze of everything, and opens its sheet. */
export const Snoozed = ({ settings: { snoozed_until } }: Props) => (
  <Rows title="Snooze and quiet hours">
    <ButtonRow
      icon="clock"
      label="Snooze everything"
      value={isAhead(snoozed_until) ? `Until ${until(snoozed_until)}` : 'Off'}
      onPress={() => go('/settings?sheet=snooze')}
    />
  </Rows>
)

/** The quiet hours and their time zone. */
export const QuietHours = ({ settings }: Props) => {
  const { quiet_from, quiet_to, time_zone } = settings
  const isOn = quiet_from !== null && quiet_to !== null
  return (
    <Rows note={noteOf(settings)}>
      <SwitchRow
        label="Quiet hours"
        icon="quiet"
        isOn={isOn}
        onChange={(wanted) =>
          changeSettings({
            quiet_from: wanted ? FROM : null,
            quiet_to: wanted ? TO : null,
            // Without a chosen zone the hours would be UTC.
            ...(wanted && time_zone === null && { time_zone: zoneOfPhone() }),
          })
        }
      />
      {isOn && (
        <>
          <TimeRow
            label="From"
            value={quiet_from}
            onChange={(from) => changeSettings({ quiet_from: from, quiet_to })}
          />
          <TimeRow
            label="To"
            value={quiet_to}
            onChange={(end) => changeSettings({ quiet_from, quiet_to: end })}
          />
        </>
      )}
      <SelectRow
        label="Time zone"
        value={time_zone ?? ''}
        options={zonesFor(time_zone, 'UTC')}
        onChange={(zone) => changeZone(settings, zone || null)}
      />
      {(time_zone ?? 'UTC') !== zoneOfPhone() && (
        <ButtonRow
          icon="globe"
          label={`Use this phone’s: ${zoneInWords(zoneOfPhone())}`}
          onPress={() => changeZone(settings, zoneOfPhone())}
        />
      )}
    </Rows>
  )
}

/** Notifications that do not come from rules. */
export const AlsoTold = ({ settings: { tells_offline, tells_unjudged } }: Props) => (
  <Rows
    title="Also notify me when"
    note="A rule that matches notifies you too, except while snoozed or in quiet hours."
  >
    <SwitchRow
      label="A camera is offline"
      detail="and when it is back"
      icon="offline"
      isOn={tells_offline}
      onChange={(isOn) => changeSettings({ tells_offline: isOn })}
    />
    <SwitchRow
      label="A picture could not be checked"
      detail="so you can look yourself"
      icon="photo"
      isOn={tells_unjudged}
      onChange={(isOn) => changeSettings({ tells_unjudged: isOn })}
    />
  </Rows>
)

const FROM = '22:00'
const TO = '07:00'

const changeZone = ({ time_zone }: NotificationSettings, zone: string | null) =>
  changeSettings(
    { time_zone: zone },
    { words: `The time zone is now ${zoneInWords(zone ?? 'UTC')}.`, back: { time_zone } },
  )

function noteOf({ quiet_from, quiet_to }: NotificationSettings) {
  if (quiet_from === null) return 'Rules use this time zone too, unless their camera has its own.'
  if (quiet_from === quiet_to) return 'From and To are the same, so it is quiet all day.'
  return 'You get no notifications then, except from rules set to “Also in quiet hours”. The timeline has them all.'
}
