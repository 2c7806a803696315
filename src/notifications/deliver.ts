import { connect } from '../db/client.ts'
import { nextTry } from '../events/life.ts'
import { wake } from '../events/wake.ts'
import { log } from '../log.ts'
import {
  type Delivery,
  type Held,
  RETRIES_IN_SECONDS,
  settle,
  type Settled,
  takeDeliveries,
} from '../push/delivery.ts'
import type { Outcome } from '../push/push.ts'
import { sendersOf } from '../push/senders.ts'
import { settingsIfGood } from '../settings.ts'
import { heldBy, pushOf } from './push-of.ts'

/** What a call of the Worker takes at once, and how long it goes on. */
const DELIVERIES_AT_ONCE = 40
const SHIFT_IN_MS = 15_000
const PATIENCE_IN_MS = 8_000

/** Sends what is due, for a while, and has another go on where more is. */
export async function deliverDue(env: Env) {
  const end = Date.now() + SHIFT_IN_MS
  for (let hasMore = true; hasMore;) {
    if (Date.now() >= end) return wake(env, 0, 'deliver')
    const due = await takeDeliveries(connect(env), DELIVERIES_AT_ONCE)
    await deliver(env, due.deliveries)
    hasMore = due.hasMore
  }
}

/** Sends what was taken, all at once, and ends each attempt by how it went. Who sends the next one is woken for that. */
export async function deliver(env: Env, deliveries: Delivery[]) {
  if (deliveries.length === 0) return
  const settled = await Promise.all(deliveries.map((delivery) => send(env, delivery)))
  const count = await settle(connect(env), settled)
  if (count < settled.length) log.warn({ event: 'delivery_lease_lost', count: settled.length - count })
  const delays = settled.flatMap(({ inSeconds }) => inSeconds ?? [])
  if (delays.length > 0) await wake(env, Math.min(...delays), 'deliver')
}

async function send(env: Env, delivery: Delivery): Promise<Settled> {
  const held = heldBy(delivery, Date.now())
  if (held) return ended(delivery, 'held', held)
  const { outcome, ...how } = await outcomeOf(env, delivery)
  const isLater = outcome === 'later'
  const inSeconds = isLater ? nextTry(RETRIES_IN_SECONDS, delivery.attempts, how.laterInSeconds) : null
  const state = isLater ? stateOf(inSeconds) : outcome
  const { kind, attempts, notification } = delivery
  log[outcome === 'sent' ? 'info' : 'warn']({
    event: 'push',
    publicNotificationId: notification,
    kind,
    state,
    reason: how.reason,
    status: how.status,
    attempts,
  })
  return { ...ended(delivery, state, how.reason), ...how, inSeconds }
}

const stateOf = (inSeconds: number | null) => (inSeconds === null ? 'failed' : 'waiting')

async function outcomeOf(env: Env, delivery: Delivery): Promise<Outcome> {
  const [storage, site, tokens, isSetUp] = [
    settingsIfGood(env, 'storage'),
    settingsIfGood(env, 'site'),
    settingsIfGood(env, 'tokens'),
    settingsIfGood(env, 'push') !== null,
  ]
  const send = isSetUp && site ? sendersOf(env)[delivery.kind] : null
  if (!storage || !site || !tokens || !send)
    return { outcome: 'later', reason: 'misconfigured', status: null, laterInSeconds: null }
  const push = await pushOf(delivery, Date.now(), { storage, site, tokens })
  return send(push, delivery, AbortSignal.timeout(PATIENCE_IN_MS))
}

const ended = (
  { id, lease, registeredAt }: Delivery,
  state: Settled['state'],
  reason: Settled['reason'] | Held,
): Settled => ({ id, lease, registeredAt, state, reason, status: null, inSeconds: null, learned: {} })
