import { getTableName, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Db } from '../db/client.ts'
import { listOf, type Statement } from '../db/statement.ts'
import { isBigint } from '../validate.ts'
import { type Column, type Filter, type Model, type Table, typeOf } from './model.ts'
import { containing, isCommon } from './search.ts'
import { may, type Session, staffReads } from './staff.ts'

/** Totals are exact up to here, or up to `READ` where what is asked for stands in no index, but in rows. */
export const COUNTED = 10_000
const READ = 5_000
export const PER_PAGE = 100

const MAX_WORDS = 10
const MAX_SEARCH = 200

export type Cell = string | number | boolean | null
export type ListRow = { id: string; repr: string; cells: Cell[]; at: string }

type Chosen = { filter: Filter; value: string }

/** What a list's query asks for; what cannot be read in it is ignored. */
export type Query = {
  search: string
  words: string[]
  /** Words without a letter or digit, which no index could find. */
  passedOver: string[]
  filters: Chosen[]
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

/** How many matches are gathered; where there are more, so many rows are looked through for a page. */
export const mostOf = ({ words, filters }: Query) => (words.length > 0 || filters.length > 1 ? READ : COUNTED)

/** Reads a list's query string. */
export function readQuery({ columns, filters = [], search }: Model, parameters: URLSearchParams): Query {
  const text = search
    ? (parameters.get('q') ?? '').replaceAll('\0', '').trim().slice(0, MAX_SEARCH).toWellFormed()
    : ''
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
  return { ...query, cursor: readCursor(orderOf(columns, query).column, parameters) }
}

const hasLetters = (word: string) => /[\p{L}\p{N}]/u.test(word)

function isValue({ kind }: Filter, value: string) {
  if (kind === 'flag') return value === '1' || value === '0'
  if (kind === 'date') return Object.hasOwn(DATES, value)
  return value !== ''
}

/** A place in the list: a row's value in the column sorted by, and its id. */
export type Place = Pick<ListRow, 'at' | 'id'>

export const cursorOf = ({ at, id }: Place) => JSON.stringify([at, id])

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
  if (column.dataType === 'string') return text.isWellFormed() && !text.includes('\0')
  if (column.dataType === 'number') return isBigint(text)
  const [, date, time] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,6})?[+-]\d\d(?::\d\d){0,2}$/.exec(text) ?? []
  return new Date(`${date}T${time}Z`).toJSON()?.startsWith(String(date)) ?? false
}

/** The newest come first unless asked otherwise: by the date of a filter, whose index has matches together, or by id. */
function orderOf(columns: Column[], { sort, filters }: Query) {
  return { column: columns[Math.abs(sort) - 1]?.sort ?? dateOf(filters), isDown: sort <= 0 }
}

const dateOf = (filters: Chosen[]) =>
  filters.find(({ filter }) => filter.kind === 'date')?.filter.column ?? null

/** One page of a model's rows. Its statement is put together from registered columns alone. */
export async function list(db: Db, session: Session, model: Model, query: Query) {
  const { rows, ends, ...rest } = await staffReads(() => listing(model, query))(db, session)
  const { cursor } = query
  const isBefore = cursor?.direction === 'before'
  const hasMore = rows.length > PER_PAGE
  const page = rows.slice(0, PER_PAGE)
  const shown = isBefore ? page.toReversed() : page
  const [end = null, beyond] = ends
  const further = beyond ? end : null
  // From an empty page the way back begins with the row that it began after.
  const step = orderOf(model.columns, query).isDown === isBefore ? 1n : -1n
  const back = cursor && { at: cursor.at, id: String(BigInt(cursor.id) + step) }
  const first = shown[0] ?? back
  const last = shown.at(-1) ?? back
  return {
    ...rest,
    rows: shown,
    isCut: further !== null,
    previous: isBefore && !hasMore ? further : cursor && first,
    next: isBefore || hasMore ? last : further,
  }
}

type ListAnswers = {
  rows: SQL<ListRow[]>
  total: SQL<number>
  /** There may be more than `total`. */
  isAtLeast: SQL<boolean>
  ofAll: SQL<number | null>
  /** Of a page that is not full: the last row looked through, and the one beyond it, where there is any. */
  ends: SQL<Place[]>
}

/**
 * The statement of a page. A plan that walks along the sort's index and hopes to meet rows that match is right for many
 * matches and reads the whole table for few, which statistics cannot tell apart. So matches are gathered first, by their
 * own indexes and up to a number, which is their count as well: few are sorted. For more the walk is taken, and ends
 * after as many rows: where the page is not full by then, the next one goes on from there.
 */
export function listing(model: Model, query: Query): Statement<ListAnswers> {
  const { table, id, columns, describe } = model
  const { words, cursor } = query
  const { column, isDown } = orderOf(columns, query)
  const isAscending = isDown === (cursor?.direction === 'before')
  const mayView = sql`(select ${may('view', model)})`
  const at = sql`(${column ?? sql`''`})::text as at`
  const shown = (conditions: SQL[]) => sql`
    select ${id}::text as id, ${at}, ${describe} as repr, json_build_array(${sql.join(
      columns.map(({ shows }) => sql`${shows}`),
      sql`, `,
    )}) as cells
    from ${table} where ${all(conditions)} ${sorted(column, id, isAscending)} limit ${ONE_MORE}`
  const ofAll = sql<number>`(select count(*)::int from (
    select from ${table} where ${mayView} limit ${number(COUNTED + 1)}) as c)`
  if (query.filters.length + words.length === 0)
    return {
      answers: {
        rows: listOf<ListRow>(shown([...placeOf(column, id, cursor, isAscending), mayView])),
        total: ofAll,
        isAtLeast: sql<boolean>`false`,
        ofAll: sql<number | null>`null::int`,
        ends: sql<Place[]>`'[]'::json`,
      },
    }

  const most = mostOf(query)
  const isFew = sql`(select is_few from extent)`
  const isCommon = words.length > 0 ? sql`(select is_common from searched)` : sql`false`
  const walked = { at: column && sql`looked.at`, id: sql`looked.id` }
  const matched = { at: column && sql`matched.at`, id: sql`matched.id` }
  const place = placeOf(matched.at, matched.id, cursor, isAscending, column)
  const walk = (cursor: Query['cursor'], conditions: SQL[]) =>
    walkOf(model, query, cursor, [...conditions, mayView])
  const looked = walk(cursor, [sql`not ${isFew}`])
  // What is too common to be gathered is counted on the walk from the beginning.
  const enough = sql`(case when ${isCommon} then ${number(most + 1)} else ${ONE_MORE} end)`
  return {
    steps: {
      ...gathering(model, query, column, mayView, most),
      looked: sql`${looked.matches} limit ${cursor ? ONE_MORE : enough}`,
      ...(cursor && { counted: sql`${walk(null, [isCommon]).matches} limit ${number(most + 1)}` }),
      picked: sql`
        (select ${matched.id} from matched where ${all([...place, isFew])}
          ${sorted(matched.at, matched.id, isAscending)} limit ${ONE_MORE})
        union all
        (select ${walked.id} from looked ${sorted(walked.at, walked.id, isAscending)} limit ${ONE_MORE})`,
    },
    answers: {
      rows: listOf<ListRow>(shown([sql`${id} in (select id from picked)`])),
      total: sql<number>`least(${number(most)}, case when ${isCommon}
        then (select count(*)::int from ${sql.raw(cursor ? 'counted' : 'looked')}) else (select rows from extent) end)`,
      isAtLeast: sql<boolean>`not ${isFew}`,
      ofAll: sql<number | null>`${ofAll}`,
      ends: listOf<Place>(sql`
        select id::text as id, at::text as at from (${looked.places} limit 2 offset ${number(most - 1)}) as places
        where (select count(*) from looked) <= ${number(PER_PAGE)}`),
    },
  }
}

/**
 * CTEs that end in `matched`: the matches, or some where they are more than `most`, or none where their words are too
 * common to be looked up. Where the filters let few rows through, words are looked for in these.
 */
function gathering(
  model: Model,
  { filters, words }: Query,
  column: AnyPgColumn | null,
  mayView: SQL,
  most: number,
): Record<string, SQL> {
  const { table, id, search } = model
  const kept = sql`${id}, ${column ?? sql`''::text`} as at`
  const upTo = sql`limit ${number(most + 1)}`
  const hold = (text: SQL | AnyPgColumn) => words.map((word) => containing(text, word))
  const owner = filters.find(isOwner)
  const others = all(filters.filter((filter) => filter !== owner).map(conditionOf))
  // In the order of an index that begins with what is asked for nothing else is met.
  const filtered = sql`
    select ${kept}, ${owner ? others : sql`true`} as passes, ${search && words.length > 0 ? search.of : sql`null`} as words
    from ${owner ? sql`${owned(table, id, owner, [mayView], false)} join ${table} on ${id} = next` : sql`${table} where ${others} and ${mayView}`}
    ${sorted(owner ? null : dateOf(filters), id, false)} ${upTo}`
  const isNarrow = sql`(select count(*) <= ${number(most)} from filtered)`
  const passing = sql`select id, at from filtered where ${all([sql`passes`, ...hold(sql`filtered.words`)])}`
  if (!search || words.length === 0)
    return {
      filtered,
      matched: passing,
      extent: sql`select count(*)::int as rows, ${isNarrow} as is_few from matched`,
    }

  const isFiltered = filters.length > 0
  // Always true. The planner takes it for rare and for dear, so that it reads the words' index first, and for nothing that
  // workers may share: to start them takes longer than they save.
  const isRare = sql.raw(`random() ${'* 0 '.repeat(20)} = 0`)
  const found = sql`
    select ${kept} from (
      select * from ${table} where ${all([...hold(search.of), isRare, mayView])}
        and not (select is_narrow or is_common from searched) offset 0) as ${nameOf(table)}
    where ${all(filters.map(conditionOf))} ${upTo}`
  return {
    ...(isFiltered && { filtered }),
    searched: sql`
      select is_narrow, not is_narrow and (${isCommon(model, words, isFiltered)}) as is_common
      from (select ${isFiltered ? isNarrow : sql`false`} as is_narrow) as filters`,
    matched: isFiltered ? sql`(${found}) union all (${passing} and (select is_narrow from searched))` : found,
    extent: sql`
      select count(*)::int as rows, count(*) <= ${number(most)} and not (select is_common from searched) as is_few
      from matched`,
  }
}

/**
 * The places along the sort's index from one on, and the matches among so many rows of it. A filter whose index has the
 * sort's order is part of the walk, others are held against each of its rows.
 */
function walkOf(
  { table, id, columns, search }: Model,
  query: Query,
  cursor: Query['cursor'],
  conditions: SQL[],
) {
  const { filters, words } = query
  const { column, isDown } = orderOf(columns, query)
  const isAscending = isDown === (cursor?.direction === 'before')
  const owner = column ? undefined : filters.find(isOwner)
  const isAlong = (chosen: Chosen) =>
    owner
      ? chosen === owner
      : chosen.filter.kind === 'flag' || (chosen.filter.kind === 'date' && chosen.filter.column === column)
  const from = [...placeOf(column, id, cursor, isAscending), ...conditions]
  const order = sorted(column, id, isAscending)
  const rows = owner
    ? sql`select ${table}.* from ${owned(table, id, owner, from, isAscending)} join ${table} on ${id} = next ${order}`
    : sql`select * from ${table} where ${all([...filters.filter(isAlong).map(conditionOf), ...from])} ${order}`
  const places = owner
    ? sql`select next as id, '' as at from ${owned(table, id, owner, from, isAscending)}`
    : sql`select id, ${column ?? sql`''`} as at from (${rows}) as ${nameOf(table)}`
  const aside = filters.filter((chosen) => !isAlong(chosen)).map(conditionOf)
  const matches = sql`
    select ${id}, ${column ?? sql`''::text`} as at from (${rows} limit ${number(mostOf(query))}) as ${nameOf(table)}
    where ${all([...aside, ...words.map((word) => containing(search?.of ?? id, word))])} ${order}`
  return { places, matches }
}

const isOwner = ({ filter }: Chosen) => filter.kind === 'owner'

/**
 * The ids of an owner's rows in their order, from the index alone: of rows the planner expects few of any owner, and would
 * read and sort them all.
 */
const owned = (table: Table, id: AnyPgColumn, owner: Chosen, conditions: SQL[], isAscending: boolean) => sql`(
    select ${id} as next from ${table} where ${all([conditionOf(owner), ...conditions])}
    ${sorted(null, id, isAscending)} offset 0) as owned`

const number = (value: number) => sql.raw(String(value))
const ONE_MORE = number(PER_PAGE + 1)

const nameOf = (table: Table) => sql.identifier(getTableName(table))

function sorted(column: SQL | AnyPgColumn | null, id: SQL | AnyPgColumn, isAscending: boolean) {
  const direction = isAscending ? sql`asc` : sql`desc`
  return sql`order by ${column ? sql`${column} ${direction}, ` : sql``}${id} ${direction}`
}

const all = (conditions: SQL[]) => (conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`)

/** Where the page begins. `of` is the column whose values the cursor holds. */
function placeOf(
  column: SQL | AnyPgColumn | null,
  id: SQL | AnyPgColumn,
  cursor: Query['cursor'],
  isAscending: boolean,
  of = column as AnyPgColumn | null,
): SQL[] {
  if (!cursor) return []
  const comparison = isAscending ? sql`>` : sql`<`
  if (!column || !of) return [sql`${id} ${comparison} ${cursor.id}::bigint`]
  return [sql`(${column}, ${id}) ${comparison} (${cursor.at}::${typeOf(of)}, ${cursor.id}::bigint)`]
}

function conditionOf({ filter, value }: Chosen) {
  if (filter.kind === 'flag') return sql`${filter.column} = ${sql.raw(String(value === '1'))}`
  if (filter.kind === 'date') return sql`${filter.column} >= ${DATES[value as keyof typeof DATES].from}`
  return sql`${filter.column} = (${filter.find(sql`${value}::text`)} limit 1)`
}
