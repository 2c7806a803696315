import { afterAnswer } from '../http/request.ts'
import { isBigint } from '../http/validate.ts'
import { act, actionsOf } from './actions.ts'
import {
  type C,
  crumbs,
  listPath,
  redirectGone,
  type RowC,
  rowPath,
  shortened,
  show,
  type Site,
  undoneAt,
} from './page-parts.tsx'
import type { Model, RowAction } from './model.ts'
import { pageProblems } from './problems.ts'
import { deletion, readRemoval } from './removal.ts'
import { leaveMessage, type Message } from './session.ts'
import { Removal } from './ui/removal.tsx'

/** The rows of an action: those ticked in the list, or the one on its page. */
type Rows = { ids: string[]; isMany: boolean }

/** Runs the action that a list's form chose, on the ticked rows. */
export async function actOnMany(c: C, site: Site) {
  const { model, models } = site
  const { form } = c.var
  const rows = { ids: [...new Set(form.getAll('_selected_action'))].filter(isBigint), isMany: true }
  const offered = actionsOf(model, models).filter(({ titles }) => titles.many)
  const action = offered.find(({ name }) => name === form.get('action'))
  if (rows.ids.length === 0)
    return leave(c, listPath(c, model), {
      level: 'warning',
      before: 'Items must be selected in order to perform actions on them. No items have been changed.',
    })
  if (!action) return leave(c, listPath(c, model), { level: 'warning', before: 'No action selected.' })
  if (action.logs === 'deleted' && form.get('post') !== 'yes') return askToDelete(c, site, rows)
  return run(c, site, action, rows)
}

export const actOnOne = (c: RowC, site: Site, action: RowAction) => run(c, site, action, theOne(c))

/** After the sign-in: the action was sent in a session that had ended. */
export async function showUndone(c: RowC, { model }: Site) {
  const message = await undoneAt(c)
  if (message) await leaveMessage(c, message)
  return c.redirect(rowPath(model, c.req.param('id')))
}

export const removeOne = (c: RowC, site: Site) => run(c, site, deletion(site.model, site.models), theOne(c))

export const askToDeleteOne = (c: RowC, site: Site) => askToDelete(c, site, theOne(c))

const theOne = (c: RowC): Rows => ({ ids: [c.req.param('id')], isMany: false })

async function run(c: C, site: Site, action: RowAction, rows: Rows) {
  const { model } = site
  const { ids, isMany } = rows
  const { staff, ...did } = await act(c.var.db, c.var.session, model, action, {
    ids,
    opened: openedIn(c.var.form),
  })
  if (!staff.may(action.needs, model)) throw pageProblems.notPermitted()
  const isDeletion = action.logs === 'deleted'
  const back = isMany ? listPath(c, model) : rowPath(model, ids[0]!)
  const { afterRemoval } = model
  if (isDeletion && did.count > 0 && afterRemoval) afterAnswer(c, (db) => afterRemoval(db, c.env))
  if (did.isLast) return leave(c, back, { level: 'error', before: model.keepsOne!.words })
  if (action.tells && did.count > 0)
    return show(c, site, staff, {
      title: action.tells.title,
      crumbs: crumbs(model),
      message: did.repeated > 0 ? REPEATED : null,
      content: action.tells.show(did.told),
    })
  if (did.repeated > 0) return leave(c, back, REPEATED)
  if (did.count > 0 || (did.chosen > 0 && !isDeletion)) {
    const before = action.says(did.count, isMany || !did.first ? null : shortened(did.first.repr))
    return leave(c, isDeletion ? listPath(c, model) : back, { level: 'success', before })
  }
  // The confirmation page also says why.
  if (isDeletion) return askToDelete(c, site, rows)
  if (did.isBarred) throw pageProblems.notPermitted()
  return noneLeft(c, model, rows)
}

/** Reloading a page resends its form: what the first answer showed may be printed by now and must stay valid. */
const REPEATED: Message = {
  level: 'warning',
  before:
    'This action was already done after you opened that page, so it is not repeated. What it showed then is still valid. If you have not seen it, do the action again from here.',
}

/** When the page of a form was opened, in milliseconds; 0 if the form does not say. */
const openedIn = (form: URLSearchParams) =>
  /^\d{1,15}$/.test(form.get('_opened') ?? '') ? Number(form.get('_opened')) : 0

async function askToDelete(c: C, site: Site, { ids, isMany }: Rows) {
  const { model, models } = site
  const { staff, ...found } = await readRemoval(c.var.db, c.var.session, model, models, ids)
  if (!staff.may('delete', model)) throw pageProblems.notPermitted()
  const [row] = found.rows
  if (!row) return noneLeft(c, model, { ids, isMany })
  const change = { title: row.repr, href: rowPath(model, row.id) }
  return show(c, site, staff, {
    title: isMany ? 'Delete multiple objects' : 'Delete',
    message: c.req.method === 'GET' ? await undoneAt(c) : null,
    crumbs: isMany ? crumbs(model) : [...crumbs(model), change],
    content: (
      <Removal
        {...{ model, staff, ...found }}
        csrf={c.var.session.csrf}
        ids={isMany ? ids : null}
        back={isMany ? listPath(c, model) : change.href + new URL(c.req.url).search}
      />
    ),
  })
}

function noneLeft(c: C, model: Model, { isMany }: Rows) {
  if (!isMany) return redirectGone(c, model)
  const before = `The selected ${model.plural} don’t exist any more.`
  return leave(c, listPath(c, model), { level: 'warning', before })
}

async function leave(c: C, path: string, message: Message) {
  await leaveMessage(c, message)
  return c.redirect(path)
}
