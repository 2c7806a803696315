import { type SQL, sql } from 'drizzle-orm'
import { asking, type Principal } from '../db/asking.ts'
import { sessions, users } from '../db/schema.ts'
import { given, oneOf, reading, writing } from '../db/statement.ts'
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

/** Whether the session that a token belongs to is open. Postgres drops all of it for a token of none, before it plans. */
const isSessionOpen = sql`(${given('sessionId', 'uuid')} is null or exists (
  select from ${sessions}
  where ${sessions.publicSessionId} = ${given('sessionId', 'uuid')} and ${sessions.userId} = ${users.id} and ${isOpen}))`

const account = sql`
  select id, public_user_id, username, is_staff, is_superuser, is_active, ${isCurrent} and ${isSessionOpen} as is_current
  from ${users} where ${isTheirs}`

function admitViewer(found: Found | null) {
  if (!found) throw problems.userNotFound()
  if (!found.isActive) throw problems.userInactive()
  if (!found.isCurrent) throw problems.accessTokenRefused('Token is expired')
}

function admitRefresh(found: Found | null) {
  if (found && !found.isCurrent) throw problems.refreshTokenRefused('Token is expired')
  if (!found?.isActive) throw problems.noActiveAccount()
}

/** A statement of whoever an access token speaks for. @throws userNotFound, userInactive, accessTokenRefused */
export const viewerReads = asking(viewer(account, admitViewer), reading)

/** As `viewerReads`, for steps that write. */
export const viewerWrites = asking(viewer(account, admitViewer), writing)

/** As `viewerWrites`, for rows that will belong to the viewer: the account cannot be deleted meanwhile. */
export const viewerAdds = asking(viewer(sql`${account} for key share`, admitViewer), writing)

/** A statement of whoever a refresh token speaks for. @throws refreshTokenRefused, noActiveAccount */
export const refreshReads = asking(viewer(account, admitRefresh), reading)
