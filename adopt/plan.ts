import type { ClientBase } from 'pg'
import { keyOf, readNeeds, readSchema, type Schema } from './catalogue.ts'
import { compare, type Finding, statementKey, temporaryName } from './findings.ts'
import { type Migration, readMigrations, type Statement } from './migrations.ts'
import { lookAtIds, lookAtOwners } from './rows.ts'
import { Refusal, type Session, type Step } from './session.ts'

/**
 * Compares a database with what is needed, and returns the steps from one to the other; no steps if a finding is refused.
 * `known` is an earlier result of `readNeeds` for these migrations: it takes longer than everything else.
 * @throws Refusal if the database belongs to a newer version of this service
 */
export async function inspect(session: Session, migrations = readMigrations(), known?: Schema) {
  const recordedUntil = await readJournal(session.client)
  if (migrations.every(({ when }) => when < recordedUntil))
    throw new Refusal('it was migrated by a newer version of this service.')
  const actual = await readSchema(session.client)
  const needed = known ?? (await readNeeds(session.client, migrations))
  const findings = compare(actual, needed, migrations)
  if (isRefused(findings)) return { findings, steps: [] }

  const ofRows = [
    await lookAtIds(session.client, [...needed.tables.keys()]),
    await lookAtOwners(session.client),
  ]
  const all = [...findings, ...ofRows.flatMap(({ findings }) => findings)]
  if (isRefused(all)) return { findings: all, steps: [] }
  // Before the migrations, whose rows need ids too.
  const first = ofRows.flatMap(({ steps }) => steps)
  return { findings: all, steps: [...first, ...makePlan(findings, actual, migrations, recordedUntil)] }
}

const isRefused = (findings: Finding[]) => findings.some(({ verdict }) => verdict === 'refused')

/**
 * The steps from the findings to what is needed, in the migrations' order. `recordedUntil` is the newest migration in
 * drizzle's journal, by its `when`; -Infinity without a journal.
 * @throws Refusal if a pending migration holds a statement without a safe way
 */
function makePlan(
  findings: Finding[],
  actual: Schema,
  migrations: Migration[],
  recordedUntil: number,
): Step[] {
  const toApply = new Set(findings.flatMap(({ action }) => (action?.does === 'apply' ? [action.key] : [])))
  const last = new Map(
    migrations
      .flatMap(({ statements }) => statements)
      .map((statement) => [statementKey(statement), statement]),
  )
  const isDue = (statement: Statement, isRecorded: boolean) => {
    const key = statementKey(statement)
    return key === undefined ? !isRecorded : toApply.has(key) && last.get(key) === statement
  }
  return [
    ...findings.flatMap(tidy),
    ...migrations.flatMap((migration) => {
      const isRecorded = migration.when <= recordedUntil
      return [
        ...migration.statements
          .filter((statement) => isDue(statement, isRecorded))
          .flatMap((statement) => stepsFor(statement, actual, migration)),
        ...(isRecorded ? [] : [record(migration)]),
      ]
    }),
  ]
}

function tidy({ table, kind, name, action }: Finding): Step[] {
  if (action?.does === 'rename') {
    const sql =
      kind === 'index'
        ? `alter index "${name}" rename to "${action.to}"`
        : `alter table "${table}" rename constraint "${name}" to "${action.to}"`
    return [{ title: `${table}: rename ${kind} ${name}`, run: (session) => session.runBriefly(sql) }]
  }
  if (action?.does !== 'remove') return []
  const sql = `alter table "${table}" drop constraint "${name}"`
  return [{ title: `${table}: remove ${kind} ${name}`, run: (session) => session.runBriefly(sql) }]
}

function stepsFor(statement: Statement, actual: Schema, { tag }: Migration): Step[] {
  const briefly = (title: string): Step => ({ title, run: (session) => session.runBriefly(statement.sql) })
  switch (statement.kind) {
    case 'table':
      return [briefly(`${statement.table}: make the table`)]
    case 'column':
      return [briefly(`${statement.table}: add column ${statement.name}`)]
    case 'foreign key':
      return replaceForeignKey(statement, actual)
    case 'index':
      return [
        {
          title: `${statement.table}: build index ${statement.name}`,
          run: (session) => build(session, statement),
        },
      ]
    case 'extension':
      return [briefly(`${tag}: ${statement.sql}`)]
    case 'rows':
      return [briefly(`${tag}: add the rows that are missing`)]
    case 'as is':
      return [briefly(`${tag}: ${statement.sql.replaceAll(/\s+/g, ' ').slice(0, 60)}`)]
    case 'unsafe':
      throw new Refusal(`${tag} holds a statement for which there is no safe way:\n${statement.sql}`)
  }
}

/**
 * Adds the new key beside the old one, unvalidated; validates existing rows while everyone keeps working; then swaps the two.
 */
function replaceForeignKey(
  { table, name, definition }: Statement & { kind: 'foreign key' },
  actual: Schema,
): Step[] {
  const temporary = temporaryName(name)
  const beside = actual.constraints.get(keyOf({ table, name: temporary }))
  const parent = /references (?:"public"\.)?"(\w+)"/i.exec(definition)?.[1]
  const steps: Step[] = []
  // An existing one was made by an earlier run.
  if (!beside)
    steps.push({
      title: `${table}: add ${name} unchecked`,
      run: (session) =>
        session.runBriefly(`alter table "${table}" add constraint "${temporary}" ${definition} not valid`),
    })
  if (!beside?.isValid)
    steps.push({
      title: `${table}: check ${name}`,
      run: (session) => session.run(`alter table "${table}" validate constraint "${temporary}"`),
    })
  steps.push({
    title: `${table}: put ${name} in place`,
    run: (session) =>
      session.runBriefly(
        // The child first, in the lock order of the old service.
        `lock table "${table}", "${parent}" in access exclusive mode`,
        `alter table "${table}" drop constraint if exists "${name}"`,
        `alter table "${table}" rename constraint "${temporary}" to "${name}"`,
      ),
  })
  return steps
}

/** An interrupted build leaves an invalid index: it slows the old service and serves nobody. */
async function build(session: Session, { name, sql }: Statement & { kind: 'index' }) {
  const { rows } = await session.client.query(
    `select indisvalid as "isValid" from pg_index where indexrelid = to_regclass($1)`,
    [`public."${name}"`],
  )
  if (rows[0]?.isValid) return
  if (rows[0]) await session.run(`drop index concurrently "${name}"`)
  await session.run(sql)
}

/** As drizzle's node-postgres migrator does, so that it counts the migration as applied. */
const record = ({ tag, hash, when }: Migration): Step => ({
  title: `record ${tag} as applied`,
  run: (session) =>
    session.runBriefly(
      'create schema if not exists drizzle',
      `create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`,
      `insert into drizzle.__drizzle_migrations (hash, created_at) select '${hash}', ${when}
       where not exists (select from drizzle.__drizzle_migrations where created_at = ${when})`,
    ),
})

/** The newest migration in drizzle's journal, by its `when`; -Infinity if there is none. */
export async function readJournal(client: ClientBase): Promise<number> {
  const { rows } = await client.query(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as "isThere"`,
  )
  if (!rows[0].isThere) return -Infinity
  const newest = await client.query('select max(created_at) as "when" from drizzle.__drizzle_migrations')
  return newest.rows[0].when === null ? -Infinity : Number(newest.rows[0].when)
}
