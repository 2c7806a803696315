import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './client.ts'
import { type Values, writing } from './statement.ts'

/** Small enough for the time of one statement. */
const BATCH = sql.raw('20000')

/** Deletes expired rows of a table in batches until none is left. */
export function forgetting(table: PgTable, isOver: SQL) {
  const batch = writing(() => ({
    steps: {
      gone: sql`delete from ${table} where ctid in (select ctid from ${table} where ${isOver} limit ${BATCH}) returning 1`,
    },
    answers: { count: sql<number>`(select count(*) from gone)` },
  }))
  return async function forget(db: Db, values: Values = {}) {
    while ((await batch(db, values)).count > 0);
  }
}
