import { trim } from '../http/fields.ts'
import { type Entries, type FieldFaults, passwordIn, REQUIRED, type Value } from './entries.ts'
import type { Field, NamedField } from './fields.ts'
import { fieldsOf, type Model } from './model.ts'
import type { Known, Shown } from './record.ts'
import type { Staff } from './staff.ts'

/** A field that a form changes, and its new value: of a row that is referred to the id, of chosen ones all their ids. */
export type Change = { name: string; field: Field; value: Value }
export type Locks = Record<string, boolean>
export type Verdict = {
  faults: FieldFaults
  changes: Change[]
  /** What stands in the form as it stands in the row. */
  kept: Change[]
  /** Somebody else changed the row since the form was shown, and the form would change it as well. */
  isConflict: boolean
  /** The row to be added is there, with the same in it: the form came twice. */
  isRepeated: boolean
  /** Nothing speaks against writing the changes. */
  isGood: boolean
}

/** Judges a form that changes a row. `version` is the row's when the form was shown; empty for one that is to be overwritten. */
export function judgeChange(fields: NamedField[], entries: Entries, known: Known, version: string): Verdict {
  const { row } = known
  const found = compare(fields, entries, known, row)
  const isChanged = row !== null && version !== '' && version !== row.version
  const isConflict = !isFaulty(found) && isChanged && found.changes.length > 0
  return { ...found, isConflict, isRepeated: false, isGood: row !== null && !isFaulty(found) && !isConflict }
}

/** Judges a form that adds a row. */
export function judgeAddition(fields: NamedField[], entries: Entries, known: Known): Verdict {
  const { row } = known
  const found = compare(fields, entries, known, null)
  const again = row && compare(fields, entries, known, row)
  // Of a password only the hash is there, and a form that is sent once more has none.
  const [password] = passwordIn(fields) ?? []
  const isRepeated =
    again !== null &&
    Object.entries(again.faults).every(([name, [words]]) => name === password && words === REQUIRED) &&
    again.changes.every(({ name }) => name === password)
  return { ...found, isConflict: false, isRepeated, isGood: row === null && !isFaulty(found) }
}

const isFaulty = ({ faults }: { faults: FieldFaults }) => Object.keys(faults).length > 0

/** Whether who asks sees a row and can't change it, or there is nothing in its form to change. */
export const isReadOnly = (staff: Staff, model: Model, row: Shown) =>
  !staff.may('change', model) ||
  (row.isProtected && !staff.isSuperuser) ||
  fieldsOf(model.sections).every(([, { kind }]) => kind === 'shown')

/** Which fields who asks can't change, of a row or of a new one. */
export const locksOf = (fields: NamedField[], { staff, row }: Known): Locks =>
  row?.locks ??
  Object.fromEntries(
    fields.map(([name, { onlySuperusers = false }]) => [name, onlySuperusers && !staff.isSuperuser]),
  )

/** What is wrong with a form, and what it would change in `row`, or have in a new one. Locked fields are passed over. */
function compare(fields: NamedField[], entries: Entries, known: Known, row: Shown | null) {
  const locks = locksOf(fields, known)
  const faults: FieldFaults = {}
  const [changes, kept]: [Change[], Change[]] = [[], []]
  for (const [name, field] of fields) {
    if (locks[name]) continue
    const isKept = row !== null && isSame(name, field, entries, known, row)
    const words = entries.faults[name] ?? (isKept ? [] : faultsOf(name, field, entries, known))
    const value = field.kind === 'reference' ? known.found[name] : entries.values[name]
    if (words.length > 0) faults[name] = words
    else if (value !== undefined && value !== null) (isKept ? kept : changes).push({ name, field, value })
  }
  return { faults, changes, kept }
}

/** Whether a field stands in the form as it stands in the row. */
function isSame(name: string, field: Field, { typed, values }: Entries, known: Known, row: Shown) {
  if (field.kind === 'password') return false
  if (field.kind === 'reference') return known.found[name] === row.refersTo[name]
  if (field.kind === 'many') return String(sorted(values[name])) === String(sorted(row.typed[name]))
  // A text that we would write in another way stays as it is where nobody changed it.
  if (field.kind === 'text' && trim(String(typed[name] ?? '')) === row.typed[name]) return true
  return values[name] === row.typed[name]
}

const sorted = (ids: unknown) => (Array.isArray(ids) ? ids.toSorted((a, b) => Number(a) - Number(b)) : [])

const INVALID_CHOICE = 'Select a valid choice. That choice is not one of the available choices.'

/** What only the database can tell of a field. */
function faultsOf(name: string, field: Field, { values }: Entries, known: Known) {
  const value = values[name]
  if (field.kind === 'reference' && value !== undefined && !known.found[name]) return [INVALID_CHOICE]
  if (field.kind === 'text' && field.unique && known.taken[name]) return [field.unique.words]
  if (field.kind !== 'many' || !Array.isArray(value)) return []
  const ids = new Set((known.choices[name] ?? []).map(({ id }) => id))
  if (!value.every((id) => ids.has(id))) return [INVALID_CHOICE]
  return field.refused && known.refused[name] ? [field.refused.words] : []
}
