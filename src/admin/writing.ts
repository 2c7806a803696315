import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { endedWithPassword } from '../auth/sessions.ts'
import type { Db } from '../db/client.ts'
import { oneOf } from '../db/statement.ts'
import type { Checked } from './checking.ts'
import { logged } from './log.ts'
import { type Model, type Named, nameOf, typeOf } from './model.ts'
import { isBarred, isKept, isLast, keeping } from './protection.ts'
import { arrayOf, isLocked, isRefused, isTaken, type Shown } from './record.ts'
import { may, type Session, staffWrites } from './staff.ts'

// Each write checks again, in the statement itself, all that the form was checked against. If any of it has changed, it does
// nothing.

type ToWrite = Pick<Checked, 'changes' | 'kept'>

/** Adds a row, with its log row. `key` is its public id: if a row already has it, nothing is written. */
export const insert = (
  db: Db,
  session: Session,
  model: Model,
  checked: ToWrite,
  { key, now }: { key: string | null; now: number },
) => {
  const { table, id, publicId, describe } = model
  const written = assignments(checked, now)
  const values: Assignment[] = [
    ...written,
    ...(publicId ? [[publicId, sql`coalesce(${key}::uuid, uuidv7())`] satisfies Assignment] : []),
    ...model.initial.filter(([column]) => !written.some(([other]) => other === column)),
  ]
  const done = sql`
    insert into ${table} (${listed(values.map(([column]) => sql`${nameOf(column)}`))})
    select ${listed(values.map(([, value]) => value))} from staff
    where ${all([may('add', model), ...conditions(model, checked, null)])}
    ${publicId ? sql`on conflict (${nameOf(publicId)}) do nothing` : sql``}
    returning ${id}, ${describe} as repr`
  return staffWrites(() => ({
    steps: { ...sources(checked), done, ...joins(checked), logged: logged(model, 'added') },
    answers: { done: theDone, isLast: sql<boolean>`false` },
  }))(db, session)
}

/**
 * Changes a row, with its log row. Writes nothing if the row was written since this save read it; changes since the form was
 * shown are `checkChange`'s.
 */
export const update = (
  db: Db,
  session: Session,
  model: Model,
  checked: ToWrite,
  { row, now }: { row: Shown; now: number },
) => {
  const { table, id, describe, follows } = model
  const written = assignments(checked, now)
  // Includes the id, so that the row is written, and others see that, even if only its joined rows change.
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
      ...conditions(model, checked, row.id),
    ])}
    returning ${listed([id, ...(follows?.columns ?? [])].map((column) => sql`${column}`))}, ${describe} as repr`
  return staffWrites(() => ({
    // The following statement must see everything that was added below the row until the lock.
    ...(follows && { first: sql`select from ${table} where ${theRow} for update` }),
    steps: {
      ...keeping(model, leaving),
      ...sources(checked),
      done,
      ...(follows && { follows: follows.as }),
      ...(checked.changes.some(({ field }) => field.kind === 'password') &&
        endedWithPassword(sql`select id from done`)),
      ...joins(checked),
      logged: logged(model, 'changed', labelsOf(checked)),
    },
    answers: { done: theDone, isLast: isLast(model) },
  }))(db, session)
}

const theDone = oneOf<Named>(sql`select id::text, repr from done`)

const listed = (parts: SQL[]) => sql.join(parts, sql`, `)
const all = (some: SQL[]) => sql.join(some, sql` and `)

/** A column and its new value. */
type Assignment = [AnyPgColumn, SQL]

const assignments = (checked: ToWrite, now: number): Assignment[] => [
  ...checked.changes.flatMap(({ field, value }): Assignment[] => {
    if (field.kind === 'shown' || field.kind === 'many') return []
    const own: Assignment = [field.column, sql`${value}::${typeOf(field.column)}`]
    if (field.kind === 'text')
      return [own, ...(field.also ?? []).map((column): Assignment => [column, own[1]])]
    if (field.kind === 'password') return [own, [field.endsSessions, sql`to_timestamp(${now}::float8)`]]
    return [own]
  }),
  ...sourced(checked).flatMap(({ name, also }) =>
    also.map(([column, theirs]): Assignment => [
      column,
      sql`(select ${nameOf(theirs)} from ${source(name)})`,
    ]),
  ),
]

/** Steps that lock the rows from which this row copies columns, changed or not, until it is written. */
const sources = (checked: ToWrite): Record<string, SQL> =>
  Object.fromEntries(
    sourced(checked).map(({ name, to, also, value }) => [
      `to_${name}`,
      sql`select ${listed(also.map(([, theirs]) => sql`${theirs}`))} from ${to} where ${to.id} = ${value}::bigint for share`,
    ]),
  )

const source = (name: string) => sql.identifier(`to_${name}`)

const sourced = ({ changes, kept }: ToWrite) =>
  [...changes, ...kept].flatMap(({ name, field, value }) =>
    field.kind === 'reference' && field.also ? [{ name, to: field.to, also: field.also, value }] : [],
  )

/** The conditions that must still hold for the changes. */
const conditions = (model: Model, checked: ToWrite, id: string | null) => [
  ...checked.changes.flatMap(({ field, value }) =>
    [isLocked(field), isTaken(model, field, value, id), isRefused(field, value, id)].flatMap((is) =>
      is ? [sql`not ${is}`] : [],
    ),
  ),
  ...sourced(checked).map(({ name }) => sql`exists (select from ${source(name)})`),
]

/** Steps that set a row's joined rows to the chosen ones. */
const joins = ({ changes }: ToWrite): Record<string, SQL> =>
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

/** The labels of the changed fields, in Django's format. */
const labelsOf = ({ changes }: ToWrite) =>
  labels(changes.map(({ field }) => (field.kind === 'password' ? 'password' : field.label)))

/** The labels of fields in the format of the log. */
export const labels = (all: string[]) =>
  sql`array(select json_array_elements_text(${JSON.stringify(all)}::json))`
