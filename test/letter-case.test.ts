/// <reference types="vite/client" />
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { signedIn } from './support/browser.ts'
import { send } from './support/client.ts'
import { aUser, driverFor, PASSWORD, sql } from './support/factories.ts'

const TAKEN = { email: ['A user with that email already exists.'] }

/** An email as an old row may have it, and as its owner types it. */
const SPELLINGS = [
  ['user@MÜNCHEN.example', 'user@münchen.example'],
  ['ingrid@example.com', 'INGRID@example.com'],
  ['ILKER@example.com', 'ilker@example.com'],
  ['İnci@example.com', 'i̇nci@example.com'],
  ['ΟΔΥΣΣΕΥΣ@example.com', 'Οδυσσευς@example.com'],
  ['gruẞ@example.com', 'Gruß@EXAMPLE.com'],
] as const

const migrations = Object.entries(
  import.meta.glob<string>('../drizzle/*.sql', { query: '?raw', import: 'default', eager: true }),
)
  .toSorted(([one], [other]) => one.localeCompare(other))
  .flatMap(([, text]) => text.split('--> statement-breakpoint'))

/** A database of this locale, migrated. */
async function aDatabaseIn(locale: string) {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await sql.query(`create database ${name} template template0 encoding 'UTF8' ${locale}`)
  const url = new URL(env.DATABASE_URL)
  url.pathname = name
  const there = driverFor(url.href)
  await there.transaction(migrations.map((statement) => there.query(statement)))
  return { settings: { DATABASE_URL: url.href }, sql: there }
}

describe.each([
  `locale_provider libc locale 'C'`,
  `locale_provider icu icu_locale 'tr' locale 'C'`,
  `locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`,
])('in a database with %s', (locale) => {
  it('an email is the same in any letter case', async () => {
    const { settings, sql } = await aDatabaseIn(locale)
    const admin = await aUser({ isStaff: true, isSuperuser: true }, sql)
    const browser = await signedIn(admin, settings)
    for (const [stored, typed] of SPELLINGS) {
      const { id } = await aUser({ email: stored }, sql)
      const change = `/v1/user/${admin.publicUserId}/`
      const answers = [
        await send('POST', '/v1/auth/token/', { settings, json: { email: typed, password: PASSWORD } }),
        await send('POST', '/v1/auth/register/', { settings, json: { email: typed, password: PASSWORD } }),
        await send('POST', '/v1/auth/register/', { settings, json: { email: typed, password: '1' } }),
        await send('PATCH', change, { settings, token: admin.access, json: { email: typed } }),
      ]
      const added = await browser.submit('/admin/camera/camera/add/', { owner: typed, location: stored })
      const passwords = { password1: PASSWORD, password2: PASSWORD }
      const refused = await browser.submit('/admin/users/user/add/', { email: typed, ...passwords })

      // Emails with such letters before the @ cannot be registered.
      const isAddress = /^[ -~]+@/.test(typed)
      expect(
        answers.map(({ status }) => status),
        typed,
      ).toEqual([200, 400, 400, 400])
      if (isAddress) for (const { body } of answers.slice(1)) expect(body, typed).toMatchObject(TAKEN)
      expect(added.status, typed).toBe(302)
      if (isAddress) expect(refused.text, typed).toContain(TAKEN.email[0])
      expect(await sql`select owner_id::int from camera_camera where location = ${stored}`).toEqual([
        { owner_id: id },
      ])
    }
  })
})

it('letters become small as they do in JavaScript', async () => {
  const texts = ['Ü', 'I', 'İ', 'ẞ', 'ß', 'Σ', 'ΑΣ', 'ΑΣ@Β', 'ΑΣ.Β', 'Ǆ', 'Ω', 'K', 'Ა', 'Ꭰ', '𐐀', 'É', 'ﬀ']
  const { rows } = await sql.query(
    'select lower(text collate pg_unicode_fast) as small from unnest($1::text[]) text',
    [texts],
    { fullResults: true },
  )
  expect(rows.map(({ small }) => small)).toEqual(texts.map((text) => text.toLowerCase()))
})
