import { fillPlaceholders, getTableColumns, type InferSelectModel, type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import { type AnyPgColumn, PgDialect, type PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './client.ts'

/** A reading statement is sent so many times again where the connection failed. */
const RETRIES = 2

export type Values = Record<string, unknown>
type Answers = Record<string, SQL>
/** What a statement answers: of each answer its one value. */
export type Answered<A extends Answers> = { [K in keyof A]: A[K] extends SQL<infer T> ? T : never }
/** `steps` are CTEs, which may write, by their names; `answers` what comes back, one value of JSON each. */
export type Statement<A extends Answers> = {
  /**
   * A statement of its own before, in the same transaction and round trip: what waits for locks waits here, so that the
   * statement itself sees what others did meanwhile.
   */
  first?: SQL
  steps?: Record<string, SQL>
  answers: A
}
/** Sends a statement, which is built the first time. @throws DatabaseError */
type Send<A extends Answers> = (db: Db, values?: Values) => Promise<Answered<A>>

/** A statement that only reads: sent again where the connection failed. */
export const reading = <A extends Answers>(define: () => Statement<A>): Send<A> => sending(define, RETRIES)

/** A statement that writes, and a second time changes nothing more: sent again where the connection failed. */
export const repeatable = reading

/** Any other statement that writes: never sent twice. */
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

/** A statement's text and parameters; those that come with each call are placeholders. */
export function build({ steps = {}, answers }: Statement<Answers>) {
  const parts = Object.entries(steps).map(([name, as]) => sql`${sql.identifier(name)} as (${as})`)
  const begin = parts.length > 0 ? sql`with ${sql.join(parts, sql`, `)} ` : sql``
  return dialect.sqlToQuery(sql`${begin}select ${object(Object.entries(answers))}`)
}

/** A value that comes with each call. */
export const given = (name: string, type = 'text') => sql`${sql.placeholder(name)}::${sql.raw(type)}`

/** Ids and keys that were checked, as the value of an array: they hold nothing that Postgres would read otherwise. */
export const arrayOf = (values: readonly (string | number)[]) => `{${values.join(',')}}`

/** What an update makes of columns: each is set that the list `named` names, to null too, and the others stay. */
export const namedChanges = (columns: Record<string, string>) =>
  sql.join(
    Object.entries(columns).map(
      ([name, type]) =>
        sql`${sql.identifier(name)} = case when ${literal(name)} = any(${given('named', 'text[]')}) then ${given(name, type)} else ${sql.identifier(name)} end`,
    ),
    sql`, `,
  )

/** The values of `namedChanges`: what is undefined is not named. */
export function named(columns: Record<string, string>, change: Record<string, unknown>): Values {
  const names = Object.keys(columns)
  return {
    ...Object.fromEntries(names.map((name) => [name, change[name] ?? null])),
    named: arrayOf(names.filter((name) => change[name] !== undefined)),
  }
}

/** One row as one value, or null. `row` gives no more than one. */
export const oneOf = <T>(row: SQL) => sql<T | null>`(select to_json(r) from (${row}) as r)`

/** Many rows as one value: an array of them, in their order. */
export const listOf = <T>(rows: SQL) => sql<T[]>`(select coalesce(json_agg(r), '[]') from (${rows}) as r)`

/** One value made of many, by their names. */
export const object = <T>(entries: [string, SQL][]) =>
  sql<T>`json_build_object(${sql.join(
    entries.map(([name, value]) => sql`${literal(name)}, ${value}`),
    sql`, `,
  )})`

export const literal = (text: string) => sql.raw(`'${text.replaceAll("'", "''")}'`)

/** A row of a table as `columnsOf` selects it. */
export type Row<T extends PgTable> = InferSelectModel<T>

/** All columns of a table, or of a step that returns them, under their names in TypeScript; or only those that are named. */
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

/** The names under which statements answer points in time. No other value goes by one of them. */
const moments = new Set<string>()

/**
 * A point in time that is answered as `name`: as RFC 3339 text in UTC, with microseconds where there are any, whatever the
 * database's date style and time zone. What RFC 3339 has no year for, infinity among it, is the first or the last moment that it
 * has; null is null. Postgres writes most of it and `rfc3339` the rest: `to_char` would cost a short statement a quarter.
 */
export function moment(at: SQL | AnyPgColumn | ReturnType<typeof sql.identifier>, name: string) {
  moments.add(name)
  return sql<string>`${at} at time zone 'utc'`
}

const FIRST_MOMENT = '0001-01-01T00:00:00Z'
const LAST_MOMENT = '9999-12-31T23:59:59.999999Z'

/** Of a time in UTC as Postgres writes it in JSON, with as many digits of a second as it needs. */
function rfc3339(time: string) {
  if (time.endsWith('BC') || time === '-infinity') return FIRST_MOMENT
  if (time === 'infinity' || time.indexOf('-') > 4) return LAST_MOMENT
  const [second, fraction] = time.split('.')
  return fraction ? `${second}.${fraction.padEnd(6, '0')}Z` : `${second}Z`
}

const revive = (name: string, value: unknown) =>
  typeof value === 'string' && moments.has(name) ? rfc3339(value) : value

/** Rows of a list that leads downwards: those after `after`, which may be gone; an id that is no UUIDv7 begins at the start. */
export const isAfter = (publicId: AnyPgColumn) =>
  sql`(uuid_extract_version(${given('after', 'uuid')}) is distinct from 7 or ${publicId} < ${given('after', 'uuid')})`

/**
 * The id after which a page begins. Public ids grow with time, but for a row that staff began to add before others, so where the row `after` is gone meanwhile the page
 * begins where it stood; an id that is no UUIDv7 and no row's begins at the start.
 */
export const position = (table: PgTable, publicId: AnyPgColumn) => sql`coalesce(
  (select id from ${table} where ${publicId} = ${given('after', 'uuid')}),
  (select id from ${table} where ${publicId} < ${given('after', 'uuid')} and uuid_extract_version(${given('after', 'uuid')}) = 7
   order by ${publicId} desc limit 1),
  0)`
