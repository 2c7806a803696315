import { type SQL, sql } from 'drizzle-orm'
import { cameras, devices, events, users } from '../db/schema.ts'
import { given, listOf } from '../db/statement.ts'
import type { State } from './life.ts'

/** A detection of a camera; its box is left, top, width and height in fractions of the picture. */
export type Label = { label: string; score: number; box: [number, number, number, number] }
/** A report about a picture, by its key: `etag` means that it exists, `clipKey` that it has a clip. */
export type Said = {
  key: string
  user: string | null
  camera: string | null
  etag: string | null
  at: string | null
  labels: Label[] | null
  clip_key: string | null
  is_picture: boolean
}
/** The result; `etagBefore` is the ETag that was known before. */
export type Received = {
  key: string
  publicEventId: string
  state: State
  etagBefore: string | null
  isDue: boolean
}

/** The limits within which a camera's clock is believed. */
const OLDEST = sql`interval '7 days'`
const NEWEST = sql`interval '60 seconds'`

const said = sql`
  select * from json_to_recordset(${given('said', 'json')}) as said (
    key text, "user" uuid, camera uuid, etag text, at timestamptz, labels jsonb, clip_key text, is_picture boolean)`

/** The key names the owner of a picture, who must still be the owner. `isTheirs` selects the valid reports. */
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

/** Whether this is the bucket's first event for a picture that was announced too early to be found. */
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
    labels = case
      when excluded.labels <> '[]' and (${isWaiting} or ${events.labels} = '[]') then excluded.labels
      else ${events.labels} end,
    captured_at = case
      when ${isWaiting} and excluded.due_at is not null then least(${events.capturedAt}, excluded.captured_at)
      else ${events.capturedAt} end,
    state = case when ${isFound} then excluded.state else ${events.state} end,
    attempts = case when ${isFound} then 0 else ${events.attempts} end,
    failure = case when ${isFound} then excluded.failure else ${events.failure} end,
    due_at = case
      when ${isFound} or ${isWaiting} and ${events.dueAt} is null then excluded.due_at
      else ${events.dueAt} end
  returning public_event_id, object_key, new.state, old.etag as etag_before, new.due_at is not null as is_due, new.clip_key`

/** Stores reports about pictures, by their keys. Idempotent. */
export const receiving = (isTheirs: SQL) => ({
  steps: { said, settled: settled(isTheirs), put },
  answers: {
    received: listOf<Received>(sql`
      select object_key as key, public_event_id as "publicEventId", state, etag_before as "etagBefore", is_due as "isDue"
      from put`),
  },
})
