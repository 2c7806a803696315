import { describe, expect, it } from 'vitest'
import { readNeeds } from '../../adopt/catalogue.ts'
import { readMigrations } from '../../adopt/migrations.ts'
import { inspect } from '../../adopt/plan.ts'
import type { Step } from '../../adopt/session.ts'
import { applyMigrations } from '../../stack/migrations.ts'
import {
  aDjangoDatabase,
  adopt,
  ask,
  connected,
  copyOf,
  everythingIn,
  fresh,
  inSession,
  journalOf,
  migrate,
  planFor,
  rehearseDjango,
  replayDjango,
  rowsOf,
  schemaOf,
} from './database.ts'

/** The titles of the steps that create something by name. The others run again if adopt stopped before it recorded them. */
const titlesOfNamed = (steps: Step[]) =>
  steps.map(({ title }) => title).filter((title) => !/^\d{4}_/.test(title))

describe('a database of the Django service', () => {
  it('becomes what a fresh one is, and keeps every row', async () => {
    const database = await aDjangoDatabase()
    const before = await rowsOf(database)

    const { code, output } = await adopt(database)

    expect(output).toMatch(/is adopted: \d+ steps in [\d.]+ s, verified\.\n$/)
    expect(code).toBe(0)
    expect(await rowsOf(database)).toMatchObject(before)
    expect(await schemaOf(database)).toMatchObject((await fresh()).schema)
    expect(await journalOf(database)).toEqual((await fresh()).journal)
    expect(await applyMigrations(database.url)).toEqual([])
  })

  it('is left alone by a second run', async () => {
    const database = await aDjangoDatabase()
    await adopt(database)
    const before = await everythingIn(database)

    const { code, output } = await adopt(database)

    expect(output).toMatch(/is adopted: there is nothing to do\.\n$/)
    expect(code).toBe(0)
    expect(await everythingIn(database)).toEqual(before)
  })

  it('is only looked at with --dry-run', async () => {
    const database = await aDjangoDatabase()
    const before = await everythingIn(database)

    const { code, output } = await adopt(database, ['--dry-run'])

    expect(output).toMatch(/^users +as needed +column 12, unique 3, primary key 1, index 2$/m)
    expect(output).toMatch(
      /^users +to do +column sessions_valid_from +to be added as timestamp with time zone null$/m,
    )
    expect(output).toMatch(/^\d+ steps to do\. Nothing was changed \(--dry-run\)\.\n$/m)
    expect(code).toBe(0)
    expect(await everythingIn(database)).toEqual(before)
  })

  it('serves the old service after every step, and the next run goes on from there', async () => {
    const database = await aDjangoDatabase()
    const expected = await replayDjango(await aDjangoDatabase())
    const { steps } = await planFor(database)
    expect(steps.length).toBeGreaterThan(40)

    await connected(database, (oldService) =>
      inSession(database, (session) =>
        // A session of its own, like the next run's. All steps share it, because opening one takes longer than planning.
        inSession(database, async (nextRun) => {
          const migrations = readMigrations()
          const needed = await readNeeds(session.client, migrations)
          for (const [index, { title, run }] of steps.entries()) {
            await run(session)
            const { counts, rows } = await rehearseDjango(oldService)
            expect(counts, title).toEqual(expected.counts)
            expect(rows, title).toMatchObject(expected.rows)
            const left = await inspect(nextRun, migrations, needed)
            expect(titlesOfNamed(left.steps)).toEqual(titlesOfNamed(steps.slice(index + 1)))
          }
        }),
      ),
    )

    const { counts, rows } = await replayDjango(database)
    expect(counts).toEqual(expected.counts)
    expect(rows).toMatchObject(expected.rows)
  }, 180_000)

  it('may name its constraints and indexes otherwise, which adopt puts right', async () => {
    const database = await aDjangoDatabase()
    await ask(
      database,
      `alter table camera_camera rename constraint camera_camera_owner_id_00e9fd5d_fk_users_id to camera_camera_owner_id_12345678_fk_users_id;
       alter table users rename constraint users_email_key to users_email_0ea73cca_uniq;
       alter index users_email_0ea73cca_like rename to users_email_12345678_like`,
    )

    const { code, output } = await adopt(database)

    expect(output).toMatch(/^users +to do +unique users_email_0ea73cca_uniq +to be renamed users_email_key$/m)
    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject((await fresh()).schema)
  })

  it('may lack an index, which is built', async () => {
    const database = await aDjangoDatabase()
    await ask(database, 'drop index rules_rule_owner_id_7e91cf55')

    const { code } = await adopt(database)

    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject((await fresh()).schema)
  })

  it('may have columns, tables and constraints of its own, which stay', async () => {
    const database = await aDjangoDatabase()
    await ask(
      database,
      `alter table users add phone text, add plan text not null default 'free', add constraint short_phone check (length(phone) < 20);
       create table outstanding_token (id int, user_id bigint references users);
       insert into outstanding_token values (1, 2)`,
    )
    const before = await rowsOf(database)

    const { code, output } = await adopt(database)

    expect(output).toMatch(/^users +note +column phone +is not ours, and stays$/m)
    expect(output).toMatch(/^users +note +check short_phone +is not ours, and stays: CHECK /m)
    expect(output).toMatch(
      /^outstanding_token +note +foreign key outstanding_token_user_id_fkey +keeps the Worker from deleting rows of users that are named here$/m,
    )
    expect(code).toBe(0)
    expect(await rowsOf(database)).toMatchObject(before)
  })

  it('may have unique indexes of its own, which are reported', async () => {
    const database = await aDjangoDatabase()
    await ask(
      database,
      `create unique index one_admin on users (is_superuser) where is_superuser;
       create index by_name on users (first_name)`,
    )

    const { findings } = await planFor(database)

    expect(findings.filter(({ verdict }) => verdict === 'note')).toEqual([
      {
        verdict: 'note',
        table: 'users',
        kind: 'index',
        name: 'one_admin',
        words:
          "is not ours, and stays; it may refuse rows of the Worker's: UNIQUE USING btree (is_superuser) WHERE is_superuser",
      },
    ])
  })

  it('is not migrated, but named for adopt', async () => {
    const { code, output } = await migrate(await aDjangoDatabase())

    expect(output).toMatch(
      /can't be migrated: relation "\w+" already exists\. A database of the Django service needs npm run db:adopt\.\n$/,
    )
    expect(code).toBe(1)
  })

  it('is reported with emails that differ by case only, and with passwords that nobody can use', async () => {
    const database = await aDjangoDatabase()
    await ask(
      database,
      `insert into users (password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined, email)
       values ('argon2$argon2id$v=19$secret', false, 'B', '', '', false, true, now(), 'Bob@Example.com'),
         ('!', false, 'S', '', '', false, true, now(), 'ΑΣ@example.com'), ('!', false, 's', '', '', false, true, now(), 'ας@example.com'),
         ('!unusable', false, 'E', '', '', false, true, now(), 'erik@example.com'),
         ('pbkdf2_sha256$2000000$salt$secret', false, 'F', '', '', false, true, now(), 'frida@example.com'),
         ('pbkdf2_sha256$2000001$salt$secret', false, 'G', '', '', false, true, now(), 'gerd@example.com')`,
    )

    const { output } = await adopt(database, ['--dry-run'])

    expect(output).toMatch(
      /^users +note +email bob@example.com +differs by letter case only: ids 3, 5; sign-in prefers the exact spelling$/m,
    )
    // The locale of this database has no last sigma.
    expect(output).toMatch(/^users +note +email ας@example.com +differs by letter case only: ids 6, 7; /m)
    expect(output).toMatch(/^users +note +password argon2 +accounts that can't sign in with it: 1$/m)
    expect(output).toMatch(/^users +note +password unusable +accounts that can't sign in with it: 3$/m)
    expect(output).toMatch(
      /^users +note +password pbkdf2_sha256 of more than 2000000 rounds +accounts that can't sign in with it: 1$/m,
    )
    expect(output).not.toContain('secret')
  })
})

describe('an empty database', () => {
  it('gets the tables', async () => {
    const database = await copyOf('template1')

    const { code, output } = await adopt(database)

    expect(output).toMatch(/was empty: the tables are made\.\n$/)
    expect(code).toBe(0)
    expect(await schemaOf(database)).toEqual((await fresh()).schema)
    expect(await journalOf(database)).toEqual((await fresh()).journal)
  })
})

describe('a session', () => {
  it('may take longer than the time-outs of the database', async () => {
    const database = await aDjangoDatabase()
    const names = ['statement_timeout', 'lock_timeout', 'transaction_timeout']
    for (const name of names) await ask(database, `alter database ${database.name} set ${name} = '1min'`)

    await inSession(database, async ({ client }) => {
      for (const name of names) expect((await client.query(`show ${name}`)).rows).toEqual([{ [name]: '0' }])
    })
  })
})
