import { nextTry } from '../backoff.ts'
import { connect } from '../db/client.ts'
import { logFailure } from '../events/failure.ts'
import { wake } from '../events/wake.ts'
import { log } from '../log.ts'
import {
  type Delivery,
  type Held,
  LEASE_IN_SECONDS,
  RETRIES_IN_SECONDS,
  settle,
  type Settled,
  TAKEN_AT_ONCE,
  takeDeliveries,
} from '../push/outbox.ts'
import { PATIENCE_IN_MS } from '../push/endpoints.ts'
import { later, refused } from '../push/outcomes.ts'
import { isPhone, type Outcome } from '../push/push.ts'
import { sendersOf } from '../push/senders.ts'
import { settingsIfGood } from '../settings.ts'
import { heldBy, pushOf } from './push-of.ts'

/** A call of the Worker has six connections, and half a minute after its answer. */
const SENT_AT_ONCE = 4
const SHIFT_IN_MS = 8_000
/** The longest that the database takes for a statement. */
const DATABASE_IN_MS = 4_500
/** Deliveries that end within this time are settled at once, however slow the others are. */
const QUICK_IN_MS = 1_000

/** Sends due deliveries after the answer, for a while, and wakes another call if more are due. */
export async function deliverDue(env: Env, ctx: Pick<ExecutionContext, 'waitUntil'>) {
  ctx.waitUntil(sendDue(env).catch((error: unknown) => logFailure('deliver', error)))
}

async function sendDue(env: Env) {
  const end = Date.now() + SHIFT_IN_MS
  for (let hasMore = true; hasMore;) {
    if (Date.now() >= end) return wake(env, 0, 'deliver')
    const due = await takeDeliveries(connect(env))
    await sendTaken(env, due.deliveries)
    hasMore = due.hasMore
  }
}

/**
 * Sends deliveries right after the notification; if there are more than were taken, wakes another call for the rest.
 */
export async function deliver(env: Env, deliveries: Delivery[]) {
  await sendTaken(env, deliveries)
  if (deliveries.length === TAKEN_AT_ONCE) await wake(env, 0, 'deliver')
}

/** What a call sends beside the pictures that it judges, one after the other: to phones, and to services, which may hang. */
export type Lanes = { phones: Promise<void>; services: Promise<void> }
export const newLanes = (): Lanes => ({ phones: Promise.resolve(), services: Promise.resolve() })

/** As `deliver`, in a call that needs four of its six connections for pictures. */
export async function deliverBeside(env: Env, deliveries: Delivery[], lanes: Lanes) {
  const end = endOfLeases()
  const { phones = [], services = [] } = Object.groupBy(deliveries, ({ kind }) =>
    isPhone(kind) ? 'phones' : 'services',
  )
  const enter = (lane: keyof Lanes, some: Delivery[]) =>
    (lanes[lane] = lanes[lane]
      .then(() => sendTaken(env, some, 1, end))
      .catch((error: unknown) => logFailure('deliver', error)))
  await Promise.all([
    enter('phones', phones),
    enter('services', services),
    deliveries.length === TAKEN_AT_ONCE && wake(env, 0, 'deliver'),
  ])
}

/** Deliveries that are left then have another sender by the end of their leases. The database may take its time before and after. */
const endOfLeases = () => Date.now() + LEASE_IN_SECONDS * 1000 - PATIENCE_IN_MS - 2 * DATABASE_IN_MS

/** Sends some concurrently and settles each attempt. Wakes a consumer for the next retry, and for what is left. */
async function sendTaken(env: Env, deliveries: Delivery[], atOnce = SENT_AT_ONCE, end = endOfLeases()) {
  const [left, done] = [[...deliveries], [] as Settled[]]
  async function sendSome() {
    while (left.length > 0 && Date.now() < end) done.push(await send(env, left.shift()!))
  }
  const all = Promise.all(Array.from({ length: atOnce }, sendSome))
  await Promise.race([all, scheduler.wait(QUICK_IN_MS)])
  const quick = done.splice(0)
  const first = settleAll(env, quick).catch((error: unknown) => {
    logFailure('deliver', error)
    // Once more, with the others.
    done.push(...quick)
  })
  await all
  await first
  await settleAll(env, done)
  if (left.length > 0) await wake(env, LEASE_IN_SECONDS, 'deliver')
}

async function settleAll(env: Env, settled: Settled[]) {
  if (settled.length === 0) return
  const { count, isAgain } = await settle(connect(env), settled)
  if (count < settled.length) log.warn({ event: 'delivery_lease_lost', count: settled.length - count })
  const delays = settled.flatMap(({ inSeconds }) => inSeconds ?? [])
  if (isAgain) await wake(env, 0, 'deliver')
  else if (delays.length > 0) await wake(env, Math.min(...delays), 'deliver')
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

/** A failure on our side must not keep the others from being settled. */
async function outcomeOf(env: Env, delivery: Delivery): Promise<Outcome> {
  const [storage, site, tokens] = [
    settingsIfGood(env, 'storage'),
    settingsIfGood(env, 'site'),
    settingsIfGood(env, 'tokens'),
  ]
  if (!storage || !site || !tokens || !settingsIfGood(env, 'push')) return later('misconfigured')
  const send = sendersOf(env)[delivery.kind]
  if (!send) return refused('misconfigured')
  try {
    const push = await pushOf(delivery, Date.now(), { storage, site, tokens })
    return await send(push, delivery, AbortSignal.timeout(PATIENCE_IN_MS))
  } catch (error) {
    log.error({ event: 'push_broke', kind: delivery.kind, name: (error as Error).name })
    return later('failing')
  }
}

const ended = (
  { id, lease, registeredAt }: Delivery,
  state: Settled['state'],
  reason: Settled['reason'] | Held,
): Settled => ({ id, lease, registeredAt, state, reason, status: null, inSeconds: null, learned: {} })
