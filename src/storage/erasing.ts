import { type SQL, sql } from 'drizzle-orm'
import type { Db, DatabaseError } from '../db/client.ts'
import { erasures } from '../db/schema.ts'
import { arrayOf, given, listOf, reading, writing } from '../db/statement.ts'
import { log } from '../log.ts'
import { type Environment, type Settings, settingsIfGood } from '../settings.ts'
import { deleteAll, StorageError } from './bucket.ts'

/** Work after an answer ends when the platform ends it, after 30 seconds; work by the clock may take its time. */
const BESIDE_IN_MS = 20_000
const BY_THE_CLOCK_IN_MS = 5 * 60_000
const AT_ONCE = sql.raw('50')
/** What was begun and not finished is due again after so long, behind what fell due meanwhile. */
const PAUSE = sql`interval '1 hour'`
/** For so long it is known what was erased. */
const KEPT = sql`interval '30 days'`
/** What is due for longer is late. */
const LATE = sql`interval '1 day'`

type Erasure = { id: string; prefix: string }

/** Takes erasures that are due, each of them for one who erases: they are due again later unless they are done. */
const taking = (order: SQL) =>
  writing(() => ({
    steps: {
      due: sql`
        select id from ${erasures} where done_at is null and due_at <= now()
        order by ${order} limit ${AT_ONCE} for update skip locked`,
      taken: sql`
        update ${erasures} set due_at = now() + ${PAUSE} where id in (select id from due) returning id, prefix`,
    },
    answers: { taken: listOf<Erasure>(sql`select id::text, prefix from taken`) },
  }))
const takingOldest = taking(sql`due_at, id`)
const takingNewest = taking(sql`due_at desc, id desc`)

const finishing = writing(() => ({
  steps: {
    done: sql`update ${erasures} set done_at = now() where id = any(${given('ids', 'bigint[]')}) returning id`,
    forgotten: sql`delete from ${erasures} where done_at < now() - ${KEPT} returning id`,
  },
  answers: { count: sql<number>`(select count(*)::int from done)` },
}))

// Each try puts off when a row is due, but its number stays: what was written after it, and is done for a day, tells its age.
const counting = reading(() => ({
  answers: {
    late: sql<number>`(
      select count(*)::int from ${erasures}
      where done_at is null and (due_at < now() - ${LATE} or id < (
        select max(id) from ${erasures} where done_at < now() - ${LATE})))`,
  },
}))

/**
 * Erases from the bucket what is due, the oldest first, for five minutes at most. What fails, or takes too long, is due again an
 * hour later, and a line in the log says so; so does one where something has been due for more than a day.
 */
export async function eraseDue(db: Db, env: Environment) {
  const { late: count } = await counting(db.endIn())
  if (count > 0) log.error({ event: 'erasure_late', count })
  const deadline = Date.now() + BY_THE_CLOCK_IN_MS
  while (Date.now() < deadline && (await eraseSome(db, env, takingOldest, deadline)) > 0);
}

/** Erases beside an answer what that deleted, or whatever else is due the latest; it fails in silence but for the log. */
export const eraseBeside = (db: Db, env: Environment) =>
  eraseSome(db, env, takingNewest, Date.now() + BESIDE_IN_MS).then(
    () => {},
    ({ sqlstate, reason }: DatabaseError) =>
      log.error({ event: 'erasure_failed', name: 'DatabaseError', sqlstate, reason }),
  )

/** How many were due. */
async function eraseSome(db: Db, env: Environment, take: ReturnType<typeof taking>, deadline: number) {
  const storage = settingsIfGood(env, 'storage')
  if (!storage) return 0
  const { taken } = await take(db.endIn())
  const done: string[] = []
  for (const { id, prefix } of taken) if (await isErased(prefix, storage, deadline)) done.push(id)
  if (done.length > 0) await finishing(db.endIn(), { ids: arrayOf(done) })
  return taken.length
}

async function isErased(prefix: string, storage: Settings['storage'], deadline: number) {
  try {
    return await deleteAll(prefix, storage, deadline)
  } catch (error) {
    const { name } = error as Error
    log.error({
      event: 'erasure_failed',
      name,
      ...(error instanceof StorageError && { status: error.status }),
    })
    return false
  }
}
