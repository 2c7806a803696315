import { sql } from 'drizzle-orm'
import { cameras, events } from '../db/schema.ts'
import { given } from '../db/statement.ts'

/** The event of this attempt. If the lease is no longer ours, another attempt has it or had it. */
export const mine = sql`(
  public_event_id = ${given('event', 'uuid')} and lease = ${given('lease', 'uuid')} and ${events.state} = 'judging')`

/**
 * Runs before the statement that ends an attempt: of concurrent notifications of one camera, each sees those before it.
 */
export const lockCameras = sql`
  select id from ${cameras} where public_camera_id = any(${given('cameras', 'uuid[]')}) order by id for no key update`
