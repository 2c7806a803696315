import { createExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { signClaims } from '../../src/auth/tokens.ts'
import type { AppEnv } from '../../src/http/router.ts'
import worker from '../../src/index.ts'
import { newAddress, newRequestId } from './client.ts'
import { aUser, sql, type User } from './factories.ts'

export type Page = {
  status: number
  headers: Headers
  html: string
  text: string
  location: string | null
  requestId: string
}
type Fields = Record<string, string | string[]>

/** A browser without JavaScript: it keeps cookies and sends forms, but does not follow redirects by itself. */
export class Browser {
  readonly cookies = new Map<string, string>()
  private readonly address = newAddress()
  private readonly environment: AppEnv['Bindings'] | undefined
  private readonly app: Pick<typeof worker, 'fetch'>

  /** `settings` overrides the Worker's variables; `app` replaces the whole app. */
  constructor(settings?: Partial<AppEnv['Bindings']>, app: Pick<typeof worker, 'fetch'> = worker) {
    this.environment = settings && { ...env, ...settings }
    this.app = app
  }

  async send(
    method: string,
    path: string,
    body?: BodyInit,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const requestId = newRequestId()
    const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join('; ')
    const request = new Request(new URL(path, 'https://scout.test'), {
      method,
      redirect: 'manual',
      headers: { 'CF-Connecting-IP': this.address, 'X-Request-Id': requestId, Cookie: cookie, ...headers },
      ...(body !== undefined && { body }),
    })
    const response = this.environment
      ? await this.app.fetch(request, this.environment, createExecutionContext())
      : await exports.default.fetch(request)
    for (const line of response.headers.getSetCookie()) this.keep(line)
    const html = await response.text()
    const { status } = response
    return {
      status,
      headers: response.headers,
      html,
      text: textOf(html),
      location: response.headers.get('Location'),
      requestId,
    }
  }

  get = (path: string) => this.send('GET', path)

  /** Posts only these fields as a form. */
  post = (path: string, fields: Fields) => this.send('POST', path, formOf(fields))

  /** Opens a page and submits its form with `fields` changed. An empty list omits the field. */
  async submit(path: string, fields: Fields = {}) {
    return this.post(path, { ...fieldsOf((await this.get(path)).html), ...fields })
  }

  /** Follows the redirect of the last answer. */
  follow = ({ location }: Page) => this.get(location ?? 'nowhere')

  private keep(line: string) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (/max-age=0/i.test(line)) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

export const formOf = (fields: Fields) =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    ),
  )

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}
const unescaped = (html: string) =>
  html.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? '')

/** The text of a page, with single spaces. */
export const textOf = (html: string) =>
  unescaped(html.replaceAll(/<head>.*?<\/head>/gs, '').replaceAll(/<[^>]+>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim()

/** The href of a page's link to the next or the previous page. */
export function linkIn({ html }: Page, rel: 'next' | 'prev') {
  const [, href] = new RegExp(`rel="${rel}" href="([^"]+)"`).exec(html) ?? []
  return href && unescaped(href)
}

/** The values in a page's forms. */
export function fieldsOf(html: string): Record<string, string[]> {
  const fields: Record<string, string[]> = {}
  const add = (name: string | undefined, value: string) =>
    name && (fields[name] ??= []).push(unescaped(value))
  const attribute = (tag: string, name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]
  for (const [tag] of html.matchAll(/<input[^>]*>/g)) {
    const isTick = attribute(tag, 'type') === 'checkbox'
    if (isTick ? / checked/.test(tag) : true)
      add(attribute(tag, 'name'), attribute(tag, 'value') ?? (isTick ? 'on' : ''))
  }
  for (const [, name, text = ''] of html.matchAll(/<textarea[^>]* name="([^"]*)"[^>]*>([^<]*)/g))
    add(name, text)
  for (const [, name, options = ''] of html.matchAll(/<select[^>]* name="([^"]*)"[^>]*>(.*?)<\/select>/gs))
    for (const [option] of options.matchAll(/<option[^>]*>/g))
      if (/ selected/.test(option)) add(name, attribute(option, 'value') ?? '')
  for (const name of Object.keys(fields))
    if (name === 'csrfmiddlewaretoken') fields[name] = fields[name]!.slice(0, 1)
  return fields
}

/** The session cookie of an account; `issuedAt` in seconds. */
export async function sessionCookie(
  { id }: { id: number },
  issuedAt = Math.floor(Date.now() / 1000),
  claims = {},
) {
  const jti = crypto.randomUUID().replaceAll('-', '')
  const all = {
    token_type: 'admin',
    iat: issuedAt,
    exp: issuedAt + 12 * 60 * 60,
    jti,
    user_id: String(id),
    ...claims,
  }
  return { cookie: await signClaims(all, env), csrf: jti }
}

/** A browser with a signed-in account. */
export async function signedIn(account: { id: number }, ...worker: ConstructorParameters<typeof Browser>) {
  const browser = new Browser(...worker)
  browser.cookies.set('admin_session', (await sessionCookie(account)).cookie)
  return browser
}

/** A new superuser, and their browser. */
export async function aSuperuser() {
  const user = await aUser({ isStaff: true, isSuperuser: true })
  return { user, browser: await signedIn(user) }
}

/** New staff with these permissions, as in `camera.view_camera`, and their browser. */
export async function aStaffUser(...permissions: string[]) {
  const user = await aUser({ isStaff: true })
  await permit(user, permissions)
  return { user, browser: await signedIn(user) }
}

/** Grants permissions to an account. */
export async function permit(user: Pick<User, 'id'>, permissions: string[], db = sql) {
  for (const id of await permissionIds(permissions, db))
    await db`insert into users_user_permissions (user_id, permission_id) values (${user.id}, ${id})`
}

export async function permissionIds(names: string[], db = sql) {
  const rows = await db`
    select p.id::text as id, app_label || '.' || codename as name
    from auth_permission p join django_content_type c on c.id = content_type_id`
  return names.map((name) => rows.find((row) => row.name === name)!.id as string)
}

/** The log entries of a row, oldest first. */
export const logOf = (model: string, id: number | string) =>
  sql`select action_flag as flag, object_repr as repr, change_message as message, user_id::int as by
    from django_admin_log join django_content_type c on c.id = content_type_id
    where c.model = ${model} and object_id = ${String(id)} order by django_admin_log.id`
