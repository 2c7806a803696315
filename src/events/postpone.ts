import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { cameras, events, notifications, notificationSettings, users } from '../db/schema.ts'
import { arrayOf, given, repeatable } from '../db/statement.ts'
import { type Telling, telling } from '../notifications/telling.ts'
import { type Delivery, delivering } from '../push/outbox.ts'
import { givenBack } from './budgets.ts'
import { lockCameras, mine } from './lease.ts'
import { type Failure, type State, TOLD_AFTER_ATTEMPTS } from './life.ts'
import type { Taken } from './take.ts'
import { UNJUDGED } from './words.ts'

// The bucket may have reported a missing picture just now.
const isThere = sql`(${given('failure')} = 'missing' and etag is not null and ${given('etag')} is null)`
const ended = sql`
  update ${events} set lease = null, failure = coalesce(${given('failure')}, failure), judge = coalesce(${given('judge')}, judge),
    state = case when ${isThere} then 'received' else ${given('state')} end,
    attempts = case when ${isThere} then 0 else ${given('attempts', 'int')} end,
    due_at = case when ${isThere} then now() else now() + make_interval(secs => ${given('delayInSeconds', 'int')}) end
  where ${mine}
  returning *`

/** Notifies owners who want it that pictures could not be judged: of each once, and at most once in five minutes. */
const unjudged: Telling = {
  kind: 'unjudged',
  of: sql`
    select ${cameras.id} as camera_id, ended.owner, ended.public_event_id as event, ended.object_key as image_key, ended.clip_key,
      ended.captured_at, 'normal' as importance, '{}'::uuid[] as rule_ids, '{}'::text[] as rule_nicknames, ${UNJUDGED} as body, '' as remark
    from ended
      join ${cameras} on public_camera_id = ended.camera
      join ${users} on ${users.id} = owner_id and public_user_id = ended.owner
      left join ${notificationSettings} on user_id = ${users.id}
    where ${given('tells', 'boolean')} and coalesce(tells_unjudged, true) and not exists (
      select from ${notifications} as before
      where before.camera = ended.camera and before.kind = 'unjudged' and before.created_at > now() - interval '5 minutes')
      and not exists (
        select from ${notifications} as before
        where before.camera = ended.camera and ended.public_event_id = any(before.event_ids))`,
}

const ringing = delivering(sql`select * from notified where is_pushed`)

/**
 * Whether the picture was announced but never uploaded. It counts for its camera and account, which could announce as many as
 * they like, and not for everybody, since no judge was asked.
 */
const neverCame = sql`exists (select from ended where state = 'discarded' and failure = 'missing' and etag is null)`

const ending = repeatable(() => ({
  first: lockCameras,
  steps: {
    ended,
    ...telling(unjudged),
    ...ringing.steps,
    given_back: givenBack('ended', sql`(place = 1 or not ${neverCame})`),
  },
  answers: {
    isOurs: sql<boolean>`exists (select from ended)`,
    isDue: sql<boolean>`exists (select from ended where due_at <= now())`,
    ...ringing.answers,
  },
}))

/** Why an attempt failed (null if it did not begin), the number of attempts with the same failure, and the judge that was asked. */
export type Cause = { failure: Failure | null; attempts: number; judge: string | null }
/** Its deliveries, and whether the event is due at once, since its picture has come. */
export type Postponed = { deliveries: Delivery[]; isDue: boolean }

/** Ends a failed attempt: the event is due again after this many seconds. Null if the lease was lost. */
export const postpone = (db: Db, event: Taken, delayInSeconds: number, cause: Cause) =>
  end(db, event, 'received', delayInSeconds, cause)

/** Ends an event without a verdict, in the same way. */
export const giveUp = (db: Db, event: Taken, state: 'failed' | 'discarded', cause: Cause) =>
  end(db, event, state, null, cause)

async function end(
  db: Db,
  event: Taken,
  state: State,
  delayInSeconds: number | null,
  cause: Cause,
): Promise<Postponed | null> {
  const { isOurs, ...postponed } = await ending(db, {
    event: event.publicEventId,
    lease: event.lease,
    takenOn: event.takenOn,
    etag: event.etag,
    cameras: arrayOf(event.camera === null ? [] : [event.camera]),
    tells: isOutage(cause.failure) && cause.attempts >= TOLD_AFTER_ATTEMPTS,
    state,
    delayInSeconds,
    ...cause,
  })
  return isOurs ? postponed : null
}

/** The picture itself is fine, and may show a burglar. */
const isOutage = (failure: Failure | null) =>
  failure === 'storage_unreachable' || failure?.startsWith('judge_') === true
