import { addressOf, post, type Reach } from './endpoints.ts'
import { fitted } from './fitting.ts'
import { outcomeOf, refused } from './outcomes.ts'
import type { Push, Sender } from './push.ts'

/** ntfy turns a longer message into a file that people have to open. */
const MAX_BYTES = 4_096
const PRIORITIES = { passive: 2, normal: 4, time_sensitive: 5 }

/**
 * Posts to a topic of ntfy as JSON. From ntfy 2.16 on, a message replaces the earlier one with the same `sequence_id`.
 */
export function sendByNtfy(reach: Reach): Sender {
  return async function send(push, { address: given }, signal) {
    const address = addressOf('ntfy', given, reach)
    if (!address) return refused('forbidden_address')
    const url = new URL(address)
    const topic = url.pathname.slice(1)
    // JSON goes to the root; the query holds the credentials to publish.
    url.pathname = '/'
    const body = fitted(push, MAX_BYTES, (push) => told(push, topic))
    if (!body) return refused('too_large')
    const headers = { 'content-type': 'application/json' }
    const reasons = { 401: 'misconfigured', 403: 'misconfigured', 413: 'too_large' } as const
    return outcomeOf(await post(url.href, { headers, body }, signal), reasons)
  }
}

const told = (push: Push, topic: string) => ({
  topic,
  title: push.title,
  message: push.body,
  priority: PRIORITIES[push.importance],
  tags: ['camera'],
  click: push.appUrl,
  ...(push.pictureUrl && { attach: push.pictureUrl, filename: 'picture.jpg' }),
  sequence_id: push.publicNotificationId,
})
