import { router } from '../http/router.ts'
import { actOnMany, actOnOne, askToDeleteOne, removeOne, showUndone } from './action-pages.tsx'
import { add, change, showBlank, showRow } from './form-pages.tsx'
import { requireId, requireSession } from './guards.ts'
import { list, readQuery } from './list.ts'
import { history, HISTORY_PAGE } from './log.ts'
import { type C, crumbs, redirectGone, type RowC, rowPath, show, type Site, undoneAt } from './page-parts.tsx'
import type { Model } from './model.ts'
import { paste, showPasting } from './pasting-pages.tsx'
import { pageProblems } from './problems.ts'
import { History } from './ui/history.tsx'
import { List } from './ui/list.tsx'
import { Tool } from './ui/page.tsx'

/** The pages of one model: its list, and for each row its forms, history and deletion. */
export function modelRoutes(model: Model, models: Model[]) {
  const site = { model, models }
  const routes = router()
    .use(requireSession)
    .get('/', (c) => showList(c, site))
    .post('/', (c) => actOnMany(c, site))
    .get('/add', (c) => (model.pasting ? showPasting(c, site, model.pasting) : showBlank(c, site)))
    .post('/add', (c) => (model.pasting ? paste(c, site, model.pasting) : add(c, site)))
    .use('/:id/*', requireId)
    .get('/:id', requireId, (c) => c.redirect(rowPath(model, c.req.param('id'))))
    .get('/:id/change', (c) => showRow(c, site, null))
    .post('/:id/change', (c) => change(c, site, null))
    .get('/:id/delete', (c) => askToDeleteOne(c, site))
    .post('/:id/delete', (c) => removeOne(c, site))
    .get('/:id/history', (c) => showHistory(c, site))
  for (const [name, page] of Object.entries(model.pages))
    routes
      .get(`/:id/${name}`, (c) => showRow(c as RowC, site, page))
      .post(`/:id/${name}`, (c) => change(c as RowC, site, page))
  for (const action of model.actions ?? [])
    if (action.titles.one)
      routes
        .get(`/:id/${action.name}`, (c) => showUndone(c as RowC, site))
        .post(`/:id/${action.name}`, (c) => actOnOne(c as RowC, site, action))
  return routes
}

async function showList(c: C, { model, models }: Site) {
  const sent = Array.from(new URL(c.req.url).searchParams)
  const parameters = new URLSearchParams(sent.filter(([, value]) => value !== ''))
  const { db, session } = c.var
  const found = await list(db, session, model, readQuery(model, parameters))
  const { staff } = found
  if (!staff.may('view', model)) throw pageProblems.notPermitted()
  const page = {
    title: `Select ${model.title} to ${staff.may('change', model) ? 'change' : 'view'}`,
    tools: staff.may('add', model) && <Tool href={`${model.path}add/`} title={`Add ${model.title}`} isMain />,
    crumbs: crumbs(model).slice(0, -1),
    message: await undoneAt(c),
    content: <List {...found} {...{ model, parameters }} csrf={session.csrf} />,
  }
  return show(c, { model, models }, staff, page, found.isTooSlow ? 503 : 200)
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
    crumbs: [...crumbs(model), { title: row.repr, href: rowPath(model, row.id) }],
    content: (
      <History entries={shown} older={entries.length > shown.length ? `?before=${shown.at(-1)?.id}` : null} />
    ),
  })
}
