import { getTableName, type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Model } from './model.ts'

/**
 * pg_trgm's index has a list of rows for each part of a word. To find rows that are on all lists it goes through the
 * shortest, looks each of its rows up in the others, and unpacks about so many rows of a list for one. To go on by one
 * row of the shortest list costs 1; what costs more than the budget, about 20 ms, takes longer than looking through rows.
 */
const BUDGET = 500_000
const UNPACKED_AT_ONCE = 64
const UNPACKED_FOR_1 = 5
const COST_OF_A_ROW = 50
const PLACES = 200
const ROWS_OF_A_PLACE = 2
/** Its multiples spread evenly, and fall into step with nothing in the rows. */
const GOLDEN = sql.raw('0.6180339887')

/** Texts that hold a word. A short one is found at the beginning of words, where pg_trgm's index knows of it. */
export function containing(text: SQL | AnyPgColumn, word: string) {
  const escaped = word.replaceAll(/[\\%_]/g, String.raw`\$&`)
  if (isLong(word)) return sql`${text} ilike ${`%${escaped}%`}`
  return sql`${text} ~* ${`\\m${word.replaceAll(/[^\p{L}\p{N}]/gu, String.raw`\$&`)}`}`
}

/** Whether pg_trgm's index, which knows of runs of three letters and of where words begin, finds a word anywhere. */
const isLong = (word: string) => /[\p{L}\p{N}]{3}|[^\p{L}\p{N}][\p{L}\p{N}]/u.test(word)

/** What the index has of a word: runs of three letters, and beginnings of words after a space. */
const partsOf = (word: string) =>
  [
    ...`${isLong(word) ? '' : ' '}${word}`.matchAll(/(?=([\p{L}\p{N}]{3}|[^\p{L}\p{N}][\p{L}\p{N}]{1,2}))/gu),
  ].map(([, part = '']) => part.replace(/^[^\p{L}\p{N}]/u, ' '))

/**
 * Whether the index would read too much to find words, judged by rows from all over the table. `readsRows` where more
 * rows must be read than are found.
 */
export function isCommon({ table, id, search }: Model, words: string[], readsRows: boolean) {
  const parts = [...new Set(words.flatMap(partsOf))]
  const each = 1 + parts.length + (readsRows ? COST_OF_A_ROW : 0)
  return sql`
    with sampled as materialized (
      select ' ' || regexp_replace(lower(${search?.of}), '[^[:alnum:]]+', ' ', 'g') as words, span
      from (select min(${id}) as start, (max(${id}) - min(${id}))::float8 as span from ${table}) as ids,
        generate_series(1, ${number(PLACES)}) as place,
        lateral (
          select * from ${table} where ${id} >= start + (span * (place * ${GOLDEN} % 1)::float8)::bigint
          order by ${id} limit ${number(ROWS_OF_A_PLACE)}) as ${sql.identifier(getTableName(table))})
    select coalesce(
      (max(shortest) * ${number(each)} + sum(least(n, shortest * ${number(UNPACKED_AT_ONCE)})) / ${number(UNPACKED_FOR_1)})
        * max(span) / max(of) > ${number(BUDGET)}, false)
    from (
      select *, min(n) over () as shortest from json_array_elements_text(${JSON.stringify(parts)}::json) as part,
        lateral (
          select count(*) filter (where strpos(words, lower(part)) > 0) as n, count(*) as of, max(span) as span
          from sampled) as counts) as lists`
}

const number = (value: number) => sql.raw(String(value))
