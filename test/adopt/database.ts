import { type ChildProcess, execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { inject, onTestFinished, vi } from 'vitest'
import { readSchema, type Schema } from '../../adopt/catalogue.ts'
import { readMigrations } from '../../adopt/migrations.ts'
import { inspect } from '../../adopt/plan.ts'
import { openSession, type Session } from '../../adopt/session.ts'

export type Database = { name: string; url: string }

const named = (name: string): Database => ({
  name,
  url: new URL(`/${name}`, inject('bindings').DATABASE_URL).href,
})
const server = () => named('postgres')

/** A copy of a database for one test, without connections. */
export async function copyOf(template: string) {
  const copy = named(`test_${randomUUID().replaceAll('-', '')}`)
  const isThere = async () => {
    const sql = `select exists (select from pg_database where datname = '${template}') as made, pg_notify('wanted_template', '${template}')`
    return (await ask(server(), sql))[0]!.made
  }
  await vi.waitUntil(isThere, { timeout: 30_000, interval: 100 })
  await ask(server(), `create database ${copy.name} template ${template} strategy file_copy`)
  onTestFinished(async () => {
    await ask(server(), `drop database ${copy.name} with (force)`)
  })
  return copy
}

export const aDjangoDatabase = () => copyOf('django')

/** Connects while `work` runs. */
export async function connected<T>({ url }: Database, work: (client: Client) => Promise<T>) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The rows that a statement returns. */
export const ask = (database: Database, sql: string) =>
  connected(database, async (client) => (await client.query<Record<string, any>>(sql)).rows)

/** Like `connected`, with adopt's session settings. */
export async function inSession<T>(database: Database, work: (session: Session) => Promise<T>) {
  const session = await openSession(database.url, () => {})
  try {
    return await work(session)
  } finally {
    await session.end()
  }
}

/** The findings and steps of adopt's dry run. */
export const planFor = (database: Database, needed?: Schema) =>
  inSession(database, (session) => inspect(session, readMigrations(), needed))

/** Runs `npm run db:adopt` until it exits; `whileRunning` gets the process. */
export const adopt = (
  database: Database,
  args: string[] = [],
  whileRunning: (process: ChildProcess) => unknown = () => {},
) => run('adopt/adopt.ts', database, args, whileRunning)

/** Runs `npm run db:migrate` until it exits. */
export const migrate = (database: Database) => run('scripts/migrate.ts', database, [], () => {})

/** Runs `npm run admin:create` without a terminal until it exits. */
export const createAdmin = (database: Database, email: string, password?: string, ...flags: string[]) =>
  run('scripts/create-admin.ts', database, flags, () => {}, {
    ADMIN_EMAIL: email,
    ...(password !== undefined && { ADMIN_PASSWORD: password }),
  })

const run = (
  script: string,
  { url }: Database,
  args: string[],
  whileRunning: (process: ChildProcess) => unknown,
  variables: Record<string, string> = {},
) =>
  new Promise<{ code: number | null; output: string }>((resolve) => {
    const env = { ...process.env, DATABASE_URL: url, ...variables }
    const child = execFile(process.execPath, [script, ...args], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    )
    whileRunning(child)
  })

/** Models that the Django service does not know, among rows that it does. */
const OURS = `(
  ('devices', 'device'), ('events', 'event'), ('notifications', 'notification'), ('push', 'delivery'), ('users', 'session'))`
const WITHOUT_OURS: Record<string, string> = {
  django_content_type: `where (app_label, model) not in ${OURS}`,
  auth_permission: `where content_type_id not in (select id from django_content_type where (app_label, model) in ${OURS})`,
}

/** All rows of the schema `public`, without the column and the models that the Django service does not know. */
export const rowsOf = (database: Database) => connected(database, readRows)

async function readRows(client: Client) {
  const tables = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  )
  const names = tables.rows.map(({ name }) => name)
  const reads = names.map(
    (name) =>
      `select to_jsonb(t) - 'sessions_valid_from' as row from "${name}" t ${WITHOUT_OURS[name] ?? ''} order by 1`,
  )
  const results = await atOnce(client, reads.join(';'))
  return Object.fromEntries(names.map((name, n) => [name, results[n]?.rows]))
}

/** Sends several statements at once and returns each result. */
const atOnce = async (client: Client, statements: string) => [await client.query(statements)].flat()

/** The objects in `public` besides its rows. */
export const schemaOf = (database: Database) =>
  connected(database, async (client) => {
    const { tables, columns, constraints, indexes } = await readSchema(client)
    return [tables, columns, constraints, indexes].map((things) => Object.fromEntries<object>(things))
  })

/** The migrations that a database has recorded as applied. */
export const journalOf = (database: Database) =>
  ask(database, 'select hash, created_at from drizzle.__drizzle_migrations order by created_at')

/** Everything that adopt might change. */
export const everythingIn = async (database: Database) => ({
  schema: await schemaOf(database),
  rows: await rowsOf(database),
  journal: await ask(database, `select to_regclass('drizzle.__drizzle_migrations') as table`),
})

/** The contents of a database that never belonged to another service. */
export const fresh = () => (known ??= readFresh())
let known: ReturnType<typeof readFresh> | undefined

async function readFresh() {
  const database = await copyOf('scout_empty')
  return { schema: await schemaOf(database), journal: await journalOf(database) }
}

/** The Django service's writing statements. */
const DJANGO_WRITES = readFileSync('test/django/writes.sql', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('--'))

/** Runs the Django service's writes. Returns how many rows each statement affected, and all rows afterwards. */
export const replayDjango = (database: Database) =>
  connected(database, async (client) => {
    await restartSequences(client)
    const counts: string[] = []
    for (const line of DJANGO_WRITES) counts.push(`${(await client.query(line)).rowCount} ${line}`)
    return { counts, rows: await readRows(client) }
  })

/** Like `replayDjango`, but rolls back: constraints are checked instead of committing. */
export async function rehearseDjango(oldService: Client) {
  await restartSequences(oldService)
  await oldService.query('begin')
  const counts: string[] = []
  let isInside = false
  for (const line of DJANGO_WRITES) {
    if (line === 'BEGIN;') isInside = true
    if (line === 'COMMIT;') isInside = false
    const write = /^(BEGIN|COMMIT);$/.test(line) ? '' : line
    const check = isInside ? '' : 'set constraints all immediate; set constraints all deferred'
    const [written] = await atOnce(oldService, write + check)
    counts.push(`${written!.rowCount} ${line}`)
  }
  const rows = await readRows(oldService)
  await oldService.query('rollback')
  return { counts, rows }
}

/** Sets the sequences to the highest ids, as in a restored database. */
async function restartSequences(client: Client) {
  const { rows } = await client.query(
    `select c.relname as table, pg_get_serial_sequence(c.relname, 'id') as sequence
     from pg_class c join pg_attribute a on a.attrelid = c.oid and attidentity <> ''
     where relnamespace = 'public'::regnamespace`,
  )
  const settings = rows.map(({ table, sequence }) => `select setval('${sequence}', max(id)) from "${table}"`)
  await client.query(settings.join(';'))
}
