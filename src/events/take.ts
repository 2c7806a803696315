import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { cameras, events, notificationSettings, rules, users, verdicts } from '../db/schema.ts'
import { given, listOf, moment, object, writing } from '../db/statement.ts'
import { log } from '../log.ts'
import {
  type Budgets,
  budgeted,
  budgetValues,
  isAgain,
  isCounted,
  isSpent,
  lockBudgets,
  ofCamera,
  takenOn,
} from './budgets.ts'
import { delivering } from '../push/outbox.ts'
import type { Correction } from './judge/judge.ts'
import { MOST_ATTEMPTS, SPENT_IN_SECONDS } from './life.ts'

/** A rule at the time a picture is taken up, with its camera and the owner's feedback on the last verdicts by these words. */
export type RuleThen = {
  publicRuleId: string
  rule: string
  ruleNickname: string
  isEnabled: boolean
  cooldownInSeconds: number
  snoozedUntil: string | null
  lastTriggered: string | null
  publicCameraId: string
  location: string
  timeZone: string
  isArmed: boolean
  cameraSnoozedUntil: string | null
  /** Whether it already notified of this picture, which is judged again. */
  hasTold: boolean
  corrections: Correction[]
}
/** An event that is ours until its lease ends. */
export type Taken = {
  publicEventId: string
  objectKey: string
  etag: string | null
  camera: string | null
  capturedAt: string
  receivedAt: string
  attempts: number
  lease: string
  /** The day under which it was counted. */
  takenOn: string
  /** Why the previous attempt failed. */
  failure: string | null
  rules: RuleThen[]
}
/** The most due events that are looked through. */
const LOOKED_THROUGH = sql.raw('20000')
/** Candidates for the few that are taken: others may have locked some. */
const CANDIDATES = sql.raw('64')
/** The most events over a camera's hourly limit that are discarded at once. */
const DISCARDED = sql.raw('1000')
/** The most rules for a picture; enabled ones come first. */
const RULES = sql.raw('200')
const CORRECTIONS = sql.raw('3')

// Takers wait for each other, and `now()` is when their transaction began, before the wait.
const NOW = sql`statement_timestamp()`
/**
 * Whether an event is still due when it is locked. No index fits, on purpose: if nearly all events are done, Postgres expects
 * that none is due, and would walk all due ones again for each of `sorted`.
 */
const isStillDue = sql`(${events.dueAt} <= ${NOW}) is true`

/** The number of events in work for each camera: no lease is longer. */
const busy = sql`
  select coalesce(camera, owner) as subject, count(*) as count from ${events}
  where due_at > ${NOW} and due_at < ${NOW} + interval '3 minutes' and ${events.state} = 'judging' group by 1`
/**
 * The first event of each camera comes before the second of any, counting those in work, so that no camera waits for
 * another's thousands.
 */
const waiting = sql`
  select due.*, row_number() over (partition by coalesce(camera, owner) order by due_at, id) + coalesce(busy.count, 0) as rank
  from (
    select id, due_at, camera, owner, received_at, ${isCounted}, ${isAgain} from ${events} where due_at <= ${NOW} order by due_at, id limit ${LOOKED_THROUGH}
  ) as due left join busy on subject = coalesce(camera, owner)`
const picked = sql`
  select ${events.id}, ${events.camera}, ${events.owner}, ${events.receivedAt}, attempts, rank, is_counted, is_again from ${events}
    join (select id, rank, is_counted, is_again from sorted where is_of_camera order by rank, due_at limit ${CANDIDATES}) as first using (id)
  where ${isStillDue}
  order by rank, ${events.dueAt} limit ${given('limit', 'int')} for update of ${events} skip locked`
const beyond = sql`
  select ${events.id}, ${events.camera}, ${events.receivedAt} from ${events}
    join (select id from sorted where not is_of_camera limit ${DISCARDED}) as others using (id)
  where ${isStillDue} for update of ${events} skip locked`

/** Discards events over their camera's hourly limit. */
const discarded = sql`
  update ${events} set state = 'discarded', lease = null, due_at = null, failure = 'limited'
  where id in (select id from beyond) returning 1`

/**
 * Decides about each picked event: granted ones are judged, ones over the total limit wait, ones over their owner's limit are
 * discarded, and undecided ones were taken too often.
 */
const fated = sql`
  update ${events} set
    state = case when is_granted then 'judging' when is_of_owner then 'received' when not is_of_owner then 'discarded' else 'failed' end,
    lease = case when is_granted then gen_random_uuid() end,
    attempts = ${events.attempts} + case when is_granted then 1 else 0 end,
    due_at = case
      when is_granted then ${NOW} + make_interval(secs => ${given('leaseInSeconds', 'int')})
      when is_of_owner then ${NOW} + make_interval(secs => ${sql.raw(String(SPENT_IN_SECONDS))}) end,
    failure = case
      when is_granted then failure when is_of_owner then 'budget_spent' when not is_of_owner then 'limited' else 'interrupted' end
  from picked left join decided using (id)
  where ${events.id} = picked.id
  returning ${events}.*`

/** The time zone of a camera, joined with its owner's settings. */
export const zone = sql`coalesce(${cameras.timeZone}, ${notificationSettings.timeZone}, 'UTC')`
/** The rules for a picture: those of its camera, or of all its owner's cameras if it names none. */
const theRules = listOf<RuleThen>(sql`
  select public_rule_id as "publicRuleId", rule, rule_nickname as "ruleNickname", is_enabled as "isEnabled",
    cooldown_in_seconds as "cooldownInSeconds", ${moment(rules.snoozedUntil, 'snoozedUntil')} as "snoozedUntil",
    ${moment(rules.lastTriggered, 'lastTriggered')} as "lastTriggered", public_camera_id as "publicCameraId", location,
    ${zone} as "timeZone", is_armed as "isArmed", ${moment(cameras.snoozedUntil, 'cameraSnoozedUntil')} as "cameraSnoozedUntil",
    exists (
      select from ${verdicts}
      where event = fated.public_event_id and ${verdicts.rule} = public_rule_id and verdict = 'yes' and skipped is null
    ) as "hasTold",
    ${listOf(sql`
      select verdict, evidence, feedback from ${verdicts}
      where ${verdicts.rule} = public_rule_id and rule_text = ${rules.rule} and feedback is not null order by feedback_at desc limit ${CORRECTIONS}`)} as corrections
  from ${cameras}
    join ${rules} on ${rules.cameraId} = ${cameras.id}
    left join ${notificationSettings} on user_id = ${cameras.ownerId}
  where ${cameras.ownerId} = (select id from ${users} where public_user_id = fated.owner)
    and (fated.camera is null or public_camera_id = fated.camera)
  order by is_enabled desc, ${rules.id} limit ${RULES}`)

const ringing = delivering(sql`select * from told`)

const taking = writing(() => ({
  first: lockBudgets,
  steps: {
    busy,
    waiting,
    sorted: ofCamera('waiting'),
    picked,
    beyond,
    discarded,
    live: sql`select * from picked where attempts < ${sql.raw(String(MOST_ATTEMPTS))}`,
    ...budgeted('live', 'beyond'),
    ...ringing.steps,
    fated,
  },
  answers: {
    taken: listOf<Taken>(sql`
      select public_event_id as "publicEventId", object_key as "objectKey", etag, camera, ${moment(sql`captured_at`, 'capturedAt')} as "capturedAt",
        ${moment(sql`received_at`, 'receivedAt')} as "receivedAt", attempts, lease, failure, ${moment(takenOn, 'takenOn')} as "takenOn", ${theRules} as rules
      from fated where state = 'judging' order by captured_at`),
    isSpent,
    ...ringing.answers,
    others: object<{ picked: number; discarded: number; interrupted: number }>([
      ['picked', sql`(select count(*)::int from picked)`],
      ['discarded', sql`(select count(*)::int from discarded)`],
      ['interrupted', sql`(select count(*)::int from fated where state = 'failed')`],
    ]),
  },
}))

/**
 * Takes at most `limit` due events, each for `leaseInSeconds`: if the taker dies, they are due again then. Pictures over a
 * camera's or an account's limit are discarded, and the owner is notified once, through `deliveries`. Over the limit of the
 * deployment, they wait.
 */
export async function take(db: Db, budgets: Budgets, limit: number, leaseInSeconds: number) {
  const { taken, isSpent, deliveries, others } = await taking(db, {
    limit,
    leaseInSeconds,
    ...budgetValues(budgets),
  })
  if (isSpent) log.error({ event: 'budget_spent' })
  if (others.interrupted > 0) log.error({ event: 'events_interrupted', count: others.interrupted })
  return { taken, deliveries, hasMore: others.picked === limit || others.discarded > 0 }
}
