import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { toSnakeCase } from 'drizzle-orm/casing'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Child } from 'hono/jsx'
import type { Db } from '../db/client.ts'
import { literal } from '../db/statement.ts'
import type { AppEnv } from '../http/router.ts'
import type { Field, FieldOf, NamedField, Table } from './fields.ts'

/** A row's id, and what it is called. */
export type Named = { id: string; repr: string }
/** What may be done with a model's rows. */
export type Action = 'view' | 'add' | 'change' | 'delete'

/** A column of the list. Only one with `sort`, a column that an index begins with, can be sorted by. */
export type Column = {
  title: string
  shows: SQL | AnyPgColumn
  as?: 'text' | 'flag' | 'moment'
  sort?: AnyPgColumn
}

/** A choice beside the list, by one query parameter. */
export type Filter =
  | { kind: 'flag'; parameter: string; title: string; column: AnyPgColumn }
  | { kind: 'date'; parameter: string; title: string; column: AnyPgColumn }
  /** Kinds of rows, each by a condition over the table's row. */
  | {
      kind: 'choice'
      parameter: string
      title: string
      choices: Record<string, { title: string; where: SQL }>
    }
  /** Rows that belong to the row which `find` gives the id of, for what was typed. */
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

/** Rows that go along when a row is deleted. `ids` gives their ids for a query of the ids that are deleted. */
export type Related = {
  /** `app.model`, where they are a registered model's: then its permission to delete is needed too. */
  model?: string
  /** Where they are not: how to call and describe them. */
  named?: { title: string; plural: string; table: Table; describe: SQL }
  ids: (deleted: SQL) => SQL
}

/** Rows that only join the deleted ones, by `of`, to others. */
export const relationship = (title: string, table: Table, of: AnyPgColumn, describe: SQL): Related => ({
  named: { title, plural: `${title}s`, table, describe },
  ids: (deleted) => sql`select id from ${table} where ${of} in (${deleted})`,
})

/** A row, and what is told of it this once. */
export type Told = Named & { told: string }
/** A page that tells what a step `done` returned as `told`, beside the id and the name of each row. */
export type Telling = { title: string; show: (rows: Told[]) => Child }

/** Many rows of a list that is pasted, a line each. It takes the place of the form for adding. */
export type Pasting = {
  title: string
  label: string
  help: string
  /** How many lines at most. */
  most: number
  /** The words for what is wrong with a line, or null. */
  fault: (line: string) => string | null
  /** The step `done`, as of an action, and others: `lines` is a query of rows `line`. What is there already is passed over. */
  steps: (lines: SQL) => Record<string, SQL> & { done: SQL }
  tells: Telling
}

/** Something to do with rows, beside adding them and changing their fields. */
export type RowAction = {
  name: string
  /** How a list offers it for many rows, and a row's page for that one; for what it is not, it has no title. */
  titles: { many?: string; one?: string }
  needs: Exclude<Action, 'view' | 'add'>
  /** Rows, beside the model's, with which only superusers may do it. */
  onlySuperusers?: SQL
  /** Rows of which the model keeps one are none any more afterwards. */
  isLeaving?: boolean
  /**
   * The step that does it, and others: `chosen` is a query of the ids of rows that are there, locked, and that who asks
   * may do it to. `done` returns what it did: an `id` and, as the row is called, `repr`.
   */
  steps: (chosen: SQL) => Record<string, SQL> & { done: SQL }
  /** For each row's log: the labels of fields that change, or that it is gone. */
  logs: string[] | 'deleted'
  /** What the next page says of so many rows; of one, where it was done on its page, how that is called. */
  says: (count: number, repr: string | null) => string
  /** Where it tells something, that is the next page. */
  tells?: Telling
}

type Definition<T extends Table> = {
  app: { label: string; title: string }
  name: string
  title: string
  plural: string
  /** What a row is called, in messages and in the log; SQL over the table's row. */
  describe: SQL
  /** A column of UUIDv7 that identifies a row: a form that is sent twice adds one row, see `insert` and `judgeAddition`. */
  publicId?: AnyPgColumn
  /** All that may be done with its rows here, whatever somebody's permissions are; anything, where it is missing. */
  allows?: Action[]
  columns: [Column, ...Column[]]
  search?: { of: SQL | AnyPgColumn; title: string }
  filters?: Filter[]
  sections: Section<FieldOf<T>>[]
  /** The form for adding, where it is another; afterwards the row opens for the rest. */
  addSections?: Section<FieldOf<T>>[]
  /** Where rows are made of a list instead. */
  pasting?: Pasting
  /** Forms besides, each on a page of its own under the row, by the page's name. */
  pages?: Record<string, { title: string; link: string; done: string; section: Section<FieldOf<T>> }>
  /** What a new row holds in columns that no field of the form fills. */
  initial?: Partial<Record<Exclude<keyof T['_']['columns'] & string, 'id'>, SQL>>
  related?: Related[]
  /** What is written elsewhere where rows are deleted, before what belongs to them goes along. `deleted` is a query of their ids. */
  beforeRemoval?: (deleted: SQL) => Record<string, SQL>
  /** What is done after the answer where rows were deleted. */
  afterRemoval?: (db: Db, env: AppEnv['Bindings']) => Promise<void>
  /** What is written elsewhere where a row is changed: a statement over `done`, which holds its id and these columns of it. */
  follows?: { columns: AnyPgColumn[]; as: SQL }
  actions?: RowAction[]
  /** Rows that only superusers may change or delete; SQL over the table's row. */
  onlySuperusers?: SQL
  /** Rows that others may change, and only superusers delete. */
  onlySuperusersDelete?: SQL
  /** At least one row that this is true of stays. `value` is a row's value in a column, old or new. */
  keepsOne?: { where: (value: (column: AnyPgColumn) => SQL) => SQL; words: string }
}

/** One model, as the engine knows it. */
export type Model = Omit<Definition<Table>, 'sections' | 'addSections' | 'pages' | 'initial'> & {
  table: Table
  id: AnyPgColumn
  /** `app.model`, as content types and permissions are named. */
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

/** Describes a table to the admin. A field of another table's column does not compile. */
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

/** A section as the form for adding has it: there is no row yet to show, or to lock. */
const writable = ({ fields, ...section }: Section): Section => ({
  ...section,
  fields: Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.kind === 'shown' ? [] : [[name, { ...field, lockedWhere: undefined }]],
    ),
  ),
})

/** A column's name alone, as lists of columns want it. */
export const nameOf = (column: AnyPgColumn) => sql.identifier(toSnakeCase(column.name))

/** The type to read a column's values as. `varchar(n)` would cut what is too long in silence. */
export const typeOf = (column: AnyPgColumn) => sql.raw(column.getSQLType().replace(/^varchar.*/, 'text'))

export const fieldsOf = (sections: Section[]): NamedField[] =>
  sections.flatMap(({ fields }) => Object.entries(fields))

export const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Kinds of rows by the words that a column holds, each called by its word. */
export const choicesOf = (column: AnyPgColumn, words: readonly string[]) =>
  Object.fromEntries(words.map((word) => [word, { title: word, where: sql`${column} = ${literal(word)}` }]))
