import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Child } from 'hono/jsx'
import type { Db } from '../db/client.ts'
import { literal } from '../db/statement.ts'
import type { AppEnv } from '../http/router.ts'
import type { Field, FieldOf, NamedField, Table } from './fields.ts'

/** A row's id and label. */
export type Named = { id: string; repr: string }
/** What staff may do with a model's rows. */
export type Action = 'view' | 'add' | 'change' | 'delete'

/** A column of the list. Only columns with `sort`, the first column of an index, are sortable. */
export type Column = {
  title: string
  shows: SQL | AnyPgColumn
  as?: 'text' | 'flag' | 'moment'
  sort?: AnyPgColumn
}

/** A filter beside the list, in one query parameter. */
export type Filter =
  | { kind: 'flag'; parameter: string; title: string; column: AnyPgColumn }
  | { kind: 'date'; parameter: string; title: string; column: AnyPgColumn }
  /** Kinds of rows, each with a condition over the table's row. */
  | {
      kind: 'choice'
      parameter: string
      title: string
      choices: Record<string, { title: string; where: SQL }>
    }
  /** Rows that belong to the row whose id `find` returns for the typed text. */
  | {
      kind: 'owner'
      parameter: string
      title: string
      column: AnyPgColumn
      find: (typed: SQL) => SQL
      help: string
    }

/** Fields under one heading. */
export type Section<F = Field> = { title?: string; help?: string; fields: Record<string, F> }

/** Rows that are deleted together with a row. `ids` selects their ids, given a query of the deleted ids. */
export type Related = {
  /** `app.model`, if they belong to a registered model: then staff also need its permission to delete. */
  model?: string
  /** The label and description of rows of other tables. */
  named?: { title: string; plural: string; table: Table; describe: SQL }
  ids: (deleted: SQL) => SQL
}

/** Rows of a join table, which `of` joins to the deleted rows. */
export const relationship = (title: string, table: Table, of: AnyPgColumn, describe: SQL): Related => ({
  named: { title, plural: `${title}s`, table, describe },
  ids: (deleted) => sql`select id from ${table} where ${of} in (${deleted})`,
})

/** A row, and a text that is shown only once. */
export type Told = Named & { told: string }
/** A page that shows what a step `done` returned as `told`, beside the id and label of each row. */
export type Telling = { title: string; show: (rows: Told[]) => Child }

/** A form for a pasted list, one row per line. It replaces the form for adding. */
export type Pasting = {
  title: string
  label: string
  help: string
  /** The maximum number of lines. */
  most: number
  /** Returns the fault of a line, or null. */
  fault: (line: string) => string | null
  /** The step `done`, as in an action, and others. `lines` is a query of rows `line`. Existing rows are skipped. */
  steps: (lines: SQL) => Record<string, SQL> & { done: SQL }
  tells: Telling
  /** What to do for rows that are there already, if what was told of them was not seen. */
  unseen: string
}

/** An action on rows, beside adding, changing and deleting them. */
export type RowAction = {
  name: string
  /** The title in a list, for many rows, and on a row's page, for one; without a title it is not offered there. */
  titles: { many?: string; one?: string }
  needs: Exclude<Action, 'view' | 'add'>
  /** Rows for which only superusers may do it, in addition to the model's. */
  onlySuperusers?: SQL
  /** Whether it takes rows out of those of which the model keeps one. */
  isLeaving?: boolean
  /**
   * The step that does it, and others. `chosen` is a query of the ids of existing, locked rows that the caller may change.
   * `done` returns the affected rows: `id` and the label `repr`.
   */
  steps: (chosen: SQL) => Record<string, SQL> & { done: SQL }
  /** For each row's log: the labels of the changed fields, or `deleted`. */
  logs: string[] | 'deleted'
  /** The message of the next page for this many rows, or for one row's label if it was done on its page. */
  says: (count: number, repr: string | null) => string
  /** The next page, if it shows something once. */
  tells?: Telling
}

type Definition<T extends Table> = {
  app: { label: string; title: string }
  name: string
  title: string
  plural: string
  /** The label of a row, in messages and in the log; SQL over the table's row. */
  describe: SQL
  /**
   * A UUIDv7 column that identifies a row: a form that is sent twice adds one row, see `insert` and `checkAddition`.
   */
  publicId?: AnyPgColumn
  /** The actions that are allowed here, whatever a person's permissions; all if missing. */
  allows?: Action[]
  columns: [Column, ...Column[]]
  search?: { of: SQL | AnyPgColumn; title: string }
  filters?: Filter[]
  sections: Section<FieldOf<T>>[]
  /** The form for adding, if it differs; the row's page opens after it. */
  addSections?: Section<FieldOf<T>>[]
  /** The form to paste a list of new rows. */
  pasting?: Pasting
  /** More forms, each on its own page under the row, by the page's name. */
  pages?: Record<string, { title: string; link: string; done: string; section: Section<FieldOf<T>> }>
  /** The initial values of columns without a form field. */
  initial?: Partial<Record<Exclude<keyof T['_']['columns'] & string, 'id'>, SQL>>
  related?: Related[]
  /** Writes to other tables when rows are deleted, before their related rows are. `deleted` is a query of their ids. */
  beforeRemoval?: (deleted: SQL) => Record<string, SQL>
  /** What a deletion destroys beside the rows, in a sentence. */
  alsoLost?: string
  /** Runs after the answer to a deletion. */
  afterRemoval?: (db: Db, env: AppEnv['Bindings']) => Promise<void>
  /** A statement that follows a change of a row; it reads the id and these columns from `done`. */
  follows?: { columns: AnyPgColumn[]; as: SQL }
  actions?: RowAction[]
  /** Rows that only superusers may change or delete; SQL over the table's row. */
  onlySuperusers?: SQL
  /** Rows that other staff may change, but only superusers may delete. */
  onlySuperusersDelete?: SQL
  /** At least one row must satisfy this. `value` is a row's old or new value in a column. */
  keepsOne?: { where: (value: (column: AnyPgColumn) => SQL) => SQL; words: string }
}

/** A model, as the engine knows it. */
export type Model = Omit<Definition<Table>, 'sections' | 'addSections' | 'pages' | 'initial'> & {
  table: Table
  id: AnyPgColumn
  /** `app.model`, as in content types and permissions. */
  key: string
  path: string
  sections: Section[]
  addSections: Section[]
  addOpens: boolean
  pages: Record<string, ModelPage>
  initial: [AnyPgColumn, SQL][]
}

/** A form on a page of its own under a row. */
export type ModelPage = { title: string; link: string; done: string; sections: Section[] }

/** Describes a table to the admin. A field with another table's column does not compile. */
export const defineModel = <T extends Table>(table: T, definition: Definition<T>): Model => ({
  ...definition,
  table,
  id: table.id,
  key: `${definition.app.label}.${definition.name}`,
  path: `/admin/${definition.app.label}/${definition.name}/`,
  sections: definition.sections as Section[],
  addSections: ((definition.addSections ?? definition.sections) as Section[]).map(writable),
  addOpens: definition.addSections !== undefined,
  pages: Object.fromEntries(
    Object.entries(definition.pages ?? {}).map(([name, { section, ...page }]) => [
      name,
      { ...page, sections: [section as Section] },
    ]),
  ),
  initial: (Object.entries(definition.initial ?? {}) as [string, SQL][]).map(([name, value]) => [
    getTableColumns(table)[name]!,
    value,
  ]),
})

/** The section in the form for adding: there is no row to show or lock yet. */
const writable = ({ fields, ...section }: Section): Section => ({
  ...section,
  fields: Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.kind === 'shown' ? [] : [[name, { ...field, lockedWhere: undefined }]],
    ),
  ),
})

/** A column's bare name, for lists of columns. */
export const nameOf = (column: AnyPgColumn) => sql.identifier(toSnakeCase(column.name))

/** The type with which a column's values are read. `varchar(n)` would silently cut a long text. */
export const typeOf = (column: AnyPgColumn) => sql.raw(column.getSQLType().replace(/^varchar.*/, 'text'))

export const fieldsOf = (sections: Section[]): NamedField[] =>
  sections.flatMap(({ fields }) => Object.entries(fields))

export const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** One kind of rows for each word of a column. */
export const choicesOf = (column: AnyPgColumn, words: readonly string[]) =>
  Object.fromEntries(words.map((word) => [word, { title: word, where: sql`${column} = ${literal(word)}` }]))
