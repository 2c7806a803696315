import type { Problem } from '../problems.ts'
import { description } from './description.ts'
import {
  ANY_ROUTE,
  type ErrorName,
  errorNames,
  GUARDED,
  OF_ACTORS,
  OF_DEVICES,
  OF_PROVISIONERS,
  OF_STORAGE,
  refusal,
  WITH_BODY,
  WITH_IDS,
} from './errors.ts'
import type { Operation, Operations, Parameter } from './operation.ts'
import { errorsOf, type JsonSchema, type Shape } from './schema.ts'

/** A section of the reference: its operations, in order. */
export type Tag = { name: string; description: string; operations: Operations }

/** An API as an OpenAPI 3.1 document. */
export function documentOf(tags: Tag[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { name, operations } of tags)
    for (const [key, operation] of Object.entries(operations)) {
      const [method, path] = key.split(' ') as [string, string]
      paths[path] = { ...paths[path], [method.toLowerCase()]: describe(name, path, operation) }
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Scout',
      version: '1.0.0',
      summary: 'Accounts, cameras, rules and uploads of the Scout notification camera.',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    security: [{ bearer: [] }],
    tags: tags.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token from `register`, `signIn`, `startSession` or a refresh.',
        },
        device: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The access token of a camera from `getDeviceAccess`.',
        },
        provisioningKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Provisioning-Key',
          description: 'The key of the manufacturer of cameras, if the deployment has one.',
        },
        storage: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'The storage secret, alone or after `Bearer`.',
        },
      },
      schemas: schemas(tags),
      responses: {
        ...Object.fromEntries(shared.map(([name, status, errors]) => [name, refusing(status, errors)])),
        UriTooLong: URI_TOO_LONG,
      },
      examples: Object.fromEntries(documented().map((name) => [name, { value: refusal(name).body }])),
      headers: HEADERS,
    },
  }
}

function describe(tag: string, path: string, operation: Operation) {
  const { operationId, summary, description, query = [], filters, body, isBodyOptional } = operation
  const answers = Object.entries(operation.answers) as [string, Shape | { listOf: Shape } | string][]
  const refusals = Object.entries(Object.groupBy(refusalsOf(path, operation), (name) => refusal(name).status))
  return {
    operationId,
    summary,
    description,
    tags: [tag],
    ...securityOf(operation),
    parameters: [
      ...namesIn(path).map(pathParameter),
      ...[...parametersOf(filters), ...query].map(queryParameter),
    ],
    ...(body && {
      requestBody: {
        required: !isBodyOptional,
        content: { 'application/json': { schema: reference('schemas', body.name), example: body.example } },
      },
    }),
    responses: {
      ...Object.fromEntries(answers.map(([status, answer]) => [status, answering(answer)])),
      ...(operation.isTagged && {
        304: { description: 'Nothing has changed since the answer with this tag.', headers: headersFor() },
      }),
      ...Object.fromEntries(
        refusals.map(([status, names]) => [
          status,
          sharedResponse(status, names!) ?? refusing(status, names!, body ?? filters),
        ]),
      ),
      ...(isOfApi(path) && { 414: reference('responses', 'UriTooLong') }),
    },
  }
}

const SECURITY = {
  device: [{ device: [] }],
  uploader: [{ bearer: [] }, { device: [] }],
  provisioner: [{ bearer: [] }, { provisioningKey: [] }],
  storage: [{ storage: [] }],
  actor: [{ bearer: [] }, {}],
}
function securityOf({ isPublic, asker }: Operation) {
  if (isPublic) return { security: [] }
  return asker && { security: SECURITY[asker] }
}

const REFUSALS = {
  device: OF_DEVICES,
  uploader: [...new Set([...GUARDED, ...OF_DEVICES])],
  provisioner: OF_PROVISIONERS,
  storage: OF_STORAGE,
  actor: OF_ACTORS,
}
function guardsOf({ isPublic, asker }: Operation) {
  if (isPublic) return []
  return asker ? REFUSALS[asker] : GUARDED
}

/** All refusals of an operation: those of its guards and its own. */
function refusalsOf(path: string, operation: Operation): ErrorName[] {
  const { body, filters, refuses = [] } = operation
  const fields = Object.keys((body ?? filters)?.reads?.shape ?? {})
  return [
    ...(fields.length > 0 ? (['InvalidFields'] as const) : []),
    ...(body ? WITH_BODY : []),
    ...guardsOf(operation),
    ...(namesIn(path).length > 0 ? WITH_IDS : []),
    ...refuses,
    ...(isOfApi(path) ? ANY_ROUTE : []),
    ...(path === '/readyz' ? (['Throttled', 'Unavailable'] as const) : []),
  ]
}

/** Refusals that are the same on every route that has them. */
const shared: [name: string, status: string, errors: ErrorName[]][] = [
  ['Unauthenticated', '401', GUARDED],
  ['DeviceUnauthenticated', '401', OF_DEVICES],
  ['MalformedId', '404', WITH_IDS],
  ['BodyTooLarge', '413', ['BodyTooLarge']],
  ['UnsupportedMediaType', '415', ['UnsupportedMediaType']],
  ['Throttled', '429', ['Throttled']],
  ['ServerError', '500', ['ServerError']],
  ['Unavailable', '503', ['Unavailable']],
]

function sharedResponse(status: string, names: ErrorName[]) {
  const [name] = shared.find((each) => each[1] === status && each[2].join() === names.join()) ?? []
  return name && reference('responses', name)
}

/** Cloudflare sends this answer; the Worker never sees the request. */
const URI_TOO_LONG = {
  description:
    'The URL is too long (Cloudflare accepts 16 KB). The server in front of this service answers, not in JSON and without an `X-Request-Id`. An edge may send its own page.',
  content: { 'text/plain': { schema: { type: 'string' }, example: 'URI too long' } },
}

const WORDS: Record<string, string> = {
  400: 'The body cannot be read, or a field is not valid.',
  401: 'The token or secret is missing or not valid.',
  403: 'The caller may not do this.',
  404: 'The object does not exist, or the caller may not see it.',
  409: 'The request conflicts with the current state.',
  413: 'The body is too large.',
  415: 'The type of the body is not supported.',
  429: 'Too many requests.',
  500: 'The service failed.',
  503: 'The service or its database is not available. Retry later.',
}

function refusing(status: string, names: ErrorName[], body?: Shape) {
  const schema = body && status === '400' ? errorsOf(body) : null
  const examples = names.map((name) => [
    name,
    schema && name === 'InvalidFields' ? { value: schema.example } : reference('examples', name),
  ])
  return {
    description: WORDS[status]!,
    headers: headersFor(...names.map(refusal)),
    content: {
      'application/json': {
        schema: reference(
          'schemas',
          schema?.name ?? (status === '401' ? 'AuthenticationError' : 'ErrorDetail'),
        ),
        examples: Object.fromEntries(examples),
      },
    },
  }
}

function answering(answer: Shape | { listOf: Shape } | string) {
  const headers = headersFor()
  if (typeof answer === 'string') return { description: answer, headers }
  if ('listOf' in answer) {
    const { name, example } = answer.listOf
    const schema = { type: 'array', items: reference('schemas', name) }
    return {
      description: 'A page of the list.',
      headers: { ...headers, Link: reference('headers', 'Link') },
      content: { 'application/json': { schema, example: [example] } },
    }
  }
  const schema = reference('schemas', answer.name)
  return {
    description: answer.schema.description,
    headers,
    content: { 'application/json': { schema, example: answer.example } },
  }
}

const text = { type: 'string' }
const HEADERS: Record<string, { description: string; schema: JsonSchema; example: string | number }> = {
  Link: {
    description: 'The URL of the next page. The last page has none.',
    schema: text,
    example: '</v1/cameras/?limit=1&after=019731a2-1234-7abc-8def-000000000002>; rel="next"',
  },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' }, example: 30 },
  'WWW-Authenticate': { description: 'The scheme to use.', schema: text, example: 'Bearer realm="api"' },
  'X-Request-Id': {
    description: 'The id of this request in the logs: yours, if you sent one.',
    schema: text,
    example: '5f0c2e9e-3b51-4d1e-9a53-6c1f0f3d7a10',
  },
}

const headersFor = (...problems: Problem[]) =>
  Object.fromEntries(
    ['X-Request-Id', ...problems.flatMap(({ headers }) => Object.keys(headers))].map((name) => [
      name,
      reference('headers', name),
    ]),
  )

function schemas(tags: Tag[]) {
  const shapes = tags.flatMap(({ operations }) =>
    Object.values(operations).flatMap(({ body, filters, answers }) => [
      ...(body ? [body, errorsOf(body)] : []),
      ...(filters ? [errorsOf(filters)] : []),
      ...Object.values(answers).flatMap((answer: Shape | { listOf: Shape } | string) => {
        if (typeof answer === 'string') return []
        return 'listOf' in answer ? [answer.listOf] : [answer]
      }),
    ]),
  )
  return {
    ...Object.fromEntries(shapes.map(({ name, schema }) => [name, schema])),
    ErrorDetail: {
      description: 'The reason for a refusal.',
      type: 'object',
      properties: { detail: text },
      required: ['detail'],
    },
    AuthenticationError: {
      description: 'The reason why the token or secret is refused.',
      type: 'object',
      properties: {
        detail: { ...text, description: 'The reason, for people.' },
        code: { ...text, description: 'The reason, for programs.' },
        message: { ...text, description: 'The message that earlier cameras expect. It adds nothing.' },
        messages: { type: 'array', items: reference('schemas', 'TokenMessage') },
      },
      required: ['detail'],
    },
    TokenMessage: {
      description: 'What is wrong with the token.',
      type: 'object',
      properties: { token_class: text, token_type: text, message: text },
      required: ['token_class', 'token_type', 'message'],
    },
  }
}

/** The examples that operations refer to. The two others belong to no operation or depend on it. */
const documented = () => errorNames.filter((name) => name !== 'InvalidFields' && name !== 'MethodNotAllowed')

const isOfApi = (path: string) => /^\/(v1|app)\//.test(path)

const namesIn = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)

const pathParameter = (name: string) => ({
  name,
  in: 'path',
  required: true,
  description: 'A UUID, in either letter case.',
  schema: { type: 'string', format: 'uuid' },
  example: EXAMPLE_IDS[name],
})

const EXAMPLE_IDS: Record<string, string> = {
  public_user_id: '019731a2-1234-7abc-8def-000000000001',
  public_camera_id: '019731a2-1234-7abc-8def-000000000002',
  public_rule_id: '019731a2-1234-7abc-8def-000000000003',
  public_notification_id: '019731a2-1234-7abc-8def-000000000004',
  public_session_id: '019731a2-1234-7abc-8def-000000000005',
  public_event_id: '019731a2-1234-7abc-8def-000000000005',
}

/** Each filter as a parameter. */
const parametersOf = (filters: Shape | undefined): Parameter[] =>
  Object.entries((filters?.schema.properties ?? {}) as Record<string, JsonSchema>).map(
    ([name, { description, ...schema }]) => ({ name, description: description as string, schema }),
  )

const queryParameter = ({ name, description, schema }: Parameter) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
})

const reference = (kind: 'schemas' | 'responses' | 'examples' | 'headers', name: string) => ({
  $ref: `#/components/${kind}/${name}`,
})
