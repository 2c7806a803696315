import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { given, listOf, literal, object, oneOf } from '../db/statement.ts'
import { type Field, INVALID_CHOICE, type Typed } from './fields.ts'
import { logged } from './log.ts'
import { fieldsOf, type Model, nameOf, type Section } from './model.ts'
import { isSuperuser, may, staffReads, staffWrites } from './staff.ts'

/** A row as a form shows it. */
export type Shown = {
  id: string
  repr: string
  isProtected: boolean
  typed: Typed
  /** What rows that are referred to are called. */
  labels: Record<string, string | null>
  locks: Record<string, boolean>
  version: string
}
export type Choice = { id: string; label: string }
export type Choices = Record<string, Choice[]>

type Form = ReturnType<typeof formOf>
const forms = new WeakMap<Section[], Form>()

/** The statements of one form of a model, built when they are first sent. */
export function form(model: Model, sections: Section[]): Form {
  const known = forms.get(sections) ?? formOf(model, sections)
  forms.set(sections, known)
  return known
}

function formOf(model: Model, sections: Section[]) {
  const fields = fieldsOf(sections)
  const row = oneOf<Shown>(shownRow(model, fields))
  const choices = object<Choices>(
    fields.flatMap(([name, field]) => (field.kind === 'many' ? [[name, listOf(field.choices)]] : [])),
  )
  return {
    blank: staffReads(() => ({ answers: { choices, key: sql<string>`uuidv7()` } })),
    read: staffReads(() => ({ answers: { row, choices } })),
    add: staffWrites(() => ({
      steps: {
        ...references(fields),
        checked: checked(model, fields),
        done: insertion(model, fields),
        ...joins(fields),
        logged: logged(model, 'added'),
      },
      answers: {
        choices,
        faults: faults(fields),
        done,
        existing: oneOf<Done & { isSame: boolean }>(existing(model, fields)),
        key: sql<string>`uuidv7()`,
      },
    })),
    change: staffWrites(() => ({
      steps: {
        ...references(fields),
        checked: checked(model, fields),
        conflict: conflict(model, fields),
        seen: sql`select xmin as version from ${model.table} where ${theRow(model)}`,
        ...keeping(model, leaves(model, fields)),
        done: update(model, fields),
        ...(model.follows && { follows: model.follows.as }),
        ...joins(fields),
        logged: logged(model, 'changed', changedLabels(fields)),
      },
      answers: {
        row,
        choices,
        faults: faults(fields),
        isConflict: sql<boolean>`exists (select from conflict)`,
        isLast: isLast(model),
        done,
      },
    })),
  }
}

type Done = { id: string; repr: string }
const done = oneOf<Done>(sql`select id::text, repr from done`)

const theRow = (model: Model) => sql`${model.id} = ${given('id', 'bigint')}`
const reference = (name: string) => sql.identifier(`to_${name}`)

const shownRow = (model: Model, fields: [string, Field][]) => {
  return sql`
    select ${model.id}::text as id, ${model.describe} as repr, ${model.onlySuperusers ?? sql`false`} as "isProtected",
      ${typedObject(model, fields)} as typed, ${labels(fields)} as labels, ${version(model, fields)} as version,
      ${object(fields.map(([name, field]) => [name, sql`coalesce(${isLocked(field)}, false)`]))} as locks
    from ${model.table} where ${theRow(model)} and ${may('view', model)}`
}

const typedObject = (model: Model, fields: [string, Field][]) =>
  object<Typed>(fields.map(([name, field]) => [name, typedValue(model, field)]))

/** Another one where somebody changed what the form writes; what it only shows may change by itself. */
const version = (model: Model, fields: [string, Field][]) => {
  const written = fields.filter(([, { kind }]) => kind !== 'shown')
  return sql`md5(${typedObject(model, written)}::text)`
}

/** What a form shows of a field; of a password, what a new one must not resemble. */
function typedValue(model: Model, field: Field): SQL {
  if (field.kind === 'password') {
    const { email, first_name, last_name } = field.resembles
    return sql`json_build_object('email', ${email}, 'first_name', ${first_name}, 'last_name', ${last_name})`
  }
  if (field.kind === 'shown') return sql`${field.shows}`
  if (field.kind === 'reference')
    return sql`(select (${field.typed})::text from ${field.to} where ${field.to.id} = ${field.column})`
  if (field.kind === 'many')
    return sql`(select coalesce(json_agg(${field.theirs}::text order by ${field.theirs}), '[]') from ${field.through}
      where ${field.mine} = ${model.id})`
  return sql`${field.column}`
}

const labels = (fields: [string, Field][]) =>
  object<Record<string, string | null>>(
    fields.flatMap(([name, field]) =>
      field.kind === 'reference'
        ? [
            [
              name,
              sql`(select ${field.describe} from ${field.to} where ${field.to.id} = ${field.column})`,
            ] as [string, SQL],
          ]
        : [],
    ),
  )

const isLocked = ({ onlySuperusers, lockedWhere }: Field) =>
  sql.join(
    [
      onlySuperusers ? sql`${isSuperuser} is not true` : sql`false`,
      ...(lockedWhere ? [sql`(${lockedWhere})`] : []),
    ],
    sql` or `,
  )

/** The rows that are referred to; they stay until this one is written, as they are where it takes more from them. */
const references = (fields: [string, Field][]) =>
  Object.fromEntries(
    fields.flatMap(([name, field]) =>
      field.kind === 'reference'
        ? [
            [
              `to_${name}`,
              sql`select ${sql.join([field.to.id, ...(field.also ?? []).map(([, theirs]) => theirs)], sql`, `)}
                from ${field.to} where ${field.where(given(name))}
                order by ${field.order?.(given(name)) ?? field.to.id} limit 1 for ${sql.raw(field.also ? 'share' : 'key share')}`,
            ],
          ]
        : [],
    ),
  )

/** What only the database can tell of a field: one column each, true where it is wrong. */
const checks = (model: Model | null, fields: [string, Field][]) =>
  fields.flatMap(([name, field]): { name: string; column: string; words: string; isWrong: SQL }[] => {
    if (field.kind === 'reference')
      return [
        {
          name,
          column: name,
          words: INVALID_CHOICE,
          isWrong: sql`not exists (select from ${reference(name)})`,
        },
      ]
    if (field.kind === 'text' && field.unique)
      return [
        {
          name,
          column: name,
          words: field.unique.words,
          isWrong: model
            ? sql`exists (select from ${model.table} where ${field.unique.where(given(name))}
                and ${model.id} is distinct from ${given('id', 'bigint')})
              and not exists (select from ${model.table} where ${theRow(model)} and ${isKept(name, field)})`
            : sql`false`,
        },
      ]
    if (field.kind !== 'many') return []
    const chosen = given(name, 'int[]')
    const isChosen = sql`exists (select from (${field.choices}) as choice where choice.id = chosen.id::text)`
    const refused = field.refused && {
      name,
      column: `${name}_refused`,
      words: field.refused.words,
      isWrong: field.refused.where(given('id', 'bigint'), chosen),
    }
    const unknown = {
      name,
      column: name,
      words: INVALID_CHOICE,
      isWrong: sql`exists (select from unnest(${chosen}) as chosen (id) where not ${isChosen})`,
    }
    return refused ? [unknown, refused] : [unknown]
  })

const checked = (model: Model, fields: [string, Field][]) => sql`
  select ${sql.join(
    [
      sql`false as "nothing"`,
      ...checks(model, fields).map(
        ({ column, isWrong }) => sql`coalesce(${isWrong}, false) as ${sql.identifier(column)}`,
      ),
    ],
    sql`, `,
  )}`

const isUnchecked = (fields: [string, Field][]) =>
  sql`exists (select from checked where ${sql.join(
    [sql`"nothing"`, ...checks(null, fields).map(({ column }) => sql`${sql.identifier(column)}`)],
    sql` or `,
  )})`

/** The words for the first thing wrong with each field that only the database could tell. */
function faults(fields: [string, Field][]) {
  const all = checks(null, fields)
  return object<Record<string, string | null>>(
    fields.flatMap(([name]): [string, SQL][] => {
      const words = all
        .filter((check) => check.name === name)
        .map(
          ({ column, words }) => sql`(select ${literal(words)} from checked where ${sql.identifier(column)})`,
        )
      return words.length > 0 ? [[name, sql`coalesce(${sql.join(words, sql`, `)})`]] : []
    }),
  )
}

/** A column that a form writes, its value, and the field; where there is a fourth, it is true where the column stays. */
type Assignment = [AnyPgColumn, SQL, Field, SQL?]

/** Each column that a form writes. */
function assignments(fields: [string, Field][]): Assignment[] {
  return fields.flatMap(([name, field]): Assignment[] => {
    if (field.kind === 'text')
      return [field.column, ...(field.also ?? [])].map((column) => [
        column,
        given(name),
        field,
        isKept(name, field),
      ])
    if (field.kind === 'flag') return [[field.column, given(name, 'boolean'), field]]
    if (field.kind === 'reference')
      return [
        [field.column, sql`(select id from ${reference(name)})`, field],
        ...(field.also ?? []).map(([column, theirs]): Assignment => [
          column,
          sql`(select ${nameOf(theirs)} from ${reference(name)})`,
          field,
        ]),
      ]
    if (field.kind === 'password')
      return [
        [field.column, given(name), field],
        [field.endsSessions, sql`to_timestamp(${given('now', 'float8')})`, field],
      ]
    return []
  })
}

/** Whether a text stands in the form as it stands in the row. */
const isKept = (name: string, { column }: Extract<Field, { kind: 'text' }>) =>
  sql`${column} is not distinct from ${given(`${name}_typed`)}`

const isLockable = ({ onlySuperusers, lockedWhere }: Field) => Boolean(onlySuperusers || lockedWhere)

/** The value that a column of the row will have. */
function next([column, value, field, stays]: Assignment) {
  const wanted = stays ? sql`case when ${stays} then ${column} else ${value} end` : value
  return isLockable(field)
    ? sql`case when ${isLocked(field)} then ${column} else coalesce(${wanted}, ${column}) end`
    : wanted
}

function insertion(model: Model, fields: [string, Field][]) {
  const values: [SQL, SQL][] = [
    ...assignments(fields).map(([column, value, field]): [SQL, SQL] => [
      sql`${nameOf(column)}`,
      field.onlySuperusers ? sql`(${isSuperuser} and ${value})` : value,
    ]),
    ...(model.publicId
      ? [[sql`${nameOf(model.publicId)}`, sql`coalesce(${given('key', 'uuid')}, uuidv7())`] as [SQL, SQL]]
      : []),
    ...model.initial
      .filter(
        ([column]) =>
          !assignments(fields).some(([written]) => nameOf(written).value === nameOf(column).value),
      )
      .map(([column, value]): [SQL, SQL] => [sql`${nameOf(column)}`, value]),
  ]
  const onConflict = model.publicId ? sql`on conflict (${nameOf(model.publicId)}) do nothing` : sql``
  return sql`
    insert into ${model.table} (${sql.join(
      values.map(([name]) => name),
      sql`, `,
    )})
    select ${sql.join(
      values.map(([, value]) => value),
      sql`, `,
    )} from staff
    where ${given('isValid', 'boolean')} and ${may('add', model)} and not ${isUnchecked(fields)}
    ${onConflict}
    returning ${model.id}, ${model.describe} as repr`
}

/** The row that the same form made already, and whether it holds what was sent now: all but a password, which is hashed. */
const existing = (model: Model, fields: [string, Field][]) =>
  model.publicId
    ? sql`select ${model.id}::text as id, ${model.describe} as repr, not (${anyDiffers(model, withoutPasswords(fields))}) as "isSame"
        from ${model.table} where ${model.publicId} = ${given('key', 'uuid')} and ${may('add', model)}`
    : sql`select null as id where false`

/** Whether somebody else changed the row since the form was shown, and the form would change that. */
const isStale = (model: Model, fields: [string, Field][]) => sql`
  (${given('version')} <> '' and ${given('version')} <> ${version(model, fields)}
    and (${anyDiffers(model, fields)}))`

const withoutPasswords = (fields: [string, Field][]) => fields.filter(([, { kind }]) => kind !== 'password')

const anyDiffers = (model: Model, fields: [string, Field][]) =>
  sql.join([sql`false`, ...fields.flatMap(([name, field]) => differs(model, name, field))], sql` or `)

const conflict = (model: Model, fields: [string, Field][]) =>
  sql`select ${model.id} from ${model.table} where ${theRow(model)} and ${isStale(model, fields)}`

/**
 * Whether nobody saves the row at the same moment. Postgres asks again once it has the row's lock; joined rows it still
 * sees as they were when the statement began, so there the row itself has to be the same.
 */
const isOurs = (model: Model, fields: [string, Field][]) =>
  fields.some(([, { kind }]) => kind === 'many')
    ? sql`(${given('version')} = '' or ${model.table}.xmin = (select version from seen))`
    : sql`${isStale(model, fields)} is not true`

function differs(model: Model, name: string, field: Field): SQL[] {
  if (field.kind === 'shown') return []
  if (field.kind === 'many') {
    const mine = sql`select ${field.theirs} from ${field.through} where ${field.mine} = ${model.id}`
    const chosen = sql`select unnest(${given(name, 'int[]')})`
    return [
      sql`(not (${isLocked(field)}) and (exists (${mine} except ${chosen}) or exists (${chosen} except (${mine}))))`,
    ]
  }
  return assignments([[name, field]])
    .slice(0, 1)
    .map((assignment) => sql`${assignment[0]} is distinct from ${next(assignment)}`)
}

function update(model: Model, fields: [string, Field][]) {
  const columns = assignments(fields)
  const labelled = fields.flatMap(([name, field]) => {
    const [column] = assignments([[name, field]])[0] ?? []
    // Django's own word for it.
    return column ? [{ column, label: field.kind === 'password' ? 'password' : field.label }] : []
  })
  return sql`
    update ${model.table} set ${sql.join(
      columns.map((assignment) => sql`${nameOf(assignment[0])} = ${next(assignment)}`),
      sql`, `,
    )}
    where ${theRow(model)} and ${given('isValid', 'boolean')} and ${may('change', model)}
      and (${isSuperuser} or ${model.onlySuperusers ?? sql`false`} is not true)
      and not ${isUnchecked(fields)} and not exists (select from conflict) and not ${isLast(model)}
      and ${isOurs(model, fields)}
    returning ${sql.join([model.id, ...(model.follows?.columns ?? [])], sql`, `)}, ${model.describe} as repr, array_remove(array[${sql.join(
      labelled.map(
        ({ column, label }) =>
          sql`case when old.${nameOf(column)} is distinct from new.${nameOf(column)} then ${literal(label)} end`,
      ),
      sql`, `,
    )}]::text[], null) as fields`
}

/** Whether saving the form makes the row one that does not count as kept any more. */
const leaves = (model: Model, fields: [string, Field][]) => {
  const { where } = model.keepsOne ?? { where: () => sql`false` }
  const columns = assignments(fields)
  const after = (column: AnyPgColumn) => {
    const assignment = columns.find(([written]) => written === column)
    return assignment ? next(assignment) : sql`${column}`
  }
  return sql`select ${model.id} from ${model.table}
    where ${theRow(model)} and ${given('isValid', 'boolean')} and (${where((column) => sql`${column}`)}) and not (${where(after)})`
}

/**
 * Steps that see whether at least one row stays of those the model keeps: `leaving`, the rows that will not count any
 * more, and `staying`, the others. All are locked in one order, so that of two who leave at once the second sees that
 * it is the last.
 */
export const keeping = ({ keepsOne, table, id }: Model, leaving: SQL): Record<string, SQL> =>
  keepsOne
    ? {
        leaving,
        counting: sql`select ${id} from ${table}
          where ${keepsOne.where((column) => sql`${column}`)} and exists (select from leaving) order by ${id} for update`,
        staying: sql`select id from counting where id not in (select id from leaving)`,
      }
    : {}

/** Whether none of the rows would stay of which one must. */
export const isLast = ({ keepsOne }: Model) =>
  keepsOne
    ? sql<boolean>`(exists (select from leaving) and not exists (select from staying))`
    : sql<boolean>`false`

/** Steps that make a row's joined rows those that were chosen. */
const joins = (fields: [string, Field][]) =>
  Object.fromEntries(
    fields.flatMap(([name, field]) => {
      if (field.kind !== 'many') return []
      const { through, mine, theirs } = field
      const chosen = given(name, 'int[]')
      const isFree = sql`not (${isLocked(field)})`
      return [
        [
          `left_${name}`,
          sql`delete from ${through} where ${mine} in (select id from done) and ${theirs} <> all (${chosen}) and ${isFree} returning 1`,
        ],
        [
          `joined_${name}`,
          sql`insert into ${through} (${nameOf(mine)}, ${nameOf(theirs)})
            select done.id, chosen.id from done, unnest(${chosen}) as chosen (id)
            where ${isFree} and not exists (select from ${through} where ${mine} = done.id and ${theirs} = chosen.id)
            on conflict (${nameOf(mine)}, ${nameOf(theirs)}) do nothing returning 1`,
        ],
      ]
    }),
  )

const changedLabels = (fields: [string, Field][]) =>
  sql.join(
    [
      sql`done.fields`,
      ...fields.flatMap(([name, field]) =>
        field.kind === 'many'
          ? [
              sql`case when exists (select from ${sql.identifier(`left_${name}`)}) or exists (select from ${sql.identifier(`joined_${name}`)})
                then array[${literal(field.label)}] else '{}'::text[] end`,
            ]
          : [],
      ),
    ],
    sql` || `,
  )
