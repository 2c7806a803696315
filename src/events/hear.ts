import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { cameras, events, notifications } from '../db/schema.ts'
import { arrayOf, given, repeatable } from '../db/statement.ts'
import { log } from '../log.ts'
import { type Environment, settings } from '../settings.ts'
import { readKey } from './keys.ts'
import { type ObjectCreated, readWord } from './object-created.ts'
import { receiving, type Said } from './receive.ts'

const hearing = repeatable(() => {
  const { steps, answers } = receiving(sql`true`)
  return {
    // A notification that is being written now must get its clip too.
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

// A statement of its own, because `conclude` locks the camera first.
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
 * Stores that objects are in the bucket: pictures, clips and previews. Returns whether any is due now. Objects of other
 * buckets are logged and ignored; keys that the service never made are ignored.
 */
export async function hear(db: Db, bucket: string, created: ObjectCreated[], otherWords = 0) {
  const ours = created.filter((object) => object.bucket === bucket)
  const named = ours.flatMap((object) => {
    const name = readKey(object.key)
    return name ? [{ ...object, ...name, at: name.at ?? object.at }] : []
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
  if (previews.length > 0) await previewing(db, { previews: arrayOf(previews) })
  if (said.length === 0) return false

  const { received } = await hearing(db, {
    bucket,
    said: JSON.stringify(said),
    clipped: arrayOf(said.filter(({ clip_key }) => clip_key).map(({ key }) => key)),
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

/** Processes the queue messages of Cloudflare R2. */
export async function hearAll(db: Db, env: Environment, messages: readonly { body: unknown }[]) {
  const words = messages.map(({ body }) => readWord(body))
  const ignored = words.reduce((sum, word) => sum + word.ignored, 0)
  const created = words.flatMap((word) => word.created)
  await hear(db, settings(env, 'storage').S3_BUCKET, created, ignored)
}

/** One entry per key: a statement cannot write a row twice. The first of two ETags counts. */
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
