import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../drizzle')

/**
 * One statement of a migration, by what it makes. `unsafe`: adopt knows no way to run it that is harmless to the old service
 * and to a second run.
 */
export type Statement =
  | { kind: 'table'; table: string; sql: string }
  | { kind: 'column'; table: string; name: string; sql: string }
  | { kind: 'foreign key'; table: string; name: string; definition: string; sql: string }
  | { kind: 'index'; table: string; name: string; sql: string }
  | { kind: 'extension' | 'rows' | 'as is' | 'unsafe'; sql: string }

/** `when` and `hash` are what drizzle's migrator records of a migration. */
export type Migration = { tag: string; when: number; hash: string; statements: Statement[] }

/** The migrations in `drizzle/`. The first is the baseline, which makes what Django made. */
export function readMigrations(): [Migration, ...Migration[]] {
  const journal = JSON.parse(readFileSync(join(FOLDER, 'meta/_journal.json'), 'utf8')) as {
    entries: { tag: string; when: number }[]
  }
  const texts = journal.entries.map(({ tag, when }) => ({
    tag,
    when,
    text: readFileSync(join(FOLDER, `${tag}.sql`), 'utf8'),
  }))
  const djangoTables = new Set(
    statementsOf(texts[0]?.text ?? '', new Set()).flatMap((made) =>
      made.kind === 'table' ? [made.table] : [],
    ),
  )
  return texts.map(({ tag, when, text }) => ({
    tag,
    when,
    hash: createHash('sha256').update(text).digest('hex'),
    statements: statementsOf(text, djangoTables),
  })) as [Migration, ...Migration[]]
}

/** The statements in a migration's text. `djangoTables` are those that the old service writes to. */
export const statementsOf = (text: string, djangoTables: ReadonlySet<string>): Statement[] =>
  text
    .split('--> statement-breakpoint')
    .filter((part) => withoutComments(part) !== '')
    .map((part) => classify(part, djangoTables))

const DECLARED_SAFE = /^-- adopt: as is$/m

const TABLE = '(?:"public"\\.)?"(?<table>\\w+)"'
const CREATE_TABLE = new RegExp(`^create table (?:if not exists )?${TABLE} ?\\(`, 'i')
const ADD_COLUMN = new RegExp(
  `^alter table ${TABLE} add column (?:if not exists )?"(?<name>\\w+)" (?<rest>.+)$`,
  'i',
)
const ADD_FOREIGN_KEY = new RegExp(
  `^alter table ${TABLE} (?:drop constraint (?:if exists )?"(?<old>\\w+)", )?` +
    `add constraint "(?<name>\\w+)" (?<definition>foreign key .+)$`,
  'i',
)
const CREATE_INDEX = new RegExp(
  `^create (?<unique>unique )?index (?:concurrently )?(?:if not exists )?"(?<name>\\w+)" on ${TABLE} (?<rest>.+)$`,
  'i',
)
const CREATE_EXTENSION = /^create extension (?:if not exists )?(?<rest>.+)$/i
const INSERT_IF_MISSING = /^insert into .+ on conflict (?:\(.*\) )?do nothing$/i
const CONSTANT_DEFAULT = /\bdefault (?:'[^']*'|-?\d+(?:\.\d+)?|true|false|null|now\(\))(?=$|\s|::)/i

function classify(text: string, djangoTables: ReadonlySet<string>): Statement {
  const sql = withoutComments(text)
  if (DECLARED_SAFE.test(text)) return { kind: 'as is', sql }
  // Only the first of several would be examined.
  if (/;/.test(sql.replaceAll(/'[^']*'|"[^"]*"/g, ''))) return { kind: 'unsafe', sql }

  const line = sql.replaceAll(/\s+/g, ' ')
  const found = (pattern: RegExp) => pattern.exec(line)?.groups as Record<string, string> | undefined

  const table = found(CREATE_TABLE)
  if (table)
    return {
      kind: 'table',
      table: table.table!,
      sql: sql.replace(/^.*?(?=")/s, 'create table if not exists '),
    }

  const column = found(ADD_COLUMN)
  if (column && isHarmless(column.rest!)) {
    const { table, name, rest } = column as { table: string; name: string; rest: string }
    return {
      kind: 'column',
      table,
      name,
      sql: `alter table "${table}" add column if not exists "${name}" ${rest}`,
    }
  }

  const key = found(ADD_FOREIGN_KEY)
  if (key && (key.old === undefined || key.old === key.name)) {
    const { table, name, definition } = key as { table: string; name: string; definition: string }
    return { kind: 'foreign key', table, name, definition, sql }
  }

  const index = found(CREATE_INDEX)
  // A unique index on a table of the old service could refuse its writes.
  if (index && !(index.unique && djangoTables.has(index.table!))) {
    const { unique = '', table, name, rest } = index as Record<'unique' | 'table' | 'name' | 'rest', string>
    return {
      kind: 'index',
      table,
      name,
      sql: `create ${unique}index concurrently "${name}" on "${table}" ${rest}`,
    }
  }

  const extension = found(CREATE_EXTENSION)
  if (extension) return { kind: 'extension', sql: `create extension if not exists ${extension.rest}` }
  if (INSERT_IF_MISSING.test(line)) return { kind: 'rows', sql }
  return { kind: 'unsafe', sql }
}

/** Whether the old service can ignore the column, and adding it does not rewrite the table. */
function isHarmless(definition: string) {
  const hasDefault = /\bdefault\b/i.test(definition)
  if (/\b(?:references|unique|primary key|check|generated)\b/i.test(definition)) return false
  if (hasDefault) return CONSTANT_DEFAULT.test(definition)
  return !/\bnot null\b/i.test(definition)
}

const withoutComments = (text: string) =>
  text
    .replaceAll(/^\s*--.*$/gm, '')
    .trim()
    .replace(/;$/, '')
    .trim()
