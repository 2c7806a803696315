import type { SQL } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'

/** A table whose rows have an `id`. */
export type Table = PgTable & { id: AnyPgColumn }

type Common = {
  label: string
  help?: string
  /** Others see it, and cannot change it; a row that they add has what `initial` gives. */
  onlySuperusers?: boolean
  /** Rows in which it cannot be changed by who asks; SQL over the row, with a CTE `staff` that holds who asks. */
  lockedWhere?: SQL | undefined
}
export type TextRules = {
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
    | {
        kind: 'shown'
        shows: SQL | AnyPgColumn
        as?: 'text' | 'flag' | 'moment'
        /** What stands there instead of a text: what it means. */
        says?: (text: string) => string
      }
  )

export type NamedField = [name: string, field: Field]

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
