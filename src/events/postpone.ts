import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { cameras, events, notifications, notificationSettings, users } from '../db/schema.ts'
import { given, writing } from '../db/statement.ts'
import { type Telling, telling } from '../notifications/telling.ts'
import { givenBack, lockCameras, mine } from './lease.ts'
import { type State, TOLD_AFTER_ATTEMPTS } from './life.ts'
import type { Taken } from './take.ts'
import { UNJUDGED } from './words.ts'

const ended = sql`
  update ${events} set state = ${given('state')}, lease = null, failure = ${given('failure')},
    due_at = now() + make_interval(secs => ${given('delayInSeconds', 'int')}), judge = coalesce(${given('judge')}, judge)
  where ${mine}
  returning *`

/** Its owner is told that pictures could not be judged, where they want it, once in five minutes. */
const unjudged: Telling = {
  kind: 'unjudged',
  of: sql`
    select ${cameras.id} as camera_id, ended.owner, ended.public_event_id as event, ended.object_key as image_key, ended.clip_key,
      '{}'::uuid[] as rule_ids, '{}'::text[] as rule_nicknames, ${UNJUDGED} as body, '' as remark
    from ended
      join ${cameras} on public_camera_id = ended.camera
      join ${users} on ${users.id} = owner_id and public_user_id = ended.owner
      left join ${notificationSettings} on user_id = ${users.id}
    where ${given('tells', 'boolean')} and coalesce(tells_unjudged, true) and not exists (
      select from ${notifications} as before
      where before.camera = ended.camera and before.kind = 'unjudged' and before.created_at > now() - interval '5 minutes')`,
}

const ending = writing(() => ({
  first: lockCameras,
  steps: { ended, ...telling(unjudged), given_back: givenBack('ended', sql`true`) },
  answers: { isOurs: sql<boolean>`exists (select from ended)` },
}))

type Cause = { failure: string; judge: string | null }

/** Ends an attempt that came to nothing: it is due again after so many seconds. Whether the lease was still ours. */
export const postpone = (db: Db, event: Taken, delayInSeconds: number, cause: Cause) =>
  end(db, event, 'received', delayInSeconds, cause)

/** Ends an event without a verdict. Whether the lease was still ours. */
export const giveUp = (db: Db, event: Taken, state: 'failed' | 'discarded', cause: Cause) =>
  end(db, event, state, null, cause)

async function end(
  db: Db,
  event: Taken,
  state: State,
  delayInSeconds: number | null,
  { failure, judge }: Cause,
) {
  const { isOurs } = await ending(db, {
    event: event.publicEventId,
    lease: event.lease,
    cameras: event.camera === null ? '{}' : `{${event.camera}}`,
    tells: judge !== null && event.attempts >= TOLD_AFTER_ATTEMPTS,
    state,
    failure,
    judge,
    delayInSeconds,
  })
  return isOurs
}
