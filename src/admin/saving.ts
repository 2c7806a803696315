import { hashPassword } from '../auth/passwords.ts'
import { type Db, DatabaseError } from '../db/client.ts'
import { checkAddition, checkChange, type Checked, isReadOnly, locksOf } from './checking.ts'
import { type Entries, passwordIn, readEntries, readPassword, type Typed } from './entries.ts'
import type { Named } from './model.ts'
import { pageProblems } from './problems.ts'
import { type Form, type Known, readRow, type Sought } from './record.ts'
import type { Session } from './staff.ts'
import { insert, update } from './writing.ts'

/** The result of a form. */
export type Outcome = Known &
  Checked & {
    typed: Typed
    /** The written row, if it was written. */
    done: Named | null
    /** When it was written, in milliseconds: a new password counts from then. */
    savedAt: number
    /** Whether it is the last row that the model keeps. */
    isLast: boolean
  }
/** `rounds` are those of a password hash, if the settings set them. */
type Sent = { form: URLSearchParams; assets: Fetcher; rounds: number | undefined }

/** How often a form is checked again while others change what it was checked against; after that the user gets it back. */
const ATTEMPTS = 3

/**
 * Saves a form: reads the state of the database, checks, and writes. The write does nothing if that state has changed; then
 * everything is repeated. @throws notPermitted
 */
export async function save(
  db: Db,
  session: Session,
  form: Form,
  sought: Sought,
  sent: Sent,
): Promise<Outcome> {
  const entries = readEntries(form.fields, sent.form)
  const version = sent.form.get('_version') ?? ''
  let hash: string | undefined
  let failure: DatabaseError | undefined
  for (let attempt = 1; ; attempt++) {
    const known = await readRow(db, session, form, sought, entries.values)
    refuse(form, sought, known)
    if (attempt === 1) await readNewPassword(form, sought, sent, known, entries)
    const isNew = 'key' in sought
    const checked = isNew
      ? checkAddition(form.fields, entries, known)
      : checkChange(form.fields, entries, known, version)
    const outcome = { ...known, ...checked, typed: entries.typed, done: null, savedAt: 0, isLast: false }
    if (!checked.isGood) return outcome
    // The existing row is not one that the form can name.
    if (failure?.isDuplicate) throw failure
    for (const change of checked.changes)
      if (change.field.kind === 'password')
        change.value = hash ??= await hashPassword(String(change.value), sent.rounds)
    // As late as possible: a sign-in that read the old hash before is earlier.
    const now = Math.floor(Date.now() / 1000)
    const write = known.row
      ? update(db, session, form.model, checked, { row: known.row, now })
      : insert(db, session, form.model, checked, { key: isNew ? sought.key : null, now })
    const { done, isLast } = await write.catch((error: unknown) => {
      failure = overtaken(error)
      return { done: null, isLast: false }
    })
    if (done || isLast || attempt === ATTEMPTS) return { ...outcome, done, savedAt: now * 1000, isLast }
  }
}

/** @throws notPermitted, before the form is checked and a password is hashed */
function refuse({ model, fields }: Form, sought: Sought, known: Known) {
  const { staff, row } = known
  if (!staff.may('id' in sought ? 'change' : 'add', model)) throw pageProblems.notPermitted()
  if ('key' in sought || !row) return
  const [password] = passwordIn(fields) ?? []
  const isLocked = password !== undefined && locksOf(fields, known)[password]
  if (isLocked || isReadOnly(staff, model, row)) throw pageProblems.notPermitted()
}

/** Since the form was checked, another row took a unique value, or a parent row was deleted. */
function overtaken(error: unknown) {
  if (error instanceof DatabaseError && (error.isParentGone || error.isDuplicate)) return error
  throw error
}

/** A new password must not resemble its row, or the form that adds one. */
async function readNewPassword(
  { fields }: Form,
  sought: Sought,
  sent: Sent,
  { row }: Known,
  entries: Entries,
) {
  const password = passwordIn(fields)
  if (!password) return
  const person = 'id' in sought ? ((row?.typed[password[0]] ?? {}) as object) : null
  await readPassword(password, fields, sent.form, entries, { person, assets: sent.assets })
}
