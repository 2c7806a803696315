import type { Child } from 'hono/jsx'
import { settings } from '../settings.ts'
import { type FieldFaults, initialOf, passwordIn, type Typed, typedIn } from './entries.ts'
import { isReadOnly, locksOf } from './checking.ts'
import {
  type C,
  crumbs,
  goneWords,
  listPath,
  noteOf,
  redirectGone,
  type RowC,
  rowPath,
  shortened,
  show,
  type Site,
} from './page-parts.tsx'
import { fieldsOf, type Model, type ModelPage, type Named } from './model.ts'
import { pageProblems } from './problems.ts'
import { type Known, readRow, type Shown } from './record.ts'
import { type Outcome, save } from './saving.ts'
import { leaveMessage, sealed, startSession, takeDraft, unsealed } from './session.ts'
import type { Staff } from './staff.ts'
import { RowForm, SaveButtons } from './ui/form.tsx'
import { Tool, ToolButton } from './ui/page.tsx'

/** The content of a form, beside what the database knows. */
type Filled = {
  typed: Typed
  faults?: FieldFaults
  /** A fault of the whole form. */
  error?: string | undefined
  note?: Child
  status?: 200 | 409 | undefined
}

export async function showBlank(c: C, site: Site) {
  const { model } = site
  const { db, session } = c.var
  const fields = fieldsOf(model.addSections)
  const known = await readRow(db, session, { model, fields }, { key: null })
  if (!known.staff.may('add', model)) throw pageProblems.notPermitted()
  const draft = await takeDraft(c, session.userId, new URL(c.req.url).pathname)
  const given = draft?.form ?? new URL(c.req.url).searchParams
  const typed = { ...initialOf(fields), ...typedIn(fields, given) }
  return showAddForm(c, site, known, known.key, { typed, note: noteOf(draft) })
}

export async function add(c: C, site: Site) {
  const { model } = site
  const { db, session, form } = c.var
  const fields = fieldsOf(model.addSections)
  const key = freshKey(await unsealed(c, purposeOf(c, model), form.get('_key')), Date.now())
  const saved = await save(db, session, { model, fields }, { key }, sentBy(c))
  const { done, isRepeated, isGood, row, typed, faults } = saved
  if (done) return leaveAfterSaving(c, model, done, 'added successfully', model.addOpens)
  if (!row) {
    const [error, status] = isGood ? [OVERTAKEN, 409 as const] : []
    return showAddForm(c, site, saved, key ?? saved.key, { typed, faults, error, status })
  }
  const which = passwordIn(fields) ? ', with the password that was sent first' : ''
  if (isRepeated) return leaveAfterSaving(c, model, row, `added successfully${which}`, model.addOpens)
  const note = (
    <>
      This form was already saved, as the {model.title} “
      <a href={rowPath(model, row.id)}>{shortened(row.repr)}</a>”. The entries below were not: save them to
      add another {model.title}.
    </>
  )
  return showAddForm(c, site, saved, saved.key, { typed, faults, note, status: 409 })
}

async function showAddForm(c: C, site: Site, known: Known, key: string, { status, ...filled }: Filled) {
  const { model } = site
  const { staff, choices } = known
  const content = (
    <RowForm
      model={model}
      sections={model.addSections}
      csrf={c.var.session.csrf}
      {...{ choices, ...filled }}
      locks={locksOf(fieldsOf(model.addSections), { ...known, row: null })}
      hidden={{ _key: await sealed(c, purposeOf(c, model), key) }}
      buttons={<SaveButtons canAdd deleteHref={null} back={listPath(c, model)} isReadOnly={false} />}
    />
  )
  return show(c, site, staff, { title: `Add ${model.title}`, crumbs: crumbs(model), content }, status)
}

/** Shows a row's form, or the form of its sub-page `page`. */
export async function showRow(c: RowC, site: Site, page: ModelPage | null) {
  const { model } = site
  const { db, session } = c.var
  const fields = fieldsOf((page ?? model).sections)
  const { staff, row, choices } = await readRow(db, session, { model, fields }, { id: c.req.param('id') })
  if (!staff.may('view', model)) throw pageProblems.notPermitted()
  if (!row) return redirectGone(c, model)
  if (page && (isReadOnly(staff, model, row) || Object.values(row.locks).includes(true)))
    throw pageProblems.notPermitted()
  const draft = await takeDraft(c, session.userId, new URL(c.req.url).pathname)
  const typed = draft?.form ? typedOver(row, typedIn(fields, draft.form)) : row.typed
  const version = draft?.form?.get('_version') ?? row.version
  return showRowForm(c, site, { staff, row, choices, page, version }, { typed, note: noteOf(draft) })
}

export async function change(c: RowC, site: Site, page: ModelPage | null) {
  const { model } = site
  const { db, session } = c.var
  const fields = fieldsOf((page ?? model).sections)
  const id = c.req.param('id')
  const saved = await save(db, session, { model, fields }, { id }, sentBy(c))
  const { staff, row, done, savedAt } = saved
  if (!row) return page ? redirectGone(c, model) : showGone(c, site, saved)
  if (!done) return showUnsaved(c, site, { ...saved, row }, page)
  if (!page) return leaveAfterSaving(c, model, done, 'changed successfully', false)
  // A new password of one's own ends all sessions except this one.
  if (passwordIn(fields) && id === staff.id) await startSession(c, staff, savedAt)
  await leaveMessage(c, { level: 'success', before: page.done })
  return c.redirect(rowPath(model, id))
}

/** Shows the typed entries with their faults. Saving once more after a conflict overwrites. */
function showUnsaved(c: RowC, site: Site, saved: Outcome & { row: Shown }, page: ModelPage | null) {
  const { row, faults, isConflict, isLast, isGood } = saved
  const version = isConflict ? row.version : (c.var.form.get('_version') ?? '')
  const isOvertaken = isGood && !isLast
  return showRowForm(
    c,
    site,
    { ...saved, page, version },
    {
      typed: typedOver(row, saved.typed),
      faults,
      error:
        (isConflict && conflictWords(site.model)) ||
        (isLast && site.model.keepsOne?.words) ||
        (isOvertaken && OVERTAKEN) ||
        undefined,
      status: isConflict || isOvertaken ? 409 : 200,
    },
  )
}

/** What was typed, over what is stored; a locked field cannot be typed in. */
const typedOver = (row: Shown, typed: Typed): Typed => ({
  ...row.typed,
  ...Object.fromEntries(Object.entries(typed).filter(([name]) => !row.locks[name])),
})

/** A label belongs to the stored row, not to another id that was typed. */
const labelsOf = ({ labels, typed: stored }: Shown, typed: Typed) =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => typed[name] === stored[name]))

const OVERTAKEN =
  'It was not saved, since something else was being changed at the same time. Please try again.'
const conflictWords = ({ title }: Model) =>
  `Somebody else changed this ${title} after you opened it. Your entries are below; save again to overwrite theirs.`

type RowFormOf = Pick<Known, 'staff' | 'choices'> & { row: Shown; page: ModelPage | null; version: string }

function showRowForm(c: RowC, site: Site, of: RowFormOf, { status, ...filled }: Filled) {
  const { model } = site
  const { staff, row, choices, page, version } = of
  const readOnly = isReadOnly(staff, model, row)
  const mayDelete = staff.may('delete', model) && (staff.isSuperuser || !row.isProtected)
  const buttons = page ? (
    <button>{page.link}</button>
  ) : (
    <SaveButtons
      canAdd={staff.may('add', model)}
      deleteHref={mayDelete ? `${model.path}${row.id}/delete/${new URL(c.req.url).search}` : null}
      back={listPath(c, model)}
      isReadOnly={readOnly}
    />
  )
  const content = (
    <>
      {!page && <p class="subtitle">{row.repr}</p>}
      <RowForm
        model={model}
        sections={(page ?? model).sections}
        csrf={c.var.session.csrf}
        {...{ choices, ...filled }}
        labels={labelsOf(row, filled.typed)}
        locks={row.locks}
        isReadOnly={readOnly}
        hidden={{ _version: version }}
        buttons={buttons}
      />
    </>
  )
  const title = page ? `${page.title}: ${row.repr}` : `${readOnly ? 'View' : 'Change'} ${model.title}`
  const itself = { title: row.repr, href: rowPath(model, row.id) }
  const above = page ? [...crumbs(model), itself] : crumbs(model)
  const tools = !page && <Tools {...{ model, staff, row }} csrf={c.var.session.csrf} />
  return show(c, site, staff, { title, crumbs: above, tools, content }, status)
}

/** The actions on a row beside changing its fields. */
function Tools({ model, staff, row, csrf }: { model: Model; staff: Staff; row: Shown; csrf: string }) {
  const path = `${model.path}${row.id}/`
  const pages = isReadOnly(staff, model, row) ? [] : Object.entries(model.pages)
  const actions = (model.actions ?? []).filter(
    ({ needs }) => staff.may(needs, model) && (staff.isSuperuser || !row.isProtected),
  )
  return (
    <>
      {actions.map(
        ({ name, titles }) =>
          titles.one && <ToolButton action={`${path}${name}/`} title={titles.one} csrf={csrf} />,
      )}
      {pages.map(([name, { link }]) => (
        <Tool href={`${path}${name}/`} title={link} />
      ))}
      <Tool href={`${path}history/`} title="History" />
    </>
  )
}

/** The row was deleted while its form was open: the typed entries stay, to be copied. */
function showGone(c: C, site: Site, { staff, typed, choices }: Outcome) {
  const { model } = site
  const content = (
    <RowForm
      model={model}
      sections={model.sections}
      csrf={c.var.session.csrf}
      {...{ typed, choices }}
      error={`${goneWords(c, model)} Nothing was saved.`}
      buttons={<SaveButtons canAdd={false} deleteHref={null} back={listPath(c, model)} isReadOnly />}
    />
  )
  return show(c, site, staff, { title: `Change ${model.title}`, crumbs: crumbs(model), content }, 404)
}

async function leaveAfterSaving(c: C, model: Model, row: Named, how: string, opens: boolean) {
  const { form } = c.var
  const href = rowPath(model, row.id)
  const goesOn = form.has('_continue') || (opens && !form.has('_addanother'))
  const follows =
    (goesOn && ' You may edit it again below.') ||
    (form.has('_addanother') && ` You may add another ${model.title} below.`) ||
    ''
  await leaveMessage(c, {
    level: 'success',
    before: `The ${model.title} “`,
    row: shortened(row.repr),
    href,
    after: `” was ${how}.${follows}`,
  })
  if (goesOn) return c.redirect(`${href}${new URL(c.req.url).search}`)
  return c.redirect(form.has('_addanother') ? `${model.path}add/` : listPath(c, model))
}

const sentBy = (c: C) => ({
  form: c.var.form,
  assets: c.env.ASSETS,
  rounds: settings(c.env, 'passwords').PASSWORD_ROUNDS,
})

const DAY_IN_MS = 24 * 60 * 60 * 1000

/** Nobody may choose the public id of a row: it could be that of a device, whose pictures would be this camera's. */
const purposeOf = (c: C, { path }: Model) => `a new row of ${path} by ${c.var.session.userId}`

/** The public id that the form's page made for the new row: a UUIDv7 of today; otherwise a new one. */
function freshKey(key: string | null, now: number) {
  const [, high = '', low = ''] =
    /^([\da-f]{8})-([\da-f]{4})-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.exec(key ?? '') ?? []
  return Math.abs(now - Number.parseInt(high + low, 16)) < DAY_IN_MS ? key : null
}
