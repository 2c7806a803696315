import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { listOf, object, oneOf } from '../db/statement.ts'
import type { Typed, Value } from './entries.ts'
import type { Field, NamedField } from './fields.ts'
import type { Model } from './model.ts'
import { isSuperuser, may, type Session, type Staff, staffReads } from './staff.ts'

/** Fields of a model that are sent together. */
export type Form = { model: Model; fields: NamedField[] }

/** A row as a form shows it. */
export type Shown = {
  id: string
  repr: string
  isProtected: boolean
  typed: Typed
  /** Of rows that are referred to: their ids, and what they are called. */
  refersTo: Record<string, string>
  labels: Record<string, string | null>
  locks: Record<string, boolean>
  /** Another one where somebody changed what the form writes; what it only shows may change by itself. */
  version: string
  /** Another one where anything was written to the row, by whomever. */
  xmin: string
}
export type Choice = { id: string; label: string }
export type Choices = Record<string, Choice[]>

/** The row that a form changes; or the one that it adds, which is there already where the form was sent before. */
export type Sought = { id: string } | { key: string | null }

/** What the database knows of a form. */
export type Known = {
  staff: Staff
  row: Shown | null
  choices: Choices
  /** Of what was sent: the rows that are referred to, what other rows have already, and what may not be chosen. */
  found: Record<string, string | null>
  taken: Record<string, boolean>
  refused: Record<string, boolean>
  /** A public id for a row to be added. */
  key: string
}

/** Reads all that a form is shown and judged by. `values` are what was sent with it. */
export const readRow = (
  db: Db,
  session: Session,
  { model, fields }: Form,
  sought: Sought,
  values: Record<string, Value> = {},
): Promise<Known> => {
  const id = 'id' in sought ? sought.id : null
  /** One entry for each field that `of` says something of. */
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

/** What a form shows of a field; of a password, what a new one must not resemble. */
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

/** Whether who asks can't change a field of a row. */
export const isLocked = ({ onlySuperusers, lockedWhere = sql`false` }: Field) =>
  sql`coalesce(${onlySuperusers ? sql`${isSuperuser} is not true` : sql`false`} or (${lockedWhere}), false)`

const findReferred = (field: Field, typed: Value | undefined) => {
  if (field.kind !== 'reference' || typed === undefined) return undefined
  const value = sql`${typed}::text`
  return sql`(select ${field.to.id}::text from ${field.to} where ${field.where(value)}
    order by ${field.order?.(value) ?? field.to.id} limit 1)`
}

/** Whether another row than `id` has a text that only one may have. */
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

/** Whether who asks may not choose these rows for the row `id`. */
export const isRefused = (field: Field, chosen: Value | undefined, id: string | null) =>
  field.kind === 'many' && field.refused && chosen !== undefined
    ? sql<boolean>`coalesce(${field.refused.where(sql`${id}::bigint`, arrayOf(chosen))}, false)`
    : undefined

export const arrayOf = (ids: Value) => sql`${`{${String(ids)}}`}::bigint[]`
