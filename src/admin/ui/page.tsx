import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from '../../http/router.ts'
import { assetUrls } from '../assets.ts'
import { capitalized, type Model } from '../model.ts'
import { type Message, takeMessage } from '../session.ts'
import type { Staff } from '../staff.ts'

export type Crumb = { title: string; href?: string }
export type Page = {
  title: string
  content: Child
  /** The reader; missing on public pages. */
  staff?: Staff
  csrf?: string
  crumbs?: Crumb[]
  /** The menu entry of the page. */
  model?: Model
  message?: Message | null
  /** Buttons beside the heading. */
  tools?: Child
  isNarrow?: boolean
}

const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Answers with a page. `models` are those of the menu; staff see those that they may view. */
export async function showPage<E extends AppEnv>(
  c: Context<E>,
  models: Model[],
  page: Page,
  status: ContentfulStatusCode = 200,
) {
  const assets = await assetUrls(c.env.ASSETS)
  const message = page.message ?? (page.staff ? await takeMessage(c) : null)
  c.header('Content-Security-Policy', POLICY)
  c.header('Referrer-Policy', 'same-origin')
  c.header('X-Frame-Options', 'DENY')
  const document = <Document page={{ ...page, message }} models={models} assets={assets} />
  return c.html(html`<!doctype html>${document}`, status)
}

type Assets = { style: string; script: string; icon: string }

function Document({ page, models, assets }: { page: Page; models: Model[]; assets: Assets }) {
  const { title, content, crumbs, message, tools, isNarrow } = page
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} | Scout administration`}</title>
        <link rel="icon" href={assets.icon} />
        <link rel="stylesheet" href={assets.style} />
        <script src={assets.script} defer></script>
      </head>
      <body class={isNarrow ? 'narrow' : ''}>
        <a class="skip" href="#content">
          Skip to main content
        </a>
        <Header page={page} models={models} />
        {crumbs && <Breadcrumbs crumbs={[...crumbs, { title }]} />}
        {message && <Note message={message} />}
        <main id="content" tabindex={-1}>
          <div class="heading">
            <h1>{title}</h1>
            {tools && <ul class="tools">{tools}</ul>}
          </div>
          {content}
        </main>
      </body>
    </html>
  )
}

function Header({ page: { staff, csrf, model: current }, models }: { page: Page; models: Model[] }) {
  const shown = models.filter((model) => staff?.may('view', model))
  return (
    <header>
      <div class="bar">
        <a class="brand" href="/admin/">
          Scout administration
        </a>
        {staff && (
          <div class="user">
            <span class="welcome">
              Welcome, <strong>{staff.name}</strong>.
            </span>
            <a href="/admin/password_change/">Change password</a>
            <form method="post" action="/admin/logout/">
              <input type="hidden" name="csrfmiddlewaretoken" value={csrf} />
              <button class="link">Log out</button>
            </form>
          </div>
        )}
      </div>
      {shown.length > 0 && (
        <nav class="menu" aria-label="Models">
          <ul>
            {shown.map((model) => (
              <li>
                <a href={model.path} {...(model === current && { 'aria-current': 'page' })}>
                  {capitalized(model.plural)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </header>
  )
}

const Breadcrumbs = ({ crumbs }: { crumbs: Crumb[] }) => (
  <nav class="crumbs" aria-label="Breadcrumbs">
    <ol>
      {crumbs.map(({ title, href }) => (
        <li>{href ? <a href={href}>{title}</a> : <span aria-current="page">{title}</span>}</li>
      ))}
    </ol>
  </nav>
)

const Note = ({ message: { level, before, row, href, after } }: { message: Message }) => (
  <p class={`note ${level}`} role={level === 'success' ? 'status' : 'alert'}>
    {before}
    {row !== undefined && (href ? <a href={href}>{row}</a> : row)}
    {after}
  </p>
)

/** A link among the buttons beside the heading. */
export const Tool = ({ href, title, isMain = false }: { href: string; title: string; isMain?: boolean }) => (
  <li>
    <a class={isMain ? 'button' : 'button quiet'} href={href}>
      {title}
    </a>
  </li>
)

/** A button there that acts at once. */
export const ToolButton = ({ action, title, csrf }: { action: string; title: string; csrf: string }) => (
  <li>
    <form method="post" action={action}>
      <Token csrf={csrf} />
      <Opened />
      <button class="quiet">{title}</button>
    </form>
  </li>
)

/**
 * When the page was opened: an action that may run once per page is recognized by it. The browser must not restore an earlier
 * value.
 */
export const Opened = () => <input type="hidden" name="_opened" value={Date.now()} autocomplete="off" />

export const Token = ({ csrf }: { csrf: string }) => (
  <input type="hidden" name="csrfmiddlewaretoken" value={csrf} />
)
