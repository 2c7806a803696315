import { sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { oneOf } from '../db/statement.ts'
import { problems } from '../problems.ts'
import { type Attempt, attemptSignIn, rememberSuccess } from './attempts.ts'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'
import { refreshReads, type Viewer } from './viewer.ts'

/**
 * The active account behind an email, in any letter case, and its password.
 * @throws wrongCredentials, after the same time whether the account is unknown, inactive or another password's; throttled
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

/** Notes a sign-in, and hashes the password anew where its hash is of another time. For after the answer. */
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
 * The account a refresh token speaks for.
 * @throws refreshTokenRefused where its password has changed since, or noActiveAccount
 */
export async function accountOf(db: Db, viewer: Viewer) {
  const { account } = await finding(db, viewer)
  if (!account) throw problems.noActiveAccount()
  return account
}
