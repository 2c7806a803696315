import type { NotificationSettings, PushTarget } from '@scout/client'
import { useState } from 'preact/hooks'
import { notificationSettings } from '../../data/notification-settings.ts'
import { targets } from '../../data/targets.ts'
import { useSeen } from '../../data/use.ts'
import type { IconName } from '../../kit/icon.tsx'
import { ButtonRow, LinkRow, Row, Rows } from '../../kit/rows.tsx'
import { Screen } from '../../kit/screen.tsx'
import { Seen } from '../../kit/seen.tsx'
import { Tag } from '../../kit/tag.tsx'
import { address, back, go, to } from '../../router.ts'
import { isThisPhone } from '../../push/push.ts'
import { KINDS, nameOf } from '../../push/words.ts'
import { AddChannelSheet, SecretSheet } from './add-channel.tsx'
import { ChannelSheet } from './channel-sheet.tsx'
import { lastWords } from './test-row.tsx'

/** All notification targets: phones, browsers and the user's own services. */
export function Channels() {
  const all = targets()
  const seen = useSeen(all)
  const settings = notificationSettings()
  const can = useSeen(settings)
  const { search } = address.value
  const close = () => back('/settings/channels')
  const adding = search.get('add')
  const [secret, setSecret] = useState<string | null>(null)
  function keepSecret() {
    setSecret(null)
    if (adding) close()
  }
  return (
    <Screen title="Where notifications go" onBack={() => back('/settings')} isNarrow>
      <Seen seen={seen} onRetry={all.refresh}>
        {(list) => {
          const chosen = list.find(({ public_target_id: id }) => id === search.get('target'))
          return (
            <>
              <Listed title="Phones and browsers" list={list.filter(isPhone)} none="None yet" />
              <Listed title="Services" list={list.filter((one) => !isPhone(one))} none="None yet" />
              {chosen && <ChannelSheet target={chosen} onClose={close} />}
            </>
          )
        }}
      </Seen>
      <Seen seen={can} onRetry={settings.refresh} shapes={[1, 6]}>
        {({ channels }) => (
          <>
            <Adding channels={channels} />
            {secret === null && (adding === 'webhook' || adding === 'ntfy') && (
              <AddChannelSheet kind={adding} onClose={close} onSecret={setSecret} />
            )}
          </>
        )}
      </Seen>
      {secret !== null && <SecretSheet secret={secret} onClose={keepSecret} />}
    </Screen>
  )
}

const Listed = ({ title, list, none }: { title: string; list: PushTarget[]; none: string }) => (
  <Rows title={title}>
    {list.length === 0 && <Row label={<span class="muted">{none}</span>} />}
    {list.map((target) => (
      <LinkRow
        key={target.public_target_id}
        href={to(`/settings/channels?target=${target.public_target_id}`)}
        icon={ICONS[target.kind]}
        label={nameOf(target)}
        detail={<Standing target={target} />}
      />
    ))}
  </Rows>
)

/** The last push and the failures in a row. */
const Standing = ({
  target: { name, kind, last_sent_at, failures, public_target_id: id },
}: {
  target: PushTarget
}) => (
  <>
    {name ? `${KINDS[kind]} · ` : ''}
    {lastWords(last_sent_at)}
    {(isThisPhone(id) || failures > 0) && (
      <span class="tags">
        {isThisPhone(id) && <Tag tone="good">This device</Tag>}
        {failures > 0 && <Tag tone="warn">{failures === 1 ? '1 failure' : `${failures} failures`}</Tag>}
      </span>
    )}
  </>
)

/** The targets that can be added, and which ones this deployment does not support. */
const Adding = ({ channels }: { channels: NotificationSettings['channels'] }) => (
  <Rows title="Add" note={cannot(channels)}>
    {channels.webhook && (
      <ButtonRow
        icon="plug"
        label="Add a webhook"
        detail="Home Assistant, Node-RED or your own program"
        onPress={() => go('/settings/channels?add=webhook')}
      />
    )}
    {channels.ntfy && (
      <ButtonRow
        icon="bell"
        label="Add an ntfy topic"
        detail="A service that notifies any phone"
        onPress={() => go('/settings/channels?add=ntfy')}
      />
    )}
    <LinkRow href={to('/settings')} icon="phone" label="Add this device in Settings" />
  </Rows>
)

function cannot(channels: NotificationSettings['channels']) {
  const missing = NEEDED.filter(([kind]) => !channels[kind]).map(([, words]) => words)
  if (missing.length === 0) return undefined
  return `This Scout is not set up for ${new Intl.ListFormat('en', { type: 'disjunction' }).format(missing)}.`
}

const NEEDED = [
  ['web_push', 'browsers'],
  ['apns', 'the iPhone app'],
  ['webhook', 'webhooks'],
  ['ntfy', 'ntfy'],
  ['mail', 'email'],
] as const

const ICONS: Record<PushTarget['kind'], IconName> = {
  web_push: 'globe',
  apns: 'phone',
  webhook: 'plug',
  ntfy: 'bell',
}

const isPhone = ({ kind }: PushTarget) => kind === 'web_push' || kind === 'apns'
