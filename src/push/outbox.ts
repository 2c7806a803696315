import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { cameras, deliveries, notifications, notificationSettings, pushTargets, users } from '../db/schema.ts'
import { arrayOf, listOf, given, moment, repeatable, writing } from '../db/statement.ts'
import type { Kind, Push, Reason } from './push.ts'
import { targetsNoted } from './target.ts'

/**
 * The states of a delivery. `waiting`: until it is due. `sending`: a sender holds its lease; if it dies, the delivery is due
 * again when the lease ends. `sent`: the push service accepted it. `gone`: its target is gone. `refused`: the push service
 * refused it. `failed`: the push service neither accepted nor refused it within the
 * schedule. `held`: it must not ring, see `Held`.
 */
export const STATES = ['waiting', 'sending', 'sent', 'gone', 'refused', 'failed', 'held'] as const
export type State = (typeof STATES)[number]
/** Why a notification is listed but does not ring: quiet hours, a snooze, or its owner has already seen it. */
export const HELD = ['quiet', 'snoozed', 'seen'] as const
export type Held = (typeof HELD)[number]

/**
 * The schedule for a service that did not answer or is busy. `notifications/deliver.ts` applies it: after the last pause, at least six and
 * a half hours after the first attempt, a delivery is `failed`.
 */
export const RETRIES_IN_SECONDS = [1, 10, 60, 300, 1_800, 21_600]
/** More attempts than the schedule allows mean that the delivery kills its sender. */
const MOST_ATTEMPTS = sql.raw(String(RETRIES_IN_SECONDS.length + 2))
/** The lease of a taken delivery, and how many are taken at once. */
export const LEASE_IN_SECONDS = 30
export const TAKEN_AT_ONCE = 12
const LEASE = sql.raw(`interval '${LEASE_IN_SECONDS} seconds'`)

/** A delivery that is ours until its lease ends, with its notification, its target and the owner's settings. */
export type Delivery = {
  id: number
  lease: string
  attempts: number
  kind: Kind
  address: string
  keys: Record<string, string>
  registeredAt: string
  notification: string
  camera: string | null
  event: string | null
  notificationKind: string
  title: string
  body: string
  ruleNicknames: string[]
  count: number
  importance: Push['importance']
  imageKey: string | null
  createdAt: string
  capturedAt: string | null
  seenAt: string | null
  clearedAt: string | null
  timeZone: string | null
  quietFrom: string | null
  quietTo: string | null
  snoozedUntil: string | null
  cameraSnoozedUntil: string | null
}

/** The deliveries of a step, joined with a step or table of notifications. */
const taken = (step: string, told: SQL) =>
  listOf<Delivery>(sql`
    select mine.id, lease, attempts, mine.kind, address, keys, ${moment(pushTargets.seenAt, 'registeredAt')} as "registeredAt",
      public_notification_id as notification, camera, event, told.kind as "notificationKind", title, body,
      rule_nicknames as "ruleNicknames", count, importance, image_key as "imageKey",
      ${moment(sql`told.created_at`, 'createdAt')} as "createdAt", ${moment(sql`captured_at`, 'capturedAt')} as "capturedAt",
      ${moment(sql`told.seen_at`, 'seenAt')} as "seenAt", ${moment(sql`cleared_at`, 'clearedAt')} as "clearedAt",
      ${notificationSettings.timeZone} as "timeZone", quiet_from as "quietFrom", quiet_to as "quietTo",
      ${moment(notificationSettings.snoozedUntil, 'snoozedUntil')} as "snoozedUntil",
      ${moment(cameras.snoozedUntil, 'cameraSnoozedUntil')} as "cameraSnoozedUntil"
    from ${sql.identifier(step)} as mine
      join ${told} as told on public_notification_id = mine.notification
      join ${pushTargets} on public_target_id = mine.target
      left join ${notificationSettings} on user_id = ${pushTargets.ownerId}
      left join ${cameras} on public_camera_id = camera
    where lease is not null and attempts > 0
    order by mine.id`)

const isSending = sql`deliveries.state = 'sending' and deliveries.due_at > now()`

/**
 * Steps and an answer that deliver new notifications to every target of their owner. The first few are returned as already
 * taken, so that the caller sends them at once. A delivery that is being sent now is sent again afterwards, so that an older
 * state never arrives last; until then it has no attempts. `told` selects rows of notifications, those of the same statement.
 */
export const delivering = (told: SQL) => ({
  steps: {
    ringing: told,
    listening: sql`
      select public_notification_id, public_target_id, owner, ${pushTargets.kind},
        row_number() over (order by public_notification_id, public_target_id) <= ${sql.raw(String(TAKEN_AT_ONCE))} as is_taken
      from ringing
        join ${users} on public_user_id = owner and is_active
        join ${pushTargets} on owner_id = ${users.id}`,
    delivered: sql`
      insert into ${deliveries} as deliveries (notification, target, owner, kind, state, attempts, lease, due_at, created_at)
      select public_notification_id, public_target_id, owner, kind, case when is_taken then 'sending' else 'waiting' end,
        case when is_taken then 1 else 0 end, case when is_taken then gen_random_uuid() end,
        case when is_taken then now() + ${LEASE} else now() end, now()
      from listening order by public_notification_id, public_target_id
      on conflict (notification, target) do update set
        state = case when ${isSending} then 'sending' else excluded.state end,
        attempts = case when ${isSending} then 0 else excluded.attempts end,
        lease = case when ${isSending} then deliveries.lease else excluded.lease end,
        due_at = case when ${isSending} then deliveries.due_at else excluded.due_at end,
        reason = null, status = null, settled_at = null
      returning *`,
  },
  answers: { deliveries: taken('delivered', sql`ringing`) },
})

// Another account may have registered the phone meanwhile, or the camera may have been given away.
const isSendable = sql`
  exists (
    select from ${notifications} where public_notification_id = notification and (
      camera is null or exists (
        select from ${cameras} join ${users} on ${users.id} = ${cameras.ownerId}
        where public_camera_id = camera and public_user_id = ${deliveries.owner})))
  and exists (
    select from ${pushTargets} join ${users} on ${users.id} = owner_id
    where public_target_id = target and public_user_id = ${deliveries.owner} and is_active)`

const taking = writing(() => ({
  steps: {
    due: sql`
      select id, case when not (${isSendable}) then 'gone' when attempts >= ${MOST_ATTEMPTS} then 'failed' else 'sending' end as next
      from ${deliveries} where due_at <= now() order by due_at, id limit ${given('limit', 'int')} for update skip locked`,
    taken: sql`
      update ${deliveries} set state = next, attempts = attempts + 1,
        lease = case when next = 'sending' then gen_random_uuid() end, due_at = case when next = 'sending' then now() + ${LEASE} end,
        settled_at = case when next <> 'sending' then now() end
      from due where ${deliveries.id} = due.id
      returning ${deliveries}.*`,
  },
  answers: {
    deliveries: taken('taken', sql`${notifications}`),
    picked: sql<number>`(select count(*)::int from due)`,
  },
}))

/** Takes at most `limit` due deliveries; if the sender dies, they are due again half a minute later. */
export async function takeDeliveries(db: Db, limit = TAKEN_AT_ONCE) {
  const { deliveries, picked } = await taking(db, { limit })
  return { deliveries, hasMore: picked === limit }
}

/** The end of an attempt. */
export type Settled = {
  id: number
  lease: string
  state: Exclude<State, 'sending'>
  reason: Reason | Held
  status: number | null
  inSeconds: number | null
  learned: Record<string, string>
  registeredAt: string
}

const settling = repeatable(() => ({
  // In the order in which notifications write them.
  first: sql`
    select id from ${deliveries} where id = any(${given('ids', 'bigint[]')}) order by notification, target for update`,
  steps: {
    said: sql`
      select * from json_to_recordset(${given('said', 'json')}) as said (
        id bigint, lease uuid, state text, reason text, status int, "inSeconds" int, learned jsonb, "registeredAt" timestamptz)`,
    // A picture that was added meanwhile must be sent, whatever the outcome of the send before it.
    ended: sql`
      select said.*, target, attempts = 0 and said.state <> 'gone' as is_again
      from said join ${deliveries} on ${deliveries.id} = said.id and ${deliveries.lease} = said.lease`,
    settled: sql`
      update ${deliveries} set state = case when is_again then 'waiting' else ended.state end,
        reason = ended.reason, status = ended.status, lease = null,
        due_at = case
          when is_again then now() when ended.state = 'waiting' then now() + make_interval(secs => "inSeconds") end,
        settled_at = case when not is_again and ended.state <> 'waiting' then now() end
      from ended where ${deliveries.id} = ended.id and ${deliveries.lease} = ended.lease
      returning ended.*`,
    ...targetsNoted,
  },
  answers: {
    count: sql<number>`(select count(*)::int from settled)`,
    isAgain: sql<boolean>`coalesce((select bool_or(is_again) from settled), false)`,
  },
}))

/**
 * Settles attempts whose lease is still ours. Returns their number, and whether any is due again at once. A target that is
 * gone is deleted.
 */
export const settle = (db: Db, settled: Settled[]) =>
  settling(db, { ids: arrayOf(settled.map(({ id }) => id)), said: JSON.stringify(settled) })
