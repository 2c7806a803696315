import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import { DatabaseError } from '../db/client.ts'
import { type AppEnv, router } from '../http.ts'
import { settings } from '../settings.ts'
import { isBigint } from '../validate.ts'
import { type Field, type FieldFaults, readFields, type Typed } from './fields.ts'
import { requireId, requireSession, type Sent, type SignedIn } from './guards.ts'
import { list, readQuery } from './list.ts'
import { history, HISTORY_PAGE } from './log.ts'
import { capitalized, fieldsOf, type Model, type Section } from './model.ts'
import { type Choices, form, type Shown } from './record.ts'
import { pageProblems } from './problems.ts'
import { removal } from './removal.ts'
import { leaveMessage, startSession, takeDraft } from './session.ts'
import type { Staff } from './staff.ts'
import { RowForm, SaveButtons } from './ui/form.tsx'
import { History } from './ui/history.tsx'
import { List } from './ui/list.tsx'
import { type Page, showPage, Tool } from './ui/page.tsx'
import { Removal } from './ui/removal.tsx'

type C = Context<AppEnv & SignedIn & Sent>
/** Of a page under a row's id. */
type RowC = Context<AppEnv & SignedIn & Sent, '/:id'>
/** The model that a page is about, and all that are registered. */
type Site = { model: Model; models: Model[] }

/** The pages of one model: its list, and for a row its forms, its history and its removal. */
export function modelRoutes(model: Model, models: Model[]) {
  const site = { model, models }
  const routes = router()
    .use(requireSession)
    .get('/', (c) => showList(c, site))
    .post('/', (c) => actOnMany(c, site))
    .get('/add', (c) => showBlank(c, site))
    .post('/add', (c) => add(c, site))
    .use('/:id/*', requireId)
    .get('/:id', requireId, (c) => c.redirect(`${model.path}${c.req.param('id')}/change/`))
    .get('/:id/change', (c) => showRow(c, site, null))
    .post('/:id/change', (c) => change(c, site, null))
    .get('/:id/delete', (c) => askToDeleteOne(c, site))
    .post('/:id/delete', (c) => removeOne(c, site))
    .get('/:id/history', (c) => showHistory(c, site))
  for (const name of Object.keys(model.pages))
    routes
      .get(`/:id/${name}`, (c) => showRow(c as RowC, site, name))
      .post(`/:id/${name}`, (c) => change(c as RowC, site, name))
  return routes
}

async function showList(c: C, { model, models }: Site) {
  const sent = Array.from(new URL(c.req.url).searchParams)
  const parameters = new URLSearchParams(sent.filter(([, value]) => value !== ''))
  const { db, session } = c.var
  const found = await list(db, session, model, readQuery(model, parameters))
  const { staff } = found
  if (!staff.may('view', model)) throw pageProblems.notPermitted()
  const draft = await takeDraft(c, session.userId, new URL(c.req.url).pathname)
  const page = {
    title: `Select ${model.title} to ${staff.may('change', model) ? 'change' : 'view'}`,
    tools: staff.may('add', model) && <Tool href={`${model.path}add/`} title={`Add ${model.title}`} isMain />,
    crumbs: crumbs(model).slice(0, -1),
    message: draft && { level: 'warning' as const, before: 'Your session had ended: nothing was changed.' },
    content: <List {...found} {...{ model, parameters }} csrf={session.csrf} />,
  }
  return show(c, { model, models }, staff, page, found.isTooSlow ? 503 : 200)
}

async function actOnMany(c: C, site: Site) {
  const { form } = c.var
  const ids = [...new Set(form.getAll('_selected_action'))].filter(isBigint)
  if (form.get('action') === 'delete_selected' && ids.length > 0) {
    if (form.get('post') !== 'yes') return askToDelete(c, site, ids, true)
    return remove(c, site, ids, true)
  }
  const before =
    ids.length === 0
      ? 'Items must be selected in order to perform actions on them. No items have been changed.'
      : 'No action selected.'
  await leaveMessage(c, { level: 'warning', before })
  return c.redirect(listPath(c, site.model))
}

async function showBlank(c: C, site: Site) {
  const { model } = site
  const { db, session } = c.var
  const { staff, choices, key } = await form(model, model.addSections).blank(db, session)
  if (!staff.may('add', model)) throw pageProblems.notPermitted()
  const draft = await takeDraft(c, session.userId, new URL(c.req.url).pathname)
  const given = draft?.form ?? new URL(c.req.url).searchParams
  const typed = { ...initialOf(model.addSections), ...typedIn(model.addSections, given) }
  return showAddForm(c, site, staff, { typed, choices, key, note: noteOf(draft) })
}

const noteOf = (draft: { form: URLSearchParams | null } | null) =>
  draft &&
  `Your session had ended before this was saved. ${
    draft.form
      ? 'What you typed is filled in again: save it to keep it.'
      : 'What you typed could not be kept while you logged in.'
  }`

type AddForm = {
  typed: Typed
  choices: Choices
  key: string
  faults?: FieldFaults
  note?: Child
  status?: 200 | 409
}

function showAddForm(c: C, site: Site, staff: Staff, shown: AddForm) {
  const { typed, choices, key, faults = {}, note, status } = shown
  const { model } = site
  const locks = Object.fromEntries(
    fieldsOf(model.addSections).map(([name, field]) => [
      name,
      Boolean(field.onlySuperusers) && !staff.isSuperuser,
    ]),
  )
  const back = listPath(c, model)
  const content = (
    <RowForm
      model={model}
      sections={model.addSections}
      csrf={c.var.session.csrf}
      {...{ typed, choices, faults, note, locks }}
      hidden={{ _key: key }}
      buttons={<SaveButtons canAdd deleteHref={null} back={back} isReadOnly={false} />}
    />
  )
  return show(c, site, staff, { title: `Add ${model.title}`, crumbs: crumbs(model), content }, status)
}

async function add(c: C, site: Site) {
  const { model } = site
  const { db, session, form: sent } = c.var
  const fields = fieldsOf(model.addSections)
  const statements = form(model, model.addSections)
  if (hasPassword(fields)) {
    // Before the password is hashed.
    const { staff } = await statements.blank(db, session)
    if (!staff.may('add', model)) throw pageProblems.notPermitted()
  }
  const { typed, values, faults } = await readFields(fields, sent, hashing(c))
  const key = freshKey(sent.get('_key'), Date.now())
  const now = Math.floor(Date.now() / 1000)
  const isValid = Object.keys(faults).length === 0
  const answer = await settled(
    (isValid) => statements.add(db, session, { ...values, id: null, key, isValid, now }),
    isValid,
  )
  const { staff, done, existing, choices } = answer
  if (!staff.may('add', model)) throw pageProblems.notPermitted()
  // The form came twice: the first one did it.
  const row = done ?? (existing?.isSame && isValid ? existing : null)
  const isUnsure = !done && hasPassword(fields)
  const how = isUnsure ? 'added successfully, with the password that was sent first' : 'added successfully'
  if (row) return leaveAfterSaving(c, model, row, how, model.addOpens)
  return showAddForm(c, site, staff, {
    typed,
    choices,
    key: existing ? answer.key : (key ?? answer.key),
    faults: merged(faults, answer.faults),
    note: existing && (
      <>
        This form was already saved, as the {model.title} “
        <a href={`${model.path}${existing.id}/change/`}>{shortened(existing.repr)}</a>”. What stands below was
        not: save it to add another {model.title}.
      </>
    ),
    status: existing ? 409 : 200,
  })
}

async function showRow(c: RowC, site: Site, page: string | null) {
  const { model } = site
  const { db, session } = c.var
  const sections = page ? model.pages[page]!.sections : model.sections
  const { staff, row, choices } = await form(model, sections).read(db, session, { id: c.req.param('id') })
  if (!staff.may('view', model)) throw pageProblems.notPermitted()
  if (!row) return redirectGone(c, model)
  if (page && (isReadOnly(staff, model, row) || Object.values(row.locks).includes(true)))
    throw pageProblems.notPermitted()
  const draft = await takeDraft(c, session.userId, new URL(c.req.url).pathname)
  const typed = draft?.form ? { ...row.typed, ...typedIn(sections, draft.form) } : row.typed
  const version = draft?.form?.get('_version') ?? row.version
  return showRowForm(c, site, staff, {
    row,
    typed,
    choices,
    version,
    page,
    note: noteOf(draft),
  })
}

type RowFormOf = {
  row: Shown
  typed: Typed
  choices: Choices
  version: string
  page: string | null
  faults?: FieldFaults
  note?: Child
  error?: string | undefined
  status?: 200 | 404 | 409
}

function showRowForm(c: RowC, site: Site, staff: Staff, shown: RowFormOf) {
  const { row, typed, choices, version, page, faults = {}, note, error, status } = shown
  const { model } = site
  const readOnly = isReadOnly(staff, model, row)
  const mayDelete = staff.may('delete', model) && (staff.isSuperuser || !row.isProtected)
  const path = `${model.path}${row.id}/`
  const tools = readOnly ? [] : Object.entries(model.pages)
  const own = page ? model.pages[page] : undefined
  const verb = readOnly ? 'View' : 'Change'
  return show(
    c,
    site,
    staff,
    {
      title: own ? `${own.title}: ${row.repr}` : `${verb} ${model.title}`,
      crumbs: own ? [...crumbs(model), { title: row.repr, href: `${path}change/` }] : crumbs(model),
      tools: !own && (
        <>
          {tools.map(([name, { link }]) => (
            <Tool href={`${path}${name}/`} title={link} />
          ))}
          <Tool href={`${path}history/`} title="History" />
        </>
      ),
      content: (
        <>
          {!own && <p class="subtitle">{row.repr}</p>}
          <RowForm
            model={model}
            sections={own?.sections ?? model.sections}
            csrf={c.var.session.csrf}
            {...{ typed, choices, faults, note, error }}
            labels={row.labels}
            locks={row.locks}
            isReadOnly={readOnly}
            hidden={{ _version: version }}
            buttons={
              own ? (
                <button>{own.link}</button>
              ) : (
                <SaveButtons
                  canAdd={staff.may('add', model)}
                  deleteHref={mayDelete ? `${path}delete/` : null}
                  back={listPath(c, model)}
                  isReadOnly={readOnly}
                />
              )
            }
          />
        </>
      ),
    },
    status,
  )
}

const isReadOnly = (staff: Staff, model: Model, row: Shown) =>
  !staff.may('change', model) || (row.isProtected && !staff.isSuperuser)

async function change(c: RowC, site: Site, page: string | null) {
  const { model } = site
  const { db, session, form: sent } = c.var
  const id = c.req.param('id')
  const sections = page ? model.pages[page]!.sections : model.sections
  const fields = fieldsOf(sections)
  const statements = form(model, sections)
  const person = await personOf(fields, () => statements.read(db, session, { id }), model)
  const { typed, values, faults } = await readFields(fields, sent, { ...hashing(c), person })
  const isValid = Object.keys(faults).length === 0
  const version = sent.get('_version') ?? ''
  const now = Math.floor(Date.now() / 1000)
  const answer = await settled(
    (isValid) => statements.change(db, session, { ...values, id, version, now, isValid }),
    isValid,
  )
  const { staff, row, choices, done, isConflict, isLast } = answer
  if (!staff.may('change', model)) throw pageProblems.notPermitted()
  if (!row) return page ? redirectGone(c, model) : showGone(c, site, staff, typed, choices)
  if (row.isProtected && !staff.isSuperuser) throw pageProblems.notPermitted()
  if (!done) {
    const all = merged(faults, answer.faults, row.locks)
    const isFaulty = Object.keys(all).length > 0
    return showRowForm(c, site, staff, {
      row,
      typed: { ...row.typed, ...without(typed, row.locks) },
      choices,
      // Who saves once more after a conflict means it.
      version: isConflict ? row.version : version,
      page,
      faults: all,
      error: reasonFor(model, { isConflict, isLast, isFaulty }),
      status: isConflict || !(isFaulty || isLast) ? 409 : 200,
    })
  }
  if (!page) return leaveAfterSaving(c, model, done, 'changed successfully', false)
  // One's own new password ends the other sessions, not this one.
  if (person && id === staff.id) await startSession(c, staff, Date.now())
  await leaveMessage(c, { level: 'success', before: model.pages[page]!.done })
  return c.redirect(`${model.path}${id}/change/`)
}

const hasPassword = (fields: [string, Field][]) => fields.some(([, { kind }]) => kind === 'password')

/**
 * What a new password must not resemble, where the form sets one. It is read before the password is hashed, and refuses
 * who may not set it.
 */
async function personOf(
  fields: [string, Field][],
  read: () => Promise<{ row: Shown | null; staff: Staff }>,
  model: Model,
) {
  const name = fields.find(([, { kind }]) => kind === 'password')?.[0]
  if (name === undefined) return undefined
  const { row, staff } = await read()
  if (!staff.may('change', model)) throw pageProblems.notPermitted()
  if (row && (isReadOnly(staff, model, row) || row.locks[name])) throw pageProblems.notPermitted()
  return (row?.typed[name] ?? {}) as object
}

/** What a new password takes: the list that it must not be on, and how dear its hash is. */
const hashing = (c: C) => ({
  assets: c.env.ASSETS,
  rounds: settings(c.env, 'passwords').PASSWORD_ROUNDS,
})

type Outcome = {
  row?: object | null
  done: object | null
  existing?: object | null
  faults: Record<string, string | null>
  isConflict?: boolean
  isLast?: boolean
}

/** Sends a change; where another one that it did not see yet came first, sends it again to hear what that was. */
async function settled<T extends Outcome>(send: (isValid: boolean) => Promise<T>, isValid: boolean) {
  try {
    const answer = await send(isValid)
    return isValid && !isExplained(answer) ? await send(true) : answer
  } catch (error) {
    if (!(error instanceof DatabaseError && (error.isParentGone || error.isDuplicate))) throw error
    const answer = await send(false)
    // The row that was there is not one of those that the form can name.
    if (isValid && error.isDuplicate && !isExplained(answer)) throw error
    return answer
  }
}

const isExplained = ({ row, done, existing, faults, isConflict, isLast }: Outcome) =>
  row === null || done || existing || isConflict || isLast || Object.values(faults).some(Boolean)

const merged = (
  faults: FieldFaults,
  others: Record<string, string | null>,
  locks: Record<string, boolean> = {},
): FieldFaults => ({
  ...Object.fromEntries(
    Object.entries(others).flatMap(([name, words]) => (words && !locks[name] ? [[name, [words]]] : [])),
  ),
  ...faults,
})

const without = (typed: Typed, locks: Record<string, boolean>) =>
  Object.fromEntries(Object.entries(typed).filter(([name]) => !locks[name]))

function reasonFor(model: Model, is: { isConflict: boolean; isLast: boolean; isFaulty: boolean }) {
  if (is.isFaulty) return undefined
  if (is.isConflict)
    return `Somebody else changed this ${model.title} after you opened it. Your entries are below; save again to overwrite theirs.`
  if (is.isLast) return model.keepsOne?.words
  return 'It was not saved, since something else was being changed at the same time. Please try again.'
}

const GONE = 'Perhaps it was deleted?'
const goneWords = (c: C, model: Model) =>
  `The ${model.title} with ID “${c.req.param('id')}” doesn’t exist. ${GONE}`

async function redirectGone(c: C, model: Model) {
  await leaveMessage(c, { level: 'warning', before: goneWords(c, model) })
  return c.redirect('/admin/')
}

/** The row was deleted while its form was open: what was typed stays to be copied. */
function showGone(c: C, site: Site, staff: Staff, typed: Typed, choices: Choices) {
  const { model } = site
  const back = listPath(c, model)
  return show(
    c,
    site,
    staff,
    {
      title: `Change ${model.title}`,
      crumbs: crumbs(model),
      content: (
        <RowForm
          model={model}
          sections={model.sections}
          csrf={c.var.session.csrf}
          {...{ typed, choices }}
          error={`${goneWords(c, model)} Nothing was saved.`}
          buttons={<SaveButtons canAdd={false} deleteHref={null} back={back} isReadOnly />}
        />
      ),
    },
    404,
  )
}

async function leaveAfterSaving(c: C, model: Model, row: Named, how: string, opens: boolean) {
  const { form } = c.var
  const href = `${model.path}${row.id}/change/`
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

type Named = { id: string; repr: string }
const shortened = (text: string) => [...text].slice(0, 200).join('')

const askToDeleteOne = (c: RowC, site: Site) => askToDelete(c, site, [c.req.param('id')], false)

async function askToDelete(c: C, site: Site, ids: string[], isBulk: boolean) {
  const { model, models } = site
  const { ask, kinds } = removal(model, models)
  const { staff, rows, count, barred, ...answer } = await ask(c.var.db, c.var.session, {
    ids: `{${ids.join(',')}}`,
  })
  if (!staff.may('delete', model)) throw pageProblems.notPermitted()
  if (rows.length === 0) return isBulk ? noneLeft(c, model) : redirectGone(c, model)
  const found = kinds.map((kind, index) => ({ ...kind, ...answer.kinds[index]! }))
  const [row] = rows
  const change = { title: row!.repr, href: `${model.path}${row!.id}/change/` }
  return show(c, site, staff, {
    title: isBulk ? 'Delete multiple objects' : 'Delete',
    crumbs: isBulk ? crumbs(model) : [...crumbs(model), change],
    content: (
      <Removal
        {...{ model, staff, rows, count, barred }}
        csrf={c.var.session.csrf}
        kinds={found}
        outOfReach={found.filter(({ isOutOfReach }) => isOutOfReach).map(({ title }) => title)}
        ids={isBulk ? ids : null}
        back={isBulk ? listPath(c, model) : `${model.path}${row!.id}/change/`}
      />
    ),
  })
}

const removeOne = (c: RowC, site: Site) => remove(c, site, [c.req.param('id')], false)

async function remove(c: C, site: Site, ids: string[], isBulk: boolean) {
  const { model, models } = site
  const answer = await removal(model, models).remove(c.var.db, c.var.session, { ids: `{${ids.join(',')}}` })
  const { staff, count, first, doomed, isLast } = answer
  if (!staff.may('delete', model)) throw pageProblems.notPermitted()
  if (isLast) {
    await leaveMessage(c, { level: 'error', before: model.keepsOne!.words })
    return c.redirect(isBulk ? listPath(c, model) : `${model.path}${ids[0]}/change/`)
  }
  if (doomed === 0) return isBulk ? noneLeft(c, model) : redirectGone(c, model)
  if (!first) return askToDelete(c, site, ids, isBulk)
  const what = count === 1 ? `1 ${model.title}` : `${count.toLocaleString('en')} ${model.plural}`
  const before = isBulk
    ? `Successfully deleted ${what}.`
    : `The ${model.title} “${shortened(first.repr)}” was deleted successfully.`
  await leaveMessage(c, { level: 'success', before })
  return c.redirect(listPath(c, model))
}

async function noneLeft(c: C, model: Model) {
  await leaveMessage(c, { level: 'warning', before: `The selected ${model.plural} don’t exist any more.` })
  return c.redirect(listPath(c, model))
}

async function showHistory(c: RowC, site: Site) {
  const { model } = site
  const id = c.req.param('id')
  const before = c.req.query('before')
  const isPosition = before !== undefined && /^\d{1,9}$/.test(before)
  const values = { id, before: isPosition ? before : null }
  const { staff, row, entries } = await history(model)(c.var.db, c.var.session, values)
  if (!staff.may('view', model)) throw pageProblems.notPermitted()
  if (!row) return redirectGone(c, model)
  const shown = entries.slice(0, HISTORY_PAGE)
  return show(c, site, staff, {
    title: `Change history: ${row.repr}`,
    crumbs: [...crumbs(model), { title: row.repr, href: `${model.path}${row.id}/change/` }],
    content: (
      <History entries={shown} older={entries.length > shown.length ? `?before=${shown.at(-1)?.id}` : null} />
    ),
  })
}

/** Where the list was left, with its search and filters. */
function listPath(c: C, model: Model) {
  const onList = new URL(c.req.url).pathname.replace(/\/?$/, '/') === model.path
  const filters = onList ? new URL(c.req.url).search.slice(1) : c.req.query('_changelist_filters')
  return filters ? `${model.path}?${new URLSearchParams(filters)}` : model.path
}

const crumbs = (model: Model) => [
  { title: 'Home', href: '/admin/' },
  { title: model.app.title, href: `/admin/${model.app.label}/` },
  { title: capitalized(model.plural), href: model.path },
]

const show = (c: C, { model, models }: Site, staff: Staff, page: Page, status: 200 | 404 | 409 | 503 = 200) =>
  showPage(c, models, { ...page, staff, model, csrf: c.var.session.csrf }, status)

/** What a new row's form begins with: flags that are usually set are. */
const initialOf = (sections: Section[]): Typed =>
  Object.fromEntries(
    fieldsOf(sections).flatMap(([name, field]) =>
      field.kind === 'flag' ? [[name, field.isSet === true]] : [],
    ),
  )

/** What a query string or a draft says of the fields, unchecked. */
function typedIn(sections: Section[], given: URLSearchParams): Typed {
  const isDraft = given.has('_version') || given.has('_key')
  const typed: Typed = {}
  for (const [name, field] of fieldsOf(sections)) {
    if (field.kind === 'flag' && (isDraft || given.has(name)))
      typed[name] = given.has(name) && given.get(name) !== '0'
    if (field.kind === 'many' && (isDraft || given.has(name))) typed[name] = given.getAll(name)
    if ((field.kind === 'text' || field.kind === 'reference') && given.has(name))
      typed[name] = given.get(name)
  }
  return typed
}

const DAY_IN_MS = 24 * 60 * 60 * 1000

/** The public id that the form's page made for the row to be added: a UUIDv7 of today, else a new one. */
function freshKey(key: string | null, now: number) {
  const [, high = '', low = ''] =
    /^([\da-f]{8})-([\da-f]{4})-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.exec(key ?? '') ?? []
  return Math.abs(now - Number.parseInt(high + low, 16)) < DAY_IN_MS ? key : null
}
