import { getTableName, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Db } from '../db/client.ts'
import { isBigint } from '../validate.ts'
import { type Column, type Filter, type Model, type Table, typeOf } from './model.ts'
import { listOf, may, type Session, staffReads, type Statement } from './staff.ts'

/** Totals are exact up to here. */
export const COUNTED = 10_000
export const PER_PAGE = 100

const MAX_WORDS = 10
const MAX_SEARCH = 200

export type Cell = string | number | boolean | null
export type ListRow = { id: string; repr: string; cells: Cell[]; at: string }

/** What a list's query asks for; what cannot be read in it is ignored. */
export type Query = {
  search: string
  words: string[]
  /** Words without a letter or digit, which no index could find. */
  passedOver: string[]
  filters: { filter: Filter; value: string }[]
  /** The column sorted by, counted from 1, negative where downwards; 0 is the newest first. */
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
  const text = search ? (parameters.get('q') ?? '').replaceAll('\0', '').trim().slice(0, MAX_SEARCH) : ''
  const words = text.split(/\s+/).filter(Boolean).slice(0, MAX_WORDS)
  const sort = Number(parameters.get('o') ?? 0)
  const isSortable = Number.isInteger(sort) && columns[Math.abs(sort) - 1]?.sort
  const query: Query = {
    search: text,
    words: words.filter(hasLetters),
    passedOver: words.filter((word) => !hasLetters(word)),
    filters: filters.flatMap((filter) => {
      const value = (parameters.get(filter.parameter) ?? '').replaceAll('\0', '').trim()
      return isValue(filter, value) ? [{ filter, value }] : []
    }),
    sort: isSortable ? sort : 0,
    cursor: null,
  }
  return { ...query, cursor: readCursor(sortOf(columns, query.sort).column, parameters) }
}

const hasLetters = (word: string) => /[\p{L}\p{N}]/u.test(word)

function isValue({ kind }: Filter, value: string) {
  if (kind === 'flag') return value === '1' || value === '0'
  if (kind === 'date') return Object.hasOwn(DATES, value)
  return value !== ''
}

/** A place in the list: the last row's value in the column sorted by, and its id. */
export const cursorOf = ({ at, id }: Pick<ListRow, 'at' | 'id'>) => JSON.stringify([at, id])

function readCursor(column: AnyPgColumn | null, parameters: URLSearchParams): Query['cursor'] {
  const direction = parameters.has('before') ? 'before' : 'after'
  try {
    const [at, id]: unknown[] = JSON.parse(parameters.get(direction) ?? '')
    if (typeof at !== 'string' || typeof id !== 'string' || !isBigint(id)) return null
    return column === null || isReadable(column, at) ? { direction, at, id } : null
  } catch {
    return null
  }
}

/** Whether Postgres could read a value of this column from a text. */
function isReadable(column: AnyPgColumn, text: string) {
  if (column.dataType === 'string') return !text.includes('\0')
  if (column.dataType === 'number') return isBigint(text)
  const [, date, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?\+00$/.exec(text) ?? []
  return new Date(`${date}T${time}Z`).toJSON()?.startsWith(String(date)) ?? false
}

const sortOf = (columns: Column[], sort: number) => ({
  column: columns[Math.abs(sort) - 1]?.sort ?? null,
  isDown: sort <= 0,
})

/** One page of a model's rows. Its statement is put together from registered columns alone. */
export async function list(db: Db, session: Session, model: Model, query: Query) {
  const { rows, total, ...rest } = await staffReads(() => listing(model, query))(db, session)
  const isBefore = query.cursor?.direction === 'before'
  const shown = rows.slice(0, PER_PAGE)
  const hasMore = rows.length > PER_PAGE
  return {
    ...rest,
    total,
    rows: isBefore ? shown.toReversed() : shown,
    hasPrevious: isBefore ? hasMore : query.cursor !== null,
    hasNext: isBefore ? true : hasMore,
  }
}

type ListAnswers = {
  rows: SQL<ListRow[]>
  total: SQL<number>
  ofAll: SQL<number | null>
  isUnsorted: SQL<boolean>
}

/**
 * The statement of a page. A plan that walks along the sort's index and hopes to meet rows that match is right for many
 * matches and reads the whole table for few, which statistics cannot tell apart. So up to 10,001 matches are gathered
 * first, by their own indexes, which is their count as well: few are sorted, and only for more the walk is taken.
 */
export function listing(model: Model, query: Query): Statement<ListAnswers> {
  const { table, id, columns, describe } = model
  const { column, isDown } = sortOf(columns, query.sort)
  const conditions = conditionsOf(model, query)
  const isAscending = isDown === (query.cursor?.direction === 'before')
  const direction = isAscending ? sql`asc` : sql`desc`
  const at = sql`${column ?? sql`''::text`}`
  const shown = sql`
    ${id}::text as id, ${describe} as repr, (${at})::text as at, json_build_array(${sql.join(
      columns.map(({ shows }) => sql`${shows}`),
      sql`, `,
    )}) as cells`
  const order = (column: AnyPgColumn | null, direction: SQL) =>
    column ? sql`${column} ${direction}, ${id} ${direction}` : sql`${id} ${direction}`
  const mayView = sql`(select ${may('view', model)})`
  const walk = (column: AnyPgColumn | null, isAscending: boolean, conditions: SQL[] = []) => sql`
    select ${shown} from ${table}
    where ${all([...conditions, ...placeOf(column, id, query, isAscending), mayView])}
    order by ${order(column, isAscending ? sql`asc` : sql`desc`)} limit ${ONE_MORE}`
  const ofAll = countOf(table, [mayView])
  if (conditions.length === 0)
    return {
      answers: {
        rows: listOf<ListRow>(walk(column, isAscending)),
        total: ofAll,
        ofAll: sql<number | null>`null::int`,
        isUnsorted: sql<boolean>`false`,
      },
    }

  const matched = {
    id: sql`matched.id`,
    at: sql`matched.at`,
    place: placeOf(column && sql`matched.at`, sql`matched.id`, query, isAscending, column),
  }
  // Where words stand, no index of another order tells: more than can be sorted come newest first.
  const walked = query.words.length > 0 ? null : column
  const isUpwards = walked ? isAscending : query.cursor?.direction === 'before'
  const isMany = sql`not (select is_few from extent)`
  const sorted = column
    ? sql`${matched.at} ${direction}, ${matched.id} ${direction}`
    : sql`${matched.id} ${direction}`
  return {
    steps: {
      common: sql`select ${isCommon(model, query, conditions)} as is_common`,
      // Always true, and taken for rare by the planner: an index that finds matches is to be used.
      matched: sql`
        select ${id}, ${at} as at from ${table}
        where ${all([...conditions, sql`${id} % 1 = 0`, sql`not (select is_common from common)`, mayView])}
        limit ${TOO_MANY}`,
      extent: sql`select count(*)::int as rows, count(*) <= ${sql.raw(String(COUNTED))} and not (select is_common from common) as is_few from matched`,
      picked: sql`
        select matched.id from matched where ${all([...matched.place, sql`(select is_few from extent)`])}
        order by ${sorted} limit ${ONE_MORE}`,
    },
    answers: {
      rows: listOf<ListRow>(sql`
        (select ${shown} from ${table} where ${id} in (select id from picked) order by ${order(column, direction)})
        union all
        (${walk(walked, isUpwards, [...conditions, isMany])})`),
      total: sql<number>`case when (select is_common from common)
        then ${countOf(table, [...conditions, mayView])} else (select rows from extent) end`,
      ofAll: sql<number | null>`${ofAll}`,
      isUnsorted: sql<boolean>`${sql.raw(String(column !== walked))} and ${isMany}`,
    },
  }
}

const ONE_MORE = sql.raw(String(PER_PAGE + 1))
const TOO_MANY = sql.raw(String(COUNTED + 1))
/** How many of the newest rows tell whether what is searched for stands nearly everywhere. */
const PROBED = 200
const COMMON = 50

/** Whether a quarter of the newest rows match: then a walk finds enough at once, and an index would list them all. */
const isCommon = ({ table, id }: Model, { words }: Query, conditions: SQL[]) =>
  words.length === 0
    ? sql`false`
    : sql`${sql.raw(String(COMMON))} <= (select count(*) from (
        select * from ${table} order by ${id} desc limit ${sql.raw(String(PROBED))}) as ${sql.identifier(getTableName(table))}
        where ${all(conditions)})`

const countOf = (table: Table, conditions: SQL[]) =>
  sql<number>`(select count(*)::int from (select from ${table} where ${all(conditions)} limit ${TOO_MANY}) as c)`

const all = (conditions: SQL[]) => (conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`)

/** Where the page begins. `of` is the column whose values the cursor holds. */
function placeOf(
  column: SQL | AnyPgColumn | null,
  id: SQL | AnyPgColumn,
  { cursor }: Query,
  isAscending: boolean,
  of = column as AnyPgColumn | null,
): SQL[] {
  if (!cursor) return []
  const comparison = isAscending ? sql`>` : sql`<`
  if (!column || !of) return [sql`${id} ${comparison} ${cursor.id}::bigint`]
  return [sql`(${column}, ${id}) ${comparison} (${cursor.at}::${typeOf(of)}, ${cursor.id}::bigint)`]
}

function conditionsOf({ search }: Model, { words, filters }: Query): SQL[] {
  return [
    ...filters.map(({ filter, value }) => {
      if (filter.kind === 'flag') return sql`${filter.column} = ${sql.raw(String(value === '1'))}`
      if (filter.kind === 'date') return sql`${filter.column} >= ${DATES[value as keyof typeof DATES].from}`
      return sql`${filter.column} = (${filter.find(sql`${value}::text`)} limit 1)`
    }),
    ...words.map((word) => containing(search!.of, word)),
  ]
}

/**
 * Texts that hold a word. pg_trgm's index knows of runs of three letters, and of where words begin: a shorter word is
 * found at the beginning of words.
 */
function containing(text: SQL | AnyPgColumn, word: string) {
  const escaped = word.replaceAll(/[\\%_]/g, String.raw`\$&`)
  const isLong = /[\p{L}\p{N}]{3}|[^\p{L}\p{N}][\p{L}\p{N}]/u.test(word)
  if (isLong) return sql`${text} ilike ${`%${escaped}%`}`
  return sql`${text} ~* ${`\\m${word.replaceAll(/[^\p{L}\p{N}]/gu, String.raw`\$&`)}`}`
}
