import { sql } from 'drizzle-orm'
import { hashPassword, verifyPassword } from '../auth/passwords.ts'
import { trim } from '../fields.ts'
import { users } from '../db/schema.ts'
import type { Db } from '../db/client.ts'
import { given } from '../db/viewer.ts'
import { type FieldFaults, newPasswordFaults, REQUIRED } from './fields.ts'
import { oneOf, type Session, SignInNeeded, staffReads, staffWrites } from './staff.ts'

type Person = { email: string; first_name: string; last_name: string; password: string }

const reading = staffReads(() => ({
  answers: {
    person: oneOf<Person>(
      sql`select email, first_name, last_name, password from ${users} where id = (select id from staff)`,
    ),
  },
}))

const writing = staffWrites(() => ({
  steps: {
    done: sql`
      update ${users} set password = ${given('newHash')}, sessions_valid_from = to_timestamp(${given('now', 'float8')})
      where id = (select id from staff) and password = ${given('oldHash')} returning id`,
  },
  answers: { isDone: sql<boolean>`exists (select from done)` },
}))

/** Changes the password of who asks, and ends their sessions from before `now`, in milliseconds. Gives the faults. */
export async function changeOwnPassword(
  db: Db,
  session: Session,
  form: URLSearchParams,
  { assets, now }: { assets: Fetcher; now: number },
) {
  const [old, first, second] = ['old_password', 'new_password1', 'new_password2'].map(
    (name) => form.get(name) ?? '',
  )
  const { person, staff } = await reading(db, session)
  const faults: FieldFaults = {}
  const oldHash = person?.password ?? ''
  if (!old) faults.old_password = [REQUIRED]
  else if (!(await verifyPassword(trim(old), oldHash)))
    faults.old_password = ['Your old password was entered incorrectly. Please enter it again.']
  const words = await newPasswordFaults(first ?? '', second ?? '', person ?? {}, assets)
  if (words.length > 0) faults.new_password = words
  if (Object.keys(faults).length > 0) return { staff, faults }
  const newHash = await hashPassword(trim(first ?? ''))
  const { isDone } = await writing(db, session, { oldHash, newHash, now: Math.floor(now / 1000) })
  // Of two new passwords that race, the first one ends the session of the second.
  if (!isDone) throw new SignInNeeded()
  return { staff, faults: null }
}
