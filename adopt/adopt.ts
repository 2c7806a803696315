// npm run db:adopt: takes over the Django service's database that DATABASE_URL names, while that service uses it. --dry-run
// looks and prints its findings. docs/taking-over.md has the whole story.
import { lookAtAccounts } from './accounts.ts'
import type { Finding } from './findings.ts'
import { readMigrations } from './migrations.ts'
import { inspect, readJournal } from './plan.ts'
import { openSession, Refusal, type Session, Stopped } from './session.ts'
import { applyMigrations } from '../stack/migrations.ts'
import { optionsOf } from '../stack/options.ts'
import { databaseName, fail, NO_DATABASE_URL, reasonOf } from '../stack/words.ts'

const isFlag = { type: 'boolean', default: false } as const
const { values } = optionsOf('usage: npm run db:adopt -- [--dry-run]', { options: { 'dry-run': isFlag } })
const isDryRun = values['dry-run']
const databaseUrl = process.env.DATABASE_URL
// Not from .dev.vars: a database in the field should be named explicitly.
if (!databaseUrl) fail(NO_DATABASE_URL)
const database = databaseName(databaseUrl)
let isStopping = false

/** The number of relations that are named one by one. */
const NAMED = 10

try {
  await adopt(databaseUrl)
} catch (error) {
  if (isStopping || error instanceof Stopped) process.exit(130)
  // Errors of the server and the network have a code; any other error is a bug.
  if (!(error instanceof Refusal) && !(error as { code?: string }).code) throw error
  fail(`${database} was not adopted: ${reasonOf(error)}`)
}

async function adopt(databaseUrl: string) {
  if (new URL(databaseUrl).hostname.includes('-pooler.'))
    throw new Refusal(
      'DATABASE_URL leads through a connection pool, which shares sessions: name the server itself.',
    )
  const session = await openSession(databaseUrl, console.log)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(session))
  try {
    await assertUsable(session)
    await session.lock()
    await assertExtensionsInPublic(session)
    if (await isEmpty(session)) {
      await assertNothingElsewhere(session)
      return await fillEmpty(databaseUrl)
    }

    const { findings, steps } = await inspect(session)
    const accounts = findings.some(({ verdict }) => verdict === 'refused')
      ? []
      : await lookAtAccounts(session.client)
    printFindings([...findings, ...accounts])
    assertNoneRefused(findings)
    if (steps.length === 0) return console.log(`${database} is adopted: there is nothing to do.`)
    if (isDryRun) return console.log(`${steps.length} steps to do. Nothing was changed (--dry-run).`)

    const startedAt = Date.now()
    for (const [index, { title, run }] of steps.entries()) {
      const stepStartedAt = Date.now()
      await run(session)
      console.log(`${`${index + 1}/${steps.length}`.padStart(7)}  ${title} (${secondsSince(stepStartedAt)})`)
    }
    const left = await inspect(session)
    if (left.steps.length > 0 || left.findings.some(({ verdict }) => verdict === 'refused'))
      throw new Refusal('somebody else changed the database meanwhile: run this again.')
    console.log(`${database} is adopted: ${steps.length} steps in ${secondsSince(startedAt)}, verified.`)
  } catch (error) {
    const reason = session.lostBecause()
    if (!reason) throw error
    throw new Refusal(
      `the connection was lost (${reason}). Finished steps are kept; run this again to continue.`,
    )
  } finally {
    await session.end()
  }
}

function stop(session: Session) {
  isStopping = true
  console.log('Stopping. Finished steps are kept; run this again to continue.')
  void session.stop().catch(() => process.exit(130))
}

async function assertUsable({ client }: Session) {
  const { rows } = await client.query(`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
      has_database_privilege(current_database(), 'create') as "mayCreate", pg_is_in_recovery() as "isReplica"`)
  const { version, encoding, mayCreate, isReplica } = rows[0]
  if (version < 180_000)
    throw new Refusal(`PostgreSQL 18 or later is needed, this is ${Math.floor(version / 10_000)}.`)
  if (encoding !== 'UTF8') throw new Refusal(`its encoding is ${encoding}, UTF8 is needed.`)
  if (isReplica) throw new Refusal('it is a replica: name the primary.')
  if (!mayCreate) throw new Refusal('this role may not create in the database.')
}

/** The migrations refer to objects of extensions without a schema. */
async function assertExtensionsInPublic({ client }: Session) {
  const needed = readMigrations()
    .flatMap(({ statements }) => statements)
    .flatMap(({ kind, sql }) => (kind === 'extension' ? (/exists "?(\w+)/.exec(sql)?.[1] ?? []) : []))
  const { rows } = await client.query<{ name: string; schema: string }>(
    `select extname as name, extnamespace::regnamespace::text as schema from pg_extension
     where extname = any($1) and extnamespace <> 'public'::regnamespace order by 1`,
    [needed],
  )
  const [misplaced] = rows
  if (misplaced) {
    const { name, schema } = misplaced
    throw new Refusal(
      `its extension ${name} is in the schema ${schema}, and is needed in public: alter extension ${name} set schema public. Nothing was changed.`,
    )
  }
}

/** Whether the schema `public` holds nothing but objects of extensions. */
async function isEmpty({ client }: Session) {
  const { rows } = await client.query(`
    select not exists (
      select from pg_class c where relnamespace = 'public'::regnamespace
        and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'e')
    ) as "isEmpty"`)
  return rows[0].isEmpty as boolean
}

/** @throws Refusal if the tables are in another schema, or once were in `public` */
async function assertNothingElsewhere({ client }: Session) {
  const { rows } = await client.query<{ name: string }>(`
    select c.oid::regclass::text as name
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public', 'drizzle')
      and not exists (
        select from pg_depend
        where (classid, objid) in (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, n.oid)) and deptype = 'e'
      )
    order by 1`)
  if (rows.length > 0) {
    const names = rows.slice(0, NAMED).map(({ name }) => name)
    const more = rows.length > NAMED ? ` and ${rows.length - NAMED} more` : ''
    throw new Refusal(
      `the schema public is empty, but the database is not: it holds ${names.join(', ')}${more}. Nothing was changed.`,
    )
  }
  if ((await readJournal(client)) > -Infinity)
    throw new Refusal(
      'drizzle.__drizzle_migrations says that migrations were applied, but the schema public is empty. Nothing was changed.',
    )
}

async function fillEmpty(databaseUrl: string) {
  if (isDryRun)
    return console.log(`${database} is empty: the tables would be made. Nothing was changed (--dry-run).`)
  await applyMigrations(databaseUrl)
  return console.log(`${database} was empty: the tables are made.`)
}

function assertNoneRefused(findings: Finding[]) {
  const refused = findings.filter(({ verdict }) => verdict === 'refused')
  if (refused.length === 0) return
  const lines = refused.map(
    ({ table, kind, name, words }) => `  ${table}: ${`${kind} ${name}`.trim()} ${words}`,
  )
  throw new Refusal(
    `it is not as the Django service's database is. Nothing was changed.\n${lines.join('\n')}`,
  )
}

/** Prints the findings as a table, with one line per table for everything that is as needed. */
function printFindings(findings: Finding[]) {
  const byTable = Map.groupBy(findings, ({ table }) => table)
  const rows = Array.from(byTable).flatMap(([table, ofTable]) => {
    const [same, others] = [true, false].map((isSame) =>
      ofTable.filter(({ verdict }) => (verdict === 'as needed') === isSame),
    ) as [Finding[], Finding[]]
    return [
      ...(same.length > 0 ? [[table, 'as needed', countKinds(same)]] : []),
      ...others.map(({ verdict, kind, name, words }) => [table, verdict, `${kind} ${name}`.trim(), words]),
    ]
  })
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.filter((row) => row.length > column + 1).map((row) => row[column]!.length)),
  )
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

function countKinds(findings: Finding[]) {
  const kinds = Map.groupBy(findings, ({ kind }) => kind)
  return Array.from(kinds, ([kind, { length }]) => `${kind} ${length}`).join(', ')
}

function secondsSince(start: number) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`
}
