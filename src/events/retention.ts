import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { forgetting } from '../db/forgetting.ts'
import { deliveries, events, notifications, usage, users, verdicts } from '../db/schema.ts'
import { arrayOf, given, listOf, reading, type Values, writing } from '../db/statement.ts'
import { log } from '../log.ts'
import { type Environment, type Settings, settingsIfGood } from '../settings.ts'
import { deleteObjects, KEYS_AT_ONCE } from '../storage/bucket.ts'

/** The next hour continues where this one ends. */
const WORK_IN_MS = 5 * 60_000
/** Each has a picture, and may have a clip. */
const EVENTS_AT_ONCE = sql.raw(String(KEYS_AT_ONCE / 2))
const CLIPS_AT_ONCE = sql.raw(String(KEYS_AT_ONCE))
const OWNERS_AT_ONCE = sql.raw('10000')
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

const isOld = (at: SQL) => sql`${at} < now() - make_interval(days => ${given('days', 'int')})`
const isOfNobody = sql`owner = any(${given('owners', 'uuid[]')})`

/** An event to delete, and its keys in the bucket. This service may have used other buckets before. */
type Doomed = { id: string; keys: string[] }
const looking = (isOver: SQL, order: SQL) =>
  reading(() => ({
    answers: {
      doomed: listOf<Doomed>(sql`
        select id::text, case when bucket = ${given('bucket')}
          then array_remove(array[object_key, clip_key], null) else '{}' end as keys
        from ${events} where ${isOver} order by ${order} limit ${EVENTS_AT_ONCE}`),
    },
  }))
const lookForOld = looking(isOld(sql`received_at`), sql`received_at, id`)
const lookForNobodys = looking(isOfNobody, sql`owner, public_event_id`)

const isDoomed = sql`id = any(${given('ids', 'bigint[]')})`
const removing = writing(() => ({
  // A concurrent conclusion has written its verdicts by then.
  first: sql`select id from ${events} where ${isDoomed} order by id for update`,
  steps: {
    gone: sql`delete from ${events} where ${isDoomed} returning public_event_id`,
    verdicts: sql`delete from ${verdicts} where event in (select public_event_id from gone) returning 1`,
  },
  answers: { count: sql<number>`(select count(*)::int from gone)` },
}))

/**
 * Deletes events, their objects before their rows: if it is interrupted, the rows still name the objects. Returns whether
 * none is left.
 */
async function remove(db: Db, work: Work, look: typeof lookForOld, values: Values) {
  while (Date.now() < work.deadline) {
    const { doomed } = await look(db, { ...values, bucket: work.storage.S3_BUCKET })
    if (doomed.length === 0) return
    await deleteObjects(
      doomed.flatMap(({ keys }) => keys),
      work.storage,
    )
    await removing(db, { ids: arrayOf(doomed.map(({ id }) => id)) })
  }
  log.warn({ event: 'retention_unfinished', work: work.name })
}

type Work = { name: string; deadline: number; storage: Settings['storage'] }

/** The context of some work; null if the storage is misconfigured. */
function begin(name: string, env: Environment): Work | null {
  const storage = settingsIfGood(env, 'storage')
  return storage && { name, deadline: Date.now() + WORK_IN_MS, storage }
}

const forgetOldNotifications = forgetting(notifications, isOld(sql`created_at`))
const forgetOldDeliveries = forgetting(deliveries, isOld(sql`created_at`))

/** Deletes events, notifications and deliveries past their retention, with verdicts, pictures and clips. */
export async function forgetOldEvents(db: Db, env: Environment) {
  const [work, kept] = [begin('retention', env), settingsIfGood(env, 'events')]
  if (!work || !kept) return
  const days = kept.EVENT_RETENTION_DAYS
  await remove(db, work, lookForOld, { days })
  await forgetOldDeliveries(db, { days })
  await forgetOldNotifications(db, { days })
}

/** The owners in a table, from `after` on: an index lookup per owner, however many rows each has. */
const owners = (table: typeof events | typeof notifications) =>
  reading(() => ({
    steps: {
      walked: sql`
        select owner from (
          with recursive walk (owner) as (
            (select owner from ${table} where owner > ${given('after', 'uuid')} order by owner limit 1)
            union all
            select (select those.owner from ${table} as those where those.owner > walk.owner order by those.owner limit 1)
            from walk where walk.owner is not null)
          select owner from walk where owner is not null limit ${OWNERS_AT_ONCE}) as walk`,
    },
    answers: {
      last: sql<string | null>`(select owner from walked order by owner desc limit 1)`,
      gone: sql<string[]>`(
        select coalesce(json_agg(owner), '[]') from walked
        where not exists (select from ${users} where public_user_id = walked.owner))`,
    },
  }))
const ownersOfEvents = owners(events)
const ownersOfNotifications = owners(notifications)

async function* nobodies(db: Db, walk: typeof ownersOfEvents) {
  for (let after: string | null = FIRST_ID; after !== null;) {
    const { last, gone }: { last: string | null; gone: string[] } = await walk(db, { after })
    if (gone.length > 0) yield arrayOf(gone)
    after = last
  }
}

const forgetNotificationsOf = forgetting(notifications, isOfNobody)
const forgetDeliveriesOf = forgetting(
  deliveries,
  sql`notification in (select public_notification_id from ${notifications} where ${isOfNobody})`,
)

/**
 * Deletes the events, notifications and deliveries of deleted accounts, with their pictures, whoever deleted the accounts.
 */
export async function forgetEventsOfNobody(db: Db, env: Environment) {
  const work = begin('nobody', env)
  if (!work) return
  for await (const owners of nobodies(db, ownersOfEvents)) await remove(db, work, lookForNobodys, { owners })
  for await (const owners of nobodies(db, ownersOfNotifications)) {
    await forgetDeliveriesOf(db, { owners })
    await forgetNotificationsOf(db, { owners })
  }
}

// A picture that was added to another's notification has notified, too.
const isUntold = sql`
  clip_at < now() - interval '1 day' and clip_at > now() - interval '3 days' and due_at is null
  and not exists (select from ${notifications} where ${notifications.event} = public_event_id)
  and not exists (
    select from ${verdicts} where ${verdicts.event} = public_event_id and verdict = 'yes' and skipped is null)`
const lookForClips = reading(() => ({
  answers: {
    clips: listOf<Doomed>(sql`
      select id::text, case when bucket = ${given('bucket')} then array[clip_key] else '{}' end as keys
      from ${events} where ${isUntold} order by clip_at, id limit ${CLIPS_AT_ONCE}`),
  },
}))
const unclip = writing(() => ({
  steps: {
    unclipped: sql`
      update ${events} set clip_key = null, clip_at = null
      where ${isDoomed} and clip_at < now() - interval '1 day' returning 1`,
  },
  answers: { count: sql<number>`(select count(*)::int from unclipped)` },
}))

/** Deletes clips of pictures that notified nobody within a day. */
export async function forgetUntoldClips(db: Db, env: Environment) {
  const work = begin('clips', env)
  if (!work) return
  while (Date.now() < work.deadline) {
    const { clips } = await lookForClips(db, { bucket: work.storage.S3_BUCKET })
    if (clips.length === 0) return
    await deleteObjects(
      clips.flatMap(({ keys }) => keys),
      work.storage,
    )
    await unclip(db, { ids: arrayOf(clips.map(({ id }) => id)) })
  }
  log.warn({ event: 'retention_unfinished', work: work.name })
}

/** Deletes the counts of past hours and days. */
export const forgetOldUsage = forgetting(usage, sql`since < now() - interval '2 days'`)
