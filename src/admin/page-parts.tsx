import type { Context } from 'hono'
import type { AppEnv } from '../http/router.ts'
import type { Sent, SignedIn } from './guards.ts'
import { capitalized, type Model } from './model.ts'
import { leaveMessage, type Message, takeDraft } from './session.ts'
import type { Staff } from './staff.ts'
import { type Page, showPage } from './ui/page.tsx'

export type C = Context<AppEnv & SignedIn & Sent>
/** The context of a page under a row's id. */
export type RowC = Context<AppEnv & SignedIn & Sent, '/:id'>
/** The model of a page, and all registered models. */
export type Site = { model: Model; models: Model[] }

export const show = (
  c: C,
  { model, models }: Site,
  staff: Staff,
  page: Page,
  status: 200 | 404 | 409 | 503 = 200,
) => showPage(c, models, { ...page, staff, model, csrf: c.var.session.csrf }, status)

export const crumbs = (model: Model) => [
  { title: 'Home', href: '/admin/' },
  { title: model.app.title, href: `/admin/${model.app.label}/` },
  { title: capitalized(model.plural), href: model.path },
]

export const rowPath = (model: Model, id: string) => `${model.path}${id}/change/`

/** The list as the user left it, with its search and filters. */
export function listPath(c: C, model: Model) {
  const onList = new URL(c.req.url).pathname.replace(/\/?$/, '/') === model.path
  const filters = onList ? new URL(c.req.url).search.slice(1) : c.req.query('_changelist_filters')
  return filters ? `${model.path}?${new URLSearchParams(filters)}` : model.path
}

export const goneWords = (c: C, model: Model) =>
  `The ${model.title} with ID “${c.req.param('id')}” doesn’t exist. Perhaps it was deleted?`

export async function redirectGone(c: C, model: Model) {
  await leaveMessage(c, { level: 'warning', before: goneWords(c, model) })
  return c.redirect('/admin/')
}

/** The label of a row, cut to fit a message. */
export const shortened = (text: string) => [...text].slice(0, 200).join('')

/** What is said of what was sent from this page before the sign-in, if it cannot be filled in again. */
export async function undoneAt(c: C): Promise<Message | null> {
  const draft = await takeDraft(c, c.var.session.userId, new URL(c.req.url).pathname)
  return draft && { level: 'warning', before: 'Your session had ended: nothing was changed.' }
}

/** What is said of a form that came before the sign-in. */
export const noteOf = (draft: { form: URLSearchParams | null } | null) =>
  draft &&
  `Your session had ended before this was saved. ${
    draft.form
      ? 'What you typed is filled in again: save it to keep it.'
      : 'What you typed could not be kept while you logged in.'
  }`
