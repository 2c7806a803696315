import { describe, expect, it } from 'vitest'
import { type Migration, readMigrations, statementsOf } from '../../adopt/migrations.ts'
import { inspect } from '../../adopt/plan.ts'
import { openSession } from '../../adopt/session.ts'
import { ask, copyOf, replayDjango, schemaOf } from './database.ts'

const DJANGO_TABLES = new Set(['users', 'rules_rule'])
const [baseline, ...later] = readMigrations()
const kindOf = (sql: string) => statementsOf(sql, DJANGO_TABLES).map(({ kind }) => kind)

describe('a migration', () => {
  // If this fails, see docs/taking-over.md, "Writing a migration".
  it.each(later)('$tag can be applied beside the old service', ({ statements }) => {
    expect(statements.filter(({ kind }) => kind === 'unsafe')).toEqual([])
  })

  it.each([
    ['create table "x" ("id" integer)', 'table'],
    ['alter table "users" add column "phone" text', 'column'],
    [`alter table "users" add column "plan" text default 'free' not null`, 'column'],
    ['alter table "users" add column "seen_at" timestamp with time zone default now() not null', 'column'],
    [
      'alter table "x" add constraint "x_fk" foreign key ("user_id") references "public"."users"("id") on delete cascade',
      'foreign key',
    ],
    ['create index "users_phone" on "users" using btree ("phone")', 'index'],
    ['create unique index "x_id" on "x" ("id")', 'index'],
    ['create extension pg_trgm', 'extension'],
    [`insert into "x" ("id") values (1) on conflict ("id") do nothing`, 'rows'],
    ['-- adopt: as is\nupdate "users" set "plan" = null where "plan" is null', 'as is'],
  ])('may say %s', (sql, kind) => {
    expect(kindOf(`-- A reason.\n${sql};\n`)).toEqual([kind])
  })

  it.each([
    'alter table "users" add column "phone" text not null',
    'alter table "users" add column "token" uuid default gen_random_uuid()',
    'alter table "users" add column "boss_id" bigint references "users" ("id")',
    'alter table "users" drop column "phone"',
    'alter table "users" alter column "email" type text',
    'alter table "users" add constraint "short" check (length(email) < 9)',
    'alter table "users" drop constraint "a", add constraint "b" foreign key ("a") references "x" ("id")',
    'create unique index "users_name" on "users" ("first_name")',
    'drop table "users"',
    `insert into "x" ("id") values (1)`,
    'create index "a" on "users" ("id"); drop table "users"',
  ])('may not say %s', (sql) => {
    expect(kindOf(sql)).toEqual(['unsafe'])
  })

  it('of a later time is applied to a database that was adopted before', async () => {
    const database = await copyOf('django_adopted')
    const text = `CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
      CREATE TABLE "device" ("id" bigint PRIMARY KEY, "user_id" bigint NOT NULL);--> statement-breakpoint
      ALTER TABLE "device" ADD CONSTRAINT "device_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
      ALTER TABLE "users" ADD COLUMN "locale" text DEFAULT 'en' NOT NULL;--> statement-breakpoint
      CREATE INDEX "users_locale" ON "users" USING btree ("locale");--> statement-breakpoint
      CREATE INDEX "users_email_trgm" ON "users" USING gin ("email" gin_trgm_ops);--> statement-breakpoint
      INSERT INTO "device" VALUES (1, 2) ON CONFLICT DO NOTHING;`
    const future = { tag: '9999_future', when: 9_999_999_999_999, hash: 'x' }
    const migrations: [Migration, ...Migration[]] = [
      baseline,
      ...later,
      { ...future, statements: statementsOf(text, DJANGO_TABLES) },
    ]

    const session = await openSession(database.url, () => {})
    const { steps } = await inspect(session, migrations)
    for (const { run } of steps) await run(session)
    const after = await inspect(session, migrations)
    await session.end()

    expect(steps.map(({ title }) => title)).toEqual([
      '9999_future: create extension if not exists pg_trgm',
      'device: make the table',
      'device: add device_user_id_fk unchecked',
      'device: check device_user_id_fk',
      'device: put device_user_id_fk in place',
      'users: add column locale',
      'users: build index users_locale',
      'users: build index users_email_trgm',
      '9999_future: add the rows that are missing',
      'record 9999_future as applied',
    ])
    expect(after.steps).toEqual([])
    expect(after.findings.filter(({ verdict }) => verdict !== 'as needed')).toEqual([])
    expect(await ask(database, 'select * from device')).toEqual([{ id: '1', user_id: '2' }])
    await replayDjango(database)
    expect((await schemaOf(database))[3]).toHaveProperty(['users.users_email_trgm', 'isValid'], true)
  })
})
