import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { dictionary } from '@zxcvbn-ts/language-common'
import { passwordFaults } from '../../src/auth/password-rules.ts'
import { hashPassword } from '../../src/auth/passwords.ts'
import { isEmail, trim } from '../../src/fields.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

export class EmailTaken extends Error {}

/** What is wrong with an account's email and password, by the rules that the service has. */
export async function passwordWords(email: string, password: string) {
  const list = `\n${dictionary['passwords-common'].slice(0, 20_000).join('\n')}\n`
  const assets = { fetch: async () => new Response(list) } as unknown as Parameters<typeof passwordFaults>[2]
  const words = await passwordFaults(trim(password), { email }, assets)
  return isEmail(email) && email.length <= 150 ? words : ['Enter a valid email address.', ...words]
}

/** Makes an active superuser who is staff. @throws EmailTaken */
export async function createSuperuser(databaseUrl: string, email: string, password: string) {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query(
      `insert into users (public_user_id, email, username, first_name, last_name, password, is_active, is_staff, is_superuser, date_joined)
       select uuidv7(), $1::text, $1::text, '', '', $2, true, true, true, now()
       where not exists (select from users where lower(email) = lower($1::text) or username = $1::text)`,
      [email, await hashPassword(trim(password))],
    )
    if (rowCount === 0) throw new EmailTaken()
  } finally {
    await client.end()
  }
}

/**
 * Makes a superuser of this machine's own database on the first run, and answers how to sign in; the password stands in
 * `folder`, so that later runs can say it too.
 */
export async function ensureLocalSuperuser(databaseUrl: string, folder: string) {
  const file = join(folder, 'admin-password')
  const email = 'admin@example.com'
  const known = await readFile(file, 'utf8').catch(() => undefined)
  const password = known ?? randomBytes(9).toString('base64url')
  if (!known) await writeFile(file, password, { mode: 0o600 })
  try {
    await createSuperuser(databaseUrl, email, password)
  } catch (error) {
    if (!(error instanceof EmailTaken)) throw error
    if (!known) return `${email}, with the password you gave it`
  }
  return `${email}, ${password}`
}
