import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { deliveries, notifications, notificationSettings, pushTargets, users } from '../db/schema.ts'
import { listOf, given, moment, repeatable, writing } from '../db/statement.ts'
import type { Kind, Push, Reason } from './push.ts'

/**
 * The states of a delivery. `waiting`: until it is due. `sending`: somebody holds its lease; where they die, it is due again when
 * that ends. `sent`: the service has it. `gone`: so is its target. `refused`: the service will not have it. `failed`: it never
 * answered. `held`: it was not to ring, see `Held`.
 */
export const STATES = ['waiting', 'sending', 'sent', 'gone', 'refused', 'failed', 'held'] as const
export type State = (typeof STATES)[number]
/** Why a notification is listed and does not ring: its owner is quiet, or has looked at it meanwhile. */
export const HELD = ['quiet', 'snoozed', 'seen'] as const
export type Held = (typeof HELD)[number]

/** A service that did not answer, or said that it can't now. */
export const RETRIES_IN_SECONDS = [1, 10, 60, 300, 1_800, 21_600]
/** Whoever takes it so often and never ends it is killed by it. */
const MOST_ATTEMPTS = sql.raw(String(RETRIES_IN_SECONDS.length + 2))
/** Beside the time that a service has to answer. */
const LEASE = sql`interval '30 seconds'`

/** A delivery that is ours until its lease ends, with what it tells, whom, and when they want to be told. */
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
}

/** What a step of deliveries tells, of a step or table of notifications. */
const taken = (step: string, told: SQL) =>
  listOf<Delivery>(sql`
    select mine.id, lease, attempts, mine.kind, address, keys, ${moment(pushTargets.seenAt, 'registeredAt')} as "registeredAt",
      public_notification_id as notification, camera, event, told.kind as "notificationKind", title, body,
      rule_nicknames as "ruleNicknames", count, importance, image_key as "imageKey",
      ${moment(sql`told.created_at`, 'createdAt')} as "createdAt", ${moment(sql`captured_at`, 'capturedAt')} as "capturedAt",
      ${moment(sql`told.seen_at`, 'seenAt')} as "seenAt", ${moment(sql`cleared_at`, 'clearedAt')} as "clearedAt",
      time_zone as "timeZone", quiet_from as "quietFrom", quiet_to as "quietTo",
      ${moment(notificationSettings.snoozedUntil, 'snoozedUntil')} as "snoozedUntil"
    from ${sql.identifier(step)} as mine
      join ${told} as told on public_notification_id = mine.notification
      join ${pushTargets} on public_target_id = mine.target
      left join ${notificationSettings} on user_id = owner_id
    where lease is not null`)

/**
 * A step and an answer that deliver what is told at this moment, to every target of its owner: taken already, so that whoever
 * told goes on with it. `told` selects rows of notifications, those of the same statement.
 */
export const delivering = (told: SQL) => ({
  steps: {
    ringing: told,
    delivered: sql`
      insert into ${deliveries} as deliveries (notification, target, owner, kind, state, attempts, lease, due_at, created_at)
      select public_notification_id, public_target_id, owner, ${pushTargets.kind}, 'sending', 1, gen_random_uuid(), now() + ${LEASE}, now()
      from ringing
        join ${users} on public_user_id = owner and is_active
        join ${pushTargets} on owner_id = ${users.id}
      order by public_notification_id, public_target_id
      on conflict (notification, target) do update set
        state = 'sending', attempts = 1, lease = excluded.lease, due_at = excluded.due_at, reason = null, status = null, settled_at = null
      returning *`,
  },
  answers: { deliveries: taken('delivered', sql`ringing`) },
})

// A phone may have been registered by somebody else meanwhile.
const isSendable = sql`
  exists (select from ${notifications} where public_notification_id = notification)
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

/** Takes deliveries that are due, `limit` at most; whoever has them dies, they are due again half a minute later. */
export async function takeDeliveries(db: Db, limit: number) {
  const { deliveries, picked } = await taking(db, { limit })
  return { deliveries, hasMore: picked === limit }
}

/** How an attempt ended. */
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
  steps: {
    said: sql`
      select * from json_to_recordset(${given('said', 'json')}) as said (
        id bigint, lease uuid, state text, reason text, status int, "inSeconds" int, learned jsonb, "registeredAt" timestamptz)`,
    settled: sql`
      update ${deliveries} set state = said.state, reason = said.reason, status = said.status, lease = null,
        due_at = case when said.state = 'waiting' then now() + make_interval(secs => "inSeconds") end,
        settled_at = case when said.state <> 'waiting' then now() end
      from said where ${deliveries.id} = said.id and ${deliveries.lease} = said.lease
      returning target, said.*`,
    // Whoever registered again meanwhile is there.
    forgotten: sql`
      delete from ${pushTargets} where (public_target_id, seen_at) in (
        select target, "registeredAt" from settled where state = 'gone')
      returning 1`,
    noted: sql`
      update ${pushTargets} set
        last_sent_at = case when is_sent then now() else last_sent_at end,
        failures = case when is_sent then 0 when is_failed then failures + 1 else failures end,
        keys = keys || learned
      from (
        select target, bool_or(state = 'sent') as is_sent, bool_or(state in ('refused', 'failed')) as is_failed,
          coalesce((array_agg(learned) filter (where learned <> '{}'))[1], '{}') as learned
        from settled where state not in ('gone', 'held') group by target
      ) as of where public_target_id = of.target
      returning 1`,
  },
  answers: { count: sql<number>`(select count(*)::int from settled)` },
}))

/** Ends attempts, each where its lease is still ours: how many were. A target that is gone is forgotten. */
export async function settle(db: Db, settled: Settled[]) {
  const { count } = await settling(db, { said: JSON.stringify(settled) })
  return count
}
