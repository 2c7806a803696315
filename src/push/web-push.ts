import { buildPushPayload } from '@block65/webcrypto-web-push'
import type { Settings } from '../settings.ts'
import { addressOf, post, type Reach } from './endpoints.ts'
import { fitted } from './fitting.ts'
import { outcomeOf, refused } from './outcomes.ts'
import type { Push, Sender } from './push.ts'

/** An alarm from an hour ago is noise. */
const TTL_IN_SECONDS = 3_600
/** The rest of the 4,096 bytes that RFC 8030 guarantees, after the header and the padding of RFC 8188. */
const MAX_BYTES = 3_993

/** Sends Web Push: RFC 8030, encrypted by RFC 8291, signed by RFC 8292. */
export function sendByWebPush(settings: Settings['push'], reach: Reach): Sender {
  const vapid = {
    subject: settings.VAPID_SUBJECT,
    publicKey: settings.VAPID_PUBLIC_KEY,
    privateKey: settings.VAPID_PRIVATE_KEY,
  }
  return async function send(push, { address: given, keys: { p256dh = '', auth = '' } }, signal) {
    const address = addressOf('web_push', given, reach)
    if (!address) return refused('forbidden_address')
    const data = fitted(push, MAX_BYTES, declared)
    if (!data) return refused('too_large')
    const urgency = push.importance === 'passive' ? 'low' : 'high'
    const topic = push.publicNotificationId.replaceAll('-', '')
    // A push service on this machine has no https, which the library requires.
    const endpoint = address.replace(/^http:/, 'https:')
    const request = await buildPushPayload(
      { data, options: { ttl: TTL_IN_SECONDS, urgency, topic } },
      { endpoint, expirationTime: null, keys: { p256dh, auth } },
      vapid,
    ).catch(() => null)
    if (!request) return refused('misconfigured')
    return outcomeOf(await post(address, request, signal), {
      401: 'misconfigured',
      403: 'misconfigured',
      404: 'unregistered',
      410: 'unregistered',
      413: 'too_large',
    })
  }
}

/** The form of Declarative Web Push (W3C Push API). Safari shows it by itself; other browsers pass it to a worker. */
const declared = (push: Push) => ({
  web_push: 8030,
  notification: {
    title: push.title,
    body: push.body,
    navigate: push.appUrl,
    tag: push.publicNotificationId,
    timestamp: Date.parse(push.createdAt),
    silent: push.importance === 'passive',
    ...(push.pictureUrl && { image: push.pictureUrl }),
    actions: actionsOf(push),
    data: {
      public_notification_id: push.publicNotificationId,
      public_camera_id: push.publicCameraId,
      public_event_id: push.publicEventId,
      kind: push.kind,
      count: push.count,
      importance: push.importance,
      action_token: push.actionToken,
    },
  },
  mutable: true,
})

const actionsOf = ({ kind, publicCameraId, appUrl: navigate }: Push) => [
  ...(publicCameraId ? [{ action: 'snooze_1h', title: 'Snooze 1 h', navigate }] : []),
  ...(kind === 'match' ? [{ action: 'not_this', title: 'Not this', navigate }] : []),
]
