import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { dictionary } from '@zxcvbn-ts/language-common'
import { passwordFaults, type Person } from '../src/auth/password-rules.ts'
import { hashPassword } from '../src/auth/passwords.ts'
import { isEmail, trim } from '../src/http/fields.ts'
import { connected } from './client.ts'

export class EmailTaken extends Error {}

/** The part of an account that matters for access to the admin, and what its password must not resemble. */
export type Account = {
  id: string
  email: string
  first_name: string
  last_name: string
  is_active: boolean
  is_staff: boolean
  is_superuser: boolean
}

const ACCOUNT = 'id, email, first_name, last_name, is_active, is_staff, is_superuser'

/** As the service compares emails, with the index on that. */
const lowered = (email: string) => `lower(${email} collate pg_unicode_fast)`

/** The faults of a new account's email, by the rules of the service. */
export const emailWords = (email: string) =>
  isEmail(email) && email.length <= 150 ? [] : ['Enter a valid email address.']

/** The faults of a person's new password, by the rules of the service. */
export async function passwordWords(person: Person, password: string) {
  const list = `\n${dictionary['passwords-common'].slice(0, 20_000).join('\n')}\n`
  const assets = { fetch: async () => new Response(list) } as unknown as Parameters<typeof passwordFaults>[2]
  return passwordFaults(trim(password), person, assets)
}

/** The account with an email, or several in an older database that distinguishes letter case. */
export const findAccounts = (databaseUrl: string, email: string) =>
  connected(databaseUrl, async (client) => {
    const sql = `select ${ACCOUNT} from users where ${lowered('email')} = ${lowered('$1::text')} order by id`
    return (await client.query<Account>(sql, [email])).rows
  })

/** Creates an active superuser who is staff. @throws EmailTaken, also if it is the username of another account */
export const createSuperuser = (databaseUrl: string, email: string, password: string) =>
  connected(databaseUrl, async (client) => {
    const { rowCount } = await client.query(
      `insert into users (public_user_id, email, username, first_name, last_name, password, is_active, is_staff, is_superuser, date_joined)
       select uuidv7(), $1::text, $1::text, '', '', $2, true, true, true, now()
       where not exists (select from users where ${lowered('email')} = ${lowered('$1::text')} or username = $1::text)`,
      [email, await hashPassword(trim(password))],
    )
    if (rowCount === 0) throw new EmailTaken()
  })

/**
 * Makes an account an active superuser who is staff, sets its password, or both; returns the account, or undefined if it is
 * gone. A new password ends every earlier session: tokens store only seconds, so this returns in the next second.
 */
export const changeAccount = (
  databaseUrl: string,
  id: string,
  { isPromoted, password }: { isPromoted: boolean; password: string | null },
) =>
  connected(databaseUrl, async (client) => {
    const hash = password === null ? null : await hashPassword(trim(password))
    const { rows } = await client.query<Account>(
      `with account as (
         update users set
           is_active = is_active or $2, is_staff = is_staff or $2, is_superuser = is_superuser or $2,
           password = coalesce($3, password),
           sessions_valid_from = case when $3::text is null then sessions_valid_from else date_trunc('second', now()) + interval '1 second' end
         where id = $1 returning ${ACCOUNT}
       ),
       secured as (select id from account where $3::text is not null),
       sessions_ended as (delete from sessions where user_id in (select id from secured)),
       phones_ended as (
         delete from push_targets
         where owner_id in (select id from secured) and session_id is null and kind in ('web_push', 'apns')),
       mails_ended as (
         update password_resets set used_at = now() where user_id in (select id from secured) and used_at is null)
       select * from account`,
      [id, isPromoted, hash],
    )
    if (hash) await wait(1_000)
    return rows[0]
  })

/**
 * Creates a superuser in this machine's own database on the first run, and returns its credentials; `folder` stores the
 * password, so that later runs can show it too.
 */
export async function ensureLocalSuperuser(databaseUrl: string, folder: string) {
  const file = join(folder, 'admin-password')
  const email = 'admin@example.com'
  const known = await readFile(file, 'utf8').catch(() => undefined)
  const password = known ?? randomBytes(9).toString('base64url')
  try {
    await createSuperuser(databaseUrl, email, password)
  } catch (error) {
    if (!(error instanceof EmailTaken)) throw error
    if (!known || (await hasNewPassword(databaseUrl, email)))
      return `${email}; \`npm run admin:create -- --reset-password\` where nobody knows its password`
  }
  if (!known) await writeFile(file, password, { mode: 0o600 })
  return `${email}, ${password}`
}

/** Whether somebody changed the account's first password: that ends its sessions. */
const hasNewPassword = (databaseUrl: string, email: string) =>
  connected(databaseUrl, async (client) => {
    const sql = 'select from users where email = $1 and sessions_valid_from is null'
    return (await client.query(sql, [email])).rowCount === 0
  })
