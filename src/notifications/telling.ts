import { type SQL, sql } from 'drizzle-orm'
import { cameras, notifications } from '../db/schema.ts'
import { literal } from '../db/statement.ts'

/**
 * A notification to write: `of` selects a row for each camera, with `camera_id`, `owner`, `event`, `image_key`, `clip_key`,
 * `captured_at`, `rule_ids`, `rule_nicknames`, `importance`, `body`, and a `remark` that follows the camera's location.
 */
export type Telling = { kind: 'match' | 'unjudged'; of: SQL }

/** A picture this soon after the last is added to its notification, unless that is too old. */
const JOINS_WITHIN = sql`interval '60 seconds'`
const JOINED_FOR = sql`interval '5 minutes'`
/**
 * An older picture is not news: it rings nowhere. A camera pushes one of them an hour, besides verdicts on pictures that were
 * notified as not judged.
 */
export const LATE_AFTER_IN_MINUTES = 10
export const LATE_AFTER = sql.raw(`interval '${LATE_AFTER_IN_MINUTES} minutes'`)

const louder = (one: SQL, other: SQL) => sql`
  case when 'time_sensitive' in (${one}, ${other}) then 'time_sensitive' when 'normal' in (${one}, ${other}) then 'normal' else 'passive' end`

/** A picture that could not be judged changes nothing of a match but its number of pictures, which rang just now. */
const isBeside = sql`(excluded.kind = 'unjudged' and notifications.kind = 'match')`
const isNewest = sql`(not ${isBeside} and excluded.captured_at >= coalesce(notifications.captured_at, '-infinity'))`
const newest = (column: string) =>
  sql`case when ${isNewest} then excluded.${sql.identifier(column)} else notifications.${sql.identifier(column)} end`

/**
 * Steps that write notifications. A picture within a minute after the last of its camera is added to the same notification;
 * so is a verdict on a picture that was notified as not judged. That makes the notification unseen again. Pictures that could not be
 * judged are added only to a match that is unseen. A separate statement must have locked the cameras before. The step `notified` has a row for each, and `is_pushed`.
 */
export const telling = ({ kind, of }: Telling) => ({
  tellable: sql`select *, captured_at < now() - ${LATE_AFTER} as is_late from (${of}) as of`,
  told: sql`
    update ${cameras} set last_notified_at = now(), last_notification_id = coalesce(
      (select public_notification_id from ${notifications} as before
       where before.event = tellable.event and before.kind = 'unjudged' and before.camera = public_camera_id),
      case
        when last_notified_at > now() - ${JOINS_WITHIN}
          and uuid_extract_timestamp(last_notification_id) > now() - ${JOINED_FOR}
          and exists (
            select from ${notifications} as before
            where before.public_notification_id = last_notification_id and before.owner = tellable.owner
              and (${literal(kind)} = 'match' or before.kind <> 'match' or (before.seen_at is null and before.cleared_at is null)))
        then last_notification_id end,
      uuidv7())
    from tellable where ${cameras.id} = tellable.camera_id
    returning tellable.*, public_camera_id, location, last_notification_id`,
  notified: sql`
    insert into ${notifications} as notifications (
      public_notification_id, owner, camera, event, event_ids, kind, rule_ids, rule_nicknames, importance, title, body, image_key,
      clip_key, captured_at, created_at)
    select last_notification_id, owner, public_camera_id, event, array[event], ${literal(kind)}, rule_ids, rule_nicknames,
      case when is_late then 'passive' else importance end, location || remark, body, image_key, clip_key, captured_at, now()
    from told
    on conflict (public_notification_id) do update set
      kind = case when excluded.kind = 'match' then 'match' else notifications.kind end,
      body = case
        when excluded.kind <> notifications.kind then case when excluded.kind = 'match' then excluded.body else notifications.body end
        else ${newest('body')} end,
      rule_nicknames = notifications.rule_nicknames || array(
        select nickname from unnest(excluded.rule_ids, excluded.rule_nicknames) as added (rule, nickname)
        where rule <> all(notifications.rule_ids)),
      rule_ids = notifications.rule_ids || array(
        select rule from unnest(excluded.rule_ids) as added (rule) where rule <> all(notifications.rule_ids)),
      importance = case when ${isBeside} then notifications.importance
        else ${louder(sql`excluded.importance`, sql`notifications.importance`)} end,
      count = notifications.count + case when excluded.event = any(notifications.event_ids) then 0 else 1 end,
      event_ids = notifications.event_ids || case when excluded.event = any(notifications.event_ids) then '{}' else excluded.event_ids end,
      event = ${newest('event')}, image_key = ${newest('image_key')}, clip_key = ${newest('clip_key')},
      captured_at = ${newest('captured_at')}, seen_at = null, cleared_at = null
    returning notifications.*, (
      select (not is_late and not (${literal(kind)} = 'unjudged' and notifications.kind = 'match')) or (old.kind = 'unjudged' and notifications.kind = 'match') or (
        old.id is null and not exists (
          select from ${notifications} as before
          where before.camera = told.public_camera_id and before.created_at > now() - interval '1 hour'
            and before.captured_at < before.created_at - ${LATE_AFTER}))
      from told where last_notification_id = notifications.public_notification_id) as is_pushed`,
})
