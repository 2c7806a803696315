import { trim } from '../http/fields.ts'
import { type Entries, type FieldFaults, passwordIn, REQUIRED, type Value } from './entries.ts'
import type { Field, NamedField } from './fields.ts'
import { fieldsOf, type Model } from './model.ts'
import type { Known, Shown } from './record.ts'
import type { Staff } from './staff.ts'

/** A field that a form changes, and its new value: for a reference the id, for a choice all chosen ids. */
export type Change = { name: string; field: Field; value: Value }
export type Locks = Record<string, boolean>
export type Checked = {
  faults: FieldFaults
  changes: Change[]
  /** The fields that are the same in the form and in the row. */
  kept: Change[]
  /** Somebody else changed any field of the row since the form was shown, and the form has changes and no faults. */
  isConflict: boolean
  /** The row to add already exists with the same values: the form was sent twice. */
  isRepeated: boolean
  /** Nothing prevents writing the changes. */
  isGood: boolean
}

/** Checks a form that changes a row. `version` is the row's when the form was shown; empty to overwrite. */
export function checkChange(fields: NamedField[], entries: Entries, known: Known, version: string): Checked {
  const { row } = known
  const found = compare(fields, entries, known, row)
  const isChanged = row !== null && version !== '' && version !== row.version
  const isConflict = !isFaulty(found) && isChanged && found.changes.length > 0
  return { ...found, isConflict, isRepeated: false, isGood: row !== null && !isFaulty(found) && !isConflict }
}

/** Checks a form that adds a row. */
export function checkAddition(fields: NamedField[], entries: Entries, known: Known): Checked {
  const { row } = known
  const found = compare(fields, entries, known, null)
  const again = row && compare(fields, entries, known, row)
  // Only the hash of a password is stored, and a form that is sent again has none.
  const [password] = passwordIn(fields) ?? []
  const isRepeated =
    again !== null &&
    Object.entries(again.faults).every(([name, [words]]) => name === password && words === REQUIRED) &&
    again.changes.every(({ name }) => name === password)
  return { ...found, isConflict: false, isRepeated, isGood: row === null && !isFaulty(found) }
}

const isFaulty = ({ faults }: { faults: FieldFaults }) => Object.keys(faults).length > 0

/** Whether this member of staff may only view the row, or its form has nothing to change. */
export const isReadOnly = (staff: Staff, model: Model, row: Shown) =>
  !staff.may('change', model) ||
  (row.isProtected && !staff.isSuperuser) ||
  fieldsOf(model.sections).every(([, { kind }]) => kind === 'shown')

/** The fields that this member of staff can't change, of a row or of a new one. */
export const locksOf = (fields: NamedField[], { staff, row }: Known): Locks =>
  row?.locks ??
  Object.fromEntries(
    fields.map(([name, { onlySuperusers = false }]) => [name, onlySuperusers && !staff.isSuperuser]),
  )

/** The faults of a form, and its changes to `row` or its values for a new one. Locked fields are skipped. */
function compare(fields: NamedField[], entries: Entries, known: Known, row: Shown | null) {
  const locks = locksOf(fields, known)
  const faults: FieldFaults = {}
  const [changes, kept]: [Change[], Change[]] = [[], []]
  for (const [name, field] of fields) {
    if (locks[name]) continue
    const isKept = row !== null && isSame(name, field, entries, known, row)
    const words = entries.faults[name] ?? (isKept ? [] : faultsOf(name, field, entries, known))
    // Of a new row, every tick has a value, also if the form did not list it.
    const unticked = row === null && field.kind === 'flag' ? false : undefined
    const value = field.kind === 'reference' ? known.found[name] : (entries.values[name] ?? unticked)
    if (words.length > 0) faults[name] = words
    else if (value !== undefined && value !== null) (isKept ? kept : changes).push({ name, field, value })
  }
  return { faults, changes, kept }
}

/** Whether the form and the row have the same value for a field. */
function isSame(name: string, field: Field, { typed, values }: Entries, known: Known, row: Shown) {
  if (field.kind === 'password') return false
  if (field.kind === 'reference') return known.found[name] === row.refersTo[name]
  if (field.kind === 'many') return String(sorted(values[name])) === String(sorted(row.typed[name]))
  // An unchanged text stays as it is, even if we would normalize it differently.
  if (field.kind === 'text') {
    const [text, stored] = [String(typed[name] ?? ''), String(row.typed[name] ?? '')]
    if (text === withBrowsersLines(stored) || trim(text) === stored) return true
  }
  return values[name] === row.typed[name]
}

/** A browser sends the line ends of a text in its own way; `readEntries` reads them as these. */
const withBrowsersLines = (text: string) => text.replaceAll(/\r\n?/g, '\n')

const sorted = (ids: unknown) => (Array.isArray(ids) ? ids.toSorted((a, b) => Number(a) - Number(b)) : [])

const INVALID_CHOICE = 'Select a valid choice. That choice is not one of the available choices.'

/** The faults of a field that only the database knows. */
function faultsOf(name: string, field: Field, { values }: Entries, known: Known) {
  const value = values[name]
  if (field.kind === 'reference' && value !== undefined && !known.found[name]) return [INVALID_CHOICE]
  if (field.kind === 'text' && field.unique && known.taken[name]) return [field.unique.words]
  if (field.kind !== 'many' || !Array.isArray(value)) return []
  const ids = new Set((known.choices[name] ?? []).map(({ id }) => id))
  if (!value.every((id) => ids.has(id))) return [INVALID_CHOICE]
  return field.refused && known.refused[name] ? [field.refused.words] : []
}
