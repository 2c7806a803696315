import { describe, expect, it } from 'vitest'
import { app } from '../src/app.ts'
import { requireDevice, requireViewer } from '../src/auth/guards.ts'
import { requireProvisioner } from '../src/devices/guards.ts'
import { requireActor } from '../src/notifications/guards.ts'
import { requireStorage, requireUploader } from '../src/events/guards.ts'
import { tags } from '../src/openapi.ts'
import { errorNames, refusal } from '../src/openapi/errors.ts'
import type { Operation } from '../src/openapi/operation.ts'
import { document, holdAgainstDocument } from './support/described.ts'

/** Pages for people, and the description itself. */
const isPage = (path: string) => /^\/((admin|docs|openapi\.json|app\/\*)(\/|$)|$)/.test(path)

/** A normalised route: without parameter names and without a trailing slash. */
const spelled = (method: string, path: string) =>
  `${method} ${path.replaceAll(/:\w+|\{\w+\}/g, '{}').replace(/(?<=.)\/$/, '')}`

const operations = new Map<string, Operation>(
  tags.flatMap(({ operations }) =>
    Object.entries(operations).map(([key, operation]) => {
      const [method, path] = key.split(' ') as [string, string]
      return [spelled(method, path), operation] as const
    }),
  ),
)
const underV1 = Object.entries<Json>(document.paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([, methods]) => Object.values<Json>(methods))
const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && !isPage(path))
type Guard = { schema?: unknown }
const GUARDS: [asker: string, guard: unknown][] = [
  ['user', requireViewer],
  ['device', requireDevice],
  ['uploader', requireUploader],
  ['provisioner', requireProvisioner],
  ['storage', requireStorage],
  ['actor', requireActor],
]

/** The handlers before a route. A route never meets later ones, such as the cameras' guard after the fixed paths beside them. */
const guardsOf = (route: string) =>
  app.routes
    .slice(0, app.routes.findLastIndex(({ method, path }) => spelled(method, path) === route) + 1)
    .filter(({ method, path }) => {
      if (method !== 'ALL') return spelled(method, path) === route
      return new RegExp(`^\\w+ ${path.replaceAll(/:\w+/g, '{}').replace(/\/\*$/, '(/.*)?')}$`).test(route)
    })
    .map(({ handler }): unknown => handler)

describe('the description and the route table', () => {
  it('have the same routes', () => {
    const served = new Set(routes.map(({ method, path }) => spelled(method, path)))

    expect([...operations.keys()].toSorted()).toEqual([...served].toSorted())
  })

  it.each([...operations])('agree on the guards of %s', (route, operation) => {
    const guards = guardsOf(route)
    const schemas = guards.flatMap((guard) => ((guard as Guard).schema ? [(guard as Guard).schema] : []))

    const { isPublic, asker = 'user' } = operation
    const askers = GUARDS.filter(([, guard]) => guards.includes(guard)).map(([asker]) => asker)
    expect(askers).toEqual(isPublic ? [] : [asker])
    expect(schemas).toEqual(operation.body ? [operation.body.reads] : [])
    expect(schemas[0]).toBe(operation.body?.reads)
  })
})

describe('the description', () => {
  it('shows every refusal of the catalogue in a route, but for those that belong to none', () => {
    const shown = Object.keys(document.components.examples)
    const elsewhere = errorNames.filter((name) => !shown.includes(name))

    expect(elsewhere).toEqual(['InvalidFields', 'MethodNotAllowed'])
    for (const name of errorNames)
      expect(document.info.description).toContain(JSON.stringify(refusal(name).body))
  })

  it.each([...operations])('says of %s what it does and needs, beyond its summary', (_, operation) => {
    const { summary, description } = operation

    expect(description).toMatch(/^[A-Z`].{30,}\.$/)
    expect(description).not.toContain(summary)
  })

  it('has the 414 of the server in front of the Worker on every operation, which is no JSON and has none of our headers', () => {
    const answers = underV1.map((operation) => operation.responses[414])
    const { content, headers } = document.components.responses.UriTooLong

    expect(answers.length).toBeGreaterThan(15)
    for (const answer of answers) expect(answer).toEqual({ $ref: '#/components/responses/UriTooLong' })
    expect([Object.keys(content), headers]).toEqual([['text/plain'], undefined])
    expect(document.info.description).toContain('414')
  })

  it('says the minimum of a password where one is set, and none where one is shown', () => {
    const { Registration, UserInput, UserPatch, Credentials } = document.components.schemas

    for (const { properties } of [Registration, UserInput, UserPatch]) {
      expect(properties.password.minLength).toBe(8)
      for (const rule of [/at least 8 characters/i, /digits/, /common/, /email/, /names/])
        expect(properties.password.description).toMatch(rule)
    }
    expect(UserInput.properties.current_password.minLength).toBe(1)
    expect(Credentials.properties.password.minLength).toBe(1)
  })

  describe('for Swift’s generator', () => {
    const nodes = [...walk(document)]

    it('says null by a type, not by the keyword of OpenAPI 3.0', () => {
      expect(nodes.filter(({ node }) => 'nullable' in node)).toEqual([])
    })

    it('has no union without a name', () => {
      const isOptional = (type: unknown[]) => type.length === 2 && type[1] === 'null'
      const unions = nodes.filter(
        ({ node }) =>
          'oneOf' in node || 'anyOf' in node || (Array.isArray(node.type) && !isOptional(node.type)),
      )

      expect(unions.filter(({ path }) => !/^components\/schemas\/\w+$/.test(path))).toEqual([])
    })

    it('has an operation id and a summary for each operation, each of them once', () => {
      const ids = [...operations.values()].map(({ operationId }) => operationId)

      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/)
    })

    it('names the schema of every body', () => {
      const bodies = nodes.filter(({ path }) =>
        /(requestBody|responses\/\w+)\/content\/application~json$/.test(path),
      )

      expect(bodies.length).toBeGreaterThan(20)
      for (const { node } of bodies) {
        const schema = node.schema.type === 'array' ? node.schema.items : node.schema
        expect(Object.keys(schema)).toEqual(['$ref'])
      }
    })

    it('leaves objects open, so that a client does not mind a new property', () => {
      expect(nodes.filter(({ node }) => 'additionalProperties' in node)).toEqual([])
    })
  })
})

describe('what holds every answer of the suite against the description', () => {
  const headers = new Headers({ 'X-Request-Id': '1', 'Content-Type': 'application/json' })
  const camera = document.components.schemas.Camera.examples[0]
  const id = camera.public_camera_id
  const held = (method: string, path: string, status: number, body: unknown) => () =>
    holdAgainstDocument({ method, path, status, headers, body })

  it('lets what is described pass', () => {
    expect(held('GET', `/v1/cameras/${id}`, 200, camera)).not.toThrow()
    expect(held('GET', '/v1/cameras/?limit=1', 200, [camera])).not.toThrow()
    const tooLong = ['Ensure this field has no more than 100 characters.']
    expect(held('POST', '/v1/cameras/', 400, { location: tooLong })).not.toThrow()
    expect(held('PUT', '/v1/uploads/', 404, { detail: 'Not found.' })).not.toThrow()
  })

  it.each([
    ['a status', held('GET', '/v1/cameras/', 201, [])],
    ['a missing property', held('GET', '/v1/cameras/', 200, [{ id: 1 }])],
    ['a property too many', held('GET', `/v1/cameras/${id}/`, 200, { ...camera, owner_id: 1 })],
    [
      'a time without its zone',
      held('GET', `/v1/cameras/${id}/`, 200, { ...camera, created_at: '2026-04-28T12:00:00' }),
    ],
    ['a number as text', held('GET', `/v1/cameras/${id}/`, 200, { ...camera, id: '1' })],
    ['other words', held('GET', `/v1/cameras/${id}/`, 404, { detail: 'No Rule matches the given query.' })],
    [
      'a fault of a field there is not',
      held('POST', '/v1/cameras/', 400, { place: ['This field is required.'] }),
    ],
    ['other words for a fault', held('POST', '/v1/cameras/', 400, { location: ['Required.'] })],
    ['a body where none is', held('DELETE', `/v1/cameras/${id}/`, 204, {})],
    ['a route that is none', held('GET', '/v1/lenses/', 200, [])],
  ])('refuses %s', (_, hold) => {
    expect(hold).toThrow(/does not allow/)
  })
})

type Json = Record<string, any>

/** Every object of a document with the keys that lead to it; examples are data, not schemas. */
function* walk(node: unknown, path: string[] = []): Generator<{ path: string; node: Json }> {
  if (typeof node !== 'object' || node === null) return
  yield { path: path.join('/'), node }
  for (const [key, child] of Object.entries(node))
    if (!/^examples?$/.test(key)) yield* walk(child, [...path, key.replaceAll('/', '~')])
}
