import { type SQL, sql } from 'drizzle-orm'
import { asking, type Principal } from '../db/asking.ts'
import type { Db } from '../db/client.ts'
import { sessions, users } from '../db/schema.ts'
import { given, oneOf, reading, type Statement, type Values, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'
import { isOpen } from './sessions.ts'

/**
 * The user of a token. Tokens of the older service have no `publicUserId`. `sessionId` is the public id of the token's
 * session, if it has one.
 */
export type Viewer = {
  userId: string
  issuedAt: number
  publicUserId: string | null
  sessionId: string | null
}

type Found = { isActive: boolean; isCurrent: boolean }

/**
 * The user principal: the CTE `account` is the account of the token. `viewer` is the same, but empty if the account is
 * inactive, its password changed after the token was issued, or its session has ended.
 */
const viewer = (account: SQL, admit: (found: Found | null) => void) =>
  ({
    steps: {
      account,
      viewer: sql`
        select id, public_user_id, username, is_staff, is_superuser from account where is_active and is_current`,
    },
    answers: {
      asker: oneOf<Found>(sql`select is_active as "isActive", is_current as "isCurrent" from account`),
    },
    values: accountValues,
    admit({ asker }) {
      admit(asker)
      return {}
    },
  }) satisfies Principal<Viewer, { asker: SQL<Found | null> }, object>

/** The values that find an account and check that the token is its own. */
export const accountValues = ({ userId, issuedAt, publicUserId, sessionId }: Viewer) => ({
  userId,
  issuedAt,
  publicUserId,
  sessionId,
})

/** After a restore to an earlier moment, ids are reused: if the token has a public id, it must match too. */
export const isTheirs = sql`${users.id} = ${given('userId', 'bigint')}
  and ${users.publicUserId} = coalesce(${given('publicUserId', 'uuid')}, ${users.publicUserId})`

/** Whether a token, issued at `issuedAt` in seconds, is newer than the account's password. */
export const isCurrent = sql<boolean>`coalesce(${users.sessionsValidFrom} <= to_timestamp(${given('issuedAt', 'float8')}), true)`

const account = (isAlsoCurrent: SQL) => sql`
  select id, public_user_id, username, is_staff, is_superuser, is_active, ${isCurrent} and ${isAlsoCurrent} as is_current
  from ${users} where ${isTheirs}`

/** Whether the session of a token is open. */
const isSessionOpen = sql`exists (
  select from ${sessions}
  where ${sessions.publicSessionId} = ${given('sessionId', 'uuid')} and ${sessions.userId} = ${users.id} and ${isOpen})`

/** The id of the viewer's session, or null. */
export const sessionOfViewer = sql`(select id from ${sessions} where public_session_id = ${given('sessionId', 'uuid')})`

function admitViewer(found: Found | null) {
  if (!found) throw problems.userNotFound()
  if (!found.isActive) throw problems.userInactive()
  if (!found.isCurrent) throw problems.accessTokenRefused('Token is expired')
}

function admitRefresh(found: Found | null) {
  if (found && !found.isCurrent) throw problems.refreshTokenRefused('Token is expired')
  if (!found?.isActive) throw problems.noActiveAccount()
}

/**
 * Makes statements for a viewer, each in two forms: a token without a session does not pay for the session lookup, about 8 %
 * of a short statement even if it finds nothing.
 */
function ofViewer(send: typeof reading, admit: (found: Found | null) => void, lock = sql``) {
  const alone = asking(viewer(sql`${account(sql`true`)} ${lock}`, admit), send)
  const inSession = asking(viewer(sql`${account(isSessionOpen)} ${lock}`, admit), send)
  return <A extends Record<string, SQL>>(define: () => Statement<A>) => {
    const statements = { alone: alone(define), inSession: inSession(define) }
    return (db: Db, who: Viewer, values: Values = {}) =>
      statements[who.sessionId === null ? 'alone' : 'inSession'](db, who, values)
  }
}

/** A statement for the user of an access token. @throws userNotFound, userInactive, accessTokenRefused */
export const viewerReads = ofViewer(reading, admitViewer)

/** As `viewerReads`, for steps that write. */
export const viewerWrites = ofViewer(writing, admitViewer)

/**
 * As `viewerWrites`, for rows that will belong to the viewer: the lock keeps the account from being deleted meanwhile.
 */
export const viewerAdds = ofViewer(writing, admitViewer, sql`for key share`)

/** A statement for the user of a refresh token. @throws refreshTokenRefused, noActiveAccount */
export const refreshReads = ofViewer(reading, admitRefresh)
