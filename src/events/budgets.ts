import { type SQL, sql } from 'drizzle-orm'
import { cameras, notifications, usage, users } from '../db/schema.ts'
import { given } from '../db/statement.ts'
import type { Settings } from '../settings.ts'

/** The limits of judged pictures: per camera and hour, per account and day, and in all per day. */
export type Budgets = Pick<
  Settings['events'],
  'JUDGEMENTS_PER_HOUR' | 'JUDGEMENTS_PER_DAY' | 'JUDGEMENTS_PER_DAY_IN_ALL'
>
export const budgetValues = (budgets: Budgets) => ({
  perHour: budgets.JUDGEMENTS_PER_HOUR,
  perDay: budgets.JUDGEMENTS_PER_DAY,
  inAll: budgets.JUDGEMENTS_PER_DAY_IN_ALL,
})
const perHour = given('perHour', 'int')
const perDay = given('perDay', 'int')
const inAll = given('inAll', 'int')

/** The id that stands for all accounts. */
const EVERYONE = sql.raw(`'00000000-0000-0000-0000-000000000000'::uuid`)
const TODAY = sql`date_trunc('day', now(), 'UTC')`
// Counts for a camera and an account go by the time a picture was received: pictures that waited for a judge did not all come
// at once.
const HOUR = sql`date_trunc('hour', received_at, 'UTC')`
const DAY = sql`date_trunc('day', received_at, 'UTC')`

/** Runs before the statement that counts: of concurrent takers, each sees what the one before took. */
export const lockBudgets = sql`
  insert into ${usage} as everyone (subject, since) values (${EVERYONE}, ${TODAY})
  on conflict (subject, since) do update set judged = everyone.judged`

const used = (subject: SQL, since: SQL) =>
  sql`coalesce((select judged from ${usage} where subject = ${subject} and since = ${since}), 0)`

/** Whether an event was counted by a taker whose lease has ended. It is not counted again. */
export const isCounted = sql`state = 'judging' as is_counted`
/**
 * Whether staff have an event judged that was judged before, or kept by a limit: then it has still its failure. It counts, but the limits
 * of its camera and account do not keep it.
 */
export const isAgain = sql`(judged_at is not null or (state = 'received' and failure is not distinct from 'limited')) as is_again`
const isExempt = sql`(is_counted or is_again)`
/** The place of an event among those that a limit may keep from being judged. */
const place = (subject: string, since: SQL) =>
  sql`row_number() over (partition by ${sql.identifier(subject)}, ${since}, ${isExempt} order by rank, id)`

/** For each event of a step, in the order of their `rank`: whether it is within its camera's hourly limit. */
export const ofCamera = (step: string) => sql`
  select *, camera is null or ${isExempt} or ${used(sql`camera`, HOUR)} + ${place('camera', HOUR)} <= ${perHour} as is_of_camera
  from ${sql.identifier(step)}`

/**
 * Steps that decide for events within their camera's limit whether they are also within their account's and the total, and
 * count those that are. `beyond` is a step of events over their camera's limit. Owners are notified once per hour or day.
 */
export const budgeted = (step: string, beyond: string) => ({
  owned: sql`
    select *, ${isExempt} or ${used(sql`owner`, DAY)} + ${place('owner', DAY)} <= ${perDay} as is_of_owner
    from ${sql.identifier(step)}`,
  decided: sql`
    select *, is_of_owner
      and (is_counted or ${used(EVERYONE, TODAY)} + row_number() over (partition by is_of_owner, is_counted order by rank, id) <= ${inAll}) as is_granted
    from owned`,
  // In the order in which `givenBack` locks them.
  counted: sql`
    insert into ${usage} as counted (subject, since, judged, is_told)
    select subject, since, count(*) filter (where counts), bool_or(is_beyond) from (
      select 1, ${EVERYONE}, ${TODAY}, is_granted and not is_counted, is_of_owner and not is_granted from decided
      union all select 2, owner, ${DAY}, is_granted and not is_counted, not is_of_owner from decided
      union all select 3, camera, ${HOUR}, is_granted and not is_counted, false from decided where camera is not null
      union all select 3, camera, ${HOUR}, false, true from ${sql.identifier(beyond)}
    ) as uses (place, subject, since, counts, is_beyond)
    group by place, subject, since order by place, subject, since
    on conflict (subject, since) do update set
      judged = counted.judged + excluded.judged, is_told = counted.is_told or excluded.is_told
    returning subject, new.is_told and not coalesce(old.is_told, false) as tells`,
  told: sql`
    insert into ${notifications} (
      public_notification_id, owner, camera, kind, rule_ids, rule_nicknames, importance, title, body, created_at)
    select uuidv7(), public_user_id, public_camera_id, 'limited', '{}'::uuid[], '{}'::text[], 'passive', location,
      'More than ' || ${perHour} || ' pictures in an hour: the others are not judged.', now()
    from counted join ${cameras} on public_camera_id = subject join ${users} on ${users.id} = owner_id where tells
    union all
    select uuidv7(), subject, null, 'limited', '{}', '{}', 'passive', 'Scout',
      'More than ' || ${perDay} || ' pictures in a day: the others are not judged.', now()
    from counted join ${users} on public_user_id = subject where tells
    returning *`,
})

/** Whether the total limit was reached just now. */
export const isSpent = sql<boolean>`exists (select from counted where tells and subject = ${EVERYONE})`

/** The day under which pictures taken now count towards the total. */
export const takenOn = TODAY

const TRIALS_PER_HOUR = sql.raw('10')
const THIS_HOUR = sql`date_trunc('hour', now(), 'UTC')`
const tried = sql`coalesce((select tried from ${usage} where subject = owner and since = ${THIS_HOUR}), 0)`

/**
 * Steps that count a trial and its pictures, of which `granted` are within the limits. The step `trial` has the `owner` and
 * the number `asked` for.
 */
export const budgetedTrial = {
  granted: sql`
    select *, case when ${tried} < ${TRIALS_PER_HOUR}
      then greatest(least(asked, ${perDay} - ${used(sql`owner`, TODAY)}, ${inAll} - ${used(EVERYONE, TODAY)}), 0) else 0 end as pictures
    from trial`,
  counted: sql`
    insert into ${usage} as counted (subject, since, judged, tried)
    select subject, since, sum(judged), sum(tried) from (
      select ${EVERYONE}, ${TODAY}, pictures, 0 from granted where pictures > 0
      union all select owner, ${TODAY}, pictures, 0 from granted where pictures > 0
      union all select owner, ${THIS_HOUR}, 0, 1 from granted where pictures > 0
    ) as uses (subject, since, judged, tried)
    group by subject, since
    on conflict (subject, since) do update set
      judged = counted.judged + excluded.judged, tried = counted.tried + excluded.tried
    returning 1`,
}

/** The seconds that a trial with no granted pictures has to wait; null if some were granted. */
export const trialWaits = sql<number | null>`(
  select ceil(extract(epoch from case
    when ${tried} < ${TRIALS_PER_HOUR} then ${TODAY} + interval '1 day' else ${THIS_HOUR} + interval '1 hour' end - now()))::int
  from granted where asked > 0 and pictures = 0)`

/** A step that uncounts a picture that was counted but not judged. `ended` is a step with its event. */
export const givenBack = (ended: string, isUnjudged: SQL) => sql`
  update ${usage} set judged = greatest(judged - 1, 0)
  where (subject, since) in (
    select subject, since from ${usage} join (
      select 1 as place, ${EVERYONE} as subject, ${given('takenOn', 'timestamptz')} as since from ${sql.identifier(ended)}
      union all select 2, owner, ${DAY} from ${sql.identifier(ended)}
      union all select 3, camera, ${HOUR} from ${sql.identifier(ended)}
    ) as uses using (subject, since)
    where ${isUnjudged} order by place for update of ${usage})
  returning 1`
