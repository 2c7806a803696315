import { type ChildProcess, execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { inject, onTestFinished, vi } from 'vitest'
import { readSchema } from '../../adopt/catalogue.ts'

export type Database = { name: string; url: string }

const named = (name: string): Database => ({
  name,
  url: new URL(`/${name}`, inject('bindings').DATABASE_URL).href,
})
const server = () => named('postgres')

/** A copy of a database to which nobody is connected, for one test. */
export async function copyOf(template: string) {
  const copy = named(`test_${randomUUID().replaceAll('-', '')}`)
  const isThere = async () =>
    (await ask(server(), `select from pg_database where datname = '${template}'`)).length > 0
  await vi.waitUntil(isThere, { timeout: 30_000, interval: 100 })
  await ask(server(), `create database ${copy.name} template ${template}`)
  onTestFinished(async () => {
    await ask(server(), `drop database ${copy.name} with (force)`)
  })
  return copy
}

/** Connects for as long as `work` takes. */
export async function connected<T>({ url }: Database, work: (client: Client) => Promise<T>) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The rows that a statement answers. */
export const ask = (database: Database, sql: string) =>
  connected(database, async (client) => (await client.query<Record<string, any>>(sql)).rows)

/** Runs `npm run db:adopt` to its end; `whileRunning` gets the process. */
export const adopt = (
  database: Database,
  args: string[] = [],
  whileRunning: (process: ChildProcess) => unknown = () => {},
) => run('adopt/adopt.ts', database, args, whileRunning)

/** Runs `npm run db:migrate` to its end. */
export const migrate = (database: Database) => run('scripts/migrate.ts', database, [], () => {})

/** Runs `npm run admin:create` to its end, with nobody to ask. */
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
const OURS = `(('devices', 'device'), ('users', 'session'))`
const WITHOUT_OURS: Record<string, string> = {
  django_content_type: `where (app_label, model) not in ${OURS}`,
  auth_permission: `where content_type_id not in (select id from django_content_type where (app_label, model) in ${OURS})`,
}

/** Every row of the schema `public`, without the column and the models that the Django service does not know. */
export const rowsOf = (database: Database) => connected(database, readRows)

async function readRows(client: Client) {
  const { tables } = await readSchema(client)
  const rows: Record<string, unknown[]> = {}
  for (const table of tables.keys()) {
    const sql = `select to_jsonb(t) - 'sessions_valid_from' as row from "${table}" t ${WITHOUT_OURS[table] ?? ''} order by 1`
    rows[table] = (await client.query(sql)).rows
  }
  return rows
}

/** What `public` holds beside its rows. */
export const schemaOf = (database: Database) =>
  connected(database, async (client) => {
    const { tables, columns, constraints, indexes } = await readSchema(client)
    return [tables, columns, constraints, indexes].map((things) => Object.fromEntries<object>(things))
  })

/** What the Django service writes, a statement each. */
const DJANGO_WRITES = readFileSync('test/django/writes.sql', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('--'))

/** Sends what the Django service writes; answers how many rows each statement touched, and every row afterwards. */
export const replayDjango = (database: Database) =>
  connected(database, async (client) => {
    await restartSequences(client)
    const counts: string[] = []
    for (const line of DJANGO_WRITES) counts.push(`${(await client.query(line)).rowCount} ${line}`)
    return { counts, rows: await readRows(client) }
  })

/** As `replayDjango`, and leaves nothing behind: what is committed there is checked and no more here. */
export const rehearseDjango = (database: Database) =>
  connected(database, async (client) => {
    await restartSequences(client)
    await client.query('begin')
    const counts: string[] = []
    let isInside = false
    for (const line of DJANGO_WRITES) {
      if (line === 'BEGIN;') isInside = true
      if (line === 'COMMIT;') isInside = false
      const rowCount = /^(BEGIN|COMMIT);$/.test(line) ? null : (await client.query(line)).rowCount
      counts.push(`${rowCount} ${line}`)
      if (!isInside) await client.query('set constraints all immediate; set constraints all deferred')
    }
    const rows = await readRows(client)
    await client.query('rollback')
    return { counts, rows }
  })

/** Lets the ids go on from the highest, as on a database that was just restored. */
async function restartSequences(client: Client) {
  const { rows } = await client.query(
    `select c.relname as table, pg_get_serial_sequence(c.relname, 'id') as sequence
     from pg_class c join pg_attribute a on a.attrelid = c.oid and attidentity <> ''
     where relnamespace = 'public'::regnamespace`,
  )
  for (const { table, sequence } of rows)
    await client.query(`select setval('${sequence}', max(id)) from "${table}"`)
}
