import { sql } from 'drizzle-orm'
import { passwordFaults } from '../auth/password-rules.ts'
import { hashPassword } from '../auth/passwords.ts'
import { DatabaseError, type Db } from '../db/client.ts'
import { lowered, users } from '../db/schema.ts'
import { columnsOf, given, oneOf, reading, type Row, writing } from '../db/statement.ts'
import { type Faults, problems } from '../problems.ts'

type Registration = {
  email: string
  password: string
  first_name?: string | undefined
  last_name?: string | undefined
}
type Draft = { values: Partial<Registration>; faults: Faults | null }

export const EMAIL_TAKEN = 'A user with that email already exists.'

const findingByEmail = reading(() => ({
  answers: {
    isTaken: sql<boolean>`exists (select from ${users} where ${lowered(users.email)} = ${lowered(given('email'))})`,
  },
}))

const registering = writing(() => ({
  steps: {
    person: sql`
      insert into ${users} (public_user_id, email, username, first_name, last_name, password, is_active, is_staff, is_superuser, date_joined)
      select uuidv7(), email, email, ${given('firstName')}, ${given('lastName')}, ${given('password')}, true, false, false, now()
      from (values (${given('email')})) as input (email)
      where not exists (select from ${users} where ${lowered(users.email)} = ${lowered(sql`input.email`)})
      returning *`,
  },
  answers: { user: oneOf<Row<typeof users>>(sql`select ${columnsOf(users)} from person`) },
}))

/**
 * Creates an account. If two registrations of one address race, one wins.
 * @throws invalid, with the faults of every field, including a taken email
 */
export async function register(db: Db, { values, faults }: Draft, assets: Fetcher, rounds?: number) {
  const { email, password, first_name = '', last_name = '' } = values
  const all: Faults = { ...faults }
  if (password !== undefined) {
    const words = await passwordFaults(password, values, assets)
    if (words.length > 0) all.password = words
  }
  if (Object.keys(all).length > 0 || email === undefined || password === undefined) {
    if (email !== undefined && (await findingByEmail(db, { email })).isTaken) all.email = [EMAIL_TAKEN]
    throw problems.invalid(all)
  }
  const hash = await hashPassword(password, rounds)
  const person = { email, firstName: first_name, lastName: last_name, password: hash }
  const { user } = await registering(db, person).catch(asTaken)
  if (!user) throw problems.invalid({ email: [EMAIL_TAKEN] })
  return user
}

/** The constraints that an email, and the username made from it, can violate. */
const EMAIL_KEYS = ['users_email_key', 'users_username_key']

/** The error of a write that lost the race for an email. @throws invalid */
export function asTaken(error: unknown): never {
  const isTaken =
    error instanceof DatabaseError && error.isDuplicate && EMAIL_KEYS.includes(error.constraint ?? '')
  if (isTaken) throw problems.invalid({ email: [EMAIL_TAKEN] })
  throw error
}
