import type { CameraNotification, NotificationSettings, PushTargetInput } from '@scout/client'
import { isHere } from '../../src/settings.ts'
import type { Shown } from '../../stack/push-service/phones.ts'
import { startPushService } from '../../stack/push-service/server.ts'
import { type Report, Unexpected } from '../kit/report.ts'
import { until } from '../kit/until.ts'
import type { Visitor } from './visitor.ts'

type Trial = {
  targets: PushTargetInput[]
  channels: NotificationSettings['channels']
  patienceInMs: number
  signal: AbortSignal
}
type Steps = Pick<Report, 'step' | 'skip'>

/**
 * Has somebody told on a phone of this process, where the service is on this machine and may push to it, and at the addresses that
 * were given, and sends each a test. `untilShown` waits for a notification on the phone.
 */
export async function tryPush(visitor: Visitor, trial: Trial, { step, skip }: Steps) {
  const { baseUrl, scout } = visitor
  const { channels, patienceInMs, signal } = trial
  const isNear = channels.web_push && isHere(baseUrl)
  const phone = isNear
    ? await step('a phone registers for Web Push', 'push.md#web-push', () => aPhone(visitor))
    : null

  for (const target of trial.targets)
    await step(
      `a ${target.kind} takes a test push`,
      `push.md#${target.kind === 'ntfy' ? 'ntfy' : 'webhooks'}`,
      async () => {
        const { public_target_id } = await scout.registerPushTarget({ ...target, name: 'npm run smoke' })
        const { outcome, reason, status } = await scout.testPushTarget(public_target_id)
        if (outcome !== 'sent') throw new Unexpected('sent', `${outcome}, ${reason}, status ${status}`)
        await scout.removePushTarget(public_target_id)
      },
    )
  if (!channels.web_push) skip('Web Push', 'there are no VAPID keys')
  else if (!phone) skip('Web Push', 'only a browser has an address there: press “Test” in the app')
  if (trial.targets.length === 0 && !phone) skip('a webhook or ntfy', 'give --webhook or --ntfy')
  skip('APNs', channels.apns ? 'only an iPhone has an address there' : 'there is no APNS_KEY')

  return {
    async untilShown({ public_notification_id: tag, title, body }: CameraNotification) {
      if (!phone) return
      await step(
        'the phone decrypts the push and shows it',
        'notifications.md#deliveries',
        () =>
          until(
            patienceInMs,
            `“${title}: ${body}”`,
            async () => [
              phone.shown.find((shown) => shown.tag === tag && shown.body === body),
              told(phone.shown),
            ],
            signal,
          ),
        ({ title, body }) => `“${title}: ${body}”`,
      )
    },
  }
}

/** A phone with a push service in this process, which ends with it. */
async function aPhone({ scout }: Visitor) {
  const shown: Shown[] = []
  const service = await startPushService({ onShown: (one) => shown.push(one) })
  const { key } = await scout.getPushKey()
  const made = await fetch(`${service.url}/phones`, { method: 'POST', body: JSON.stringify({ key }) })
  const { endpoint, keys } = (await made.json()) as {
    endpoint: string
    keys: { p256dh: string; auth: string }
  }
  await scout.registerPushTarget({ kind: 'web_push', endpoint, keys, name: 'npm run smoke' })
  return { shown }
}

const told = (shown: Shown[]) => shown.map(({ title, body }) => `“${title}: ${body}”`).join(', ') || 'none'
