import { type SQL, sql } from 'drizzle-orm'
import type { Db, DatabaseError } from '../db/client.ts'
import { FOLDERS_OF_ACCOUNTS } from '../db/erasures.ts'
import { erasures, events } from '../db/schema.ts'
import { arrayOf, given, listOf, reading, writing } from '../db/statement.ts'
import { log } from '../log.ts'
import { type Environment, type Settings, settingsIfGood } from '../settings.ts'
import { deleteAll, deleteObjects, KEYS_AT_ONCE, StorageError } from './bucket.ts'

/** The platform stops work after an answer after 30 seconds. Scheduled work may take longer. */
const BESIDE_IN_MS = 20_000
const BY_THE_CLOCK_IN_MS = 5 * 60_000
const AT_ONCE = sql.raw('50')
/** An unfinished erasure is due again after this time, behind those that became due meanwhile. */
const PAUSE = sql`interval '1 hour'`
/** How long the record of an erasure is kept. */
const KEPT = sql`interval '30 days'`
/** An erasure that is due for longer is late. */
const LATE = sql`interval '1 day'`

type Erasure = { id: string; prefix: string }

/** Takes due erasures, each for one worker: they become due again later unless they are done. */
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

// Each try postpones a row, but its id stays: later rows that have been done for a day reveal its age.
const counting = reading(() => ({
  answers: {
    late: sql<number>`(
      select count(*)::int from ${erasures}
      where done_at is null and (due_at < now() - ${LATE} or id < (
        select max(id) from ${erasures} where done_at < now() - ${LATE})))`,
  },
}))

/**
 * Erases due objects from the bucket, the oldest first, for at most five minutes. A failure or timeout is due again an hour
 * later and logged; so is an erasure that has been due for more than a day.
 */
export async function eraseDue(db: Db, env: Environment) {
  const { late: count } = await counting(db.endIn())
  if (count > 0) log.error({ event: 'erasure_late', count })
  const deadline = Date.now() + BY_THE_CLOCK_IN_MS
  while (Date.now() < deadline && (await eraseSome(db, env, takingOldest, deadline)) > 0);
}

/** Erases beside an answer the objects that it deleted, or the latest due ones. Failures are only logged. */
export const eraseBeside = (db: Db, env: Environment) =>
  eraseSome(db, env, takingNewest, Date.now() + BESIDE_IN_MS).then(
    () => {},
    ({ sqlstate, reason }: DatabaseError) =>
      log.error({ event: 'erasure_failed', name: 'DatabaseError', sqlstate, reason }),
  )

const lookingForNamed = reading(() => ({
  answers: {
    named: listOf<{ id: string; key: string }>(sql`
      select public_event_id as id, object_key as key from ${events}
      where camera = ${given('camera', 'uuid')} and bucket = ${given('bucket')}
        and public_event_id > ${given('after', 'uuid')}
      order by public_event_id limit ${sql.raw(String(KEYS_AT_ONCE))}`),
  },
}))

/** Deletes the pictures of a camera in folders of accounts, as its events name them. Returns false at the deadline. */
async function deleteNamed(db: Db, camera: string, storage: Settings['storage'], deadline: number) {
  let after: string | undefined = '00000000-0000-0000-0000-000000000000'
  while (after !== undefined) {
    if (Date.now() >= deadline) return false
    const { named } = await lookingForNamed(db.endIn(), { camera, bucket: storage.S3_BUCKET, after })
    const keys = named.map(({ key }) => key).filter((key) => key.startsWith('uploads/'))
    await deleteObjects(keys, storage)
    after = named.at(-1)?.id
  }
  return true
}

/** Returns how many were due. */
async function eraseSome(db: Db, env: Environment, take: ReturnType<typeof taking>, deadline: number) {
  const storage = settingsIfGood(env, 'storage')
  if (!storage) return 0
  const { taken } = await take(db.endIn())
  const done: string[] = []
  for (const { id, prefix } of taken) if (await isErased(db, prefix, storage, deadline)) done.push(id)
  if (done.length > 0) await finishing(db.endIn(), { ids: arrayOf(done) })
  return taken.length
}

async function isErased(db: Db, prefix: string, storage: Settings['storage'], deadline: number) {
  try {
    if (prefix.startsWith(FOLDERS_OF_ACCOUNTS))
      return await deleteNamed(db, prefix.slice(FOLDERS_OF_ACCOUNTS.length), storage, deadline)
    return await deleteAll(prefix, storage, deadline)
  } catch (error) {
    const { name } = error as Error
    // Its time is over; the next run goes on.
    if (name === 'TimeoutError' && Date.now() >= deadline) return false
    log.error({
      event: 'erasure_failed',
      name,
      ...(error instanceof StorageError && { status: error.status }),
    })
    return false
  }
}
