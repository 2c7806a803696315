import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { asTaken, EMAIL_TAKEN } from '../auth/account.ts'
import { type Attempt, countedTry, forgiveTry, networkKey, refuseGuess } from '../auth/attempts.ts'
import { passwordFaults, type Person } from '../auth/password-rules.ts'
import { hashPassword, verifyPassword } from '../auth/passwords.ts'
import type { Db } from '../db/client.ts'
import { users } from '../db/schema.ts'
import { given, position, type Viewer, viewerReads, viewerWrites } from '../db/viewer.ts'
import { type Faults, problems } from '../errors.ts'
import type { Page } from '../paging.ts'

const person = getTableColumns(users)

/** The account in the path, where it is the viewer's own. */
const mine = (live: SQL) =>
  sql`select * from ${users} where public_user_id = ${given('id', 'uuid')} and id in ${live}`

// Bounds on the id, so that one index scan serves both: staff read on from a position, others only their own row.
const listing = viewerReads((live) => ({
  person: {
    columns: person,
    as: sql`
      select * from ${users}
      where id >= (select case when is_staff then ${position(users, users.publicUserId)} + 1 else id end from viewer where id in ${live})
        and id <= (select case when is_staff then 9223372036854775807 else id end from viewer where id in ${live})
      order by id limit ${given('limit', 'int')} + 1`,
  },
}))

/** Everyone, for staff; for anyone else only themselves. */
export const usersVisibleTo = async (db: Db, viewer: Viewer, page: Page) =>
  (await listing(db, viewer, page)).flatMap(({ person }) => person ?? [])

const findingViewer = viewerReads((live) => ({
  person: { columns: person, as: sql`select * from ${users} where id in ${live}` },
}))

/** The viewer's own account. */
export async function findViewer(db: Db, viewer: Viewer) {
  const [{ person }] = await findingViewer(db, viewer)
  if (!person) throw problems.userNotFound()
  return person
}

const finding = viewerReads((live) => ({
  person: {
    columns: person,
    as: mine(live),
  },
}))

/** @throws noSuch('User') for any account but the viewer's own */
export async function findUser(db: Db, viewer: Viewer, id: string) {
  const [{ person }] = await finding(db, viewer, { id })
  if (!person) throw problems.noSuch('User')
  return person
}

type Change = {
  first_name?: string | undefined
  last_name?: string | undefined
  email?: string | undefined
  password?: string | undefined
  current_password?: string | undefined
}

// Whoever keeps their address has no rival, even where an old account differs from theirs by letter case only.
const rival = sql`
  select * from ${users}
  where lower(email) = ${given('email')} and public_user_id <> ${given('id', 'uuid')}
    and not exists (select from ${users} as own where own.public_user_id = ${given('id', 'uuid')} and own.email = ${given('email')})
  limit 1`

const examining = viewerWrites((live) => ({
  person: {
    columns: person,
    as: mine(live),
  },
  rival: { columns: person, as: rival },
  ...countedTry(sql`select id::text as account from person where ${given('isGuess', 'boolean')}`),
}))

const changing = viewerWrites((live) => ({
  mine: {
    columns: person,
    as: mine(live),
  },
  rival: { columns: person, as: rival },
  person: {
    columns: person,
    as: sql`
      update ${users} set
        first_name = coalesce(${given('first_name')}, first_name),
        last_name = coalesce(${given('last_name')}, last_name),
        email = coalesce(${given('email')}, email),
        username = coalesce(${given('email')}, username),
        password = coalesce(${given('newHash')}, password),
        sessions_valid_from = coalesce(to_timestamp(${given('validFrom', 'float8')}), sessions_valid_from)
      where id in (select id from mine) and not exists (select from rival)
        and (${given('newHash')} is null or password = ${given('oldHash')})
      returning *`,
  },
}))

type Draft = { values: Change; faults: Faults | null }

/**
 * Changes the viewer's own account. A new password ends every session from before `now` (in milliseconds); it is the one
 * change that needs two statements, since the hash to check the current password against must be read first.
 * @throws invalid, with the faults of every field, a taken email and a wrong current password among them, noSuch('User'), or
 * throttled, where too many guesses at the current password failed
 */
export async function changeUser(
  db: Db,
  viewer: Viewer,
  id: string,
  draft: Draft,
  { assets, now, attempt }: { assets: Fetcher; now: number; attempt: Attempt },
) {
  const { first_name = null, last_name = null, email = null, password } = draft.values
  const oldHash = await examine(db, viewer, id, draft, { assets, attempt })
  const newHash = password === undefined ? null : await hashPassword(password)
  const validFrom = newHash && Math.floor(now / 1000)
  const change = { id, first_name, last_name, email, oldHash, newHash, validFrom }
  const [row] = await changing(db, viewer, change).catch(asTaken)
  if (row && !row.mine) throw problems.noSuch('User')
  if (!row || row.rival) throw problems.invalid({ email: [EMAIL_TAKEN] })
  // Of two new passwords that race, the first one ends the session of the second; any other change lost to a deletion.
  if (!row.person) throw newHash ? problems.accessTokenRefused('Token is expired') : problems.userNotFound()
  return row.person
}

/**
 * Refuses a draft with everything that is wrong with it. What only the database knows, it asks where a fault is known
 * already, so that all come in one answer, or where a password changes: then it returns the hash of the current one. A guess
 * at that is counted as one at a sign-in, and taken back beside the answer where it is right, whatever else is wrong.
 */
async function examine(
  db: Db,
  viewer: Viewer,
  id: string,
  { values, faults }: Draft,
  { assets, attempt }: { assets: Fetcher; attempt: Attempt },
) {
  const { email = null, password, current_password } = values
  const all: Faults = { ...faults }
  if (password !== undefined && current_password === undefined)
    all.current_password ??= ['This field is required.']
  await addPasswordFaults(values)
  const isFaulty = Object.keys(all).length > 0
  if (!isFaulty && password === undefined) return null

  const isGuess = password !== undefined && current_password !== undefined
  const tried = { id, email, isGuess, network: await networkKey(attempt) }
  const [{ person, rival, verdict }] = await examining(db, viewer, tried).catch((error: unknown) => {
    throw isFaulty ? problems.invalid(all) : error
  })
  refuseGuess(verdict, attempt)
  if (person && rival) all.email = [EMAIL_TAKEN]
  if (person && password !== undefined) {
    await addPasswordFaults(merged(person, values))
    if (isGuess && (await verifyPassword(current_password, person.password)))
      attempt.afterAnswer((db) => forgiveTry(db, person, attempt))
    else if (isGuess)
      all.current_password = ['Your old password was entered incorrectly. Please enter it again.']
  }
  if (Object.keys(all).length > 0) throw problems.invalid(all)
  if (!person) throw problems.noSuch('User')
  return person.password

  async function addPasswordFaults(person: Person) {
    const words = password === undefined ? [] : await passwordFaults(password, person, assets)
    if (words.length > 0) all.password = words
  }
}

/** What a password must not resemble: the account as it will be. */
const merged = ({ email, firstName, lastName }: typeof users.$inferSelect, change: Change) => ({
  email: change.email ?? email,
  first_name: change.first_name ?? firstName,
  last_name: change.last_name ?? lastName,
})

// Superusers are locked in one order, so that of two who leave at once the second sees that it is the last. A WITH, since
// Postgres would move conditions on a subquery below its locks, and each would lock the other. Who may use the admin
// needs another who may.
const leaving = viewerWrites((live) => ({
  mine: {
    columns: person,
    as: mine(live),
  },
  gone: {
    columns: person,
    as: sql`
      with superusers as (
        select id, is_staff from ${users}
        where is_superuser and is_active and (select is_superuser from mine) order by id for update
      )
      delete from ${users}
      where id in (select id from mine) and (not is_superuser or exists (
        select from superusers where superusers.id <> ${users.id} and (superusers.is_staff or not ${users.isStaff})
      ))
      returning *`,
  },
}))

/**
 * Removes the viewer's own account, with its cameras and rules.
 * @throws noSuch('User'), or lastSuperuser
 */
export async function removeUser(db: Db, viewer: Viewer, id: string) {
  const [{ mine, gone }] = await leaving(db, viewer, { id })
  if (!mine) throw problems.noSuch('User')
  if (!gone) throw mine.isSuperuser ? problems.lastSuperuser() : problems.userNotFound()
}
