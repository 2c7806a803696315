import { type SQL, sql } from 'drizzle-orm'
import { cameras, devices, erasures, events, users } from './schema.ts'

/**
 * Schedules the erasure of objects by the key prefixes that a query selects: now, and again when the last upload URL has
 * expired.
 */
const erase = (prefixes: SQL) => sql`
  insert into ${erasures} (prefix, due_at)
  select prefix, now() + delay
  from (${prefixes}) as prefixes (prefix) cross join (values (interval '0'), (interval '30 minutes')) as times (delay)
  returning 1`

/** The prefixes of cameras' own uploads, for a query of public camera ids. */
const uploadsOf = (publicCameraIds: SQL) => sql`
  select folder || '/' || id || '/'
  from (${publicCameraIds}) as ids (id) cross join (values ('detection'), ('preview'), ('clips')) as folders (folder)`

/**
 * Stands, before a public camera id, for the pictures of the camera in folders of accounts. Older clients' keys do not name the
 * camera, and it may have had other owners: only its events know them.
 */
export const FOLDERS_OF_ACCOUNTS = 'uploads/*/'

/** A step beside the deletion of cameras, which `gone` selects by id: schedules the erasure of their pictures. */
export const eraseCameras = (gone: SQL) =>
  erase(sql`
    ${uploadsOf(sql`select public_camera_id from ${cameras} where id in (${gone})`)}
    union all
    select ${FOLDERS_OF_ACCOUNTS} || public_camera_id from ${cameras} where ${cameras.id} in (${gone})
    union all
    select 'uploads/' || public_user_id || '/' || public_camera_id || '/'
    from ${cameras} join ${users} on ${users.id} = owner_id where ${cameras.id} in (${gone})`)

/**
 * A step beside the deletion of cameras, which `gone` selects by id: their pictures that wait or are being judged notify
 * nobody.
 */
export const discardEvents = (gone: SQL) => sql`
  update ${events} set state = 'discarded', lease = null, due_at = null, failure = 'camera_gone'
  where ${events.dueAt} is not null and camera in (select public_camera_id from ${cameras} where id in (${gone}))
  returning 1`

/**
 * Steps beside the deletion of accounts, which `gone` selects by id: schedule the erasure of their uploads and their
 * cameras'.
 */
export const eraseUsers = (gone: SQL) => ({
  erased: erase(sql`select 'uploads/' || public_user_id || '/' from ${users} where id in (${gone})`),
  erasedCameras: eraseCameras(sql`select id from ${cameras} where owner_id in (${gone})`),
})

/**
 * A step beside the claim or deletion of devices, which `some` selects by id: schedules the erasure of what they uploaded
 * while unclaimed.
 */
export const eraseUnclaimed = (some: SQL) =>
  erase(uploadsOf(sql`select public_camera_id from ${devices} where id in (${some})`))
