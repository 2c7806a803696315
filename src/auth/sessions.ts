import { type SQL, sql } from 'drizzle-orm'
import { passwordResets, pushTargets, sessions, users } from '../db/schema.ts'

/** How long a session is good from its last use, and in all. */
const IDLE = sql`interval '90 days'`
const WHOLE = sql`interval '1 year'`

/** Whether the time of a session is up. */
export const isOver = sql`(${sessions.lastUsedAt} <= now() - ${IDLE} or ${sessions.createdAt} <= now() - ${WHOLE})`

/** Whether a session of a user is open: its time is not up, and nobody else has changed the password since it began. */
export const isOpen = sql<boolean>`(not ${isOver} and coalesce(${sessions.validFrom} >= ${users.sessionsValidFrom}, true))`

/**
 * Steps beside a new password of the accounts whose ids `changed` selects: what ends with the one before. That is every session
 * but the one that is `kept`, by its public id, each with its push targets; the phones that belong to no session; and each mail
 * that would set another password. Addresses of the web stay: they are nobody's phone, and the mail and the app name them.
 */
export const endedWithPassword = (changed: SQL, kept: SQL = sql`null::uuid`) => ({
  endedSessions: sql`
    delete from ${sessions}
    where ${sessions.userId} in (${changed}) and ${sessions.publicSessionId} is distinct from ${kept} returning 1`,
  endedTargets: sql`
    delete from ${pushTargets}
    where ${pushTargets.ownerId} in (${changed}) and ${pushTargets.sessionId} is null and ${pushTargets.kind} in ('web_push', 'apns')
    returning 1`,
  endedResets: endedResets(changed),
})

/** A step that lets no mail of before set a password of the accounts whose ids `changed` selects. */
export const endedResets = (changed: SQL) => sql`
  update ${passwordResets} set used_at = now()
  where ${passwordResets.userId} in (${changed}) and ${passwordResets.usedAt} is null returning 1`
