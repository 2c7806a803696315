import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { oneOf } from '../db/statement.ts'
import { problems } from '../problems.ts'
import { type Attempt, attemptSignIn, rememberSuccess } from './attempts.ts'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'
import { refreshReads, type Viewer } from './viewer.ts'

/**
 * Returns the active account with this email, in any letter case, and password.
 * @throws wrongCredentials, after the same time for an unknown account, an inactive one and a wrong password; throttled
 */
export async function signIn(
  db: Db,
  attempt: Attempt,
  { email, password }: { email: string; password: string },
) {
  const account = await attemptSignIn(db, attempt, email)
  const isRight = await verifyPassword(password, account?.password ?? null, attempt.rounds)
  if (!account?.isActive || !isRight) throw problems.wrongCredentials()
  return account
}

/**
 * When a sign-in is said to have been, in milliseconds: `before` its password was read, so that a new one that comes meanwhile ends it; but
 * not before the one that was read was set.
 */
export const signedInAt = (before: number, { sessionsValidFrom }: { sessionsValidFrom: string | null }) =>
  Math.max(before, Date.parse(sessionsValidFrom ?? '') || 0)

/** Stores the time of a sign-in, and rehashes the password if its hash is outdated. Runs after the answer. */
export async function rememberSignIn(
  db: Db,
  attempt: Attempt,
  account: { id: number; password: string },
  password: string,
) {
  const { rounds } = attempt
  const newHash = isOutdated(account.password, rounds) ? await hashPassword(password, rounds) : null
  await rememberSuccess(db, account, newHash, attempt)
}

const finding = refreshReads(() => ({
  answers: {
    account: oneOf<{ id: number; publicUserId: string }>(
      sql`select id, public_user_id as "publicUserId" from viewer`,
    ),
  },
}))

/**
 * Returns the account of a refresh token.
 * @throws refreshTokenRefused if the password has changed since, or noActiveAccount
 */
export async function accountOf(db: Db, viewer: Viewer) {
  const { account } = await finding(db, viewer)
  if (!account) throw problems.noActiveAccount()
  return account
}
