import { sql } from 'drizzle-orm'
import { signIn } from '../auth/account.ts'
import type { Attempt } from '../auth/attempts.ts'
import { hashOf, isSecret, newSecret } from '../auth/secrets.ts'
import { isOpen, isOver } from '../auth/sessions.ts'
import { type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { forgetting } from '../db/forgetting.ts'
import { sessions, users } from '../db/schema.ts'
import { columnsOf, given, listOf, oneOf, position, reading, type Row, writing } from '../db/statement.ts'
import type { Page } from '../http/paging.ts'
import { problems } from '../problems.ts'

export type Session = Row<typeof sessions>

const PREFIX = 'scs_'
const SECRET_IN_BYTES = 32
/** Nobody has more phones and browsers; without a limit, one password could fill the table. */
const MOST_PER_ACCOUNT = 50
/**
 * A phone in use refreshes every 5 minutes. The expiry is 90 days, so a use is stored once an hour: it saves eleven of twelve
 * writes, each of a row and two of its indexes.
 */
const NOTED_EVERY = sql`interval '1 hour'`

// Compares the account's `sessions_valid_from` with its value when the password was read: after a change meanwhile, the old
// password is refused. A change that is not visible here yet is later than `valid_from`.
const starting = writing(() => ({
  steps: {
    person: sql`
      select id, sessions_valid_from from ${users}
      where id = ${given('userId', 'bigint')} and is_active
        and sessions_valid_from is not distinct from ${given('validFrom', 'timestamptz')}
      for key share`,
    crowded: sql`
      delete from ${sessions} where id in (
        select id from ${sessions} where user_id = (select id from person)
        order by last_used_at desc, id desc offset ${sql.raw(String(MOST_PER_ACCOUNT - 1))})
      returning 1`,
    session: sql`
      insert into ${sessions} (user_id, secret_hash, name, created_at, last_used_at, valid_from)
      select id, ${given('hash')}, ${given('name')}, now(), now(), coalesce(sessions_valid_from, to_timestamp(0)) from person
      returning public_session_id`,
  },
  answers: { publicSessionId: sql<string | null>`(select public_session_id from session)` },
}))

/**
 * Starts a session. Beyond 50 sessions, the one used longest ago ends. Returns the account, the public id, and the secret,
 * which is returned only here. @throws wrongCredentials, throttled
 */
export async function startSession(
  db: Db,
  attempt: Attempt,
  { email, password, name }: { email: string; password: string; name: string },
) {
  const account = await signIn(db, attempt, { email, password })
  const secret = PREFIX + newSecret(SECRET_IN_BYTES)
  const { id: userId, sessionsValidFrom: validFrom } = account
  const { publicSessionId } = await starting(db, { userId, validFrom, name, hash: await hashOf(secret) })
  if (!publicSessionId) throw problems.wrongCredentials()
  return { account, secret, publicSessionId }
}

type Found = {
  id: number
  publicSessionId: string
  userId: number
  publicUserId: string
  isActive: boolean
  isOpen: boolean
  isNoted: boolean
}

const finding = reading(() => ({
  answers: {
    session: oneOf<Found>(sql`
      select ${sessions.id}, public_session_id as "publicSessionId", user_id as "userId", public_user_id as "publicUserId",
        is_active as "isActive", ${isOpen} as "isOpen", last_used_at > now() - ${NOTED_EVERY} as "isNoted"
      from ${sessions} join ${users} on ${users.id} = user_id where secret_hash = ${given('hash')}`),
  },
}))

const noting = writing(() => ({
  steps: {
    noted: sql`
      update ${sessions} set last_used_at = now()
      where id = ${given('id', 'bigint')} and last_used_at <= now() - ${NOTED_EVERY} returning 1`,
  },
  answers: { isNoted: sql<boolean>`exists (select from noted)` },
}))

/**
 * Returns the account and the session of a secret. Stores the use after the answer, if the last one is an hour old.
 * @throws refreshTokenRefused if the session has ended or does not exist, or noActiveAccount
 */
export async function useSession(db: Db, secret: string, afterAnswer: Attempt['afterAnswer']) {
  if (!isSecret(secret, PREFIX)) throw problems.refreshTokenRefused('Token is invalid')
  const { session } = await finding(db, { hash: await hashOf(secret) })
  if (!session) throw problems.refreshTokenRefused('Token is invalid')
  const { id, userId, publicUserId, publicSessionId, isOpen, isActive, isNoted } = session
  if (!isOpen) throw problems.refreshTokenRefused('Token is expired')
  if (!isActive) throw problems.noActiveAccount()
  if (!isNoted) afterAnswer(async (db) => void (await noting(db, { id })))
  return { id: userId, publicUserId, publicSessionId }
}

const listing = viewerReads(() => ({
  answers: {
    sessions: listOf<Session>(sql`
      select ${columnsOf(sessions)} from (
        select ${sessions}.* from ${sessions} join ${users} on ${users.id} = user_id
        where user_id = (select id from viewer) and ${isOpen} and ${sessions.id} > ${position(sessions, sessions.publicSessionId)}
        order by ${sessions.id} limit ${given('limit', 'int')} + 1
      ) as open`),
  },
}))

/** The viewer's open sessions. */
export const sessionsOf = async (db: Db, viewer: Viewer, page: Page) =>
  (await listing(db, viewer, page)).sessions

const ending = viewerWrites(() => ({
  steps: {
    gone: sql`
      delete from ${sessions}
      where public_session_id = ${given('id', 'uuid')} and user_id = (select id from viewer) returning 1`,
  },
  answers: { isGone: sql<boolean>`exists (select from gone)` },
}))

/** Ends a session of the viewer, with its push targets. @throws noSuch('Session') */
export async function endSession(db: Db, viewer: Viewer, id: string) {
  if (!(await ending(db, viewer, { id })).isGone) throw problems.noSuch('Session')
}

const endingBySecret = writing(() => ({
  steps: { gone: sql`delete from ${sessions} where secret_hash = ${given('hash')} returning 1` },
  answers: { isGone: sql<boolean>`exists (select from gone)` },
}))

/** Ends the session of a secret, if there is one. */
export async function endSessionOf(db: Db, secret: string) {
  if (isSecret(secret, PREFIX)) await endingBySecret(db, { hash: await hashOf(secret) })
}

/** Ends expired sessions, with their push targets. */
export const forgetOldSessions = forgetting(sessions, isOver)
