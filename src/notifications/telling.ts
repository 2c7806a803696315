import { type SQL, sql } from 'drizzle-orm'
import { cameras, notifications } from '../db/schema.ts'
import { literal } from '../db/statement.ts'

/**
 * What is to be told: `of` selects a row for each camera, with `camera_id`, `owner`, `event`, `image_key`, `clip_key`, `rule_ids`,
 * `rule_nicknames`, `body`, and a `remark` that goes on after the camera's location.
 */
export type Telling = { kind: 'match' | 'unjudged'; of: SQL }

/** What comes so soon after the last joins it, unless that began too long ago. */
const JOINS_WITHIN = sql`interval '60 seconds'`
const JOINED_FOR = sql`interval '5 minutes'`

/**
 * Steps that tell: what comes within a minute after the last of a camera joins it, as does a verdict on the picture of which was
 * told that it could not be judged. A notification that was joined is new again. The cameras must have been locked before, in a
 * statement of its own. The step `notified` has a row for each.
 */
export const telling = ({ kind, of }: Telling) => ({
  tellable: of,
  told: sql`
    update ${cameras} set last_notified_at = now(), last_notification_id = coalesce(
      (select public_notification_id from ${notifications} as before
       where before.event = tellable.event and before.kind = 'unjudged' and before.camera = public_camera_id),
      case
        when last_notified_at > now() - ${JOINS_WITHIN}
          and uuid_extract_timestamp(last_notification_id) > now() - ${JOINED_FOR}
          and exists (
            select from ${notifications} as before
            where before.public_notification_id = last_notification_id and before.owner = tellable.owner)
        then last_notification_id end,
      uuidv7())
    from tellable where ${cameras.id} = tellable.camera_id
    returning tellable.*, public_camera_id, location, last_notification_id`,
  notified: sql`
    insert into ${notifications} as notifications (
      public_notification_id, owner, camera, event, kind, rule_ids, rule_nicknames, title, body, image_key, clip_key, created_at)
    select last_notification_id, owner, public_camera_id, event, ${literal(kind)}, rule_ids, rule_nicknames, location || remark, body,
      image_key, clip_key, now()
    from told
    on conflict (public_notification_id) do update set
      kind = case when excluded.kind = 'match' then 'match' else notifications.kind end,
      body = case when excluded.kind = 'match' or notifications.kind = 'unjudged' then excluded.body else notifications.body end,
      rule_nicknames = notifications.rule_nicknames || array(
        select nickname from unnest(excluded.rule_ids, excluded.rule_nicknames) as added (rule, nickname)
        where rule <> all(notifications.rule_ids)),
      rule_ids = notifications.rule_ids || array(
        select rule from unnest(excluded.rule_ids) as added (rule) where rule <> all(notifications.rule_ids)),
      count = notifications.count + case when notifications.event = excluded.event then 0 else 1 end,
      image_key = excluded.image_key, clip_key = excluded.clip_key, seen_at = null, cleared_at = null
    returning public_notification_id`,
})
