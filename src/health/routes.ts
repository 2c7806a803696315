import { sql } from 'drizzle-orm'
import { users } from '../db/schema.ts'
import { reading } from '../db/statement.ts'
import { json, router } from '../http.ts'
import { requireSettings } from '../settings.ts'

/** Someone is asking whether to send requests here: a database this slow is as good as none. */
const PATIENCE_IN_MS = 2_000

const pinging = reading(() => ({ answers: { isThere: sql<boolean>`exists (select from ${users})` } }))

export const healthRoutes = router()
  .get('/healthz', () => json({ status: 'ok' }))
  .get('/readyz', async (c) => {
    requireSettings(c.env)
    await pinging(c.get('db').endIn(PATIENCE_IN_MS))
    return json({ status: 'ok' })
  })
