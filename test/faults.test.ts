import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Fault } from '../stack/control.ts'
import { settings } from '../src/settings.ts'
import { AS_DEPLOYED, breakSql, newRequestId, type Options, send, statementsOf } from './support/client.ts'
import { aUser, newEmail, PASSWORD, propertyOf, sql } from './support/factories.ts'
import { aRequest, type Request, routesThat } from './support/routes.ts'

const UNAVAILABLE = { detail: 'Service temporarily unavailable, try again later.' }

/** A shorter limit for statements that never end; failed reads are retried as in production. */
const SHORT = { SQL_TIMEOUT_IN_MS: '2000' }
const isEndless = ({ fault }: Pick<Fault, 'fault'>) => fault === 'drop' || fault === 'stall'

/** Sends a request whose statements meet these faults in turn, and measures how long the answer takes. */
async function sendInto(faults: Omit<Fault, 'request'>[], method: string, path: string, options: Options) {
  const request = newRequestId()
  for (const fault of faults) await breakSql({ ...fault, request })
  const start = Date.now()
  const answer = await send(method, path, {
    ...(faults.some(isEndless) && { settings: SHORT }),
    ...options,
    headers: { ...options.headers, 'X-Request-Id': request },
  })
  return { ...answer, milliseconds: Date.now() - start }
}

const sendBroken = (
  faults: Omit<Fault, 'request'>[],
  { method, path, options }: Request,
  settings?: Options['settings'],
) => sendInto(faults, method, path, { ...options, ...(settings && { settings }) })

type Sent = Awaited<ReturnType<typeof sendInto>>

function expectUnavailable({ status, body, headers }: Sent) {
  expect([status, body]).toEqual([503, UNAVAILABLE])
  expect(headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
}

/** Faults before the database executes the statement. */
const NOT_EXECUTED = ['drop', 'reset', 'status', 'garbage'] as const
/** Faults after the database has executed the statement. */
const UNHEARD = ['stall', 'drop-answer'] as const

describe.concurrent.each(routesThat('writes'))('%s', (name) => {
  it.each(NOT_EXECUTED)('is unavailable, changes nothing and is not sent again: %s', async (fault) => {
    const request = await aRequest(name)
    const before = await propertyOf(request.owner)
    const sent = await sendBroken([{ fault }], request)
    expectUnavailable(sent)
    expect(await statementsOf(sent.requestId)).toHaveLength(1)
    expect(await propertyOf(request.owner)).toEqual(before)
  })

  it.each(UNHEARD)('is unavailable and is not sent again once executed: %s', async (fault) => {
    const request = await aRequest(name)
    const sent = await sendBroken([{ fault }], request)
    expectUnavailable(sent)
    expect(await statementsOf(sent.requestId)).toHaveLength(1)
  })
})

describe.concurrent.each(routesThat('reads'))('%s', (name) => {
  it.each([...NOT_EXECUTED, ...UNHEARD])('is unavailable: %s', async (fault) => {
    const request = await aRequest(name)
    const sent = await sendBroken([{ fault }], request)
    expectUnavailable(sent)
    const statements = await statementsOf(sent.requestId)
    // A statement that never ends uses up the time of the whole request.
    expect(statements).toHaveLength(isEndless({ fault }) ? 1 : 3)
  })

  it.each(['reset', 'status', 'garbage', 'drop-answer'] as const)(
    'is sent again, twice at most, until it is answered: %s',
    async (fault) => {
      const request = await aRequest(name)
      const sent = await sendBroken([{ fault, times: 2 }], request)
      expect([200, 201, 202]).toContain(sent.status)
      expect(await statementsOf(sent.requestId)).toHaveLength(3)
    },
  )
})

describe.concurrent('a camera that asks once for its token', () => {
  const isGood = async (deviceToken: string) => {
    const headers = { Authorization: `Device ${deviceToken}` }
    return (await send('POST', '/v1/cameras/auth/token/', { headers })).status === 200
  }

  it.each(['POST register device', 'POST pair'])(
    'has one that works, though two answers were lost: %s',
    async (name) => {
      const request = await aRequest(name)
      const { status, body } = await sendBroken([{ fault: 'drop-answer', times: 2 }], request)
      expect(status).toBe(201)
      expect(await isGood(body.device_token)).toBe(true)
      expect(await sql`select from camera_camera where owner_id = ${request.owner.id}`).toHaveLength(
        name === 'POST pair' ? 1 : 0,
      )
    },
  )
})

describe.concurrent('a slow database', () => {
  it.each(['GET cameras', 'POST cameras'])('is waited for by %s', async (name) => {
    const request = await aRequest(name)
    const sent = await sendBroken([{ fault: 'delay', milliseconds: 500, millisecondsAfter: 500 }], request)
    expect(sent.status).toBe(name === 'GET cameras' ? 200 : 201)
    expect(await statementsOf(sent.requestId)).toHaveLength(1)
  })

  it('costs a read one attempt within its time', async () => {
    const request = await aRequest('GET camera')
    const faults = [{ fault: 'reset', times: 1 } as const, { fault: 'drop' } as const]
    const sent = await sendBroken(faults, request)
    expectUnavailable(sent)
    expect(await statementsOf(sent.requestId)).toHaveLength(2)
  })
})

describe.concurrent('a registration', () => {
  const registration = () => ({ email: newEmail(), password: PASSWORD })

  it.each(NOT_EXECUTED)('leaves no account where it was not executed: %s', async (fault) => {
    const json = registration()
    expectUnavailable(await sendInto([{ fault }], 'POST', '/v1/auth/register/', { json }))
    expect(await sql`select from users where email = ${json.email}`).toEqual([])
    expect((await send('POST', '/v1/auth/register/', { json })).status).toBe(201)
  })

  it('leaves one whole account where its answer was lost', async () => {
    const json = registration()
    expectUnavailable(await sendInto([{ fault: 'drop-answer' }], 'POST', '/v1/auth/register/', { json }))
    expect(await sql`select email, username from users where email = ${json.email}`).toEqual([
      { email: json.email, username: json.email },
    ])
    expect((await send('POST', '/v1/auth/token/', { json })).status).toBe(200)
    expect(await send('POST', '/v1/auth/register/', { json })).toMatchObject({
      status: 400,
      body: { email: ['A user with that email already exists.'] },
    })
  })
})

describe.concurrent('a new camera', () => {
  it.each([
    ['drop', 0],
    ['reset', 0],
    ['drop-answer', 1],
    ['stall', 1],
  ] as const)('is stored at most once: %s', async (fault, count) => {
    const owner = await aUser()
    const options = { token: owner.access, json: { location: 'Attic' } }
    expectUnavailable(await sendInto([{ fault }], 'POST', '/v1/cameras/', options))
    expect((await propertyOf(owner)).cameras).toHaveLength(count)
  })
})

describe.concurrent('a new password', () => {
  const change = { password: 'calm-harbour-83', current_password: PASSWORD }

  it.each(['first', 'second'])('is not set where the %s statement is lost', async (which) => {
    const owner = await aUser()
    const before = await propertyOf(owner)
    const faults: Omit<Fault, 'request'>[] =
      which === 'first' ? [{ fault: 'reset' }] : [{ fault: 'delay', times: 1 }, { fault: 'reset' }]
    const sent = await sendInto(faults, 'PATCH', `/v1/user/${owner.publicUserId}/`, {
      token: owner.access,
      json: change,
    })
    expectUnavailable(sent)
    const statements = (await statementsOf(sent.requestId)) as { sql: string }[]
    const sentTo = (table: string) => statements.filter(({ sql }) => sql.includes(table))
    expect(sentTo('insert into "sign_in_attempts"')).toHaveLength(1)
    expect(sentTo('update "users"')).toHaveLength(which === 'first' ? 0 : 1)
    expect(await propertyOf(owner)).toEqual(before)
    expect((await send('GET', '/v1/cameras/', { token: owner.access })).status).toBe(200)
  })
})

describe('a sign-in', () => {
  it('succeeds where it cannot be remembered', async () => {
    const { email } = await aUser()
    const faults = [{ fault: 'delay', times: 1 } as const, { fault: 'reset' } as const]
    const { status, body } = await sendInto(faults, 'POST', '/v1/auth/token/', {
      json: { email, password: PASSWORD },
    })
    expect(status).toBe(200)
    expect(body).toEqual({ access: expect.any(String), refresh: expect.any(String) })
    expect((await send('GET', '/v1/users/', { token: body.access })).status).toBe(200)
  })
})

describe('fields', () => {
  it('are refused by a registration also where the database is down', async () => {
    const sent = await sendInto([{ fault: 'reset' }], 'POST', '/v1/auth/register/', {
      json: { email: 'jane', password: PASSWORD },
    })
    expect([sent.status, sent.body]).toEqual([400, { email: ['Enter a valid email address.'] }])
  })

  it('are refused by an account also where the database is down', async () => {
    const owner = await aUser()
    const sent = await sendInto([{ fault: 'reset' }], 'PATCH', `/v1/user/${owner.publicUserId}/`, {
      token: owner.access,
      json: { first_name: null },
    })
    expect([sent.status, sent.body]).toEqual([400, { first_name: ['This field may not be null.'] }])
  })
})

describe.concurrent('without a database', () => {
  it.each(['drop', 'reset', 'status', 'garbage'] as const)('presign goes on: %s', async (fault) => {
    const { access: token } = await aUser()
    const { status, body } = await sendInto([{ fault }], 'POST', '/v1/uploads/presign', { token })
    expect(status).toBe(200)
    expect(body).toEqual({ url: expect.any(String), key: expect.any(String), expires_in: 300 })
  })

  it.each(['drop', 'reset', 'status', 'garbage'] as const)('/healthz goes on: %s', async (fault) => {
    const { status, body } = await sendInto([{ fault }], 'GET', '/healthz', {})
    expect([status, body]).toEqual([200, { status: 'ok' }])
  })

  it.each([...NOT_EXECUTED, ...UNHEARD])('/readyz says so, sooner: %s', async (fault) => {
    const sent = await sendInto([{ fault }], 'GET', '/readyz', {})
    expectUnavailable(sent)
    expect(sent.milliseconds).toBeLessThan(4_000)
  })

  it('a request is refused as before, as far as it needs none', async () => {
    const { access: token } = await aUser()
    const refused = async (method: string, path: string, options: Options) => {
      const { status } = await sendInto([{ fault: 'reset' }], method, path, options)
      return status
    }
    expect(await refused('GET', '/v1/cameras/', {})).toBe(401)
    expect(await refused('PUT', '/v1/cameras/', { token })).toBe(405)
    expect(await refused('GET', '/v1/cameras/x/', { token })).toBe(404)
    expect(await refused('POST', '/v1/cameras/', { token, json: {} })).toBe(400)
  })
})

// Not concurrent: the other tests would slow these down.
describe('503 comes within 5 seconds', () => {
  it('of which statements have 4', () => {
    const { SQL_TIMEOUT_IN_MS, ...rest } = env
    expect(SQL_TIMEOUT_IN_MS).toBe('4000')
    expect(settings(rest, 'database').SQL_TIMEOUT_IN_MS).toBe(4_000)
  })

  it.concurrent.each([
    'GET cameras',
    'POST cameras',
    'POST token',
    'POST register',
    'DELETE user',
    'PUT user',
  ])('of %s', async (name) => {
    const request = await aRequest(name)
    const [dropped, late] = await Promise.all([
      sendBroken([{ fault: 'drop' }], request, AS_DEPLOYED),
      sendBroken([{ fault: 'delay', millisecondsAfter: 8_000 }], await aRequest(name), AS_DEPLOYED),
    ])
    expectUnavailable(dropped)
    expectUnavailable(late)
    expect(Math.max(dropped.milliseconds, late.milliseconds)).toBeLessThan(5_000)
  })

  it.concurrent.each([
    ['first', [{ fault: 'drop' }]],
    ['second', [{ fault: 'delay', times: 1 }, { fault: 'drop' }]],
  ] as [string, Omit<Fault, 'request'>[]][])('of the %s statement of a new password', async (_, faults) => {
    const { access: token, publicUserId } = await aUser()
    const sent = await sendInto(faults, 'PATCH', `/v1/user/${publicUserId}/`, {
      token,
      json: { password: 'calm-harbour-83', current_password: PASSWORD },
      settings: AS_DEPLOYED,
    })
    expectUnavailable(sent)
    expect(sent.milliseconds).toBeLessThan(5_000)
  })
})
