import { sql } from 'drizzle-orm'
import {
  type Attempt,
  countedTry,
  forgiveTry,
  networkKey,
  refuseGuess,
  secondsToWait,
} from '../auth/attempts.ts'
import { hashPassword, verifyPassword } from '../auth/passwords.ts'
import { endedWithPassword } from '../auth/sessions.ts'
import { trim } from '../http/fields.ts'
import { users } from '../db/schema.ts'
import type { Db } from '../db/client.ts'
import { given, oneOf } from '../db/statement.ts'
import { type FieldFaults, newPasswordFaults, REQUIRED } from './entries.ts'
import { type Session, SignInNeeded, type Staff, staffWrites } from './staff.ts'

type Person = { id: number; email: string; first_name: string; last_name: string; password: string }

const examining = staffWrites(() => ({
  steps: countedTry(sql`select id::text as account from staff where ${given('isGuess', 'boolean')}`),
  answers: {
    person: oneOf<Person>(
      sql`select id, email, first_name, last_name, password from ${users} where id = (select id from staff)`,
    ),
    secondsToWait,
  },
}))

const writing = staffWrites(() => ({
  steps: {
    done: sql`
      update ${users} set password = ${given('newHash')}, sessions_valid_from = to_timestamp(${given('now', 'float8')})
      where id = (select id from staff) and password = ${given('oldHash')} returning id`,
    ...endedWithPassword(sql`select id from done`),
  },
  answers: { isDone: sql<boolean>`exists (select from done)` },
}))

/**
 * Changes the caller's password, and ends their sessions from before. Returns the faults, or when it was changed, in milliseconds: a session
 * of that time is ended by any later change.
 * @throws throttled after too many wrong guesses, or SignInNeeded if another new password was first
 */
export async function changeOwnPassword(
  db: Db,
  session: Session,
  form: URLSearchParams,
  tools: { assets: Fetcher; attempt: Attempt },
  tries = 2,
): Promise<{ staff: Staff; faults: FieldFaults } | { staff: Staff; faults: null; changedAt: number }> {
  const { assets, attempt } = tools
  const [old, first, second] = ['old_password', 'new_password1', 'new_password2'].map(
    (name) => form.get(name) ?? '',
  )
  const tried = { isGuess: old !== '', network: await networkKey(attempt) }
  const { person, staff, secondsToWait } = await examining(db, session, tried)
  refuseGuess(secondsToWait, attempt)
  const faults: FieldFaults = {}
  const oldHash = person?.password ?? ''
  if (!old) faults.old_password = [REQUIRED]
  else if (person && (await matching(old, oldHash, attempt.rounds)) !== null)
    attempt.afterAnswer((db) => forgiveTry(db, person, attempt))
  else faults.old_password = ['Your old password was entered incorrectly. Please enter it again.']
  const words = await newPasswordFaults(first ?? '', second ?? '', person ?? {}, assets)
  if (words.length > 0) faults.new_password = words
  if (Object.keys(faults).length > 0) return { staff, faults }
  const newHash = await hashPassword(trim(first ?? ''), attempt.rounds)
  // As late as possible: a sign-in that read the old hash before is earlier.
  const now = Math.floor(Date.now() / 1000)
  const { isDone } = await writing(db, session, { oldHash, newHash, now })
  if (isDone) return { staff, faults: null, changedAt: now * 1000 }
  if (tries === 1) throw new SignInNeeded()
  // The hash is another: a sign-in hashed the same password anew, or a new password was first and ended this session.
  return changeOwnPassword(db, session, form, tools, tries - 1)
}

/**
 * Returns the password that matches a stored hash: the typed text or, if it has spaces at its ends, the trimmed text; null if
 * neither matches. Django's admin keeps such spaces, the API does not. Only a text with such spaces takes a second check,
 * whether or not the account exists.
 */
export async function matching(typed: string, stored: string | null, rounds: number | undefined) {
  for (const password of new Set([typed, trim(typed)]))
    if (await verifyPassword(password, stored, rounds)) return password
  return null
}
