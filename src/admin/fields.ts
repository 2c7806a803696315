import type { SQL } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'

/** A table whose rows have an `id`. */
export type Table = PgTable & { id: AnyPgColumn }

type Common = {
  label: string
  help?: string
  /** Other staff see it but cannot change it; a row that they add gets the value of `initial`. */
  onlySuperusers?: boolean
  /** Rows in which this member of staff cannot change it; SQL over the row, with a CTE `staff` for the caller. */
  lockedWhere?: SQL | undefined
}
export type TextRules = {
  isRequired?: boolean
  max?: number
  /** The number of lines; missing for a one-line input. */
  rows?: number
  type?: 'text' | 'email'
  /** Returns the fault of a text, or null. */
  fault?: (text: string) => string | null
  /** Normalizes a changed text. */
  normalize?: (text: string) => string
  /** Columns that get the same value when this one is changed. */
  also?: AnyPgColumn[]
  /** Selects other rows with the same value; SQL over a row. */
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
        /** The row for a typed text, SQL over its table. */
        where: (typed: SQL) => SQL
        /** Picks one row if several match. */
        order?: (typed: SQL) => SQL
        /** The text to type for a row, and the label of the row. */
        typed: SQL
        describe: SQL
        /** Columns that copy these columns of the referenced row. */
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
        /** A moment that is set to now together with the password. */
        endsSessions: AnyPgColumn
        /** The password must not resemble these. */
        resembles: { email: AnyPgColumn; first_name: AnyPgColumn; last_name: AnyPgColumn }
      }
    | {
        kind: 'shown'
        shows: SQL | AnyPgColumn
        as?: 'text' | 'flag' | 'moment'
        /** Replaces a text by its meaning. */
        says?: (text: string) => string
      }
  )

export type NamedField = [name: string, field: Field]

/** A field in the form of a table; its column belongs to that table. */
export type FieldOf<T extends Table> = Field & { readonly of?: T['_']['name'] }
type Of<Name extends string> = Field & { readonly of?: Name }

/** A text with at most as many code points as its column allows. */
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

/** The row of another table that this one belongs to, by a text that names it. */
export const reference = <Name extends string>(
  column: AnyPgColumn<{ tableName: Name }>,
  rules: Common & Omit<Extract<Field, { kind: 'reference' }>, 'kind' | 'column'>,
): Of<Name> => ({ kind: 'reference', column, ...rules })

/** Any number of rows of another table, through a join table. */
export const many = (
  rules: Common & Omit<Extract<Field, { kind: 'many' }>, 'kind'>,
): Field & { of?: never } => ({ kind: 'many', ...rules })

/** A new password, typed twice and hashed as everywhere; it also sets since when the account's sessions count. */
export const newPassword = <Name extends string>(
  column: AnyPgColumn<{ tableName: Name; data: string }>,
  rules: Common & Omit<Extract<Field, { kind: 'password' }>, 'kind' | 'column'>,
): Of<Name> => ({ kind: 'password', column, ...rules })

/** A read-only value. */
export const shown = (rules: Common & Omit<Extract<Field, { kind: 'shown' }>, 'kind'>) =>
  ({ kind: 'shown', ...rules }) as Field & { of?: never }
