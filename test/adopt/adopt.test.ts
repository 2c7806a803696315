import { readFile } from 'node:fs/promises'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { readMigrations } from '../../adopt/migrations.ts'
import { inspect } from '../../adopt/plan.ts'
import { openSession, type Session } from '../../adopt/session.ts'
import { applyMigrations } from '../../stack/migrations.ts'
import {
  adopt,
  ask,
  connected,
  copyOf,
  type Database,
  migrate,
  rehearseDjango,
  replayDjango,
  rowsOf,
  schemaOf,
} from './database.ts'

const aDjangoDatabase = () => copyOf('django')
const journalOf = (database: Database) =>
  ask(database, 'select hash, created_at from drizzle.__drizzle_migrations order by created_at')

/** Everything that adopt could have changed. */
const everythingIn = async (database: Database) => ({
  schema: await schemaOf(database),
  rows: await rowsOf(database),
  journal: await ask(database, `select to_regclass('drizzle.__drizzle_migrations') as table`),
})

async function inSession<T>(database: Database, work: (session: Session) => Promise<T>) {
  const session = await openSession(database.url, () => {})
  try {
    return await work(session)
  } finally {
    await session.end()
  }
}

const planFor = (database: Database) => inSession(database, (session) => inspect(session))

/** Runs all steps before the one with this title. */
async function runUntil(database: Database, title: string) {
  const { steps } = await planFor(database)
  const until = steps.findIndex((step) => step.title === title)
  for (const { run } of steps.slice(0, until)) await inSession(database, run)
}

describe('a database of the Django service', () => {
  it('becomes what a fresh one is, and keeps every row', async () => {
    const [database, fresh] = [await aDjangoDatabase(), await copyOf('scout_empty')]
    const before = await rowsOf(database)

    const { code, output } = await adopt(database)

    expect(output).toMatch(/is adopted: \d+ steps in [\d.]+ s, verified\.\n$/)
    expect(code).toBe(0)
    expect(await rowsOf(database)).toMatchObject(before)
    expect(await schemaOf(database)).toMatchObject(await schemaOf(fresh))
    expect(await journalOf(database)).toEqual(await journalOf(fresh))
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

    for (const [index, { title, run }] of steps.entries()) {
      await inSession(database, run)
      const { counts, rows } = await rehearseDjango(database)
      expect(counts, title).toEqual(expected.counts)
      expect(rows, title).toMatchObject(expected.rows)
      // What names nothing that it makes is done again where the run stopped before its migration was recorded.
      const isRepeated = ({ title }: { title: string }) => /^\d{4}_/.test(title)
      const left = (await planFor(database)).steps.filter((step) => !isRepeated(step))
      const rest = steps.slice(index + 1).filter((step) => !isRepeated(step))
      expect(left.map(({ title }) => title)).toEqual(rest.map(({ title }) => title))
    }

    const { counts, rows } = await replayDjango(database)
    expect(counts).toEqual(expected.counts)
    expect(rows).toMatchObject(expected.rows)
  }, 180_000)

  it('may name its constraints and indexes otherwise, which adopt puts right', async () => {
    const [database, fresh] = [await aDjangoDatabase(), await copyOf('scout_empty')]
    await ask(
      database,
      `alter table camera_camera rename constraint camera_camera_owner_id_00e9fd5d_fk_users_id to camera_camera_owner_id_12345678_fk_users_id;
       alter table users rename constraint users_email_key to users_email_0ea73cca_uniq;
       alter index users_email_0ea73cca_like rename to users_email_12345678_like`,
    )

    const { code, output } = await adopt(database)

    expect(output).toMatch(/^users +to do +unique users_email_0ea73cca_uniq +to be renamed users_email_key$/m)
    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject(await schemaOf(fresh))
  })

  it('may lack an index, which is built', async () => {
    const [database, fresh] = [await aDjangoDatabase(), await copyOf('scout_empty')]
    await ask(database, 'drop index rules_rule_owner_id_7e91cf55')

    const { code } = await adopt(database)

    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject(await schemaOf(fresh))
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

describe('ids that would be given out twice', () => {
  const nextIds = async (database: Database) => {
    const names = ['users_id_seq', 'camera_camera_id_seq', 'django_admin_log_id_seq']
    const states = names.map(
      (name) => `select '${name}' as name, last_value + is_called::int as next from ${name}`,
    )
    const rows = await ask(database, states.join(' union all '))
    return Object.fromEntries(rows.map(({ name, next }) => [name, Number(next)]))
  }

  it.each(['django', 'scout_empty'])('are not any more, whenever adopt is run: %s', async (template) => {
    const database = await copyOf(template)
    await ask(
      database,
      `insert into users (id, password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined, email)
       values (70, '!', false, 'Z', '', '', false, true, now(), 'zoe@example.com');
       insert into camera_camera (id, location, created_at, owner_id) values (80, 'Loft', now(), 70);
       select setval('users_id_seq', 1, false), setval('camera_camera_id_seq', 2), setval('django_admin_log_id_seq', 500)`,
    )
    const before = await rowsOf(database)
    const { findings } = await planFor(database)

    const { code, output } = await adopt(database)

    expect(findings.filter(({ kind }) => kind === 'sequence')).toEqual([
      {
        verdict: 'to do',
        table: 'camera_camera',
        kind: 'sequence',
        name: 'camera_camera_id_seq',
        words: 'to be moved on: it gives 3 next, and the ids up to 80 are taken',
      },
      {
        verdict: 'to do',
        table: 'users',
        kind: 'sequence',
        name: 'users_id_seq',
        words: 'to be moved on: it gives 1 next, and the ids up to 70 are taken',
      },
    ])
    expect(output).toMatch(/is adopted: \d+ steps in [\d.]+ s, verified\.\n$/)
    expect(code).toBe(0)
    expect(await rowsOf(database)).toMatchObject(before)
    expect(await nextIds(database)).toEqual({
      users_id_seq: 71,
      camera_camera_id_seq: 81,
      django_admin_log_id_seq: 501,
    })
    expect((await planFor(database)).steps).toEqual([])
  })

  it('do not keep a row from being added that a migration wants', async () => {
    const [database, fresh] = [await aDjangoDatabase(), await copyOf('scout_empty')]
    const names = `select app_label, model, codename from auth_permission join django_content_type c on c.id = content_type_id order by 1, 2, 3`
    await ask(
      database,
      `delete from auth_permission where codename like '%contenttype';
       delete from django_content_type where model = 'contenttype';
       select setval('django_content_type_id_seq', 1), setval('auth_permission_id_seq', 1)`,
    )

    const { code } = await adopt(database)

    expect(code).toBe(0)
    expect(await ask(database, names)).toEqual(await ask(fresh, names))
  })

  it('are those, too, of rows that are added meanwhile', async () => {
    const database = await copyOf('django_adopted')
    await ask(database, `select setval('camera_camera_id_seq', 1, false)`)

    const { code, output } = await connected(database, async (oldService) => {
      await oldService.query(
        `begin; insert into camera_camera (id, location, created_at, owner_id) values (90, 'Loft', now(), 2)`,
      )
      return adopt(database, [], (run) =>
        run.stdout?.on('data', (text: string) => {
          if (text.includes('busy')) void oldService.query('commit')
        }),
      )
    })

    expect(output).toContain('the table is busy: trying again')
    expect(code).toBe(0)
    expect(await nextIds(database)).toMatchObject({ camera_camera_id_seq: 91 })
  })

  it('are none where somebody else has moved the sequence on since', async () => {
    const database = await copyOf('django_adopted')
    await ask(database, `select setval('camera_camera_id_seq', 1, false)`)
    const { steps } = await planFor(database)
    await ask(database, `select setval('camera_camera_id_seq', 1000)`)

    for (const { run } of steps) await inSession(database, run)

    expect(steps.map(({ title }) => title)).toEqual(['camera_camera: move camera_camera_id_seq on'])
    expect(await nextIds(database)).toMatchObject({ camera_camera_id_seq: 1001 })
  })
})

describe('rules whose camera changed hands', () => {
  const STRAY = `select r.id from rules_rule r join camera_camera c on c.id = r.camera_id where r.owner_id <> c.owner_id`
  /** Cameras with many rules, which Django gives to another account. */
  const giveAway = (database: Database) =>
    ask(
      database,
      `insert into users (id, password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined, email)
       values (70, '!', false, 'Y', '', '', false, true, now(), 'yan@example.com'), (71, '!', false, 'Z', '', '', false, true, now(), 'zoe@example.com');
       insert into camera_camera (id, location, created_at, owner_id) values (80, 'Loft', now(), 70), (81, 'Attic', now(), 70);
       insert into rules_rule (id, rule, rule_nickname, is_enabled, created_at, camera_id, owner_id)
       select 1000 + i, 'Alert', 'Fox', true, now(), 80 + i % 2, 70 from generate_series(0, 2999) i;
       select setval('users_id_seq', 71), setval('camera_camera_id_seq', 81), setval('rules_rule_id_seq', 4000);
       update camera_camera set owner_id = 71 where id = 80`,
    )

  it.each(['django', 'scout_empty'])(
    'become their camera’s owner’s, whenever adopt is run: %s',
    async (template) => {
      const database = await copyOf(template)
      await giveAway(database)
      const others = `select * from rules_rule where camera_id <> 80 order by id`
      const before = await ask(database, others)

      const { code, output } = await adopt(database)

      expect(output).toMatch(
        /^rules_rule +to do +column owner_id +to be set to their camera's in rules that changed hands with it: 1500, as ids 1000, 1002, 1004, 1006, 1008$/m,
      )
      expect(output).toMatch(/is adopted: \d+ steps in [\d.]+ s, verified\.\n$/)
      expect(code).toBe(0)
      expect(await ask(database, STRAY)).toEqual([])
      expect(await ask(database, others)).toMatchObject(before)
      expect((await planFor(database)).steps).toEqual([])
    },
  )

  it('become it in a database that is migrated', async () => {
    const database = await copyOf('template1')
    const tag = '0009_rules_follow_cameras'
    const done = readMigrations().filter((migration) => migration.tag < tag)
    const texts = await Promise.all(done.map(({ tag }) => readFile(`drizzle/${tag}.sql`, 'utf8')))
    await ask(database, texts.join(';\n').replaceAll('--> statement-breakpoint', ''))
    const journal = done.map(({ hash, when }) => `('${hash}', ${when})`)
    await ask(
      database,
      `create schema drizzle;
       create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
       insert into drizzle.__drizzle_migrations (hash, created_at) values ${journal.join(', ')}`,
    )
    await giveAway(database)

    expect(await applyMigrations(database.url)).toContain(tag)

    expect(await ask(database, STRAY)).toEqual([])
  })

  it('wait for a camera that changes hands at this moment', async () => {
    const database = await copyOf('django_adopted')
    await giveAway(database)

    const { code, output } = await connected(database, async (oldService) => {
      await oldService.query('begin; update camera_camera set owner_id = 3 where id = 80')
      return adopt(database, [], (run) =>
        run.stdout?.on('data', (text: string) => {
          if (text.includes('busy')) void oldService.query('commit')
        }),
      )
    })

    expect(output).toContain('the table is busy: trying again')
    expect(code).toBe(0)
    expect(await ask(database, STRAY)).toEqual([])
    expect(
      await ask(database, 'select distinct owner_id::int as owner from rules_rule where camera_id = 80'),
    ).toEqual([{ owner: 3 }])
  })
})

describe('adopt refuses, and changes nothing,', () => {
  it.each([
    ['drop table rules_rule', 'rules_rule: table  is missing'],
    [
      'alter table users drop last_login',
      'users: column last_login is missing, timestamp with time zone null is needed',
    ],
    [
      'alter table camera_camera alter location type varchar(90)',
      'camera_camera: column location is character varying(90) not null, character varying(100) not null is needed',
    ],
    [
      'alter table camera_camera alter created_at drop not null',
      'camera_camera: column created_at is timestamp with time zone null, timestamp with time zone not null is needed',
    ],
    [
      'alter table camera_camera alter public_camera_id drop default',
      'camera_camera: column public_camera_id is uuid not null, uuid not null default uuidv7() is needed',
    ],
    [
      'alter table rules_rule alter id drop identity',
      'rules_rule: column id is bigint not null, bigint not null generated by default as identity is needed',
    ],
    [
      'alter table users drop constraint users_email_key',
      'users: unique users_email_key is missing: UNIQUE (email)',
    ],
    [
      'alter table rules_rule drop constraint rules_rule_owner_id_7e91cf55_fk_users_id',
      'rules_rule: foreign key rules_rule_owner_id_7e91cf55_fk_users_id is missing: FOREIGN KEY (owner_id) REFERENCES users(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED',
    ],
    [
      'create index users_lower_email on users (email)',
      'users: index users_lower_email is USING btree (email), USING btree (lower(email::text)) is needed',
    ],
    [
      'alter table camera_camera add model text; update camera_camera set model = 1; alter table camera_camera alter model set not null',
      'camera_camera: column model is not ours, not null and without a default: every row of ours would be refused',
    ],
    [
      'alter sequence camera_camera_id_seq increment -1 minvalue -9 maxvalue 9 start 5',
      'camera_camera: sequence camera_camera_id_seq counts down',
    ],
    [
      'alter sequence rules_rule_id_seq maxvalue 9; insert into rules_rule select 9, uuidv7(), rule, rule_nickname, is_enabled, created_at, camera_id, owner_id from rules_rule limit 1',
      'rules_rule: sequence rules_rule_id_seq ends at 9, and has no id left: 9 is taken',
    ],
  ])('after: %s', async (damage, difference) => {
    const database = await aDjangoDatabase()
    await ask(database, damage)

    const { findings, steps } = await planFor(database)

    const refused = findings.filter(({ verdict }) => verdict === 'refused')
    expect(refused.map(({ table, kind, name, words }) => `${table}: ${kind} ${name} ${words}`)).toEqual([
      difference,
    ])
    expect(steps).toEqual([])
  })

  it('a database of something else', async () => {
    const database = await copyOf('template1')
    await ask(database, 'create table shops (id int)')
    const before = await everythingIn(database)

    const { code, output } = await adopt(database)

    expect(output).toContain('\n  users: table is missing\n')
    expect(code).toBe(1)
    expect(await everythingIn(database)).toEqual(before)
  })

  it.each([
    [
      'tables in another schema',
      'create schema app; create table app.users (id int); create view app.orders as select 1 as id',
      'the schema public is empty, but the database is not: it holds app.orders, app.users. Nothing was changed.',
    ],
    [
      'a journal of migrations whose tables are gone',
      `create schema drizzle; create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint);
       insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 1)`,
      'drizzle.__drizzle_migrations says that migrations were applied, but the schema public is empty. Nothing was changed.',
    ],
  ])('an empty schema beside %s', async (_what, making, reason) => {
    const database = await copyOf('template1')
    await ask(database, making)
    const relations = `select oid::regclass::text as name from pg_class where oid >= 16384 order by 1`
    const before = await ask(database, relations)

    for (const args of [['--dry-run'], []]) {
      const { code, output } = await adopt(database, args)

      expect(output).toMatch(/ was not adopted: .+\n$/)
      expect(output).toContain(reason)
      expect(code).toBe(1)
    }
    expect(await ask(database, relations)).toEqual(before)
  })

  it.each(['django', 'template1'])('an extension in another schema of %s', async (template) => {
    const database = await copyOf(template)
    await ask(database, 'create schema extensions; create extension pg_trgm schema extensions')
    const before = await everythingIn(database)

    const { code, output } = await adopt(database)

    expect(output).toMatch(
      /was not adopted: its extension pg_trgm is in the schema extensions, and is needed in public: alter extension pg_trgm set schema public\. Nothing was changed\.\n$/,
    )
    expect(code).toBe(1)
    expect(await everythingIn(database)).toEqual(before)
  })

  it('tables that belong to another role', async () => {
    const database = await aDjangoDatabase()
    const role = database.name
    await ask(
      database,
      `create role ${role} login password 'secret'; grant all on database ${role} to ${role}`,
    )
    const url = new URL(database.url)
    url.username = role
    url.password = 'secret'
    const before = await everythingIn(database)

    const { code, output } = await adopt({ ...database, url: url.href }, ['--dry-run'])
    await ask(database, `drop owned by ${role}; drop role ${role}`)

    expect(output).toContain("\n  users: table belongs to another role: run this as the table's owner\n")
    expect(code).toBe(1)
    expect(await everythingIn(database)).toEqual(before)
  })

  it('a database of a newer version', async () => {
    const database = await copyOf('scout_empty')
    await ask(
      database,
      `insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)`,
    )
    const before = await everythingIn(database)

    const { code, output } = await adopt(database)

    expect(output).toMatch(/was not adopted: it was migrated by a newer version of this service\.\n$/)
    expect(code).toBe(1)
    expect(await everythingIn(database)).toEqual(before)
  })

  it('a second run beside the first', async () => {
    const database = await aDjangoDatabase()
    const first = await openSession(database.url, () => {})
    await first.lock()

    const { code, output } = await adopt(database)
    await first.end()

    expect(output).toMatch(/was not adopted: Another db:adopt is at work on this database\.\n$/)
    expect(code).toBe(1)
  })
})

describe('an empty database', () => {
  it('gets the tables', async () => {
    const [database, fresh] = [await copyOf('template1'), await copyOf('scout_empty')]

    const { code, output } = await adopt(database)

    expect(output).toMatch(/was empty: the tables are made\.\n$/)
    expect(code).toBe(0)
    expect(await schemaOf(database)).toEqual(await schemaOf(fresh))
    expect(await journalOf(database)).toEqual(await journalOf(fresh))
  })
})

describe('a run that is stopped', () => {
  const invalid = 'select indexrelid::regclass::text as name from pg_index where not indisvalid'

  it('while it builds an index leaves an invalid one, which the next run builds again', async () => {
    const [database, fresh] = [await aDjangoDatabase(), await copyOf('scout_empty')]

    await runUntil(database, 'camera_camera: build index camera_camera_owner_id_id')
    const stopped = await connected(database, async (oldService) => {
      // The build waits for those who write, after its index has come into the catalogue.
      await oldService.query('begin; update camera_camera set location = location where id = 1')
      return adopt(database, [], async (run) => {
        while ((await ask(database, invalid)).length === 0) await wait(20)
        run.kill('SIGINT')
      })
    })

    expect(stopped.output).toContain('Stopping. What is done is done; run this again to go on.')
    expect(stopped.code).toBe(130)
    expect(await ask(database, invalid)).toEqual([{ name: 'camera_camera_owner_id_id' }])

    const { code, output } = await adopt(database)
    expect(output).toMatch(
      /^camera_camera +to do +index camera_camera_owner_id_id +to be rebuilt, an interrupted build left it invalid$/m,
    )
    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject(await schemaOf(fresh))
  })

  it('without a word leaves what the next run goes on with', async () => {
    const [database, fresh] = [await aDjangoDatabase(), await copyOf('scout_empty')]

    const killed = await besideLongTransaction(database, (run) => run.kill('SIGKILL'))
    const { code } = await adopt(database)

    expect(killed.code).toBeNull()
    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject(await schemaOf(fresh))
  })
})

describe('a run whose connection is lost', () => {
  it('says so, and what to do', async () => {
    const database = await aDjangoDatabase()

    const { code, output } = await besideLongTransaction(database, () =>
      ask(
        database,
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'scout adopt' and datname = current_database()`,
      ),
    )

    expect(output).toMatch(
      / was not adopted: the connection was lost \(.+\)\. What is done is done; run this again to go on\.\n$/,
    )
    expect(output).not.toContain('    at ')
    expect(code).toBe(1)
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

describe('a table that is busy', () => {
  it('is left to the old service, and tried again', async () => {
    const [database, fresh] = [await aDjangoDatabase(), await copyOf('scout_empty')]

    const { code, output } = await besideLongTransaction(database, (_run, commit) => commit())

    expect(output).toContain('the table is busy: trying again')
    expect(code).toBe(0)
    expect(await schemaOf(database)).toMatchObject(await schemaOf(fresh))
  })
})

/** Runs adopt beside a transaction of the old service that has written; `onBusy` is told when adopt meets it. */
const besideLongTransaction = (
  database: Database,
  onBusy: (run: ChildProcess, commit: () => Promise<unknown>) => unknown,
) =>
  connected(database, async (oldService) => {
    await oldService.query('begin; update users set first_name = first_name where id = 2')
    return adopt(database, [], (run) =>
      run.stdout?.on('data', (text: string) => {
        if (text.includes('busy')) onBusy(run, () => oldService.query('commit'))
      }),
    )
  })
