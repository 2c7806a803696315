import { type SQL, sql } from 'drizzle-orm'
import { cameras, devices, erasures, users } from './schema.ts'

/** At once, and again when the last URL that was signed for an upload is over. */
const TIMES = sql`(values (interval '0'), (interval '30 minutes')) as times (delay)`

/** A step beside the deletion of cameras, whose ids `gone` selects: their pictures are to be erased. */
export const eraseCameras = (gone: SQL) => sql`
  insert into ${erasures} (prefix, due_at)
  select prefix, now() + delay
  from ${cameras} join ${users} on ${users.id} = owner_id cross join lateral (values
    ('detection/' || public_camera_id || '/'), ('preview/' || public_camera_id || '/'), ('clips/' || public_camera_id || '/'),
    ('uploads/' || public_user_id || '/' || public_camera_id || '/')
  ) as prefixes (prefix) cross join ${TIMES}
  where ${cameras.id} in (${gone}) returning 1`

/** Steps beside the deletion of accounts, whose ids `gone` selects: what they and their cameras uploaded is to be erased. */
export const eraseUsers = (gone: SQL) => ({
  erased: sql`
    insert into ${erasures} (prefix, due_at)
    select 'uploads/' || public_user_id || '/', now() + delay from ${users} cross join ${TIMES}
    where ${users.id} in (${gone}) returning 1`,
  erasedCameras: eraseCameras(sql`select id from ${cameras} where owner_id in (${gone})`),
})

/** A step beside the claim of devices, whose ids `claimed` selects: what they uploaded while they were nobody's is to be erased. */
export const eraseUnclaimed = (claimed: SQL) => sql`
  insert into ${erasures} (prefix, due_at)
  select folder || '/' || public_camera_id || '/', now() + delay
  from ${devices} cross join (values ('detection'), ('preview'), ('clips')) as folders (folder) cross join ${TIMES}
  where ${devices.id} in (${claimed}) returning 1`
