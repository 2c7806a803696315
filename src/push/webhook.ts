import { addressOf, post, type Reach } from './endpoints.ts'
import { outcomeOf, refused } from './outcomes.ts'
import type { Push, Sender } from './push.ts'

/** The prefix of a secret in Standard Webhooks 1.0. */
const PREFIX = 'whsec_'
const SECRET_IN_BYTES = 32

/** A secret for a webhook, shown to its owner once. */
export const newSecret = () => PREFIX + crypto.getRandomValues(new Uint8Array(SECRET_IN_BYTES)).toBase64()

/** Posts to the owner's address, signed by Standard Webhooks 1.0. */
export function sendByWebhook(reach: Reach): Sender {
  return async function send(push, { address: given, keys: { secret = '' } }, signal) {
    const address = addressOf('webhook', given, reach)
    if (!address) return refused('forbidden_address')
    const body = JSON.stringify(told(push))
    // Receivers ignore an id that they have seen: a notification that grew is a new message.
    const id = `${push.publicNotificationId}-${push.kind}-${push.count}`
    const timestamp = String(Math.floor(Date.now() / 1000))
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${await signature(secret, `${id}.${timestamp}.${body}`)}`,
    }
    return outcomeOf(await post(address, { headers, body }, signal), {
      410: 'unregistered',
      413: 'too_large',
    })
  }
}

/** It holds nothing that lets its reader act: it goes to third-party services. */
const told = (push: Push) => ({
  type: 'notification',
  timestamp: push.createdAt,
  data: {
    public_notification_id: push.publicNotificationId,
    public_camera_id: push.publicCameraId,
    public_event_id: push.publicEventId,
    kind: push.kind,
    title: push.title,
    body: push.body,
    rule_nicknames: push.ruleNicknames,
    count: push.count,
    importance: push.importance,
    created_at: push.createdAt,
    picture_url: push.pictureUrl,
    app_url: push.appUrl,
  },
})

async function signature(secret: string, content: string) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = Uint8Array.fromBase64(secret.slice(PREFIX.length))
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(content))).toBase64()
}
