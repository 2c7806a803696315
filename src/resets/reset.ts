import { sql } from 'drizzle-orm'
import {
  ACCOUNT_PERIOD,
  type Attempt,
  counted,
  forgiveTry,
  NETWORK_PERIOD,
  networkKey,
  person,
  refuseGuess,
  secondsWhere,
} from '../auth/attempts.ts'
import { passwordFaults } from '../auth/password-rules.ts'
import { hashPassword } from '../auth/passwords.ts'
import { hashOf, isSecret, newSecret } from '../auth/secrets.ts'
import { endedWithPassword } from '../auth/sessions.ts'
import type { Db } from '../db/client.ts'
import { forgetting } from '../db/forgetting.ts'
import { passwordResets, pushTargets, users } from '../db/schema.ts'
import { columnsOf, given, listOf, oneOf, reading, type Row, writing } from '../db/statement.ts'
import type { SendMail } from '../mail/mail.ts'
import { type Faults, problems } from '../problems.ts'
import { type Address, resetMail } from './reset-mail.ts'

const SECRET_IN_BYTES = 32
const PER_ACCOUNT = 3
const PER_NETWORK = 10
const LIFETIME = sql`interval '1 hour'`
/** More requests than anybody makes. */
const UNLIMITED = 2 ** 31 - 1

const counting = writing(() => ({
  steps: { asked: counted(sql`select 'reset', ${given('network')}, 1`, NETWORK_PERIOD) },
  answers: {
    secondsToWait: sql<number>`(
      select (${secondsWhere(sql`failures > ${sql.raw(String(PER_NETWORK))}`, sql`since + ${NETWORK_PERIOD}`)})::int from asked)`,
  },
}))

/**
 * Counts a request for a mail by its network alone, so that it takes the same time for every email. @throws throttled
 */
export async function countRequest(db: Db, attempt: Attempt) {
  const { secondsToWait } = await counting(db, { network: await networkKey(attempt) })
  refuseGuess(secondsToWait, attempt)
}

type Target = { kind: Address['kind']; name: string; address: string }

const preparing = writing(() => ({
  steps: {
    person,
    asked: counted(sql`select 'reset ' || id, '', 1 from person where is_active`, ACCOUNT_PERIOD),
    reset: sql`
      insert into ${passwordResets} (user_id, token_hash, created_at, expires_at)
      select person.id, ${given('hash')}, now(), now() + ${LIFETIME} from person, asked where failures <= ${given('most', 'int')}
      returning user_id`,
  },
  answers: {
    email: sql<string | null>`(select email from person where id in (select user_id from reset))`,
    targets: listOf<Target>(sql`
      select kind, name, address from ${pushTargets}
      where owner_id in (select user_id from reset) and kind in ('webhook', 'ntfy') order by id`),
  },
}))

/**
 * Mails the active account with an email, in any letter case, a link to set a password. Sends nothing if there is none, or if
 * it had three mails within the hour. Runs after the answer. @throws MailError, DatabaseError
 */
export async function mailReset(
  db: Db,
  { isThrottlingOn }: Attempt,
  sent: { email: string },
  { send, site }: { send: SendMail; site: string },
) {
  const token = newSecret(SECRET_IN_BYTES)
  const values = { ...sent, hash: await hashOf(token), most: isThrottlingOn ? PER_ACCOUNT : UNLIMITED }
  const { email, targets } = await preparing(db, values)
  if (email === null) return
  const addresses = targets.map(({ kind, name, address }) => ({
    kind,
    name,
    host: URL.parse(address)?.host ?? '',
  }))
  await send(await resetMail(email, `${site}/app/reset#${token}`, addresses))
}

type Confirmation = { token?: string | undefined; password?: string | undefined }
type Draft = { values: Confirmation; faults: Faults | null }
type Person = Row<typeof users>

/** The account of a valid token. */
const theirs = sql`
  from ${users} join ${passwordResets} on ${passwordResets.userId} = ${users.id}
  where token_hash = ${given('hash')} and used_at is null and expires_at > now() and is_active
    and coalesce(sessions_valid_from <= created_at, true)`

const examining = reading(() => ({
  steps: { person: sql`select ${users}.* ${theirs}` },
  answers: { person: oneOf<Person>(sql`select ${columnsOf(users)} from person`) },
}))

// Locks the account first, like every change of its password; if two come at once, the second finds the token used.
const setting = writing(() => ({
  steps: {
    person: sql`select ${users.id} ${theirs} for update of ${users}`,
    taken: sql`
      update ${passwordResets} set used_at = now()
      where token_hash = ${given('hash')} and user_id in (select id from person) and used_at is null returning 1`,
    changed: sql`
      update ${users} set password = ${given('newHash')}, sessions_valid_from = to_timestamp(${given('validFrom', 'float8')})
      where id in (select id from person) and exists (select from taken)
      returning *`,
    ...endedWithPassword(sql`select id from changed`),
  },
  answers: { person: oneOf<Person>(sql`select ${columnsOf(users)} from changed`) },
}))

/** The same words for an unknown, a used and an expired token. */
const BAD_TOKEN = 'This link is not valid any more. Ask for a new one.'

/**
 * Sets a new password with the token of a mail, and ends every session and token from before.
 * @throws invalid, with the faults of every field, including a bad token
 */
export async function confirmReset(
  db: Db,
  { values, faults }: Draft,
  { assets, attempt }: { assets: Fetcher; attempt: Attempt },
) {
  const { token, password } = values
  const all: Faults = { ...faults }
  const hash = token !== undefined && isSecret(token) ? await hashOf(token) : null
  const owner = hash && (await examining(db, { hash })).person
  if (token !== undefined && !owner) all.token = [BAD_TOKEN]
  if (password !== undefined) {
    const words = await passwordFaults(password, owner ? personOf(owner) : {}, assets)
    if (words.length > 0) all.password = words
  }
  if (Object.keys(all).length > 0 || password === undefined) throw problems.invalid(all)
  const newHash = await hashPassword(password, attempt.rounds)
  // As late as possible: a sign-in that read the old hash before is earlier.
  const validFrom = Math.floor(Date.now() / 1000)
  const { person } = await setting(db, { hash, newHash, validFrom })
  if (!person) throw problems.invalid({ token: [BAD_TOKEN] })
  attempt.afterAnswer((db) => forgiveTry(db, person, attempt))
  return person
}

/** A password must not resemble these. */
const personOf = ({ email, firstName, lastName }: Person) => ({
  email,
  first_name: firstName,
  last_name: lastName,
})

/** Deletes expired resets. */
export const forgetOldResets = forgetting(passwordResets, sql`${passwordResets.expiresAt} <= now()`)
