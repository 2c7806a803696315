import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { passwordFaults, type Person } from '../auth/password-rules.ts'
import { codePoints, trim } from '../http/fields.ts'
import type { Field, NamedField, TextRules } from './fields.ts'

/** The content of a form: texts, ticks, and chosen ids. */
export type Typed = Record<string, string | boolean | string[] | null>
export type Value = string | boolean | string[]
export type FieldFaults = Record<string, string[]>
/**
 * A form as it was sent: the typed texts, their values, and their faults. A field that is wrong or was not sent has no value.
 */
export type Entries = { typed: Typed; values: Record<string, Value>; faults: FieldFaults }

/** The name of the inputs that list the ticks and choices in a form. */
export const HAS = '_has'
export const REQUIRED = 'This field is required.'

/** Reads a form, except its passwords. */
export function readEntries(fields: NamedField[], form: URLSearchParams): Entries {
  const entries: Entries = { typed: {}, values: {}, faults: {} }
  for (const [name, field] of fields) {
    const entry = readEntry(name, field, form)
    if (!entry) continue
    entries.typed[name] = entry.typed
    if (entry.words.length > 0) entries.faults[name] = entry.words
    else entries.values[name] = entry.value
  }
  return entries
}

type Entry = { typed: Value; value: Value; words: string[] }

function readEntry(name: string, field: Field, form: URLSearchParams): Entry | null {
  if (field.kind === 'shown' || field.kind === 'password') return null
  // A field without an input says nothing; an empty tick or choice sends nothing either.
  if (['flag', 'many'].includes(field.kind) && !form.getAll(HAS).includes(name)) return null
  if (field.kind === 'flag') return { typed: form.has(name), value: form.has(name), words: [] }
  if (field.kind === 'many') return readChosen(form.getAll(name))
  // Staff who can't change the field get no input for it.
  if (field.lockedWhere && !form.has(name)) return null
  const typed = (form.get(name) ?? '').replaceAll('\r\n', '\n')
  const text = trim(typed)
  if (field.kind === 'reference')
    return { typed, value: text, words: textFaults(text, { isRequired: true, max: 255 }) }
  const value = field.normalize?.(text) ?? text
  return { typed, value, words: textFaults(value, field) }
}

function readChosen(chosen: string[]): Entry {
  const ids = [...new Set(chosen)].filter((id) => /^\d{1,9}$/.test(id))
  const bad = chosen.find((id) => !ids.includes(id))
  const words =
    bad === undefined
      ? []
      : [`Select a valid choice. ${bad.slice(0, 40)} is not one of the available choices.`]
  return { typed: ids, value: ids, words }
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

type PasswordField = Extract<Field, { kind: 'password' }>

/** The password that a form sets, if it sets one. */
export const passwordIn = (fields: NamedField[]) =>
  fields.find((named): named is [string, PasswordField] => named[1].kind === 'password')

/** Reads a new password. `person` is what it must not resemble, if that is in a row and not in the form. */
export async function readPassword(
  [name, field]: [string, PasswordField],
  fields: NamedField[],
  form: URLSearchParams,
  { typed, values, faults }: Entries,
  { person, assets }: { person: Person | null; assets: Fetcher },
) {
  const [first, second] = [form.get(`${name}1`) ?? '', form.get(`${name}2`) ?? '']
  const words = await newPasswordFaults(first, second, person ?? typedPerson(field, fields, typed), assets)
  if (words.length > 0) faults[name] = words
  else values[name] = trim(first)
}

/** The faults of a new password that was typed twice. */
export async function newPasswordFaults(first: string, second: string, person: Person, assets: Fetcher) {
  if (trim(first) === '' || trim(second) === '') return [REQUIRED]
  if (first !== second) return ['The two password fields didn’t match.']
  return passwordFaults(trim(first), person, assets)
}

/** A new account's password must not resemble these, from the same form. */
function typedPerson({ resembles }: PasswordField, fields: NamedField[], typed: Typed): Person {
  const textOf = (column: AnyPgColumn) => {
    const [name = ''] = fields.find(([, field]) => field.kind === 'text' && field.column === column) ?? []
    return String(typed[name] ?? '')
  }
  const { email, first_name, last_name } = resembles
  return { email: textOf(email), first_name: textOf(first_name), last_name: textOf(last_name) }
}

/** The initial form of a new row: flags that are usually set are set. */
export const initialOf = (fields: NamedField[]): Typed =>
  Object.fromEntries(
    fields.flatMap(([name, field]) => (field.kind === 'flag' ? [[name, field.isSet === true]] : [])),
  )

/** The values of the fields in a query string or a draft, unchecked. */
export function typedIn(fields: NamedField[], given: URLSearchParams): Typed {
  const isDraft = given.has('_version') || given.has('_key')
  const typed: Typed = {}
  for (const [name, field] of fields) {
    if (field.kind === 'flag' && (isDraft || given.has(name)))
      typed[name] = given.has(name) && given.get(name) !== '0'
    if (field.kind === 'many' && (isDraft || given.has(name))) typed[name] = given.getAll(name)
    if ((field.kind === 'text' || field.kind === 'reference') && given.has(name))
      typed[name] = given.get(name)
  }
  return typed
}
