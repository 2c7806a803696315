import type { SQL } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { passwordFaults } from '../auth/password-rules.ts'
import { hashPassword } from '../auth/passwords.ts'
import { codePoints, trim } from '../fields.ts'
import type { Table } from './model.ts'

type Common = {
  label: string
  help?: string
  /** Others see it, and cannot change it. */
  onlySuperusers?: boolean
  /** Rows in which it cannot be changed by who asks; SQL over the row, with a CTE `staff` that holds who asks. */
  lockedWhere?: SQL | undefined
}
type TextRules = {
  isRequired?: boolean
  max?: number
  /** Lines to show; of one line where it is missing. */
  rows?: number
  type?: 'text' | 'email'
  /** The words for what is wrong with a text, or null. */
  fault?: (text: string) => string | null
  /** How a text that was changed is written. */
  normalize?: (text: string) => string
  /** Columns that are set to the same when this one is changed. */
  also?: AnyPgColumn[]
  /** Which other rows hold it already; SQL over a row. */
  unique?: { where: (typed: SQL) => SQL; words: string }
}

export type Field = Common &
  (
    | ({ kind: 'text'; column: AnyPgColumn; max: number } & TextRules)
    | { kind: 'flag'; column: AnyPgColumn; isSet?: boolean }
    | {
        kind: 'reference'
        column: AnyPgColumn
        to: Table
        /** `app.model`, to link to. */
        model: string
        /** The row that was typed, SQL over its table. */
        where: (typed: SQL) => SQL
        /** Which row is meant where there are several. */
        order?: (typed: SQL) => SQL
        /** What is typed for a row, and how the row is called. */
        typed: SQL
        describe: SQL
        /** Columns that are set to what the row that is referred to holds in these. */
        also?: [AnyPgColumn, AnyPgColumn][]
      }
    | {
        kind: 'many'
        through: PgTable
        mine: AnyPgColumn
        theirs: AnyPgColumn
        /** Rows `id, label` in the order to show. */
        choices: SQL
        plural: string
        /** Whether a change is refused, SQL; `mine` and `chosen` are a row's id and the array of chosen ids. */
        refused?: { where: (row: SQL, chosen: SQL) => SQL; words: string }
      }
    | {
        kind: 'password'
        column: AnyPgColumn
        /** A moment that is set to now when the password is. */
        endsSessions: AnyPgColumn
        /** What it must not resemble. */
        resembles: { email: AnyPgColumn; first_name: AnyPgColumn; last_name: AnyPgColumn }
      }
    | { kind: 'shown'; shows: SQL | AnyPgColumn; as?: 'text' | 'flag' | 'moment' }
  )

/** A field of a table's form: its column is one of that table. */
export type FieldOf<T extends Table> = Field & { readonly of?: T['_']['name'] }
type Of<Name extends string> = Field & { readonly of?: Name }

/** A text of at most as many code points as its column holds. */
export const text = <Name extends string>(
  column: AnyPgColumn<{ tableName: Name; data: string }>,
  rules: Common & TextRules,
): Of<Name> => ({
  kind: 'text',
  column,
  isRequired: true,
  max: /\d+/.exec(column.getSQLType())?.map(Number)[0] ?? Infinity,
  ...rules,
})

export const flag = <Name extends string>(
  column: AnyPgColumn<{ tableName: Name; data: boolean }>,
  rules: Common & { isSet?: boolean },
): Of<Name> => ({ kind: 'flag', column, ...rules })

/** The row of another table that this one belongs to, by what names it. */
export const reference = <Name extends string>(
  column: AnyPgColumn<{ tableName: Name }>,
  rules: Common & Omit<Extract<Field, { kind: 'reference' }>, 'kind' | 'column'>,
): Of<Name> => ({ kind: 'reference', column, ...rules })

/** Any number of rows of another table, joined by a third. */
export const many = (
  rules: Common & Omit<Extract<Field, { kind: 'many' }>, 'kind'>,
): Field & { of?: never } => ({ kind: 'many', ...rules })

/** A new password, typed twice. Hashed as everywhere; sets when the account's sessions begin to count. */
export const newPassword = <Name extends string>(
  column: AnyPgColumn<{ tableName: Name; data: string }>,
  rules: Common & Omit<Extract<Field, { kind: 'password' }>, 'kind' | 'column'>,
): Of<Name> => ({ kind: 'password', column, ...rules })

/** Something to read, not to change. */
export const shown = (rules: Common & Omit<Extract<Field, { kind: 'shown' }>, 'kind'>) =>
  ({ kind: 'shown', ...rules }) as Field & { of?: never }

/** What stands in a form: texts, ticks, and chosen ids. */
export type Typed = Record<string, string | boolean | string[] | null>
type Person = { email?: string; first_name?: string; last_name?: string }
export type FieldFaults = Record<string, string[]>
/** A form as it was read: what was typed, the statement's values, and what is wrong. */
export type Reading = { typed: Typed; values: Record<string, unknown>; faults: FieldFaults }

export const REQUIRED = 'This field is required.'
export const INVALID_CHOICE = 'Select a valid choice. That choice is not one of the available choices.'

/**
 * Reads a form. `person` is what a new password must not resemble, where the form itself does not hold it; `rounds` what its
 * hash costs.
 */
export async function readFields(
  fields: [string, Field][],
  form: URLSearchParams,
  { assets, person, rounds }: { assets: Fetcher; person?: Person | undefined; rounds?: number | undefined },
): Promise<Reading> {
  const reading: Reading = { typed: {}, values: {}, faults: {} }
  for (const [name, field] of fields) {
    if (field.kind !== 'password') readField(name, field, form, reading)
    else {
      const whose = person ?? typedPerson(field, fields, reading.typed)
      await readPassword(name, form, reading, { assets, person: whose, rounds })
    }
  }
  return reading
}

function readField(
  name: string,
  field: Exclude<Field, { kind: 'password' }>,
  form: URLSearchParams,
  { typed, values, faults }: Reading,
) {
  const refuse = (words: string[]) => {
    if (words.length === 0) return
    faults[name] = words
    // Not even to look at it does Postgres take a text that does not fit.
    if (field.kind !== 'many') values[name] = values[`${name}_typed`] = null
  }
  if (field.kind === 'shown') return
  if (field.kind === 'flag') {
    values[name] = typed[name] = form.has(name)
    return
  }
  if (field.kind === 'many') {
    const chosen = [...new Set(form.getAll(name))]
    const ids = chosen.filter((id) => /^\d{1,9}$/.test(id))
    typed[name] = ids
    const [bad] = chosen.filter((id) => !ids.includes(id))
    if (bad !== undefined)
      refuse([`Select a valid choice. ${bad.slice(0, 40)} is not one of the available choices.`])
    values[name] = `{${ids.join(',')}}`
    return
  }
  // Who can't change it gets no input for it.
  if (field.lockedWhere && !form.has(name)) {
    values[name] = values[`${name}_typed`] = null
    return
  }
  const raw = (form.get(name) ?? '').replaceAll('\r\n', '\n')
  typed[name] = raw
  if (field.kind === 'reference') {
    values[name] = trim(raw)
    refuse(textFaults(trim(raw), { isRequired: true, max: 255 }))
    return
  }
  const value = (field.normalize ?? ((text) => text))(trim(raw))
  values[name] = value
  values[`${name}_typed`] = trim(raw)
  refuse(textFaults(value, field))
}

async function readPassword(
  name: string,
  form: URLSearchParams,
  { values, faults }: Reading,
  { assets, person, rounds }: { assets: Fetcher; person: Person; rounds: number | undefined },
) {
  const [first, second] = [form.get(`${name}1`) ?? '', form.get(`${name}2`) ?? '']
  const words = await newPasswordFaults(first, second, person, assets)
  values[name] = words.length > 0 ? null : await hashPassword(trim(first), rounds)
  if (words.length > 0) faults[name] = words
}

/** What a new account's password must not resemble: what stands in the same form. */
function typedPerson(
  { resembles }: Extract<Field, { kind: 'password' }>,
  fields: [string, Field][],
  typed: Typed,
) {
  const textOf = (column: AnyPgColumn) => {
    const [name = ''] = fields.find(([, field]) => field.kind === 'text' && field.column === column) ?? []
    return String(typed[name] ?? '')
  }
  const { email, first_name, last_name } = resembles
  return { email: textOf(email), first_name: textOf(first_name), last_name: textOf(last_name) }
}

function textFaults(value: string, { isRequired = false, max, fault }: TextRules & { max: number }) {
  if (value === '') return isRequired ? [REQUIRED] : []
  const words = []
  const length = codePoints(value)
  if (length > max) words.push(`Ensure this value has at most ${max} characters (it has ${length}).`)
  const wrong = fault?.(value)
  if (wrong) words.push(wrong)
  return words
}

/** What is wrong with a new password that was typed twice. */
export async function newPasswordFaults(first: string, second: string, person: Person, assets: Fetcher) {
  if (trim(first) === '' || trim(second) === '') return [REQUIRED]
  if (first !== second) return ['The two password fields didn’t match.']
  return passwordFaults(trim(first), person, assets)
}
