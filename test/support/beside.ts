import type { NeonQueryPromise } from '@neondatabase/serverless'
import { vi } from 'vitest'
import type { sql } from './factories.ts'

/**
 * Does `work` beside a transaction in a database that nobody else uses. It commits when so many statements wait for what it
 * changed, or for each other.
 */
export async function beside<T>(
  db: typeof sql,
  change: NeonQueryPromise<false, false>,
  work: () => Promise<T>,
  waiting = 1,
) {
  const here = 'database = (select oid from pg_database where datname = current_database())'
  const holding = db.transaction([
    change,
    db`select pg_advisory_xact_lock(1)`,
    // The wait for a row is one for a transaction, which is of no database.
    db.query(`
      do $$ begin
        for attempt in 1..2500 loop
          exit when ${waiting} <= (
            select count(*) from pg_locks where not granted and pid in (select pid from pg_locks where ${here}));
          perform pg_sleep(0.002);
        end loop;
      end $$`),
  ])
  const isHeld = `select from pg_locks where locktype = 'advisory' and objid = 1 and ${here}`
  await vi.waitUntil(async () => (await db.query(isHeld)).length > 0, { timeout: 10_000, interval: 2 })
  const [result] = await Promise.all([work(), holding])
  return result
}
