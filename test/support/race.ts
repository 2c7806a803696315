import { vi } from 'vitest'
import type { Answer } from './client.ts'
import type { sql as database } from './factories.ts'

type Sql = typeof database

/** Sends requests at once: a lock on a table, which all of them need, holds their statements up until all have arrived. */
export async function atOnce(sql: Sql, table: string, requests: (() => Promise<Answer>)[]) {
  const holding = sql.transaction([
    sql.query(`lock table ${table} in access exclusive mode`),
    sql.query(untilWaiting(table, requests.length)),
  ])
  const isHeld = async () => {
    const locks = await sql`
      select from pg_locks where relation = ${table}::regclass and mode = 'AccessExclusiveLock' and granted
        and database = (select oid from pg_database where datname = current_database())`
    return locks.length > 0
  }
  await vi.waitUntil(isHeld, { timeout: 10_000, interval: 2 })
  const [answers] = await Promise.all([Promise.all(requests.map((request) => request())), holding])
  return answers
}

const untilWaiting = (table: string, count: number) => `
  do $$ begin
    for attempt in 1..2500 loop
      exit when ${count} <= (
        select count(*) from pg_locks where relation = '${table}'::regclass and not granted
          and database = (select oid from pg_database where datname = current_database()));
      perform pg_sleep(0.002);
    end loop;
  end $$`
