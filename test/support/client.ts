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
  /** Sent unchanged; `headers` set its type. */
  body?: BodyInit
  headers?: Record<string, string>
  /** Overrides of the Worker's variables; `undefined` removes one. */
  settings?: Settings
}
export type Settings = { [Name in keyof AppEnv['Bindings']]?: AppEnv['Bindings'][Name] | undefined }
/** An answer with its body as JSON; `null` if it is empty. */
export type Answer = { status: number; headers: Headers; body: any; requestId: string }

/** A Worker with the hash cost and the statement timeout of production. */
export const AS_DEPLOYED = { PASSWORD_ROUNDS: undefined, SQL_TIMEOUT_IN_MS: undefined }

/** A unique request id; the SQL endpoint identifies faults and statements by it. */
export const newRequestId = () => `test-${crypto.randomUUID()}`

/** A unique client address, so that tests do not share rate limits. */
export const newAddress = () =>
  `2001:db8${[...crypto.getRandomValues(new Uint16Array(6))].map((part) => `:${part.toString(16)}`).join('')}`

const address = newAddress()

/** Sends a request to the Worker as the edge does, and checks the answer against the API's description. */
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
  // A text body would add a Content-Type by itself; bytes do not.
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

/** Caches the environment per settings, since the Worker checks settings once per environment. */
function environmentOf(settings: NonNullable<Options['settings']>) {
  const known = environments.get(settings)
  if (known) return known
  const environment = { ...env, ...settings } as AppEnv['Bindings']
  environments.set(settings, environment)
  return environment
}
const environments = new WeakMap<object, AppEnv['Bindings']>()

const isForm = (body: BodyInit) => body instanceof FormData || body instanceof URLSearchParams

/** The statements of one request at the SQL endpoint, in order; statements sent after the answer arrive later. */
export async function statementsOf(requestId: string): Promise<Recorded[]> {
  const answer = await fetch(`${inject('controlUrl')}/statements?request=${requestId}`)
  return (await answer.json<Recorded[]>()).filter((sent) => !('sql' in sent && ERASES.test(sent.sql.trim())))
}

/** The statements that erase due pictures, which do not belong to the request. */
const ERASES = /^with "(due|done)" as \(\s*(select id from|update) "erasures"/

/** Releases a statement that the fault `hold` blocks. */
export async function releaseSql(request: string) {
  await fetch(`${inject('controlUrl')}/faults?request=${request}`, { method: 'DELETE' })
}

/** Arms a fault at the SQL endpoint for one request id. */
export async function breakSql(fault: Fault & { request: string }) {
  await fetch(`${inject('controlUrl')}/faults`, { method: 'POST', body: JSON.stringify(fault) })
}
