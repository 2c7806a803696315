import { type SQL, sql } from 'drizzle-orm'
import {
  type Attempt,
  countedTry,
  forgiveTry,
  networkKey,
  refuseGuess,
  secondsToWait,
} from '../auth/attempts.ts'
import { passwordFaults, type Person } from '../auth/password-rules.ts'
import { hashPassword, verifyPassword } from '../auth/passwords.ts'
import { reachOf } from '../auth/permissions.ts'
import { endedResets, endedWithPassword } from '../auth/sessions.ts'
import { type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { eraseUsers } from '../db/erasures.ts'
import { cameras, lowered, rules, sessions, users } from '../db/schema.ts'
import { columnsOf, given, listOf, oneOf, position, type Row } from '../db/statement.ts'
import { type Faults, problems } from '../problems.ts'
import { trim } from '../http/fields.ts'
import type { Page } from '../http/paging.ts'
import { asTaken, EMAIL_TAKEN } from './registration.ts'

type Account = Row<typeof users>
/** The public columns of an account. The password is read only to check it. */
export type User = Pick<Account, (typeof SHOWN)[number]>
const SHOWN = ['id', 'publicUserId', 'email', 'firstName', 'lastName', 'isSuperuser'] as const
const shown = columnsOf(users, SHOWN)

/**
 * A step beside the deletion of accounts, which `gone` selects by id: their rules under another owner's camera become that
 * owner's. The older service leaves such rules when a camera changes hands. Locks the cameras first, so that a concurrent
 * change of hands is seen.
 */
export const handBackRules = (gone: SQL) => sql`
  with kept as (
    select ${rules.id}, camera.owner_id from ${rules} join ${cameras} as camera on camera.id = camera_id
    where ${rules.ownerId} in (${gone}) for share of camera
  )
  update ${rules} set owner_id = kept.owner_id from kept
  where ${rules.id} = kept.id and kept.owner_id not in (${gone})
  returning 1`

/** The account in the path, if it is the viewer's own. */
const mine = sql`select * from ${users} where public_user_id = ${given('id', 'uuid')} and id = (select id from viewer)`
const myRow = oneOf<User>(sql`select ${shown} from mine`)

// Bounds on the id, so that one index scan serves both: a viewer who sees all reads on from a position, others only their own
// row.
const listing = viewerReads(() => ({
  steps: {
    reach: reachOf('users.view_user'),
    bounds: sql`
      select case when sees_all then ${position(users, users.publicUserId)} + 1 else id end as first,
        case when sees_all then 9223372036854775807 else id end as last
      from reach`,
  },
  answers: {
    users: listOf<User>(sql`
      select ${shown} from ${users}
      where id between (select first from bounds) and (select last from bounds)
      order by id limit ${given('limit', 'int')} + 1`),
  },
}))

/** Every account, if the viewer may view users in the admin; otherwise only their own. */
export const usersVisibleTo = async (db: Db, viewer: Viewer, page: Page) =>
  (await listing(db, viewer, page)).users

const findingViewer = viewerReads(() => ({
  answers: {
    user: oneOf<User>(sql`select ${shown} from ${users} where id = (select id from viewer)`),
  },
}))

/** The viewer's own account. */
export async function findViewer(db: Db, viewer: Viewer) {
  const { user } = await findingViewer(db, viewer)
  if (!user) throw problems.userNotFound()
  return user
}

const finding = viewerReads(() => ({ steps: { mine }, answers: { user: myRow } }))

/** @throws noSuch('User') for any account but the viewer's own */
export async function findUser(db: Db, viewer: Viewer, id: string) {
  const { user } = await finding(db, viewer, { id })
  if (!user) throw problems.noSuch('User')
  return user
}

type Change = {
  first_name?: string | undefined
  last_name?: string | undefined
  email?: string | undefined
  password?: string | undefined
  current_password?: string | undefined
}

/** Whether the address is the account's own: exactly, or in lower case. */
const isKept = sql`(email = ${given('typedEmail')} or email = ${given('email')})`
// An account that keeps its address has no rival, even if an old account differs only in letter case.
const rival = sql`
  select id from ${users}
  where ${lowered(users.email)} = ${lowered(given('email'))} and public_user_id <> ${given('id', 'uuid')}
    and not exists (select from ${users} as own where own.public_user_id = ${given('id', 'uuid')} and ${isKept})
  limit 1`
const isTaken = sql<boolean>`exists (select from rival)`

const examining = viewerWrites(() => ({
  steps: {
    mine,
    rival,
    ...countedTry(sql`select id::text as account from mine where ${given('isGuess', 'boolean')}`),
  },
  answers: {
    user: oneOf<Account>(sql`select ${columnsOf(users)} from mine`),
    isTaken,
    secondsToWait,
  },
}))

/** An account with the time of its last new password: tokens of this change have that time, so that any later change ends them. */
type Changed = User & Pick<Account, 'sessionsValidFrom'>

/** The account, if it got a new password. */
const secured = sql`select id from changed where ${given('newHash')} is not null`

const changing = viewerWrites(() => ({
  steps: {
    mine,
    rival,
    changed: sql`
      update ${users} set
        first_name = coalesce(${given('first_name')}, first_name),
        last_name = coalesce(${given('last_name')}, last_name),
        email = case when ${isKept} then email else coalesce(${given('email')}, email) end,
        username = case when ${isKept} then username else coalesce(${given('email')}, username) end,
        password = coalesce(${given('newHash')}, password),
        sessions_valid_from = coalesce(to_timestamp(${given('validFrom', 'float8')}), sessions_valid_from)
      where id = (select id from mine) and not exists (select from rival)
        and (${given('newHash')} is null or password = ${given('oldHash')})
      returning *`,
    ...endedWithPassword(secured, given('sessionId', 'uuid')),
    endedResets: endedResets(
      sql`${secured} union all select changed.id from changed join mine on changed.email <> mine.email`,
    ),
    kept: sql`
      update ${sessions} set valid_from = to_timestamp(${given('validFrom', 'float8')})
      where user_id in (${secured}) and public_session_id = ${given('sessionId', 'uuid')} returning 1`,
  },
  answers: {
    isMine: sql<boolean>`exists (select from mine)`,
    isTaken,
    user: oneOf<Changed>(sql`select ${columnsOf(users, [...SHOWN, 'sessionsValidFrom'])} from changed`),
  },
}))

/** The fields sent for a change, and their faults so far. */
export type Draft = { values: Change; faults: Faults | null; input: Record<string, unknown> }

/**
 * Changes the viewer's own account. A new password ends every session from before, except the viewer's. It is the one change that
 * needs two statements, because the current hash must be read first.
 * @throws invalid, with the faults of every field, including a taken email and a wrong current password, noSuch('User'), or
 * throttled after too many wrong guesses at the current password
 */
export async function changeUser(
  db: Db,
  viewer: Viewer,
  id: string,
  draft: Draft,
  tools: { assets: Fetcher; attempt: Attempt },
) {
  const { first_name = null, last_name = null, email = null, password } = draft.values
  const sent = { id, first_name, last_name, email, typedEmail: typedEmail(draft) }
  const examined = await examine(db, viewer, id, draft, tools)
  const newHash = password === undefined ? null : await hashPassword(password, tools.attempt.rounds)

  async function write(oldHash: string | null) {
    // As late as possible: a sign-in that read the old hash before is earlier.
    const validFrom = newHash && Math.floor(Date.now() / 1000)
    const change = { ...sent, oldHash, newHash, validFrom }
    const { isMine, isTaken, user } = await changing(db, viewer, change).catch(asTaken)
    if (!isMine) throw problems.noSuch('User')
    if (isTaken) throw problems.invalid({ email: [EMAIL_TAKEN] })
    return user
  }

  const user = await write(examined?.password ?? null)
  if (user) return user
  if (!examined) throw problems.userNotFound()
  // The hash is another: a sign-in hashed the same password anew, or a new password was first and ended this session.
  const again = await examine(db, viewer, id, draft, tools, examined)
  const changed = again && (await write(again.password))
  if (!changed) throw problems.accessTokenRefused('Token is expired')
  return changed
}

/**
 * The email as it was sent: an account from a database that was taken over may have one that validation would refuse.
 */
const typedEmail = ({ input }: Draft) => (typeof input.email === 'string' ? trim(input.email) : null)

/**
 * Refuses a draft with all its faults. It asks the database if there already is a fault, so that all come in one answer, or
 * if the password changes: then it returns the account. A guess at the current password counts like one at sign-in. If it is
 * right, that is taken back after the answer, whatever other faults there are. `before` is the account of an earlier call: if its
 * password was changed since, the token is refused.
 */
async function examine(
  db: Db,
  viewer: Viewer,
  id: string,
  draft: Draft,
  { assets, attempt }: { assets: Fetcher; attempt: Attempt },
  before?: Account,
) {
  const { values, faults } = draft
  const { email = null, password, current_password } = values
  const all: Faults = { ...faults }
  if (password !== undefined && current_password === undefined)
    all.current_password ??= ['This field is required.']
  await addPasswordFaults(values)
  const isFaulty = Object.keys(all).length > 0
  if (!isFaulty && password === undefined) return null

  const isGuess = password !== undefined && current_password !== undefined
  const tried = { id, email, typedEmail: typedEmail(draft), isGuess, network: await networkKey(attempt) }
  const { user, isTaken, secondsToWait } = await examining(db, viewer, tried).catch((error: unknown) => {
    throw isFaulty ? problems.invalid(all) : error
  })
  refuseGuess(secondsToWait, attempt)
  if (before && String(user?.sessionsValidFrom) !== String(before.sessionsValidFrom))
    throw problems.accessTokenRefused('Token is expired')
  if (user && isTaken) all.email = [EMAIL_TAKEN]
  // An unchanged email is not validated again.
  if (user && user.email === typedEmail(draft)) delete all.email
  if (user && password !== undefined) {
    await addPasswordFaults(merged(user, values))
    if (isGuess && (await verifyPassword(current_password, user.password, attempt.rounds)))
      attempt.afterAnswer((db) => forgiveTry(db, user, attempt))
    else if (isGuess)
      all.current_password = ['Your old password was entered incorrectly. Please enter it again.']
  }
  if (Object.keys(all).length > 0) throw problems.invalid(all)
  if (!user) throw problems.noSuch('User')
  return user

  async function addPasswordFaults(person: Person) {
    const words = password === undefined ? [] : await passwordFaults(password, person, assets)
    if (words.length > 0) all.password = words
  }
}

/** A new password must not resemble these: the account after the change. */
const merged = ({ email, firstName, lastName }: User, change: Change) => ({
  email: change.email ?? email,
  first_name: change.first_name ?? firstName,
  last_name: change.last_name ?? lastName,
})

// Locks superusers in one order, so that if two leave at once, the second sees that it is the last. In a WITH, because
// Postgres would move conditions on a subquery below its locks, and each would lock the other. A superuser who is staff needs
// another one who is staff.
const leaving = viewerWrites(() => ({
  steps: {
    mine,
    superusers: sql`
      select id, is_staff from ${users}
      where is_superuser and is_active and (select is_superuser from mine) order by id for update`,
    gone: sql`
      delete from ${users}
      where id = (select id from mine) and (not is_superuser or exists (
        select from superusers where superusers.id <> ${users.id} and (superusers.is_staff or not ${users.isStaff})
      ))
      returning id`,
    handedBack: handBackRules(sql`select id from gone`),
    ...eraseUsers(sql`select id from gone`),
  },
  answers: { mine: myRow, isGone: sql<boolean>`exists (select from gone)` },
}))

/**
 * Deletes the viewer's own account, with its cameras and rules.
 * @throws noSuch('User'), or lastSuperuser
 */
export async function removeUser(db: Db, viewer: Viewer, id: string) {
  const { mine, isGone } = await leaving(db, viewer, { id })
  if (!mine) throw problems.noSuch('User')
  if (!isGone) throw mine.isSuperuser ? problems.lastSuperuser() : problems.userNotFound()
}
