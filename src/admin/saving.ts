import { hashPassword } from '../auth/passwords.ts'
import { type Db, DatabaseError } from '../db/client.ts'
import { type Entries, passwordIn, readEntries, readPassword, type Typed } from './entries.ts'
import { isReadOnly, judgeAddition, judgeChange, locksOf, type Verdict } from './judge.ts'
import type { Named } from './model.ts'
import { pageProblems } from './problems.ts'
import { type Form, type Known, readRow, type Sought } from './record.ts'
import type { Session } from './staff.ts'
import { insert, update } from './writing.ts'

/** What became of a form that was sent. */
export type Outcome = Known &
  Verdict & {
    typed: Typed
    /** The row as it was written, where it was. */
    done: Named | null
    /** It is the last row of those of which one must stay. */
    isLast: boolean
  }
/** `rounds` is what a password's hash costs, where the settings say so; `now` in milliseconds. */
type Sent = { form: URLSearchParams; assets: Fetcher; rounds: number | undefined; now: number }

/** So often a form is judged where others write what it was judged by; then it is given back. */
const ATTEMPTS = 3

/**
 * Saves a form: reads what the database knows, judges, and writes. The write does nothing where what was judged is
 * otherwise by then: all is done again. @throws notPermitted
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
  const now = Math.floor(sent.now / 1000)
  let hash: string | undefined
  let failure: DatabaseError | undefined
  for (let attempt = 1; ; attempt++) {
    const known = await readRow(db, session, form, sought, entries.values)
    refuse(form, sought, known)
    if (attempt === 1) await readNewPassword(form, sought, sent, known, entries)
    const isNew = 'key' in sought
    const verdict = isNew
      ? judgeAddition(form.fields, entries, known)
      : judgeChange(form.fields, entries, known, version)
    const outcome = { ...known, ...verdict, typed: entries.typed, done: null, isLast: false }
    if (!verdict.isGood) return outcome
    // The row that was there is not one of those that the form can name.
    if (failure?.isDuplicate) throw failure
    for (const change of verdict.changes)
      if (change.field.kind === 'password')
        change.value = hash ??= await hashPassword(String(change.value), sent.rounds)
    const write = known.row
      ? update(db, session, form.model, verdict, { row: known.row, now })
      : insert(db, session, form.model, verdict, { key: isNew ? sought.key : null, now })
    const { done, isLast } = await write.catch((error: unknown) => {
      failure = overtaken(error)
      return { done: null, isLast: false }
    })
    if (done || isLast || attempt === ATTEMPTS) return { ...outcome, done, isLast }
  }
}

/** @throws notPermitted, before anything is judged and a password is hashed */
function refuse({ model, fields }: Form, sought: Sought, known: Known) {
  const { staff, row } = known
  if (!staff.may('id' in sought ? 'change' : 'add', model)) throw pageProblems.notPermitted()
  if ('key' in sought || !row) return
  const [password] = passwordIn(fields) ?? []
  const isLocked = password !== undefined && locksOf(fields, known)[password]
  if (isLocked || isReadOnly(staff, model, row)) throw pageProblems.notPermitted()
}

/** Since the form was judged, another row has what only one may have, or one that this belongs to is gone. */
function overtaken(error: unknown) {
  if (error instanceof DatabaseError && (error.isParentGone || error.isDuplicate)) return error
  throw error
}

/** What a new password must not resemble stands in its row, or in the form that adds one. */
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
