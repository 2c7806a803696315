import { type Column, type Constraint, type Index, keyOf, type Schema } from './catalogue.ts'
import type { Migration, Statement } from './migrations.ts'

/**
 * A finding about one needed or disturbing thing. `to do`: adopt will do it, with `action`. `refused`: adopt will not do it.
 * `note`: adopt leaves it alone, and an operator may want to know.
 */
export type Finding = {
  verdict: 'as needed' | 'to do' | 'refused' | 'note'
  table: string
  kind: string
  name: string
  words: string
  action?: Action
}
export type Action = { does: 'apply'; key: string } | { does: 'rename'; to: string } | { does: 'remove' }

/** The key of what a statement makes; if several statements make one thing, the last counts. */
export function statementKey(statement: Statement) {
  if (statement.kind === 'table') return `table ${statement.table}`
  return 'name' in statement ? `${statement.kind} ${keyOf(statement)}` : undefined
}

/** The name of a foreign key while it exists beside the one that it will replace. */
export const temporaryName = (name: string) => `${name.slice(0, 57)}_adopt`

/** Compares the present schema with the needed one. */
export function compare(actual: Schema, needed: Schema, migrations: [Migration, ...Migration[]]): Finding[] {
  const context = { actual, needed, addable: addableTo(migrations) }
  return [
    ...Array.from(needed.tables.keys()).flatMap((table) => compareTable(table, context)),
    ...Array.from(needed.columns.values()).flatMap((column) => compareColumn(column, context)),
    ...Array.from(needed.constraints.values()).flatMap((constraint) =>
      compareConstraint(constraint, context),
    ),
    ...Array.from(needed.indexes.values()).flatMap((index) => compareIndex(index, context)),
    ...describeExtras(context),
  ]
}

type Context = { actual: Schema; needed: Schema; addable: Set<string> }

/** What may be missing: everything that later migrations make, and any index, which affects only speed. */
function addableTo([baseline, ...later]: [Migration, ...Migration[]]) {
  const keys = new Set(later.flatMap(({ statements }) => statements.map(statementKey)))
  for (const statement of baseline.statements) {
    if (statement.kind === 'index') keys.add(statementKey(statement))
    else keys.delete(statementKey(statement))
  }
  keys.delete(undefined)
  return keys as Set<string>
}

function compareTable(table: string, { actual, needed, addable }: Context): Finding[] {
  const about = { table, kind: 'table', name: '' }
  const found = actual.tables.get(table)
  if (found?.isOwned) return []
  if (found)
    return [{ ...about, verdict: 'refused', words: "belongs to another role: run this as the table's owner" }]
  const sequence = `${table}_id_seq`
  return [
    inTheWay(about, table, actual) ??
      (actual.types.has(table) ? isTaken(about, 'a type', table) : null) ??
      (needed.names.has(sequence) ? inTheWay(about, sequence, actual) : null) ??
      absent(about, `table ${table}`, addable, 'to be made', 'is missing'),
  ]
}

function compareColumn(needed: Column, { actual, addable }: Context): Finding[] {
  const { table, name } = needed
  const about = { table, kind: 'column', name }
  const found = actual.columns.get(keyOf(needed))
  const words = describeColumn(needed)
  if (!found) {
    const key = `column ${keyOf(needed)}`
    if (!actual.tables.has(table) && !addable.has(key)) return []
    return [absent(about, key, addable, `to be added as ${words}`, `is missing, ${words} is needed`)]
  }
  // A default that we don't need may serve somebody else.
  const isSame =
    found.type === needed.type &&
    found.isNullable === needed.isNullable &&
    (needed.default === null
      ? !found.default?.startsWith('generated always')
      : found.default === needed.default)
  if (isSame) return [{ ...about, verdict: 'as needed', words }]
  return [{ ...about, verdict: 'refused', words: `is ${describeColumn(found)}, ${words} is needed` }]
}

const describeColumn = ({ type, isNullable, default: value }: Column) =>
  [type, isNullable ? 'null' : 'not null', value?.replace(/^(?!generated)/, 'default ')]
    .filter(Boolean)
    .join(' ')

function compareConstraint(needed: Constraint, context: Context): Finding[] {
  const { actual, addable } = context
  const { table, name, kind, definition } = needed
  const about = { table, kind, name }
  const key = `${kind} ${keyOf(needed)}`
  const found = actual.constraints.get(keyOf(needed)) ?? twin(needed, 'constraints', context)
  if (!found) {
    const other = ['unique', 'primary key'].includes(kind) ? inTheWay(about, name, actual) : null
    if (other) return [other]
    if (!actual.tables.has(table) && !addable.has(key)) return []
    return [absent(about, key, addable, 'to be added', `is missing: ${definition}`)]
  }
  if (coreOf(found) !== coreOf(needed))
    return [{ ...about, verdict: 'refused', words: `is ${found.definition}, ${definition} is needed` }]

  const hasIndex = ['unique', 'primary key'].includes(kind)
  const inItsWay = hasIndex ? inTheWay(about, name, actual) : null
  const findings = found.name === name ? [] : [inItsWay ?? rename(found, kind, name)]
  const temporary = temporaryName(name)
  if (kind === 'foreign key' && (found.definition !== definition || !found.isValid)) {
    const words = `to be replaced by one with ${definition.replace(coreOf(needed), '').trim()}`
    findings.push({ ...about, verdict: 'to do', words, action: { does: 'apply', key } })
  } else if (!found.isValid) findings.push({ ...about, verdict: 'refused', words: 'has not been validated' })
  else if (actual.constraints.has(keyOf({ table, name: temporary }))) {
    const words = 'to be removed, left over by an interrupted run'
    findings.push({ ...about, name: temporary, verdict: 'to do', words, action: { does: 'remove' } })
  }
  return findings.length > 0 ? findings : [{ ...about, verdict: 'as needed', words: definition }]
}

/**
 * For a foreign key, its columns without its actions on delete and the time of its check; for others, the whole definition.
 */
function coreOf({ definition }: Constraint | Index) {
  return /^FOREIGN KEY \(.*?\) REFERENCES .*?\(.*?\)/.exec(definition)?.[0] ?? definition
}

function compareIndex(needed: Index, context: Context): Finding[] {
  const { actual, addable } = context
  const { table, name, definition } = needed
  const about = { table, kind: 'index', name }
  const key = `index ${keyOf(needed)}`
  const found = actual.indexes.get(keyOf(needed)) ?? twin(needed, 'indexes', context)
  if (!found) {
    if (!actual.tables.has(table) && !addable.has(key)) return []
    const other = inTheWay(about, name, actual)
    return [other ?? absent(about, key, addable, 'to be built', `is missing: ${definition}`)]
  }
  if (found.definition !== definition)
    return [{ ...about, verdict: 'refused', words: `is ${found.definition}, ${definition} is needed` }]
  if (!found.isValid) {
    const words = 'to be rebuilt, an interrupted build left it invalid'
    return [{ ...about, verdict: 'to do', words, action: { does: 'apply', key } }]
  }
  if (found.name !== name) return [inTheWay(about, name, actual) ?? rename(found, 'index', name)]
  return [{ ...about, verdict: 'as needed', words: definition }]
}

type About = Pick<Finding, 'table' | 'kind' | 'name'>

/** Whether something else has the name that a missing thing needs. */
function inTheWay(about: About, name: string, { names }: Schema): Finding | null {
  const other = names.get(name)
  return other ? isTaken(about, other, name) : null
}

const isTaken = (about: About, other: string, name: string): Finding => {
  const its = [about.name, about.table].includes(name) ? 'its name' : `the name ${name}`
  return { ...about, verdict: 'refused', words: `is missing, and ${other} has ${its}` }
}

/** A missing thing is added if a migration can, and refused if it should already exist. */
function absent(about: About, key: string, addable: Set<string>, toDo: string, refused: string): Finding {
  if (!addable.has(key)) return { ...about, verdict: 'refused', words: refused }
  return { ...about, verdict: 'to do', words: toDo, action: { does: 'apply', key } }
}

/** A thing that differs only in its name, which Django may have made from another state of its project. */
function twin<Kind extends 'constraints' | 'indexes'>(
  thing: Constraint | Index,
  kind: Kind,
  { actual, needed }: Context,
) {
  const others: (Constraint | Index)[] = Array.from(actual[kind].values())
  return others.find(
    (other) =>
      other.table === thing.table &&
      other.isValid &&
      coreOf(other) === coreOf(thing) &&
      !needed[kind].has(keyOf(other)) &&
      !isTemporary(other.name),
  ) as (Kind extends 'constraints' ? Constraint : Index) | undefined
}

const isTemporary = (name: string) => name.endsWith('_adopt')

const rename = ({ table, name }: Constraint | Index, kind: string, to: string): Finding => ({
  verdict: 'to do',
  table,
  kind,
  name,
  words: `to be renamed ${to}`,
  action: { does: 'rename', to },
})

/** Things that are not ours. They stay, but may get in the way. */
function describeExtras(context: Context): Finding[] {
  const { actual, needed } = context
  const columns = Array.from(actual.columns.values()).filter(
    (column) => needed.tables.has(column.table) && !needed.columns.has(keyOf(column)),
  )
  const renamed = new Set(
    Array.from(needed.constraints.values())
      .filter((constraint) => !actual.constraints.has(keyOf(constraint)))
      .map((constraint) => twin(constraint, 'constraints', context)),
  )
  const constraints = Array.from(actual.constraints.values()).filter(
    (constraint) =>
      !needed.constraints.has(keyOf(constraint)) && !renamed.has(constraint) && !isTemporary(constraint.name),
  )
  const renamedIndexes = new Set(
    Array.from(needed.indexes.values())
      .filter((index) => !actual.indexes.has(keyOf(index)))
      .map((index) => twin(index, 'indexes', context)),
  )
  const uniqueIndexes = Array.from(actual.indexes.values()).filter(
    (index) =>
      needed.tables.has(index.table) &&
      index.definition.startsWith('UNIQUE ') &&
      !needed.indexes.has(keyOf(index)) &&
      !renamedIndexes.has(index),
  )
  return [
    ...columns.map(({ table, name, isNullable, default: value }): Finding => {
      const about = { table, kind: 'column', name }
      if (isNullable || value !== null) return { ...about, verdict: 'note', words: 'is not ours, and stays' }
      const words = 'is not ours, not null and without a default: every row of ours would be refused'
      return { ...about, verdict: 'refused', words }
    }),
    ...constraints.flatMap(({ table, name, kind, definition }): Finding[] => {
      if (needed.tables.has(table))
        return [{ verdict: 'note', table, kind, name, words: `is not ours, and stays: ${definition}` }]
      const parent = /REFERENCES "?(\w+)"?/.exec(definition)?.[1]
      if (!parent || !needed.tables.has(parent) || /ON DELETE (CASCADE|SET)/.test(definition)) return []
      const words = `keeps the Worker from deleting rows of ${parent} that are named here`
      return [{ verdict: 'note', table, kind, name, words }]
    }),
    ...uniqueIndexes.map(({ table, name, definition }): Finding => {
      const words = `is not ours, and stays; it may refuse rows of the Worker's: ${definition}`
      return { verdict: 'note', table, kind: 'index', name, words }
    }),
    ...actual.triggers
      .filter(({ table }) => needed.tables.has(table))
      .map((trigger): Finding => ({
        ...trigger,
        kind: 'trigger',
        verdict: 'note',
        words: 'is not ours, and stays',
      })),
  ]
}
