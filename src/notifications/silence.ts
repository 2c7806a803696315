import { type SQL, sql } from 'drizzle-orm'
import { cameras, devices, events, notifications, notificationSettings, users } from '../db/schema.ts'

/** Three heartbeats. */
const SILENT_AFTER = sql`interval '180 seconds'`
/** If more go offline at once, the fault is ours. */
const AT_ONCE = sql.raw('500')

const OFFLINE = 'Nothing was heard of it for 3 minutes.'
const ONLINE = 'It is back.'

// Skips cameras that are locked by a conclusion: the next minute checks them.
const those = (is: SQL) => sql`
  select ${cameras.id} from ${cameras} join ${users} on ${users.id} = owner_id and is_active
  where ${is} order by ${cameras.id} limit ${AT_ONCE} for update of ${cameras} skip locked`

/**
 * Steps that notify once that a camera went offline, with its last picture, and once that it is back: only for cameras that
 * have ever sent a heartbeat or a poll, and are not revoked. The step before them, `swept`, says whether the sweep
 * `is_steady`; `notified` has a row per notification.
 */
export const silences = {
  silent: sql`
    update ${cameras} set told_offline_at = now() where id in (${those(sql`
      (select is_steady from swept) and beats and told_offline_at is null and last_seen_at < now() - ${SILENT_AFTER}
      and exists (select from ${devices} where ${devices.cameraId} = ${cameras.id} and revoked_at is null)`)})
    returning *`,
  back: sql`
    update ${cameras} set told_offline_at = null where id in (${those(sql`last_seen_at > told_offline_at`)})
    returning *`,
  notified: sql`
    insert into ${notifications} (
      public_notification_id, owner, camera, kind, rule_ids, rule_nicknames, title, body, image_key, created_at)
    select uuidv7(), public_user_id, public_camera_id, kind, '{}', '{}', location, body,
      (select object_key from ${events}
       where camera = public_camera_id and ${events.owner} = public_user_id and state = 'done'
       order by public_event_id desc limit 1), now()
    from (
      select 'offline' as kind, ${OFFLINE} as body, silent.* from silent
      union all select 'online', ${ONLINE}, back.* from back
    ) as those
      join ${users} on ${users.id} = owner_id
      left join ${notificationSettings} on user_id = owner_id
    where coalesce(tells_offline, true)
    returning *`,
}
