import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { DatabaseError, type Db } from '../db/client.ts'
import { listOf, type Statement } from '../db/statement.ts'
import { isBigint } from '../http/validate.ts'
import { type Column, type Filter, type Model, typeOf } from './model.ts'
import { containing, readSearch, type Search } from './search.ts'
import { may, type Session, type Staff, staffReads, whoAsks } from './staff.ts'

/** Totals are exact up to here. */
export const COUNTED = 10_000
export const PER_PAGE = 50
/** Postgres ends a slower query, and the page suggests how to narrow it. */
export const TIME_LIMIT_IN_SECONDS = 2

export type Cell = string | number | boolean | null
export type ListRow = { id: string; repr: string; cells: Cell[]; at: string }

type Chosen = { filter: Filter; value: string }

/** The query of a list; unreadable parameters are ignored. */
export type Query = {
  search: Search
  filters: Chosen[]
  /** The sort column, counted from 1, negative for descending; 0 means the newest first. */
  sort: number
  cursor: { direction: 'after' | 'before'; at: string; id: string } | null
}

export const DATES = {
  today: { title: 'Today', from: sql`date_trunc('day', now(), 'UTC')` },
  week: { title: 'Past 7 days', from: sql`date_trunc('day', now(), 'UTC') - interval '7 days'` },
  month: { title: 'This month', from: sql`date_trunc('month', now(), 'UTC')` },
  year: { title: 'This year', from: sql`date_trunc('year', now(), 'UTC')` },
}

/** Reads a list's query string. */
export function readQuery({ columns, filters = [], search }: Model, parameters: URLSearchParams): Query {
  const sort = Number(parameters.get('o') ?? 0)
  const isSortable = Number.isInteger(sort) && columns[Math.abs(sort) - 1]?.sort
  const query: Query = {
    search: readSearch(search ? (parameters.get('q') ?? '') : ''),
    filters: filters.flatMap((filter) => {
      const value = (parameters.get(filter.parameter) ?? '').replaceAll('\0', '').trim()
      return isValue(filter, value) ? [{ filter, value }] : []
    }),
    sort: isSortable ? sort : 0,
    cursor: null,
  }
  return { ...query, cursor: readCursor(parameters) }
}

function isValue(filter: Filter, value: string) {
  const { kind } = filter
  if (kind === 'choice') return Object.hasOwn(filter.choices, value)
  if (kind === 'flag') return value === '1' || value === '0'
  if (kind === 'date') return Object.hasOwn(DATES, value)
  return value !== ''
}

/** A position in the list: a row's value in the sort column, and its id. */
export type Place = Pick<ListRow, 'at' | 'id'>

export const cursorOf = ({ at, id }: Place) => JSON.stringify([at, id])

function readCursor(parameters: URLSearchParams): Query['cursor'] {
  const direction = parameters.has('before') ? 'before' : 'after'
  try {
    const [at, id]: unknown[] = JSON.parse(parameters.get(direction) ?? '')
    if (typeof at !== 'string' || !at.isWellFormed() || typeof id !== 'string' || !isBigint(id)) return null
    return { direction, at, id }
  } catch {
    return null
  }
}

/** The newest come first by default: by the column of a date filter, whose index holds matches together, or by id. */
function orderOf(columns: Column[], { sort, filters }: Query) {
  return { column: columns[Math.abs(sort) - 1]?.sort ?? dateOf(filters), isDown: sort <= 0 }
}

const dateOf = (filters: Chosen[]) =>
  filters.flatMap(({ filter }) => (filter.kind === 'date' ? [filter.column] : []))[0] ?? null

type Found = { staff: Staff; query: Query; rows: ListRow[]; total: number; ofAll: number | null }
/** One page: its rows, and the positions at which its neighbours begin. */
export type Page = Found & { previous: Place | null; next: Place | null; isTooSlow: boolean }

/** One page of a model's rows; for a query that timed out, only that fact. */
export async function list(db: Db, session: Session, model: Model, query: Query): Promise<Page> {
  try {
    const send = staffReads(() => listing(model, query))
    const found = await send(db.limitStatements(TIME_LIMIT_IN_SECONDS), session)
    return asPage({ ...found, query }, orderOf(model.columns, query))
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    // A position whose value the column cannot have was made up: start at the beginning.
    if (error.isValueRefused && query.cursor) return list(db, session, model, { ...query, cursor: null })
    if (!error.isTimedOut) throw error
    const { staff } = await whoAsks(db, session)
    return { staff, query, rows: [], total: 0, ofAll: null, previous: null, next: null, isTooSlow: true }
  }
}

function asPage(found: Found, { isDown }: { isDown: boolean }): Page {
  const { cursor } = found.query
  const isBefore = cursor?.direction === 'before'
  const hasMore = found.rows.length > PER_PAGE
  const page = found.rows.slice(0, PER_PAGE)
  const rows = isBefore ? page.toReversed() : page
  // From an empty page, the way back begins with the row after which the page began.
  const step = isDown === isBefore ? 1n : -1n
  const back = cursor && { at: cursor.at, id: String(BigInt(cursor.id) + step) }
  const [first = back, last = back] = [rows[0], rows.at(-1)]
  return {
    ...found,
    rows,
    previous: cursor && !(isBefore && !hasMore) ? first : null,
    next: isBefore || hasMore ? last : null,
    isTooSlow: false,
  }
}

type ListAnswers = { rows: SQL<ListRow[]>; total: SQL<number>; ofAll: SQL<number | null> }

/** The statement of a page: matching rows in their order, from a position on. It uses only registered columns. */
export function listing(model: Model, query: Query): Statement<ListAnswers> {
  const { table, id, columns, describe, search } = model
  const { cursor } = query
  const { column, isDown } = orderOf(columns, query)
  const isAscending = isDown === (cursor?.direction === 'before')
  const direction = isAscending ? sql`asc` : sql`desc`
  const seen = sql`(select ${may('view', model)})`
  const narrowing = [
    ...query.filters.map(conditionOf),
    ...query.search.words.map((word) => containing(search?.of ?? id, word)),
  ]
  const page = sql`
    select ${id}::text as id, ${column ? asText(column) : sql`''`} as at, ${describe} as repr,
      json_build_array(${joined(
        columns.map(({ shows }) => shows),
        ', ',
      )}) as cells
    from ${table} where ${joined([seen, ...narrowing, ...placeOf(column, id, cursor, isAscending)], ' and ')}
    order by ${column ? sql`${column} ${direction}, ` : sql``}${id} ${direction} limit ${number(PER_PAGE + 1)}`
  const count = (conditions: SQL[]) => sql<number>`(
    select count(*)::int from (
      select from ${table} where ${joined(conditions, ' and ')} limit ${number(COUNTED + 1)}) as counted)`
  const onPage = sql`(select count(*)::int from page)`
  // If all matches are on the first page, they are not counted again.
  const isAll = cursor ? sql`false` : sql`${onPage} <= ${number(PER_PAGE)}`
  return {
    steps: { page },
    answers: {
      rows: listOf<ListRow>(sql`select * from page`),
      total: sql<number>`case when ${isAll} then ${onPage} else ${count([seen, ...narrowing])} end`,
      ofAll: narrowing.length > 0 ? count([seen]) : sql<null>`null::int`,
    },
  }
}

const joined = (parts: (SQL | AnyPgColumn)[], between: string) => sql.join(parts, sql.raw(between))
const number = (value: number) => sql.raw(String(value))

/** A value as JSON text, which a cast reads back whatever the database's date style. */
const asText = (column: AnyPgColumn) => sql`(to_json(${column}) #>> '{}')`

/** The position at which the page begins. */
function placeOf(
  column: AnyPgColumn | null,
  id: AnyPgColumn,
  cursor: Query['cursor'],
  isAscending: boolean,
): SQL[] {
  if (!cursor) return []
  const comparison = isAscending ? sql`>` : sql`<`
  if (!column) return [sql`${id} ${comparison} ${cursor.id}::bigint`]
  return [sql`(${column}, ${id}) ${comparison} (${cursor.at}::${typeOf(column)}, ${cursor.id}::bigint)`]
}

function conditionOf({ filter, value }: Chosen) {
  if (filter.kind === 'choice') return filter.choices[value]!.where
  if (filter.kind === 'flag') return sql`${filter.column} = ${sql.raw(String(value === '1'))}`
  if (filter.kind === 'date') return sql`${filter.column} >= ${DATES[value as keyof typeof DATES].from}`
  return sql`${filter.column} = (${filter.find(sql`${value}::text`)} limit 1)`
}
