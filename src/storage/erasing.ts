import { sql } from 'drizzle-orm'
import { type Db, DatabaseError } from '../db/client.ts'
import { erasures } from '../db/schema.ts'
import { given, listOf, reading, writing } from '../db/statement.ts'
import { log } from '../log.ts'
import { type Environment, settingsIfGood } from '../settings.ts'
import { deleteAll, StorageError } from './bucket.ts'

/** Work after an answer ends when the platform ends it, after 30 seconds. */
const TIME_IN_MS = 20_000
const AT_ONCE = sql.raw('50')
/** For so long it is known what was erased. */
const KEPT = sql`interval '30 days'`

const finding = reading(() => ({
  answers: {
    due: listOf<{ id: string; prefix: string }>(sql`
      select id::text, prefix from ${erasures} where done_at is null and due_at <= now() order by due_at limit ${AT_ONCE}`),
  },
}))

const finishing = writing(() => ({
  steps: {
    done: sql`update ${erasures} set done_at = now() where id = any(${given('ids', 'bigint[]')}) returning id`,
    forgotten: sql`delete from ${erasures} where done_at < now() - ${KEPT} returning id`,
  },
  answers: { count: sql<number>`(select count(*)::int from done)` },
}))

/**
 * Erases from the bucket what is due. Two who do it at once do no harm; what fails, or takes too long, stays due, and a line in
 * the log says so.
 */
export async function eraseDue(db: Db, env: Environment) {
  const storage = settingsIfGood(env, 'storage')
  if (!storage) return
  const deadline = Date.now() + TIME_IN_MS
  const { due } = await finding(db)
  const done: string[] = []
  try {
    for (const { id, prefix } of due) if (await deleteAll(prefix, storage, deadline)) done.push(id)
  } catch (error) {
    const { name } = error as Error
    log.error({
      event: 'erasure_failed',
      name,
      ...(error instanceof StorageError && { status: error.status }),
    })
  }
  if (done.length > 0) await finishing(db.endIn(), { ids: `{${done.join(',')}}` })
}

/** As `eraseDue`, beside an answer: it fails in silence but for the log, and is done again by the hour. */
export const eraseBeside = (db: Db, env: Environment) =>
  eraseDue(db, env).catch(({ sqlstate, reason }: DatabaseError) =>
    log.error({ event: 'erasure_failed', name: 'DatabaseError', sqlstate, reason }),
  )
