import { type SQL, sql } from 'drizzle-orm'
import { type Viewer, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { cameras, notifications, users, verdicts } from '../db/schema.ts'
import { given, moment, type Statement, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'

/** What can be done from a push: be left alone by its camera for an hour, say that it was wrong, or have seen it. */
export const ACTIONS = ['snooze_1h', 'not_this', 'seen'] as const
export type Action = (typeof ACTIONS)[number]

type Answers = { isThere: SQL<boolean>; snoozedUntil: SQL<string | null> }

const does = (action: Action) => sql`${given('action')} = ${sql.raw(`'${action}'`)}`

const acting = (isTheirs: SQL): Statement<Answers> => ({
  // As who tells of a camera does, which locks it before its notifications.
  first: sql`
    select id from ${cameras}
    where public_camera_id = (select camera from ${notifications} where public_notification_id = ${given('id', 'uuid')})
    for no key update`,
  steps: {
    seen: sql`
      update ${notifications} set seen_at = coalesce(seen_at, now())
      where public_notification_id = ${given('id', 'uuid')} and ${isTheirs} returning *`,
    // Whoever has the camera now is not to be silenced by who had it.
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
 * Does what a button of a notification says; a second time it changes nothing more. `viewer` is null where a token of the
 * notification's own was shown. Until when its camera tells nothing, where that was asked for. @throws noSuch('Notification')
 */
export async function act(db: Db, viewer: Viewer | null, id: string, action: Action) {
  const { isThere, snoozedUntil } = await (viewer
    ? actingAsViewer(db, viewer, { id, action })
    : actingByToken(db, { id, action }))
  if (!isThere) throw problems.noSuch('Notification')
  return snoozedUntil
}
