import * as fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { type Answer, newAddress, type Options, send } from './client.ts'
import { document } from './described.ts'
import {
  aCamera,
  aDevice,
  anEvent,
  aNotification,
  aReset,
  aRule,
  aSession,
  aUser,
  aVerdict,
  PASSWORD,
  sql,
} from './factories.ts'
import { STORAGE_SECRET } from './pictures.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The seed of the random requests: `SEED=… npm test` repeats them. */
    seed: number
  }
}

// A hash takes a sixth of a second, so operations that hash run less often.
const RUNS = 300
const RUNS_WITH_A_HASH = 15
const HASHING = ['register', 'signIn', 'startSession', 'confirmPasswordReset', 'replaceUser', 'updateUser']

const settings = { THROTTLE: 'off', ...inject('judge'), JUDGE_MODEL: 'contract' }
/** Operations that delete: erasing pictures after each answer would take longer than everything else. */
const withoutStorage = { ...settings, S3_BUCKET: '' }
const seed = inject('seed')

type Json = Record<string, any>
/** The things that an operation's requests refer to; recreated when a request has deleted them. */
type World = {
  /** The values of `$NAME` in a request. */
  known: Record<string, string | undefined>
  /** The ids in paths, `$OWN` in a request. */
  ids: Record<string, string | undefined>
}
type Request = {
  method: string
  ids: Record<string, string>
  query: Record<string, string>
  token: string
  body: { json?: unknown; raw?: string; form?: Record<string, string>; type?: string }
}

type Described = { name: string; method: string; path: string; operation: Json }

/** Every described operation under /v1/. */
export const operations = Object.entries<Json>(document.paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, operation]): Described => ({
      name: operation.operationId,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )

/** Whether an operation concerns one camera or its things. */
export const isUnderACamera = ({ path }: Described) => path.includes('{public_camera_id}')

/** Tests operations with requests that may be wrong in any part. */
export function testWithAnyRequest(some: Described[]) {
  describe(`any requests, from SEED=${seed}`, () => {
    it.each(some)(
      '$name answers as described, whatever it is sent',
      { timeout: 120_000 },
      async (described) => {
        let world = await aWorld(described)
        const statuses = new Map<number, number>()
        await fc.assert(
          fc.asyncProperty(anyRequest(described), async (request) => {
            const answer = await ask(described, request, world)
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
            if (hasTaken(answer, described)) world = await aWorld(described)
            expect(answer.status).toBeLessThan(500)
          }),
          { seed, numRuns: HASHING.includes(described.name) ? RUNS_WITH_A_HASH : RUNS },
        )
        await forgetErasures()
        // If all requests succeeded or all failed, they would test little.
        expect(statuses.size).toBeGreaterThan(1)
      },
    )
  })
}

/** Tests operations with requests that the description allows. */
export function testWithGoodRequests(some: Described[]) {
  describe(`good requests, from SEED=${seed}`, () => {
    it.each(some)('$name takes what the description allows', { timeout: 120_000 }, async (described) => {
      const world = await aWorld(described)
      await fc.assert(
        fc.asyncProperty(goodRequest(described), async (request) => {
          const { status, body } = await ask(described, request, world)
          const [described2xx] = Object.keys(described.operation.responses)
          expect([String(status), status < 300 ? null : body]).toEqual([described2xx, null])
        }),
        { seed, numRuns: 50 },
      )
    })
  })
}

/** Erasures without storage stay due, and a deletion in another test would then process them all. */
async function forgetErasures() {
  const gone = deletable.splice(0)
  await sql`delete from erasures where split_part(prefix, '/', 2) = any (${gone})`
}
const deletable: string[] = []

/** Whether a request may have deleted the things of later requests, or used up a token. */
const hasTaken = ({ status, body }: Answer, { name }: Described) =>
  status === 204 ||
  ((body?.access || body?.public_camera_id) && !/^(get|create|replace|update|refresh)/.test(name))

/**
 * The things that an operation needs, by its name, and the user who sends it; all things if it deletes a camera or an account. A superuser
 * only if it needs one: superusers list everyone, and wait for each other when one is deleted.
 */
async function aWorld({ name, operation }: Described): Promise<World> {
  const isAbout = (what: RegExp) => what.test(name) || /^delete(Camera|User)$/.test(name)
  const isOfDevice = isAbout(/Device/) || operation.security?.[0]?.device
  const user = await aUser({ isSuperuser: name === 'provisionDevice' })
  const camera = await aCamera(user)
  const [rule, notification, device, unclaimed, session, reset] = await Promise.all([
    isAbout(/Rule|Feedback/) ? aRule(user, camera) : undefined,
    isAbout(/Notification/) ? aNotification(user, camera) : undefined,
    isOfDevice ? aDevice({ camera }) : undefined,
    isAbout(/Device/) ? aDevice() : undefined,
    isAbout(/Session/) ? aSession(user) : undefined,
    isAbout(/Password/) ? aReset(user) : undefined,
  ])
  const event = isAbout(/Event|Feedback/) ? await anEvent(user, camera) : undefined
  if (event && rule) await aVerdict(event, rule)
  deletable.push(user.publicUserId, camera.publicCameraId)
  return {
    known: {
      TOKEN: operation.security?.[0]?.device ? device!.access : user.access,
      REFRESH: user.refresh,
      DEVICE: device?.deviceToken,
      CLAIM: unclaimed?.claimToken,
      SESSION: session?.session,
      RESET: reset,
      RULE: rule?.publicRuleId,
    },
    ids: {
      public_user_id: user.publicUserId,
      public_camera_id: camera.publicCameraId,
      public_rule_id: rule?.publicRuleId,
      public_notification_id: notification,
      public_session_id: session?.publicSessionId,
      public_event_id: event,
    },
  }
}

async function ask(
  { path }: Described,
  { method, ids, query, token: header, body }: Request,
  world: World,
): Promise<Answer> {
  const known = (text: string) =>
    text.replaceAll(/\$([A-Z]+)/g, (whole, name: string) => world.known[name] ?? whole)
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((ids[name] ?? '').replace('$OWN', world.ids[name]!)),
  )
  const search = new URLSearchParams(query)
  const options: Options = {
    settings: method === 'DELETE' ? withoutStorage : settings,
    headers: { 'CF-Connecting-IP': newAddress() },
  }
  if (header !== '') options.headers!.Authorization = known(header)
  if (!['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method)) {
    if (body.form) options.body = new URLSearchParams(body.form)
    else if (body.raw !== undefined) options.body = body.raw
    else if (body.json !== undefined) options.body = known(JSON.stringify(body.json))
    if (body.type && !body.form) options.headers!['Content-Type'] = body.type
  }
  return send(method, `${filled}${search.size > 0 ? `?${search}` : ''}`, options)
}

/** The headers for a secret other than a token. */
const AUTHORIZATIONS: Record<string, string> = {
  getDeviceAccess: 'Device $DEVICE',
  hearStorage: STORAGE_SECRET,
}

/** A request that the description allows, from a user with permission. */
const goodRequest = ({ method, operation }: Described): fc.Arbitrary<Request> =>
  fc.record({
    method: fc.constant(method),
    ids: ofEach(operation, 'path', () => fc.constant('$OWN')),
    query: fc
      .record(
        Object.fromEntries(
          parametersOf(operation, 'query').map(({ name, schema }) => [name, good(name, schema).map(String)]),
        ),
        { requiredKeys: [] },
      )
      .map((query) => query as Record<string, string>),
    token: fc.constant('Bearer $TOKEN'),
    body: goodBody(operation).map((json) => ({ json, type: 'application/json' })),
  })

/** A request that may be wrong in any part. */
const anyRequest = ({ method, operation }: Described): fc.Arbitrary<Request> =>
  fc.record({
    method: mostly(
      fc.constant(method),
      fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
    ),
    ids: ofEach(operation, 'path', () =>
      mostly(
        fc.constant('$OWN'),
        fc.oneof(fc.uuid(), fc.string({ unit: 'grapheme', minLength: 1 }).map(asSegment)),
      ),
    ),
    query: fc.dictionary(
      fc.constantFrom('limit', 'after', 'all', 'page', ...parametersOf(operation, 'query').map(nameOf)),
      fc.oneof(fc.nat().map(String), fc.uuid(), TEXT),
      {
        maxKeys: 3,
      },
    ),
    token: mostly(
      fc.constant(AUTHORIZATIONS[operation.operationId as string] ?? 'Bearer $TOKEN'),
      fc.oneof(
        fc.constantFrom(
          '',
          'Bearer',
          'Bearer $REFRESH',
          'bearer $TOKEN',
          'Bearer $TOKEN $TOKEN',
          'Bearer $TOKEN.x',
          'Basic eDp5',
        ),
        fc.base64String().map((text) => `Bearer ${text}`),
      ),
    ),
    body: mostly(
      brokenBody(operation).map((json) => ({ json, type: 'application/json' })),
      fc.oneof(
        goodBody(operation).map((json) => ({ json, type: 'APPLICATION/json; charset=utf-8' })),
        fc.record({
          json: goodBody(operation),
          type: fc.constantFrom('text/plain', 'application/xml', 'multipart/form-data', ''),
        }),
        fc.record({
          raw: TEXT,
          type: fc.constantFrom('application/json', 'multipart/form-data; boundary=x'),
        }),
        fc.record({ json: fc.jsonValue(), type: fc.constant('application/json') }),
        fc.dictionary(fc.constantFrom(...fieldsOf(operation), 'other'), TEXT).map((form) => ({ form })),
      ),
    ),
  })

const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 4 }, { arbitrary: odd, weight: 1 })

const TEXT = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '\u0000', '\uFEFF', '0', 'true', 'null', 'a'.repeat(101), '🏠'.repeat(241)),
)
// A lone surrogate cannot be in a URL, dots are not a segment, and a slash would make another path.
const asSegment = (text: string) => text.toWellFormed().replaceAll(/[./]/g, '-') || '-'

const nameOf = ({ name }: Json): string => name
const parametersOf = (operation: Json, where: string): Json[] =>
  operation.parameters.filter((parameter: Json) => parameter.in === where)

const ofEach = (operation: Json, where: string, arbitrary: () => fc.Arbitrary<string>) =>
  fc.record(Object.fromEntries(parametersOf(operation, where).map(({ name }) => [name, arbitrary()])))

const schemaOf = (operation: Json): Json => {
  const { $ref } = operation.requestBody?.content['application/json'].schema ?? {}
  return $ref ? document.components.schemas[$ref.split('/').at(-1)] : { properties: {} }
}
const fieldsOf = (operation: Json) => Object.keys(schemaOf(operation).properties)

const goodBody = (operation: Json): fc.Arbitrary<unknown> => {
  const { properties, required = [] } = schemaOf(operation)
  const fields = Object.entries<Json>(properties).map(([name, schema]) => [name, good(name, schema)])
  return fc.record(Object.fromEntries(fields), { requiredKeys: required })
}

/** A body with valid, invalid, missing and extra fields. */
const brokenBody = (operation: Json): fc.Arbitrary<unknown> => {
  const fields = Object.entries<Json>(schemaOf(operation).properties).map(([name, schema]) => [
    name,
    mostly(good(name, schema), fc.oneof(TEXT, fc.jsonValue(), fc.integer(), fc.boolean(), fc.constant(null))),
  ])
  return fc.record({ ...Object.fromEntries(fields), id: fc.integer(), owner: TEXT }, { requiredKeys: [] })
}

/** A value that a schema allows, and a meaningful one if the name tells which. */
function good(name: string, schema: Json): fc.Arbitrary<unknown> {
  if (name === 'claim_token') return fc.constant('$CLAIM')
  if (name === 'public_rule_id') return fc.oneof(fc.constant('$RULE'), fc.uuid())
  if (name === 'refresh') return fc.constant('$REFRESH')
  if (name === 'session') return fc.constant('$SESSION')
  if (name === 'token') return fc.constant('$RESET')
  if (name === 'current_password') return fc.constant(PASSWORD)
  if (Array.isArray(schema.type))
    return fc.option(good(name, { ...schema, type: schema.type[0] }), { nil: null })
  if (name === 'time_zone') return fc.constantFrom('Europe/Berlin', 'UTC', 'America/St_Johns')
  if (schema.format === 'date-time') return A_MOMENT
  if (schema.type === 'array')
    return fc.array(good(name, schema.items), { minLength: schema.minItems, maxLength: 5 })
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true })
  if (schema.type === 'integer') return fc.integer({ min: schema.minimum, max: schema.maximum })
  if (schema.format === 'uuid') return fc.uuid()
  if (schema.format === 'email') return fc.emailAddress({ size: 'small' })
  const { minLength = 0, maxLength = 200 } = schema
  return fc
    .string({ unit: fc.integer({ min: 0x20, max: 0x10ffff }).map(asCharacter), minLength, maxLength })
    .filter((text) => minLength === 0 || text.trim() !== '')
}

const A_MOMENT = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())

const asCharacter = (codePoint: number) => String.fromCodePoint(codePoint).toWellFormed()
