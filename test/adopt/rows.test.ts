import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readMigrations } from '../../adopt/migrations.ts'
import { applyMigrations } from '../../stack/migrations.ts'
import {
  aDjangoDatabase,
  adopt,
  ask,
  connected,
  copyOf,
  type Database,
  inSession,
  planFor,
  rowsOf,
} from './database.ts'

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
    const [database, fresh] = await Promise.all([aDjangoDatabase(), copyOf('scout_empty')])
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
