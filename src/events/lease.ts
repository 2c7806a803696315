import { sql, type SQL } from 'drizzle-orm'
import { cameras, events, usage } from '../db/schema.ts'
import { given } from '../db/statement.ts'
import { EVERYONE } from './take.ts'

/** The event that this attempt works on. Where its lease is not ours any more, somebody else has it, or had it. */
export const mine = sql`(
  public_event_id = ${given('event', 'uuid')} and lease = ${given('lease', 'uuid')} and ${events.state} = 'judging')`

/** Before the statement that ends an attempt: of several that tell of a camera each sees what those before it told. */
export const lockCameras = sql`
  select id from ${cameras} where public_camera_id = any(${given('cameras', 'uuid[]')}) order by id for no key update`

/** A picture that was counted and not judged counts for nothing, in each of its budgets; they are locked as `take` locks them. */
export const givenBack = (ended: string, isUnjudged: SQL) => sql`
  update ${usage} set judged = judged - 1
  where (subject, since) in (
    select subject, since from ${usage} join (
      select camera as subject, date_trunc('hour', now(), 'UTC') as since, 1 as place from ${sql.identifier(ended)}
      union all select owner, date_trunc('day', now(), 'UTC'), 2 from ${sql.identifier(ended)}
      union all select ${EVERYONE}, date_trunc('day', now(), 'UTC'), 3 from ${sql.identifier(ended)}
    ) as counted using (subject, since)
    where ${isUnjudged} and judged > 0 order by place for update of ${usage})
  returning 1`
