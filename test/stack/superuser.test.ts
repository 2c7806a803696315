import { pbkdf2Sync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createSuperuser,
  EmailTaken,
  ensureLocalSuperuser,
  findAccounts,
  passwordWords,
} from '../../stack/superuser.ts'
import { ask, copyOf, createAdmin, type Database } from '../adopt/database.ts'

const EMAIL = 'first@example.com'
const PASSWORD = 'plain-sailing-77'

it('makes a superuser whose password has no spaces around it, as the API trims them', async () => {
  const database = await copyOf('scout_empty')
  expect(await passwordWords({ email: EMAIL }, `  ${PASSWORD}\n`)).toEqual([])
  expect(await passwordWords({ email: EMAIL }, '  1b3d5  ')).toHaveLength(1)
  await createSuperuser(database.url, EMAIL, `  ${PASSWORD}\n`)
  const [user] = await ask(database, 'select * from users')
  expect(user).toMatchObject({
    email: EMAIL,
    username: EMAIL,
    is_active: true,
    is_staff: true,
    is_superuser: true,
  })
  expect(hashLike(user!.password)).toBe(user!.password)
  await expect(createSuperuser(database.url, EMAIL.toUpperCase(), PASSWORD)).rejects.toThrow(EmailTaken)
  // The locale of this database has no last sigma.
  await ask(database, `update users set email = 'ΑΣ@example.com'`)
  await expect(createSuperuser(database.url, 'ας@example.com', PASSWORD)).rejects.toThrow(EmailTaken)
  expect(await findAccounts(database.url, 'ας@example.com')).toMatchObject([{ email: 'ΑΣ@example.com' }])
})

it("tells the local superuser's password as long as it is the one", async () => {
  const database = await copyOf('scout_empty')
  const folder = await mkdtemp(join(tmpdir(), 'scout-superuser-'))
  onTestFinished(() => rm(folder, { recursive: true }))

  const first = await ensureLocalSuperuser(database.url, folder)
  const second = await ensureLocalSuperuser(database.url, folder)
  await createAdmin(database, 'admin@example.com', PASSWORD, '--reset-password')
  const third = await ensureLocalSuperuser(database.url, folder)

  expect(first).toMatch(/^admin@example\.com, [\w-]{12}$/)
  expect(second).toBe(first)
  expect(third).toMatch(/^admin@example\.com; `npm run admin:create -- --reset-password` /)
})

describe('npm run admin:create', () => {
  it('makes a superuser who signs in at /admin/', async () => {
    const database = await copyOf('scout_empty')

    const { code, output } = await createAdmin(database, ' First@Example.com ', PASSWORD)

    expect([code, output]).toEqual([
      0,
      `${EMAIL} is a superuser in ${shown(database)}, and signs in at /admin/.\n`,
    ])
    expect(await stateOf(database)).toEqual([{ ...SUPERUSER, email: EMAIL }])
  })

  it('changes nothing of an account that is there, and says what would', async () => {
    const database = await withAccount()
    const before = await rows(database)

    const { code, output } = await createAdmin(database, EMAIL.toUpperCase(), PASSWORD)

    expect([code, output]).toEqual([
      1,
      `First@example.com has an account in ${shown(database)} already, which is inactive, not staff, no superuser.
Nothing was changed. \`-- --promote\` makes it an active superuser, \`-- --reset-password\` gives it the new password.
`,
    ])
    expect(await rows(database)).toEqual(before)
  })

  it('promotes an account, whose password and sessions stay', async () => {
    const database = await withAccount()
    const [{ password, sessions_valid_from } = {}] = await rows(database)

    const { code, output } = await createAdmin(database, EMAIL, undefined, '--promote')

    expect([code, output.split('\n')[1]]).toEqual([0, 'It is active, staff, a superuser now.'])
    expect(await rows(database)).toMatchObject([{ ...SUPERUSER, password, sessions_valid_from }])
  })

  it('resets a password, ends every session from before, of the same second too, and none from after', async () => {
    const database = await withAccount()
    await ask(database, KEEP_MOMENT_OF_CHANGE)

    const { code, output } = await createAdmin(database, EMAIL, ` ${PASSWORD} `, '--reset-password')

    expect([code, output.split('\n').slice(1)]).toEqual([
      0,
      [
        'It has the new password. Every session from before has ended.',
        'It is inactive, not staff, no superuser as before.',
        '',
      ],
    ])
    // Tokens have their time of issue in whole seconds.
    const [account] = await ask(
      database,
      `select *, sessions_valid_from = date_trunc('second', changed_at) + interval '1 second' as "isNextSecond",
         sessions_valid_from <= now() as "isOver" from users`,
    )
    expect(account).toMatchObject({
      isNextSecond: true,
      isOver: true,
      is_active: false,
      is_staff: false,
      is_superuser: false,
    })
    expect(hashLike(account!.password)).toBe(account!.password)
  })

  it('ends the rows of sessions, phones and mails with a password, and with nothing else', async () => {
    const database = await withAccount()
    await ask(
      database,
      `with person as (select id from users),
         session as (insert into sessions (user_id, secret_hash, name, created_at, last_used_at, valid_from)
           select id, 'x', 'Phone', now(), now(), to_timestamp(0) from person),
         mail as (insert into password_resets (user_id, token_hash, created_at, expires_at)
           select id, 'x', now(), now() + interval '1 hour' from person)
       insert into push_targets (owner_id, kind, address, created_at, seen_at)
       select id, kind, kind, now(), now() from person, unnest(array['apns', 'web_push', 'webhook', 'ntfy']) as kind`,
    )
    const left = () =>
      ask(
        database,
        `select (select count(*)::int from sessions) as sessions, (select array_agg(kind order by kind) from push_targets) as targets,
           (select count(*)::int from password_resets where used_at is null) as mails`,
      )
    const before = await left()
    await createAdmin(database, EMAIL, undefined, '--promote')
    expect(await left()).toEqual(before)
    await createAdmin(database, EMAIL, PASSWORD, '--reset-password')
    expect(await left()).toEqual([{ sessions: 0, targets: ['ntfy', 'webhook'], mails: 0 }])
  })

  it('does both at once', async () => {
    const database = await withAccount()

    const { code } = await createAdmin(database, EMAIL, PASSWORD, '--promote', '--reset-password')

    const [account] = await rows(database)
    expect([code, account]).toMatchObject([0, SUPERUSER])
    expect(hashLike(account!.password)).toBe(account!.password)
  })

  it.each([
    ['a password that is too common', 'password1', ['This password is too common.']],
    ['a password like the first name', 'Rosalind1', ['The password is too similar to the first name.']],
    [
      'no password',
      undefined,
      ['There is nobody to ask: name the account in ADMIN_EMAIL and ADMIN_PASSWORD.'],
    ],
  ])('refuses %s', async (_, password, words) => {
    const database = await withAccount()
    const before = await rows(database)

    const { code, output } = await createAdmin(database, EMAIL, password, '--reset-password')

    expect([code, output.split('\n').slice(1)]).toEqual([1, [...words, '']])
    expect(await rows(database)).toEqual(before)
  })

  it.each([
    [
      'an account that is not there',
      'nobody@example.com',
      '--promote',
      /^There is no account with the email nobody@example.com in /,
    ],
    ['a flag that it does not know', EMAIL, '--reset', /^Unknown option '--reset'/],
    [
      'to choose between twins',
      'FIRST@example.com',
      '--promote',
      / has First@example.com and fIRST@example.com: write the one/,
    ],
    [
      'a username that another account has',
      'other@example.com',
      '',
      /^Another account in .* as its email or its username/,
    ],
  ])('refuses %s', async (_, email, flag, words) => {
    const database = await withAccount()
    await ask(database, insertion('fIRST@example.com', 'other@example.com'))
    const before = await rows(database)

    const { code, output } = await createAdmin(database, email, PASSWORD, ...[flag].filter(Boolean))

    expect([code, output]).toEqual([1, expect.stringMatching(words)])
    expect(await rows(database)).toEqual(before)
  })

  it('takes of twins the one that is written alike', async () => {
    const database = await withAccount()
    await ask(database, insertion('fIRST@example.com', 'other@example.com'))

    const { code } = await createAdmin(database, 'fIRST@example.com', undefined, '--promote')

    expect([code, await stateOf(database)]).toMatchObject([0, [{ is_superuser: false }, SUPERUSER]])
  })
})

const KEEP_MOMENT_OF_CHANGE = `
  alter table users add column changed_at timestamptz;
  create function keep_moment() returns trigger language plpgsql as $$ begin new.changed_at = now(); return new; end $$;
  create trigger keep_moment before update on users for each row execute function keep_moment()`
const SUPERUSER = { is_active: true, is_staff: true, is_superuser: true }

/** A database with an inactive account, as the Django service may leave one. */
async function withAccount() {
  const database = await copyOf('scout_empty')
  await ask(database, insertion('First@example.com', 'first'))
  return database
}

const insertion = (email: string, username: string) => `
  insert into users (public_user_id, email, username, first_name, last_name, password, is_active, is_staff, is_superuser, date_joined)
  values (uuidv7(), '${email}', '${username}', 'Rosalind', '', '!', false, false, false, now())`
const rows = (database: Database) => ask(database, 'select * from users order by id')
const stateOf = (database: Database) =>
  ask(database, 'select email, is_active, is_staff, is_superuser from users order by id')
const shown = ({ url }: Database) => `${new URL(url).host}${new URL(url).pathname}`

/** Hashes PASSWORD with the salt and rounds of a given hash. */
function hashLike(stored: string) {
  const [scheme, cost = '', salt = ''] = stored.split('$')
  const [calls = 0, rounds = 0] = cost.split('x').map(Number)
  let key = Buffer.from(PASSWORD)
  for (let call = 0; call < calls; call++)
    key = pbkdf2Sync(key, Buffer.from(salt, 'base64'), rounds, 32, 'sha512')
  return [scheme, cost, salt, key.toString('base64')].join('$')
}
