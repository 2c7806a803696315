// npm run db:django: makes the Django service's database, of any size, in the empty database that DATABASE_URL names: npm run
// db:django -- --users 1000000 --cameras 1000000 --rules 5000000
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clientOf } from '../stack/client.ts'
import { optionsOf } from '../stack/options.ts'
import { databaseName, fail, NO_DATABASE_URL } from '../stack/words.ts'

const USAGE = 'usage: npm run db:django -- [--users 1000] [--cameras 1000] [--rules 5000]'
const { values } = optionsOf(USAGE, {
  options: {
    users: { type: 'string', default: '1000' },
    cameras: { type: 'string', default: '1000' },
    rules: { type: 'string', default: '5000' },
  },
})
const [users, cameras, rules] = [values.users, values.cameras, values.rules].map(Number)
if (![users, cameras, rules].every((count) => Number.isSafeInteger(count) && Number(count) > 0)) fail(USAGE)
const databaseUrl = process.env.DATABASE_URL
if (!databaseUrl) fail(NO_DATABASE_URL)

// Matches no password.
const HASH = `pbkdf2_sha256$1200000$qtRsFGlPybagaXNCgn02dA$${'A'.repeat(43)}=`
const BEGAN = `timestamptz '2026-01-01 00:00:00Z'`

const schema = await readFile(join(import.meta.dirname, '../test/django/schema.sql'), 'utf8')
// Keys and indexes come last, as in pg_dump: that is many times faster.
const keysAt = schema.search(/^-- Name: .*; Type: CONSTRAINT;/m)

const steps = {
  tables: schema.slice(0, keysAt),
  'content types': `set search_path = public;
    insert into django_content_type (app_label, model)
    values ('rules', 'rule'), ('users', 'user'), ('camera', 'camera'), ('admin', 'logentry'), ('auth', 'group'),
      ('auth', 'permission'), ('contenttypes', 'contenttype'), ('sessions', 'session');
    insert into auth_permission (name, content_type_id, codename)
    select 'Can ' || action || ' ' || model, id, action || '_' || model
    from django_content_type, unnest(array['add', 'change', 'delete', 'view']) as action`,
  [`${users} users`]: `
    insert into users (password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined, email)
    select '${HASH}', n = 1, 'person' || n || '@example.com', 'Person', 'Number ' || n, n = 1, true,
      ${BEGAN} + n * interval '1 second', 'person' || n || '@example.com'
    from generate_series(1, ${users}) as n`,
  [`${cameras} cameras`]: `
    insert into camera_camera (location, created_at, owner_id)
    select 'Location ' || n, ${BEGAN} + n * interval '1 second', 1 + n % ${users}
    from generate_series(1, ${cameras}) as n`,
  [`${rules} rules`]: `
    insert into rules_rule (rule, rule_nickname, is_enabled, created_at, camera_id, owner_id)
    select 'Alert when something moves near camera ' || c, 'Rule ' || n, n % 3 > 0, ${BEGAN} + n * interval '1 second',
      c, 1 + c % ${users}
    from generate_series(1, ${rules}) as n, lateral (select 1 + n % ${cameras} as c)`,
  'keys and indexes': schema.slice(keysAt),
  statistics: 'analyze',
}

const client = clientOf(databaseUrl)
try {
  await client.connect()
  for (const [name, sql] of Object.entries(steps)) {
    const startedAt = Date.now()
    await client.query(sql)
    console.log(`${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
  }
} catch (error) {
  fail(`${databaseName(databaseUrl)}: ${(error as Error).message}`)
} finally {
  await client.end()
}
