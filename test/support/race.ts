import type { NeonQueryPromise } from '@neondatabase/serverless'
import { vi } from 'vitest'
import type { Answer } from './client.ts'
import type { sql as database } from './factories.ts'

type Sql = typeof database

const HERE = 'database = (select oid from pg_database where datname = current_database())'
// Waiting for a row means waiting for a transaction, which belongs to no database in pg_locks.
const ANY = `pid in (select pid from pg_locks where ${HERE})`

export const waitsFor = {
  any: ANY,
  row: `locktype = 'transactionid' and ${ANY}`,
  table: (name: string) => `relation = '${name}'::regclass and ${HERE}`,
}

/**
 * Runs `work` beside a transaction that has sent `held`, in a database of its own. Once that many statements wait for a lock of this
 * kind, the transaction sends another statement, which therefore wins the race, and commits.
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

/** Sends requests at the same time: a lock on a table that all of them need blocks their statements until all have arrived. */
export const atOnce = (sql: Sql, table: string, requests: (() => Promise<Answer>)[]) =>
  beside(
    sql,
    [sql.query(`lock table ${table} in access exclusive mode`)],
    () => Promise.all(requests.map((request) => request())),
    { lock: waitsFor.table(table), waiting: requests.length },
  )
