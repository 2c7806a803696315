import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import {
  cameras,
  events,
  notifications,
  notificationSettings,
  rules,
  usage,
  users,
  verdicts,
} from '../db/schema.ts'
import { given, listOf, literal, moment, object, writing } from '../db/statement.ts'
import { log } from '../log.ts'
import type { Settings } from '../settings.ts'
import { MOST_ATTEMPTS, SPENT_IN_SECONDS } from './life.ts'
import type { Label } from './receive.ts'

/** A rule as it stands when a picture is taken, with its camera and what its owner said of its last verdicts. */
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
  corrections: { evidence: string; feedback: 'right' | 'wrong' }[]
}
/** An event that is ours to work on until its lease ends. */
export type Taken = {
  publicEventId: string
  objectKey: string
  etag: string | null
  camera: string | null
  capturedAt: string
  receivedAt: string
  attempts: number
  lease: string
  labels: Label[]
  rules: RuleThen[]
}
export type Budgets = Pick<
  Settings['events'],
  'JUDGEMENTS_PER_HOUR' | 'JUDGEMENTS_PER_DAY' | 'JUDGEMENTS_PER_DAY_IN_ALL'
>

/** So many of those that are due are looked through: more wait for one camera only where it brought more at once. */
const LOOKED_THROUGH = sql.raw('20000')
/** Candidates for the few that are taken: others may have locked some. */
const CANDIDATES = sql.raw('64')
const CORRECTIONS = sql.raw('3')
/** The id that stands for all accounts. */
export const EVERYONE = sql.raw(`'00000000-0000-0000-0000-000000000000'::uuid`)

/** The first of each camera come before the second of any, so that none waits for another's thousands. */
const ranked = sql`
  select id, due_at, row_number() over (partition by coalesce(camera, owner) order by due_at, id) as rank
  from (
    select id, due_at, camera, owner from ${events} where due_at <= now() order by due_at, id limit ${LOOKED_THROUGH}
  ) as due`
const picked = sql`
  select ${events.id}, owner, camera, attempts, rank from ${events}
    join (select * from ranked order by rank, due_at limit ${CANDIDATES}) as first using (id)
  where ${events.dueAt} <= now()
  order by rank, ${events.dueAt} limit ${given('limit', 'int')} for update of ${events} skip locked`

type Budget = { from: string; subject: SQL; since: 'hour' | 'day'; most: string }

/**
 * Counts pictures of a step in a budget, each up to it, as one row that is locked: of those that come at once none goes beyond.
 * `granted` is how many of a subject may go on.
 */
const counted = ({ from, subject, since, most }: Budget) => sql`
  insert into ${usage} as counted (subject, since, judged, is_told)
  select subject, date_trunc(${literal(since)}, now(), 'UTC'), least(count(*), ${given(most, 'int')}), count(*) > ${given(most, 'int')}
  from (select ${subject} as subject from ${sql.identifier(from)}) as those
  where subject is not null group by subject order by subject
  on conflict (subject, since) do update set
    judged = least(counted.judged + excluded.judged, ${given(most, 'int')}),
    is_told = counted.is_told or excluded.is_told or counted.judged + excluded.judged > ${given(most, 'int')}
  returning subject, new.judged - coalesce(old.judged, 0) as granted, new.is_told and not coalesce(old.is_told, false) as tells`

/** Of a step those that its budget granted; what has no subject has no budget. */
const within = ({ from, subject }: Budget, budget: string) => sql`
  select id, camera, owner, rank from (
    select id, camera, owner, rank, ${subject} as subject,
      row_number() over (partition by ${subject} order by rank, id) as place
    from ${sql.identifier(from)}) as those
  left join ${sql.identifier(budget)} as budget using (subject)
  where subject is null or place <= granted`

const ofCamera: Budget = { from: 'live', subject: sql`camera`, since: 'hour', most: 'perHour' }
const ofOwner: Budget = { from: 'of_camera', subject: sql`owner`, since: 'day', most: 'perDay' }
const ofAll: Budget = { from: 'of_owner', subject: EVERYONE, since: 'day', most: 'inAll' }
const isIn = (step: string) => sql`${events.id} in (select id from ${sql.identifier(step)})`

/** What becomes of each that was picked. */
const fated = sql`
  update ${events} set
    state = case when ${isIn('granted')} then 'judging' when ${isIn('of_owner')} then 'received' when ${isIn('live')} then 'discarded' else 'failed' end,
    lease = case when ${isIn('granted')} then gen_random_uuid() end,
    attempts = attempts + case when ${isIn('granted')} then 1 else 0 end,
    due_at = case
      when ${isIn('granted')} then now() + make_interval(secs => ${given('leaseInSeconds', 'int')})
      when ${isIn('of_owner')} then now() + make_interval(secs => ${sql.raw(String(SPENT_IN_SECONDS))}) end,
    failure = case
      when ${isIn('granted')} then failure when ${isIn('of_owner')} then 'budget_spent' when ${isIn('live')} then 'limited' else 'interrupted' end
  where id in (select id from picked)
  returning *`

/** What its owner is told once an hour of a camera, and once a day of an account. */
const told = sql`
  insert into ${notifications} (public_notification_id, owner, camera, kind, rule_ids, rule_nicknames, title, body, created_at)
  select uuidv7(), public_user_id, public_camera_id, 'limited', '{}'::uuid[], '{}'::text[], location,
    'More than ' || ${given('perHour', 'int')} || ' pictures in an hour: the others are not judged.', now()
  from camera_budget join ${cameras} on public_camera_id = subject join ${users} on ${users.id} = owner_id where tells
  union all
  select uuidv7(), subject, null, 'limited', '{}', '{}', 'Scout',
    'More than ' || ${given('perDay', 'int')} || ' pictures today: the others are not judged.', now()
  from owner_budget where tells
  returning 1`

const zone = sql`coalesce(${cameras.timeZone}, ${notificationSettings.timeZone}, 'UTC')`
/** The rules that a picture is held against: those of its camera, or of all of its owner's where it names none. */
const theRules = listOf<RuleThen>(sql`
  select public_rule_id as "publicRuleId", rule, rule_nickname as "ruleNickname", is_enabled as "isEnabled",
    cooldown_in_seconds as "cooldownInSeconds", ${moment(rules.snoozedUntil, 'snoozedUntil')} as "snoozedUntil",
    ${moment(rules.lastTriggered, 'lastTriggered')} as "lastTriggered", public_camera_id as "publicCameraId", location,
    ${zone} as "timeZone", is_armed as "isArmed", ${moment(cameras.snoozedUntil, 'cameraSnoozedUntil')} as "cameraSnoozedUntil",
    ${listOf(sql`
      select evidence, feedback from ${verdicts}
      where ${verdicts.rule} = public_rule_id and feedback is not null order by feedback_at desc limit ${CORRECTIONS}`)} as corrections
  from ${cameras}
    join ${rules} on ${rules.cameraId} = ${cameras.id}
    left join ${notificationSettings} on user_id = ${cameras.ownerId}
  where ${cameras.ownerId} = (select id from ${users} where public_user_id = fated.owner)
    and (fated.camera is null or public_camera_id = fated.camera)
  order by ${rules.id}`)

const taking = writing(() => ({
  steps: {
    ranked,
    picked,
    live: sql`select * from picked where attempts < ${sql.raw(String(MOST_ATTEMPTS))}`,
    camera_budget: counted(ofCamera),
    of_camera: within(ofCamera, 'camera_budget'),
    owner_budget: counted(ofOwner),
    of_owner: within(ofOwner, 'owner_budget'),
    everyones_budget: counted(ofAll),
    granted: within(ofAll, 'everyones_budget'),
    fated,
    told,
  },
  answers: {
    taken: listOf<Taken>(sql`
      select public_event_id as "publicEventId", object_key as "objectKey", etag, camera, ${moment(sql`captured_at`, 'capturedAt')} as "capturedAt",
        ${moment(sql`received_at`, 'receivedAt')} as "receivedAt", attempts, lease, labels, ${theRules} as rules
      from fated where state = 'judging' order by captured_at`),
    isSpent: sql<boolean>`exists (select from everyones_budget where tells)`,
    others: object<{ limited: number; waiting: number; interrupted: number }>([
      ['limited', sql`(select count(*)::int from fated where state = 'discarded')`],
      ['waiting', sql`(select count(*)::int from fated where state = 'received')`],
      ['interrupted', sql`(select count(*)::int from fated where state = 'failed')`],
    ]),
  },
}))

/**
 * Takes events that are due, `limit` at most, each of them for `leaseInSeconds`: whoever has them dies, they are due again then.
 * Pictures beyond a budget are discarded, and their owner is told once; beyond that of the deployment they wait.
 */
export async function take(db: Db, budgets: Budgets, limit: number, leaseInSeconds: number) {
  const { taken, isSpent, others } = await taking(db, {
    limit,
    leaseInSeconds,
    perHour: budgets.JUDGEMENTS_PER_HOUR,
    perDay: budgets.JUDGEMENTS_PER_DAY,
    inAll: budgets.JUDGEMENTS_PER_DAY_IN_ALL,
  })
  if (isSpent) log.error({ event: 'budget_spent' })
  if (others.interrupted > 0) log.error({ event: 'events_interrupted', count: others.interrupted })
  return { taken, hasMore: taken.length + others.limited + others.interrupted === limit }
}
