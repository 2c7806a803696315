import { getTableColumns, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import * as schema from '../db/schema.ts'
import { reading } from '../db/statement.ts'
import { router } from '../http/router.ts'
import { requireSettings } from '../settings.ts'
import { limitAddress } from '../http/throttle.ts'

/** A load balancer is waiting: a database this slow counts as down. */
const PATIENCE_IN_MS = 2_000

const tables = Object.values(schema).filter((table) => is(table, PgTable))

/** Reads a row and touches every table and column that should exist: a database without its migrations is not ready. */
const pinging = reading(() => ({
  answers: {
    hasUsers: sql<boolean>`exists (select from ${schema.users})`,
    areThere: sql<boolean>`${sql.join(tables.map(isThere), sql` or `)}`,
  },
}))

const isThere = (table: PgTable) => {
  const columns = sql.join(Object.values(getTableColumns(table)), sql`, `)
  return sql`exists (select ${columns} from ${table} limit 0)`
}

export const healthRoutes = router()
  .get('/healthz', (c) => c.json({ status: 'ok' }))
  .get('/readyz', limitAddress, async (c) => {
    requireSettings(c.env)
    await pinging(c.get('db').endIn(PATIENCE_IN_MS))
    return c.json({ status: 'ok' })
  })
