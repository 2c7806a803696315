import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { endedWithPassword } from '../auth/sessions.ts'
import type { Db } from '../db/client.ts'
import { oneOf } from '../db/statement.ts'
import type { Verdict } from './judge.ts'
import { logged } from './log.ts'
import { type Model, type Named, nameOf, typeOf } from './model.ts'
import { isBarred, isKept, isLast, keeping } from './protection.ts'
import { arrayOf, isLocked, isRefused, isTaken, type Shown } from './record.ts'
import { may, type Session, staffWrites } from './staff.ts'

// Each write asks again, in the statement itself, for all that it was judged by: where that is otherwise by then, it does nothing.

type Judged = Pick<Verdict, 'changes' | 'kept'>

/** Adds a row, with its log row. `key` is its public id: where a row has it already, nothing is done. */
export const insert = (
  db: Db,
  session: Session,
  model: Model,
  judged: Judged,
  { key, now }: { key: string | null; now: number },
) => {
  const { table, id, publicId, describe } = model
  const written = assignments(judged, now)
  const values: Assignment[] = [
    ...written,
    ...(publicId ? [[publicId, sql`coalesce(${key}::uuid, uuidv7())`] satisfies Assignment] : []),
    ...model.initial.filter(([column]) => !written.some(([other]) => other === column)),
  ]
  const done = sql`
    insert into ${table} (${listed(values.map(([column]) => sql`${nameOf(column)}`))})
    select ${listed(values.map(([, value]) => value))} from staff
    where ${all([may('add', model), ...guards(model, judged, null)])}
    ${publicId ? sql`on conflict (${nameOf(publicId)}) do nothing` : sql``}
    returning ${id}, ${describe} as repr`
  return staffWrites(() => ({
    steps: { ...sources(judged), done, ...joins(judged), logged: logged(model, 'added') },
    answers: { done: theDone, isLast: sql<boolean>`false` },
  }))(db, session)
}

/** Changes a row, with its log row. Where anything was written to it since it was read, nothing is done. */
export const update = (
  db: Db,
  session: Session,
  model: Model,
  judged: Judged,
  { row, now }: { row: Shown; now: number },
) => {
  const { table, id, describe, follows } = model
  const written = assignments(judged, now)
  // The id as well, so that a row is written, and others see it was, where only rows that are joined to it change.
  const set = [[id, sql`${id}`] satisfies Assignment, ...written]
  const theRow = sql`${id} = ${row.id}::bigint`
  const leaving = sql`
    select ${id} from ${table} where ${theRow} and ${isKept(model)} and not ${isKept(model, written)}`
  const done = sql`
    update ${table}
    set ${listed(set.map(([column, value]) => sql`${nameOf(column)} = ${value}`))}
    where ${all([
      theRow,
      sql`${table}.xmin = ${row.xmin}::xid`,
      may('change', model),
      sql`${isBarred(model)} is not true`,
      sql`not ${isLast(model)}`,
      ...guards(model, judged, row.id),
    ])}
    returning ${listed([id, ...(follows?.columns ?? [])].map((column) => sql`${column}`))}, ${describe} as repr`
  return staffWrites(() => ({
    // What follows must see what was added below the row until it is locked.
    ...(follows && { first: sql`select from ${table} where ${theRow} for update` }),
    steps: {
      ...keeping(model, leaving),
      ...sources(judged),
      done,
      ...(follows && { follows: follows.as }),
      ...(judged.changes.some(({ field }) => field.kind === 'password') &&
        endedWithPassword(sql`select id from done`)),
      ...joins(judged),
      logged: logged(model, 'changed', labelsOf(judged)),
    },
    answers: { done: theDone, isLast: isLast(model) },
  }))(db, session)
}

const theDone = oneOf<Named>(sql`select id::text, repr from done`)

const listed = (parts: SQL[]) => sql.join(parts, sql`, `)
const all = (conditions: SQL[]) => sql.join(conditions, sql` and `)

/** A column that is written, and its value. */
type Assignment = [AnyPgColumn, SQL]

const assignments = (judged: Judged, now: number): Assignment[] => [
  ...judged.changes.flatMap(({ field, value }): Assignment[] => {
    if (field.kind === 'shown' || field.kind === 'many') return []
    const own: Assignment = [field.column, sql`${value}::${typeOf(field.column)}`]
    if (field.kind === 'text')
      return [own, ...(field.also ?? []).map((column): Assignment => [column, own[1]])]
    if (field.kind === 'password') return [own, [field.endsSessions, sql`to_timestamp(${now}::float8)`]]
    return [own]
  }),
  ...sourced(judged).flatMap(({ name, also }) =>
    also.map(([column, theirs]): Assignment => [
      column,
      sql`(select ${nameOf(theirs)} from ${source(name)})`,
    ]),
  ),
]

/** Steps that hold the rows from which columns of this one are taken, changed or not, as they are until it is written. */
const sources = (judged: Judged): Record<string, SQL> =>
  Object.fromEntries(
    sourced(judged).map(({ name, to, also, value }) => [
      `to_${name}`,
      sql`select ${listed(also.map(([, theirs]) => sql`${theirs}`))} from ${to} where ${to.id} = ${value}::bigint for share`,
    ]),
  )

const source = (name: string) => sql.identifier(`to_${name}`)

const sourced = ({ changes, kept }: Judged) =>
  [...changes, ...kept].flatMap(({ name, field, value }) =>
    field.kind === 'reference' && field.also ? [{ name, to: field.to, also: field.also, value }] : [],
  )

/** What must still hold of what the form changes. */
const guards = (model: Model, judged: Judged, id: string | null) => [
  ...judged.changes.flatMap(({ field, value }) =>
    [isLocked(field), isTaken(model, field, value, id), isRefused(field, value, id)].flatMap((is) =>
      is ? [sql`not ${is}`] : [],
    ),
  ),
  ...sourced(judged).map(({ name }) => sql`exists (select from ${source(name)})`),
]

/** Steps that make a row's joined rows those that were chosen. */
const joins = ({ changes }: Judged): Record<string, SQL> =>
  Object.fromEntries(
    changes.flatMap(({ name, field, value }): [string, SQL][] => {
      if (field.kind !== 'many') return []
      const { through, mine, theirs } = field
      const chosen = arrayOf(value)
      return [
        [
          `left_${name}`,
          sql`delete from ${through} where ${mine} in (select id from done) and ${theirs} <> all (${chosen})`,
        ],
        [
          `joined_${name}`,
          sql`insert into ${through} (${nameOf(mine)}, ${nameOf(theirs)})
            select done.id, chosen.id from done, unnest(${chosen}) as chosen (id)
            where not exists (select from ${through} where ${mine} = done.id and ${theirs} = chosen.id)
            on conflict (${nameOf(mine)}, ${nameOf(theirs)}) do nothing`,
        ],
      ]
    }),
  )

/** What changed, in Django's words. */
const labelsOf = ({ changes }: Judged) =>
  labels(changes.map(({ field }) => (field.kind === 'password' ? 'password' : field.label)))

/** Labels of fields, as the log takes them. */
export const labels = (all: string[]) =>
  sql`array(select json_array_elements_text(${JSON.stringify(all)}::json))`
