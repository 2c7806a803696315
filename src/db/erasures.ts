import { type SQL, sql } from 'drizzle-orm'
import { cameras, devices, erasures, events, users } from './schema.ts'

/** Has the objects erased whose keys begin as a query says: at once, and again when the last URL for an upload is over. */
const erase = (prefixes: SQL) => sql`
  insert into ${erasures} (prefix, due_at)
  select prefix, now() + delay
  from (${prefixes}) as prefixes (prefix) cross join (values (interval '0'), (interval '30 minutes')) as times (delay)
  returning 1`

/** Where a camera's own uploads lie, by the public camera ids that a query gives. */
const uploadsOf = (publicCameraIds: SQL) => sql`
  select folder || '/' || id || '/'
  from (${publicCameraIds}) as ids (id) cross join (values ('detection'), ('preview'), ('clips')) as folders (folder)`

/** A step beside the deletion of cameras, whose ids `gone` selects: their pictures are to be erased. */
export const eraseCameras = (gone: SQL) =>
  erase(sql`
    ${uploadsOf(sql`select public_camera_id from ${cameras} where id in (${gone})`)}
    union all
    select 'uploads/' || public_user_id || '/' || public_camera_id || '/'
    from ${cameras} join ${users} on ${users.id} = owner_id where ${cameras.id} in (${gone})`)

/** A step beside the deletion of cameras, whose ids `gone` selects: their pictures that wait, or are looked at now, tell nobody. */
export const discardEvents = (gone: SQL) => sql`
  update ${events} set state = 'discarded', lease = null, due_at = null, failure = 'camera_gone'
  where ${events.dueAt} is not null and camera in (select public_camera_id from ${cameras} where id in (${gone}))
  returning 1`

/** Steps beside the deletion of accounts, whose ids `gone` selects: what they and their cameras uploaded is to be erased. */
export const eraseUsers = (gone: SQL) => ({
  erased: erase(sql`select 'uploads/' || public_user_id || '/' from ${users} where id in (${gone})`),
  erasedCameras: eraseCameras(sql`select id from ${cameras} where owner_id in (${gone})`),
})

/** A step beside what claims or deletes devices, whose ids `some` selects: what they uploaded while they were nobody's is to be erased. */
export const eraseUnclaimed = (some: SQL) =>
  erase(uploadsOf(sql`select public_camera_id from ${devices} where id in (${some})`))
