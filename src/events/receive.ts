import { type SQL, sql } from 'drizzle-orm'
import { deviceWrites, type AskingDevice } from '../auth/device.ts'
import { type Viewer, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { cameras, devices, events, notifications, users } from '../db/schema.ts'
import { given, listOf, oneOf, repeatable } from '../db/statement.ts'
import { seen } from '../devices/presence.ts'
import { log } from '../log.ts'
import { problems } from '../problems.ts'
import { type Environment, settings } from '../settings.ts'
import { readKey } from './keys.ts'
import type { State } from './life.ts'
import { type ObjectCreated, readWord } from './object-created.ts'

/** What a camera found in a picture; a box is left, top, width and height in shares of the picture. */
export type Label = { label: string; score: number; box: [number, number, number, number] }
/** A picture that is there, or will be, as whoever uploads it says. */
export type Announcement = { key: string; captured_at?: string | undefined; labels?: Label[] | undefined }

/** A picture, by its key: `etag` says that it is there, `clipKey` that there is a clip of it. */
type Said = {
  key: string
  user: string | null
  camera: string | null
  etag: string | null
  at: string | null
  labels: Label[] | null
  clip_key: string | null
  is_picture: boolean
}
type Received = {
  key: string
  publicEventId: string
  state: State
  etagBefore: string | null
  isDue: boolean
}

/** So far back, and so far ahead of ours, a camera's clock is believed. */
const OLDEST = sql`interval '7 days'`
const NEWEST = sql`interval '60 seconds'`

const said = sql`
  select * from json_to_recordset(${given('said', 'json')}) as said (
    key text, "user" uuid, camera uuid, etag text, at timestamptz, labels jsonb, clip_key text, is_picture boolean)`

/** Whose a picture is goes by its key, and must still be so. `isTheirs` says which of them count. */
const settled = (isTheirs: SQL) => sql`
  select said.*, public_user_id as owner,
    coalesce(said.camera, (
      select (array_agg(public_camera_id))[1] from ${cameras} where owner_id = ${users.id} having count(*) = 1)) as of_camera,
    "user" is null and exists (
      select from ${devices} where camera_id = ${cameras.id} and revoked_at is not null) as is_revoked
  from said
    left join ${cameras} on ${cameras.publicCameraId} = said.camera
    join ${users} on ${users.id} = coalesce(
      ${cameras.ownerId}, (select id from ${users} as named where named.public_user_id = said."user"))
  where is_active and (said.camera is null or ${cameras.id} is not null)
    and ("user" is null or "user" = public_user_id) and ${isTheirs}`

/** Whether the bucket's first word is of a picture that was announced too early to be found. */
const isFound = sql`(${events.state} in ('received', 'discarded') and ${events.failure} = 'missing' and ${events.etag} is null
  and excluded.etag is not null)`
const isWaiting = sql`${events.state} = 'received'`

const put = sql`
  insert into ${events} (
    public_event_id, bucket, object_key, etag, owner, camera, captured_at, received_at, labels, clip_key, clip_at,
    state, due_at, failure)
  select uuidv7(), ${given('bucket')}, key, etag, owner, of_camera,
    greatest(now() - ${OLDEST}, least(now() + ${NEWEST}, coalesce(at, now()))), now(), coalesce(labels, '[]'), clip_key,
    case when clip_key is not null then now() end,
    case when is_revoked then 'discarded' else 'received' end,
    case when is_picture and not is_revoked then now() end,
    case when is_revoked then 'device_revoked' end
  from settled order by key
  on conflict (bucket, object_key) do update set
    etag = coalesce(${events.etag}, excluded.etag),
    clip_key = coalesce(excluded.clip_key, ${events.clipKey}),
    clip_at = coalesce(excluded.clip_at, ${events.clipAt}),
    labels = case when ${isWaiting} and excluded.labels <> '[]' then excluded.labels else ${events.labels} end,
    captured_at = case
      when ${isWaiting} and excluded.due_at is not null and excluded.etag is null
        then least(${events.capturedAt}, excluded.captured_at)
      else ${events.capturedAt} end,
    state = case when ${isFound} then 'received' else ${events.state} end,
    attempts = case when ${isFound} then 0 else ${events.attempts} end,
    failure = case when ${isFound} then null else ${events.failure} end,
    due_at = case
      when ${isFound} or ${isWaiting} and ${events.dueAt} is null then excluded.due_at
      else ${events.dueAt} end
  returning public_event_id, object_key, new.state, old.etag as etag_before, new.due_at is not null as is_due, new.clip_key`

/** Takes in what was said of pictures, each by its key: a second time it changes nothing. */
const receiving = (isTheirs: SQL) => ({
  steps: { said, settled: settled(isTheirs), put },
  answers: {
    received: listOf<Received>(sql`
      select object_key as key, public_event_id as "publicEventId", state, etag_before as "etagBefore", is_due as "isDue"
      from put`),
  },
})

const hearing = repeatable(() => {
  const { steps, answers } = receiving(sql`true`)
  return {
    // A notification that is written at this moment is to get its clip too.
    first: sql`
      select id from ${events} where bucket = ${given('bucket')} and object_key = any(${given('clipped', 'text[]')})
      order by object_key for update`,
    steps: {
      ...steps,
      clipped: sql`
        update ${notifications} set clip_key = put.clip_key from put
        where event = put.public_event_id and put.clip_key is distinct from ${notifications.clipKey}
        returning 1`,
    },
    answers,
  }
})

// By itself: who concludes a picture locks its camera first.
const previewing = repeatable(() => ({
  steps: {
    previewed: sql`
      update ${cameras} set preview_updated_at = now() where id in (
        select id from ${cameras} where public_camera_id = any(${given('previews', 'uuid[]')}) order by id for update)
      returning 1`,
  },
  answers: {},
}))

/**
 * Takes in that objects are in the bucket: pictures, clips and previews. Whether any is due now. Objects of others are logged
 * and ignored, as are keys that the service never made.
 */
export async function hear(db: Db, bucket: string, created: ObjectCreated[], otherWords = 0) {
  const ours = created.filter((object) => object.bucket === bucket)
  const named = ours.flatMap((object) => {
    const name = readKey(object.key)
    return name ? [{ ...object, ...name }] : []
  })
  const previews = named.flatMap((one) => (one.kind === 'preview' ? [one.camera] : []))
  const said = mergedByKey(
    named.flatMap((one): Said[] => {
      if (one.kind === 'preview') return []
      const { key, user, camera, at } = one
      return one.kind === 'picture'
        ? [{ key, user, camera, at, etag: one.etag, labels: null, clip_key: null, is_picture: true }]
        : [{ key, user, camera, at, etag: null, labels: null, clip_key: one.clipKey, is_picture: false }]
    }),
  )
  if (named.length < created.length + otherWords)
    log.info({
      event: 'objects_ignored',
      otherWords,
      otherBuckets: created.length - ours.length,
      otherKeys: ours.length - named.length,
    })
  if (previews.length > 0) await previewing(db, { previews: listed(previews) })
  if (said.length === 0) return false

  const { received } = await hearing(db, {
    bucket,
    said: JSON.stringify(said),
    clipped: listed(said.filter(({ clip_key }) => clip_key).map(({ key }) => key)),
  })
  for (const { key, publicEventId, etagBefore } of received) {
    const { etag = null } = said.find((one) => one.key === key) ?? {}
    if (etag !== null && etagBefore !== null && etagBefore !== etag)
      log.warn({ event: 'object_overwritten', publicEventId })
  }
  if (received.length < said.length)
    log.info({ event: 'objects_ignored', ofNobody: said.length - received.length })
  return received.some(({ isDue }) => isDue)
}

/** Takes in what Cloudflare R2 put into a queue. */
export async function hearAll(db: Db, env: Environment, messages: readonly { body: unknown }[]) {
  const words = messages.map(({ body }) => readWord(body))
  const ignored = words.reduce((sum, word) => sum + word.ignored, 0)
  const created = words.flatMap((word) => word.created)
  await hear(db, settings(env, 'storage').S3_BUCKET, created, ignored)
}

const ofViewer = sql`${users.id} = (select id from viewer)`
const ofDevice = sql`said."user" is null and ${cameras.id} = (select id from camera)`
const announcing = {
  viewer: viewerWrites(() => one(receiving(ofViewer))),
  // Its camera is locked before the event, as by who concludes.
  device: deviceWrites(() => {
    const { steps, answers } = one(receiving(sql`${ofDevice} and (select count(*) from seen) >= 0`))
    return { steps: { seen, ...steps }, answers }
  }),
}

function one({ steps }: ReturnType<typeof receiving>) {
  return {
    steps,
    answers: {
      received: oneOf<Pick<Received, 'publicEventId' | 'state' | 'isDue'>>(sql`
        select public_event_id as "publicEventId", state, is_due as "isDue" from put`),
    },
  }
}

/** Takes in what its owner or its camera says of a picture. @throws noSuch('Picture') for a key that is not theirs */
export async function announce(
  db: Db,
  who: { viewer: Viewer } | { device: AskingDevice },
  bucket: string,
  announcement: Announcement,
) {
  const { key, captured_at: at = null, labels = null } = announcement
  const name = readKey(key)
  if (name?.kind !== 'picture') throw problems.noSuch('Picture')
  const { user, camera } = name
  const said = [{ key, user, camera, at, labels, etag: null, clip_key: null, is_picture: true }]
  const values = { bucket, said: JSON.stringify(said) }
  const { received } =
    'viewer' in who
      ? await announcing.viewer(db, who.viewer, values)
      : await announcing.device(db, who.device, values)
  if (!received) throw problems.noSuch('Picture')
  return received
}

/** One word for each key: a statement cannot put a row twice. Of two tags the first counts. */
function mergedByKey(said: Said[]) {
  const merged = new Map<string, Said>()
  for (const one of said) {
    const { etag = null, clip_key = null, is_picture = false } = merged.get(one.key) ?? {}
    merged.set(one.key, {
      ...one,
      etag: etag ?? one.etag,
      clip_key: clip_key ?? one.clip_key,
      is_picture: is_picture || one.is_picture,
    })
  }
  return [...merged.values()]
}

/** Keys and ids that were checked hold nothing that Postgres would read otherwise. */
const listed = (words: string[]) => `{${words.join(',')}}`
