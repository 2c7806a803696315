import { fillPlaceholders, getTableColumns, type InferSelectModel, type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { type AnyPgColumn, PgDialect, type PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './client.ts'

/** The retries of a reading statement after a lost connection. */
const RETRIES = 2

export type Values = Record<string, unknown>
type Answers = Record<string, SQL>
/** The answer of a statement: one value for each of its answers. */
export type Answered<A extends Answers> = { [K in keyof A]: A[K] extends SQL<infer T> ? T : never }
/** `steps` are CTEs by name, which may write. `answers` are what comes back: one JSON value each. */
export type Statement<A extends Answers> = {
  /**
   * A statement that runs before, in the same transaction and round trip: it waits for locks, so that the statement itself
   * sees what others did meanwhile.
   */
  first?: SQL
  steps?: Record<string, SQL>
  answers: A
}
/** Sends a statement, which is built at its first use. @throws DatabaseError */
type Send<A extends Answers> = (db: Db, values?: Values) => Promise<Answered<A>>

/** A statement that only reads: retried after a lost connection. */
export const reading = <A extends Answers>(define: () => Statement<A>): Send<A> => sending(define, RETRIES)

/** A statement that writes and is idempotent: retried after a lost connection. */
export const repeatable = reading

/** Any other statement that writes: never retried. */
export const writing = <A extends Answers>(define: () => Statement<A>): Send<A> => sending(define, 0)

function sending<A extends Answers>(define: () => Statement<A>, retries: number): Send<A> {
  let built: (Query & { first: Query | undefined }) | undefined
  return async (db, values = {}) => {
    built ??= buildBoth(define())
    const { first, ...statement } = built
    const filled = ({ sql, params }: Query) => ({ text: sql, params: fillPlaceholders(params, values) })
    const answer = await db.send(filled(statement), retries, first && filled(first))
    return JSON.parse(answer, revive) as Answered<A>
  }
}

type Query = { sql: string; params: unknown[] }

const buildBoth = ({ first, ...statement }: Statement<Answers>) => ({
  ...build(statement),
  first: first && dialect.sqlToQuery(first),
})

const dialect = new PgDialect({ casing: 'snake_case' })

/** A statement's text and parameters; the values of each call are placeholders. */
export function build({ steps = {}, answers }: Statement<Answers>) {
  const parts = Object.entries(steps).map(([name, as]) => sql`${sql.identifier(name)} as (${as})`)
  const begin = parts.length > 0 ? sql`with ${sql.join(parts, sql`, `)} ` : sql``
  return dialect.sqlToQuery(sql`${begin}select ${object(Object.entries(answers))}`)
}

/** A value that each call supplies. */
export const given = (name: string, type = 'text') => sql`${sql.placeholder(name)}::${sql.raw(type)}`

/** True if a filter is not set, or if it matches. */
export const only = (name: string, type: string, holds: (value: SQL) => SQL) =>
  sql`(${given(name, type)} is null or ${holds(given(name, type))})`

/** Checked ids and keys as an array literal: they hold no characters that need quoting. */
export const arrayOf = (values: readonly (string | number)[]) => `{${values.join(',')}}`

/** The SET list of an update: columns in the list `named` change, also to null; the others stay. */
export const namedChanges = (columns: Record<string, string>) =>
  sql.join(
    Object.entries(columns).map(
      ([name, type]) =>
        sql`${sql.identifier(name)} = case when ${literal(name)} = any(${given('named', 'text[]')}) then ${given(name, type)} else ${sql.identifier(name)} end`,
    ),
    sql`, `,
  )

/** The values of `namedChanges`: undefined fields are not named. */
export function named(columns: Record<string, string>, change: Record<string, unknown>): Values {
  const names = Object.keys(columns)
  return {
    ...Object.fromEntries(names.map((name) => [name, change[name] ?? null])),
    named: arrayOf(names.filter((name) => change[name] !== undefined)),
  }
}

/** One row as one value, or null. `row` returns at most one. */
export const oneOf = <T>(row: SQL) => sql<T | null>`(select to_json(r) from (${row}) as r)`

/** Many rows as one value: an array in their order. */
export const listOf = <T>(rows: SQL) => sql<T[]>`(select coalesce(json_agg(r), '[]') from (${rows}) as r)`

/** One object of several values, by name. */
export const object = <T>(entries: [string, SQL][]) =>
  sql<T>`json_build_object(${sql.join(
    entries.map(([name, value]) => sql`${literal(name)}, ${value}`),
    sql`, `,
  )})`

export const literal = (text: string) => sql.raw(`'${text.replaceAll("'", "''")}'`)

/** A row of a table as `columnsOf` selects it. */
export type Row<T extends PgTable> = InferSelectModel<T>

/** All columns of a table, or of a step that returns them, under their TypeScript names; or only the named ones. */
export const columnsOf = (table: PgTable, names?: readonly string[]) =>
  sql.join(
    Object.entries(getTableColumns(table))
      .filter(([name]) => names?.includes(name) ?? true)
      .map(([name, column]) => {
        const itself = sql.identifier(toSnakeCase(column.name))
        return sql`${isMoment(column) ? moment(itself, name) : itself} as ${sql.identifier(name)}`
      }),
    sql`, `,
  )

export const isMoment = (column: AnyPgColumn) => column.getSQLType() === 'timestamp with time zone'

/** The names under which statements return points in time. No other value may have one of them. */
const moments = new Set<string>()

/**
 * A point in time, returned as `name`: RFC 3339 text in UTC, with microseconds if there are any, whatever the database's date
 * style and time zone. A year outside RFC 3339, or infinity, becomes its first or last moment; null stays null. Postgres
 * writes most of it and `rfc3339` the rest: `to_char` would make a short statement a quarter slower.
 */
export function moment(at: SQL | AnyPgColumn | ReturnType<typeof sql.identifier>, name: string) {
  moments.add(name)
  return sql<string>`${at} at time zone 'utc'`
}

const FIRST_MOMENT = '0001-01-01T00:00:00Z'
const LAST_MOMENT = '9999-12-31T23:59:59.999999Z'

/** Converts a UTC time from Postgres's JSON, with as many digits of a second as it needs. */
function rfc3339(time: string) {
  if (time.endsWith('BC') || time === '-infinity') return FIRST_MOMENT
  if (time === 'infinity' || time.indexOf('-') > 4) return LAST_MOMENT
  const [second, fraction] = time.split('.')
  return fraction ? `${second}.${fraction.padEnd(6, '0')}Z` : `${second}Z`
}

const revive = (name: string, value: unknown) =>
  typeof value === 'string' && moments.has(name) ? rfc3339(value) : value

/**
 * The rows of a descending list after `after`, which may have been deleted. An id that is not a UUIDv7 starts at the
 * beginning.
 */
export const isAfter = (publicId: AnyPgColumn) =>
  sql`(uuid_extract_version(${given('after', 'uuid')}) is distinct from 7 or ${publicId} < ${given('after', 'uuid')})`

/**
 * The id after which a page begins. Public ids grow with time, except for a row that staff began to add before others; so if
 * the row `after` has been deleted, the page begins where it was. An id that is not a UUIDv7 and not a row's starts at the
 * beginning.
 */
export const position = (table: PgTable, publicId: AnyPgColumn) => sql`coalesce(
  (select id from ${table} where ${publicId} = ${given('after', 'uuid')}),
  (select id from ${table} where ${publicId} < ${given('after', 'uuid')} and uuid_extract_version(${given('after', 'uuid')}) = 7
   order by ${publicId} desc limit 1),
  0)`
