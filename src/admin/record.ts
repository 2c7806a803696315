import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { listOf, object, oneOf } from '../db/statement.ts'
import type { Typed, Value } from './entries.ts'
import type { Field, NamedField } from './fields.ts'
import type { Model } from './model.ts'
import { isSuperuser, may, type Session, type Staff, staffReads } from './staff.ts'

/** The fields of a model in one form. */
export type Form = { model: Model; fields: NamedField[] }

/** A row as a form shows it. */
export type Shown = {
  id: string
  repr: string
  isProtected: boolean
  typed: Typed
  /** The ids and labels of referenced rows. */
  refersTo: Record<string, string>
  labels: Record<string, string | null>
  locks: Record<string, boolean>
  /** Changes when somebody changes what the form writes; what it only shows may change freely. */
  version: string
  /** Changes with every write to the row, by anyone. */
  xmin: string
}
export type Choice = { id: string; label: string }
export type Choices = Record<string, Choice[]>

/** The row that a form changes; or the row that it adds, which already exists if the form was sent before. */
export type Sought = { id: string } | { key: string | null }

/** The state of the database that a form needs. */
export type Known = {
  staff: Staff
  row: Shown | null
  choices: Choices
  /** For the entries: the referenced rows, values that other rows already have, and refused choices. */
  found: Record<string, string | null>
  taken: Record<string, boolean>
  refused: Record<string, boolean>
  /** A public id for a new row. */
  key: string
}

/** Reads everything to show and check a form. `values` are the entries. */
export const readRow = (
  db: Db,
  session: Session,
  { model, fields }: Form,
  sought: Sought,
  values: Record<string, Value> = {},
): Promise<Known> => {
  const id = 'id' in sought ? sought.id : null
  /** One entry for each field for which `of` returns SQL. */
  const each = <T>(of: (field: Field, name: string) => SQL | false | undefined) =>
    object<Record<string, T>>(
      fields.flatMap(([name, field]): [string, SQL][] => {
        const answer = of(field, name)
        return answer ? [[name, answer]] : []
      }),
    )
  const typed = (isWanted: (field: Field) => boolean) =>
    each((field) => isWanted(field) && typedValue(model, field))
  const row = sql`
    select ${model.id}::text as id, ${model.describe} as repr, ${model.onlySuperusers ?? sql`false`} as "isProtected",
      ${typed(() => true)} as typed, md5(${typed(({ kind }) => kind !== 'shown')}::text) as version,
      ${each((field) => field.kind === 'reference' && sql`${field.column}::text`)} as "refersTo",
      ${each((field) => field.kind === 'reference' && labelOf(field))} as labels,
      ${each(isLocked)} as locks, ${model.table}.xmin::text as xmin
    from ${model.table} where ${isSought(model, sought)} and ${may('view', model)}`
  return staffReads(() => ({
    answers: {
      row: oneOf<Shown>(row),
      choices: each<Choice[]>((field) => field.kind === 'many' && listOf(field.choices)),
      found: each<string | null>((field, name) => findReferred(field, values[name])),
      taken: each<boolean>((field, name) => isTaken(model, field, values[name], id)),
      refused: each<boolean>((field, name) => isRefused(field, values[name], id)),
      key: sql<string>`uuidv7()`,
    },
  }))(db, session)
}

function isSought({ id, publicId }: Model, sought: Sought) {
  if ('id' in sought) return sql`${id} = ${sought.id}::bigint`
  return publicId && sought.key ? sql`${publicId} = ${sought.key}::uuid` : sql`false`
}

/** The value that a form shows for a field; for a password, what a new one must not resemble. */
function typedValue({ id }: Model, field: Field): SQL {
  if (field.kind === 'password') {
    const { email, first_name, last_name } = field.resembles
    return sql`json_build_object('email', ${email}, 'first_name', ${first_name}, 'last_name', ${last_name})`
  }
  if (field.kind === 'shown') return sql`${field.shows}`
  if (field.kind === 'reference')
    return sql`(select (${field.typed})::text from ${field.to} where ${field.to.id} = ${field.column})`
  if (field.kind === 'many')
    return sql`(select coalesce(json_agg(${field.theirs}::text order by ${field.theirs}), '[]') from ${field.through}
      where ${field.mine} = ${id})`
  return sql`${field.column}`
}

const labelOf = ({ describe, to, column }: Extract<Field, { kind: 'reference' }>) =>
  sql`(select ${describe} from ${to} where ${to.id} = ${column})`

/** Whether the caller can't change a field of a row. */
export const isLocked = ({ onlySuperusers, lockedWhere = sql`false` }: Field) =>
  sql`coalesce(${onlySuperusers ? sql`${isSuperuser} is not true` : sql`false`} or (${lockedWhere}), false)`

const findReferred = (field: Field, typed: Value | undefined) => {
  if (field.kind !== 'reference' || typed === undefined) return undefined
  const value = sql`${typed}::text`
  return sql`(select ${field.to.id}::text from ${field.to} where ${field.where(value)}
    order by ${field.order?.(value) ?? field.to.id} limit 1)`
}

/** Whether another row than `id` has a text that must be unique. */
export const isTaken = (
  { table, id: itself }: Model,
  field: Field,
  value: Value | undefined,
  id: string | null,
) =>
  field.kind === 'text' && field.unique && value !== undefined
    ? sql<boolean>`exists (select from ${table} where ${field.unique.where(sql`${value}::text`)}
        and ${itself} is distinct from ${id}::bigint)`
    : undefined

/** Whether the caller may not choose these rows for the row `id`. */
export const isRefused = (field: Field, chosen: Value | undefined, id: string | null) =>
  field.kind === 'many' && field.refused && chosen !== undefined
    ? sql<boolean>`coalesce(${field.refused.where(sql`${id}::bigint`, arrayOf(chosen))}, false)`
    : undefined

export const arrayOf = (ids: Value) => sql`${`{${String(ids)}}`}::bigint[]`
