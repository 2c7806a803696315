import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { events, sweeps } from '../db/schema.ts'
import { writing } from '../db/statement.ts'
import { log } from '../log.ts'

/** Whoever waits longer than this was not woken, or has nobody who judges. */
const LATE_IN_SECONDS = 300

const sweeping = writing(() => ({
  steps: {
    swept: sql`
      insert into ${sweeps} (name, last_run_at) values ('minute', now())
      on conflict (name) do update set last_run_at = excluded.last_run_at returning 1`,
  },
  answers: {
    lateInSeconds: sql<number | null>`(
      select extract(epoch from now() - min(due_at))::int from ${events} where due_at <= now())`,
  },
}))

/** What each minute asks first: whether pictures wait too long, which the log then says. */
export async function sweep(db: Db) {
  const { lateInSeconds } = await sweeping(db)
  if (lateInSeconds !== null && lateInSeconds > LATE_IN_SECONDS)
    log.error({ event: 'events_late', lateInSeconds })
}
