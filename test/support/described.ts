import { Validator } from '@cfworker/json-schema'
import { describeApi } from '../../src/openapi.ts'
import { fieldErrors } from '../../src/openapi/errors.ts'

type Json = Record<string, any>

export const document = describeApi() as Json

/** A raw answer under /v1/. */
type Answered = { method: string; path: string; status: number; headers: Headers; body: unknown }

/**
 * Throws if the document does not allow an answer: its status for the operation, its headers, its body by the schema and, for
 * a refusal, its words. It is stricter than a client: undescribed properties fail.
 */
export function holdAgainstDocument(answered: Answered) {
  const { method, path, status, headers, body } = answered
  const fail = (words: string): never => {
    const what = `${method} ${path} answered ${status} ${JSON.stringify(body)}`
    throw new Error(`${what}, which the API's description does not allow: ${words}`)
  }
  if (!headers.get('X-Request-Id')) fail('no X-Request-Id')
  const operations = operationsOf(path)
  if (method === 'OPTIONS' && operations) {
    const allowed = headers.get('Allow') ?? headers.get('Access-Control-Allow-Methods')
    if (status !== 204 || body !== null || !allowed) fail('OPTIONS answers 204 with the methods')
    return
  }
  const operation = operations?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
  if (!operation) return void (isElsewhereRefused(operations, answered) || fail('there is no such operation'))
  const response = resolve(operation.responses[status] ?? fail('the status is not described'))
  if (status === 401 && !headers.get('WWW-Authenticate')) fail('no WWW-Authenticate')
  for (const name of ['Retry-After', 'WWW-Authenticate', 'Link'])
    if (headers.has(name) && !response.headers[name]) fail(`the header ${name} is not described`)
  const content = response.content?.['application/json']
  if (!content || method === 'HEAD') return void (body === null || fail('it has no body'))
  if (!headers.get('Content-Type')?.startsWith('application/json')) fail('it is not JSON')
  const { valid, errors } = validatorOf(content.schema).validate(body)
  if (!valid) fail(errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`).join(' '))
  if (status >= 400 && !isAmong(content.examples, body)) fail('no refusal has these words')
}

/** The operations of a path, with or without a trailing slash. An id matches any text that is not a fixed segment there. */
function operationsOf(path: string): Json | undefined {
  const { pathname } = new URL(path, 'https://scout.test')
  const asked = pathname.replace(/\/$/, '').split('/')
  const found = Object.entries<Json>(document.paths).filter(([template]) => {
    const parts = template.replace(/\/$/, '').split('/')
    const isAlike = (part: string, i: number) => (part.startsWith('{') ? asked[i] !== '' : part === asked[i])
    return parts.length === asked.length && parts.every(isAlike)
  })
  // A fixed segment wins over an id.
  return found.toSorted(([a], [b]) => a.split('{').length - b.split('{').length)[0]?.[1]
}

const GUARDS = ['Unauthenticated', 'DeviceUnauthenticated']

/** Without an operation: 405 with the path's methods, 404, or the 401 of a guard before either. */
function isElsewhereRefused(operations: Json | undefined, { method, status, headers, body }: Answered) {
  const { examples, responses } = document.components
  const expected: Record<number, Json> = {
    401: Object.assign(
      {},
      ...GUARDS.map((name) => resolve(responses[name]).content['application/json'].examples),
    ),
    429: { Throttled: examples.Throttled },
    ...(operations
      ? { 405: { MethodNotAllowed: { value: { detail: `Method "${method}" not allowed.` } } } }
      : { 404: { NotFound: examples.NotFound } }),
  }
  if (status === 405 && !headers.get('Allow')) return false
  return status in expected && (method === 'HEAD' ? body === null : isAmong(expected[status]!, body))
}

/** Whether a refusal is described. Its variable parts are ignored. */
function isAmong(examples: Json, body: unknown) {
  return Object.values(examples).some((example) => sameWords(resolve(example).value, body))
}

function sameWords(example: Json, body: unknown) {
  const isOfFields = !('detail' in example) && !('non_field_errors' in example)
  if (!isOfFields) return withoutVariables(example) === withoutVariables(body)
  const faults = Object.entries(body as Json)
  return (
    faults.length > 0 &&
    faults.every(
      ([field, words]: [string, unknown]) =>
        !['detail', 'non_field_errors'].includes(field) &&
        Array.isArray(words) &&
        words.length > 0 &&
        words.every((each) => FIELD_WORDS.has(withoutVariables(each))),
    )
  )
}

const withoutVariables = (body: unknown) =>
  JSON.stringify(body)
    .replace(/(parse error - ).*?"/, '$1…"')
    .replace(/media type \\".*\\" in/, 'media type … in')
    .replace(/available in \d+ seconds?/, 'available in … seconds')
    .replace(/but got (list|int|float|str|bool)\./, 'but got ….')
    .replace(/got type \\"\w+\\"/, 'got type …')
    .replace(/no more than \d+ characters/, 'no more than … characters')
    .replace(/less than or equal to \d+/, 'less than or equal to …')
    .replace(/U\+D[89A-F][\dA-F]{2}/, 'U+…')
    .replace(/^"\\".*\\" is not/, '"… is not')
    .replace(/similar to the (email address|first name|last name)/, 'similar to the …')

const FIELD_WORDS = new Set(fieldErrors.map(([words]) => withoutVariables(words)))

const resolve = (node: Json): Json =>
  node.$ref
    ? resolve(
        node.$ref
          .slice(2)
          .split('/')
          .reduce((at: Json, key: string) => at[key], document),
      )
    : node

const closed = closing(document.components.schemas) as Json
const validators = new Map<string, Validator>()

function validatorOf(schema: Json) {
  const key = JSON.stringify(schema)
  let validator = validators.get(key)
  if (!validator) {
    validator = new Validator({ ...schema, components: { schemas: closed } } as Json, '2020-12', false)
    validators.set(key, validator)
  }
  return validator
}

/** A copy of the schemas without additional properties. Clients should tolerate new ones; this check does not. */
function closing(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closing)
  if (typeof schema !== 'object' || schema === null) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closing(value)]))
  return copy.type === 'object' && copy.properties ? { ...copy, additionalProperties: false } : copy
}
