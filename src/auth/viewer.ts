import { type SQL, sql } from 'drizzle-orm'
import { asking, type Principal } from '../db/asking.ts'
import type { Db } from '../db/client.ts'
import { sessions, users } from '../db/schema.ts'
import { given, oneOf, reading, type Statement, type Values, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'
import { isOpen } from './sessions.ts'

/**
 * Who asks, as their token says. `publicUserId` is missing in tokens of the service before this one; `sessionId` is the public id
 * of the session that a token belongs to, where it does.
 */
export type Viewer = {
  userId: string
  issuedAt: number
  publicUserId: string | null
  sessionId: string | null
}

type Found = { isActive: boolean; isCurrent: boolean }

/**
 * A user: the CTE `account` is what their token names, `viewer` the same, empty where it is inactive, the token is from before
 * its password changed, or its session has ended.
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

/** The values by which an account is found, and held to be the one that a token is of. */
export const accountValues = ({ userId, issuedAt, publicUserId, sessionId }: Viewer) => ({
  userId,
  issuedAt,
  publicUserId,
  sessionId,
})

/** After a restore to an earlier moment ids are given anew: where a token names a public id, that counts as well. */
export const isTheirs = sql`${users.id} = ${given('userId', 'bigint')}
  and ${users.publicUserId} = coalesce(${given('publicUserId', 'uuid')}, ${users.publicUserId})`

/** Whether a token, issued at `issuedAt` in seconds, is from after the account's password changed. */
export const isCurrent = sql<boolean>`coalesce(${users.sessionsValidFrom} <= to_timestamp(${given('issuedAt', 'float8')}), true)`

const account = (isAlsoCurrent: SQL) => sql`
  select id, public_user_id, username, is_staff, is_superuser, is_active, ${isCurrent} and ${isAlsoCurrent} as is_current
  from ${users} where ${isTheirs}`

/** Whether the session that a token belongs to is open. */
const isSessionOpen = sql`exists (
  select from ${sessions}
  where ${sessions.publicSessionId} = ${given('sessionId', 'uuid')} and ${sessions.userId} = ${users.id} and ${isOpen})`

/** The id of the session that the viewer came by; null where they came by none. */
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
 * Makes statements of a viewer, each in two spellings: who comes by no session does not pay for the look at one, some 8 % of a
 * short statement even where it finds nothing to do.
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

/** A statement of whoever an access token speaks for. @throws userNotFound, userInactive, accessTokenRefused */
export const viewerReads = ofViewer(reading, admitViewer)

/** As `viewerReads`, for steps that write. */
export const viewerWrites = ofViewer(writing, admitViewer)

/** As `viewerWrites`, for rows that will belong to the viewer: the account cannot be deleted meanwhile. */
export const viewerAdds = ofViewer(writing, admitViewer, sql`for key share`)

/** A statement of whoever a refresh token speaks for. @throws refreshTokenRefused, noActiveAccount */
export const refreshReads = ofViewer(reading, admitRefresh)
