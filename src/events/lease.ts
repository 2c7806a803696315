import { sql } from 'drizzle-orm'
import { cameras, events } from '../db/schema.ts'
import { given } from '../db/statement.ts'

/** The event that this attempt works on. Where its lease is not ours any more, somebody else has it, or had it. */
export const mine = sql`(
  public_event_id = ${given('event', 'uuid')} and lease = ${given('lease', 'uuid')} and ${events.state} = 'judging')`

/** Before the statement that ends an attempt: of several that tell of a camera each sees what those before it told. */
export const lockCameras = sql`
  select id from ${cameras} where public_camera_id = any(${given('cameras', 'uuid[]')}) order by id for no key update`
