import { type SQL, sql } from 'drizzle-orm'
import { type Viewer, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { cameras, notifications, users, verdicts } from '../db/schema.ts'
import { given, moment, type Statement, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'

/** The actions of a push: snooze its camera for an hour, mark it as wrong, or mark it as seen. */
export const ACTIONS = ['snooze_1h', 'not_this', 'seen'] as const
export type Action = (typeof ACTIONS)[number]

type Answers = { isThere: SQL<boolean>; snoozedUntil: SQL<string | null> }

const does = (action: Action) => sql`${given('action')} = ${sql.raw(`'${action}'`)}`

const acting = (isTheirs: SQL): Statement<Answers> => ({
  // Locks the camera before its notifications, like every writer of notifications.
  first: sql`
    select id from ${cameras}
    where public_camera_id = (select camera from ${notifications} where public_notification_id = ${given('id', 'uuid')})
    for no key update`,
  steps: {
    seen: sql`
      update ${notifications} set seen_at = coalesce(seen_at, now())
      where public_notification_id = ${given('id', 'uuid')} and ${isTheirs} returning *`,
    // An earlier owner may not snooze the camera of the present one.
    snoozed: sql`
      update ${cameras} set snoozed_until = greatest(snoozed_until, now() + interval '1 hour')
      where ${does('snooze_1h')} and public_camera_id = (select camera from seen)
        and owner_id = (select id from ${users} where public_user_id = (select owner from seen))
      returning snoozed_until`,
    corrected: sql`
      update ${verdicts} set feedback = 'wrong', feedback_at = now()
      where ${does('not_this')} and event = any((select event_ids || event from seen)::uuid[]) and verdict = 'yes' returning 1`,
  },
  answers: {
    isThere: sql<boolean>`exists (select from seen)`,
    snoozedUntil: sql<string | null>`(select ${moment(sql`snoozed_until`, 'snoozedUntil')} from snoozed)`,
  },
})

const actingAsViewer = viewerWrites(() => acting(sql`owner = (select public_user_id from viewer)`))
const actingByToken = writing(() => acting(sql`true`))

/**
 * Runs the action of a notification's button; idempotent. `viewer` is null if the caller sent the notification's own token.
 * Returns the end of its camera's snooze, if that was the action. @throws noSuch('Notification')
 */
export async function act(db: Db, viewer: Viewer | null, id: string, action: Action) {
  const { isThere, snoozedUntil } = await (viewer
    ? actingAsViewer(db, viewer, { id, action })
    : actingByToken(db, { id, action }))
  if (!isThere) throw problems.noSuch('Notification')
  return snoozedUntil
}
