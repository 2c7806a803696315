import { createExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { holdAgainstDocument } from './described.ts'
import { inject } from 'vitest'
import type { Fault, Recorded } from '../../stack/control.ts'
import type { AppEnv } from '../../src/http/router.ts'
import worker from '../../src/index.ts'

export type Options = {
  /** An access token. */
  token?: string
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it stands; its type is up to `headers`. */
  body?: BodyInit
  headers?: Record<string, string>
  /** Variables of a Worker that is set up in another way; `undefined` where one is missing. */
  settings?: Settings
}
export type Settings = { [Name in keyof AppEnv['Bindings']]?: AppEnv['Bindings'][Name] | undefined }
/** An answer, its body read as JSON; `null` where it has none. */
export type Answer = { status: number; headers: Headers; body: any; requestId: string }

/** A Worker whose hashes cost what they do in production, and whose statements have as long. */
export const AS_DEPLOYED = { PASSWORD_ROUNDS: undefined, SQL_TIMEOUT_IN_MS: undefined }

/** A request id that no other request of the suite has: faults and statements at the SQL endpoint go by it. */
export const newRequestId = () => `test-${crypto.randomUUID()}`

/** An address that no other test has, so that no limit on addresses joins two tests. */
export const newAddress = () =>
  `2001:db8${[...crypto.getRandomValues(new Uint16Array(6))].map((part) => `:${part.toString(16)}`).join('')}`

const address = newAddress()

/** Sends a request to the Worker as an edge hands it over, and holds the answer against the API's description. */
export async function send(method: string, path: string, options: Options = {}): Promise<Answer> {
  const { token, json, body } = options
  const headers = new Headers({ 'CF-Connecting-IP': address, 'X-Request-Id': newRequestId() })
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
  if (json !== undefined) headers.set('Content-Type', 'application/json')
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value)
  const content = json === undefined ? body : JSON.stringify(json)
  const request = new Request(new URL(path, 'https://scout.test'), {
    method,
    headers,
    redirect: 'manual',
    ...(content !== undefined && { body: content }),
  })
  // A body of bytes brings no type of its own, but one of text does; a test that names none means none.
  if (
    content !== undefined &&
    json === undefined &&
    !new Headers(options.headers).has('Content-Type') &&
    !isForm(content)
  )
    request.headers.delete('Content-Type')
  const response = options.settings
    ? await worker.fetch(request, environmentOf(options.settings), createExecutionContext())
    : await exports.default.fetch(request)
  const text = await response.text()
  const answer = {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
    requestId: headers.get('X-Request-Id')!,
  }
  if (/^\/(v1|app)\//.test(path)) holdAgainstDocument({ method, path, ...answer })
  return answer
}

/** One environment for the same settings: these are looked at once for each. */
function environmentOf(settings: NonNullable<Options['settings']>) {
  const known = environments.get(settings)
  if (known) return known
  const environment = { ...env, ...settings } as AppEnv['Bindings']
  environments.set(settings, environment)
  return environment
}
const environments = new WeakMap<object, AppEnv['Bindings']>()

const isForm = (body: BodyInit) => body instanceof FormData || body instanceof URLSearchParams

/** The statements that the SQL endpoint got for one request, in order; those sent after the answer come later. */
export async function statementsOf(requestId: string): Promise<Recorded[]> {
  const answer = await fetch(`${inject('controlUrl')}/statements?request=${requestId}`)
  return (await answer.json<Recorded[]>()).filter((sent) => !('sql' in sent && ERASES.test(sent.sql.trim())))
}

/** What erases pictures, which is due already and none of the request's own. */
const ERASES = /^with "(due|done)" as \(\s*(select id from|update) "erasures"/

/** Lets a statement go on that the fault `hold` holds up. */
export async function releaseSql(request: string) {
  await fetch(`${inject('controlUrl')}/faults?request=${request}`, { method: 'DELETE' })
}

/** Arms a fault at the SQL endpoint, for one request by its id. */
export async function breakSql(fault: Fault & { request: string }) {
  await fetch(`${inject('controlUrl')}/faults`, { method: 'POST', body: JSON.stringify(fault) })
}
