import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { events, sweeps } from '../db/schema.ts'
import { writing } from '../db/statement.ts'
import { log } from '../log.ts'
import { deliver } from '../notifications/deliver.ts'
import { silences } from '../notifications/silence.ts'
import { delivering } from '../push/outbox.ts'

/** Events that wait longer were not woken for, or have no judge. */
const LATE_IN_SECONDS = 300
/** While the sweep paused, no camera can have been heard either: they get some time to report. */
const PAUSE = sql`interval '2 minutes'`
const GRACE = sql`interval '5 minutes'`

const ringing = delivering(sql`select * from notified`)

const sweeping = writing(() => ({
  steps: {
    swept: sql`
      insert into ${sweeps} as sweeps (name, last_run_at, resumed_at) values ('minute', now(), now())
      on conflict (name) do update set
        last_run_at = excluded.last_run_at,
        resumed_at = case when sweeps.last_run_at < now() - ${PAUSE} then now() else sweeps.resumed_at end
      returning coalesce(resumed_at < now() - ${GRACE}, true) as is_steady`,
    ...silences,
    ...ringing.steps,
  },
  answers: {
    ...ringing.answers,
    lateInSeconds: sql<number | null>`(
      select extract(epoch from now() - min(due_at))::int from ${events} where due_at <= now())`,
  },
}))

/**
 * Runs first every minute: logs pictures that wait too long, and notifies of cameras that went offline or came back.
 */
export async function sweep(db: Db, env: Env) {
  const { lateInSeconds, deliveries } = await sweeping(db)
  if (lateInSeconds !== null && lateInSeconds > LATE_IN_SECONDS)
    log.error({ event: 'events_late', lateInSeconds })
  await deliver(env, deliveries)
}
