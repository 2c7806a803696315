import type { NeonQueryPromise } from '@neondatabase/serverless'
import { vi } from 'vitest'
import type { Answer } from './client.ts'
import type { sql as database } from './factories.ts'

type Sql = typeof database

const HERE = 'database = (select oid from pg_database where datname = current_database())'
// The wait for a row is one for a transaction, which is of no database.
const ANY = `pid in (select pid from pg_locks where ${HERE})`

export const waitsFor = {
  any: ANY,
  row: `locktype = 'transactionid' and ${ANY}`,
  table: (name: string) => `relation = '${name}'::regclass and ${HERE}`,
}

/**
 * Does `work` beside a transaction that has sent `held`, in a database that nobody else uses. When so many wait for a lock of this
 * kind it does another thing, which wins where both wait, and commits.
 */
export async function beside<T>(
  sql: Sql,
  held: NeonQueryPromise<false, false>[],
  work: () => Promise<T>,
  { lock = waitsFor.any, waiting = 1, next = 'select' } = {},
) {
  const holding = sql.transaction([
    ...held,
    sql`select pg_advisory_xact_lock(1)`,
    sql.query(`
      do $$ begin
        for attempt in 1..2500 loop
          exit when ${waiting} <= (select count(*) from pg_locks where not granted and ${lock});
          perform pg_sleep(0.002);
        end loop;
      end $$`),
    sql.query(next),
  ])
  const isHeld = `select from pg_locks where locktype = 'advisory' and objid = 1 and ${HERE}`
  await vi.waitUntil(async () => (await sql.query(isHeld)).length > 0, { timeout: 10_000, interval: 2 })
  const [result] = await Promise.all([work(), holding])
  return result
}

/** Sends requests at once: a lock on a table, which all of them need, holds their statements up until all have arrived. */
export const atOnce = (sql: Sql, table: string, requests: (() => Promise<Answer>)[]) =>
  beside(
    sql,
    [sql.query(`lock table ${table} in access exclusive mode`)],
    () => Promise.all(requests.map((request) => request())),
    { lock: waitsFor.table(table), waiting: requests.length },
  )
