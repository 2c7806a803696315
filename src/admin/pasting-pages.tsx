import { sql } from 'drizzle-orm'
import { joined } from '../db/asking.ts'
import type { Db } from '../db/client.ts'
import { trim } from '../http/fields.ts'
import { allTold } from './actions.ts'
import { REQUIRED } from './entries.ts'
import { logged } from './log.ts'
import { type C, crumbs, listPath, noteOf, show, type Site } from './page-parts.tsx'
import type { Model, Pasting } from './model.ts'
import { pageProblems } from './problems.ts'
import { type Message, takeDraft } from './session.ts'
import { may, type Session, type Staff, staffWrites, whoAsks } from './staff.ts'
import { PastingForm } from './ui/pasting.tsx'

/** Shows the form for a pasted list. */
export async function showPasting(c: C, site: Site, pasting: Pasting) {
  const { staff } = await whoAsks(c.var.db, c.var.session)
  if (!staff.may('add', site.model)) throw pageProblems.notPermitted()
  const draft = await takeDraft(c, c.var.session.userId, new URL(c.req.url).pathname)
  const typed = draft?.form?.get('lines') ?? ''
  const note = noteOf(draft)
  const message = note ? { level: 'warning' as const, before: note } : null
  return showForm(c, site, pasting, staff, { typed, faults: [], message })
}

/** Adds rows from a list: all of them, or none if a line is wrong. Shows once what was told of the new ones. */
export async function paste(c: C, site: Site, pasting: Pasting) {
  const { db, session, form } = c.var
  const typed = form.get('lines') ?? ''
  const lines = [...new Set(typed.split('\n').map(trim))].filter((line) => line !== '')
  const faults = faultsOf(pasting, lines)
  const written = faults.length > 0 ? [] : lines
  const { staff, told } = await insertAll(db, session, site.model, pasting, written)
  if (!staff.may('add', site.model)) throw pageProblems.notPermitted()
  if (faults.length > 0) return showForm(c, site, pasting, staff, { typed, faults, message: null })
  const isNew = new Set(told.map(({ repr }) => repr))
  const old = lines.filter((line) => !isNew.has(line))
  if (told.length === 0)
    return showForm(c, site, pasting, staff, { typed, faults: [thereAlready(pasting, old)], message: null })
  const message = old.length > 0 ? { level: 'warning' as const, before: thereAlready(pasting, old) } : null
  const { title, show: showTold } = pasting.tells
  return show(c, site, staff, { title, crumbs: crumbs(site.model), message, content: showTold(told) })
}

function faultsOf({ most, fault }: Pasting, lines: string[]) {
  if (lines.length === 0) return [REQUIRED]
  if (lines.length > most) return [`Ensure there are at most ${most} lines (there are ${lines.length}).`]
  return lines.flatMap((line) => {
    const words = fault(line)
    return words === null ? [] : [`${[...line].slice(0, 40).join('')}: ${words}`]
  })
}

const thereAlready = ({ unseen }: Pasting, lines: string[]) =>
  `There already, and left as they were: ${lines.join(', ')}. ${unseen}`

const insertAll = (db: Db, session: Session, model: Model, { steps }: Pasting, lines: string[]) =>
  staffWrites(() => ({
    steps: joined(
      {
        line: sql`select line from json_array_elements_text(${JSON.stringify(lines)}::json) as line where ${may('add', model)}`,
      },
      steps(sql`select line from line`),
      { logged: logged(model, 'added') },
    ),
    answers: { told: allTold },
  }))(db, session)

const showForm = (
  c: C,
  site: Site,
  pasting: Pasting,
  staff: Staff,
  { typed, faults, message }: { typed: string; faults: string[]; message: Message | null },
) =>
  show(c, site, staff, {
    title: pasting.title,
    crumbs: crumbs(site.model),
    message,
    content: (
      <PastingForm {...{ pasting, typed, faults }} csrf={c.var.session.csrf} back={listPath(c, site.model)} />
    ),
  })
