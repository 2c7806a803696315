import { type SQL, sql } from 'drizzle-orm'
import { passwordResets, pushTargets, sessions, users } from '../db/schema.ts'

/** The lifetime of a session after its last use, and in all. */
const IDLE = sql`interval '90 days'`
const WHOLE = sql`interval '1 year'`

/** Whether a session has expired. */
export const isOver = sql`(${sessions.lastUsedAt} <= now() - ${IDLE} or ${sessions.createdAt} <= now() - ${WHOLE})`

/** Whether a session of a user is open: it has not expired, and nobody else has changed the password since it began. */
export const isOpen = sql<boolean>`(not ${isOver} and coalesce(${sessions.validFrom} >= ${users.sessionsValidFrom}, true))`

/**
 * Steps beside a new password of the accounts that `changed` selects by id: they end what the old password allowed. That is
 * every session except the `kept` one (by public id), with its push targets; phones without a session; and every other mail
 * that would set a password. Webhooks and topics stay: they are nobody's phone, and the mail and the app list them.
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

/** A step that invalidates earlier reset mails of the accounts that `changed` selects by id. */
export const endedResets = (changed: SQL) => sql`
  update ${passwordResets} set used_at = now()
  where ${passwordResets.userId} in (${changed}) and ${passwordResets.usedAt} is null returning 1`
