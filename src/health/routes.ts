import { sql } from 'drizzle-orm'
import { reading } from '../db/client.ts'
import { users } from '../db/schema.ts'
import { json, router } from '../http.ts'

/** Someone is asking whether to send requests here: a database this slow is as good as none. */
const PATIENCE_IN_MS = 2_000

const pinging = reading((builder) =>
  builder
    .select({ one: sql`1` })
    .from(users)
    .limit(1)
    .prepare(''),
)

export const healthRoutes = router()
  .get('/healthz', () => json({ status: 'ok' }))
  .get('/readyz', async (c) => {
    await pinging(c.get('db').endIn(PATIENCE_IN_MS))
    return json({ status: 'ok' })
  })
