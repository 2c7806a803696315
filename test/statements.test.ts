import { describe, expect, it, vi } from 'vitest'
import { app } from '../src/app.ts'
import { breakSql, newRequestId, type Options, send, statementsOf } from './support/client.ts'
import { aCamera, aUser, newEmail, PASSWORD, sql } from './support/factories.ts'
import { aRequest, routesThat } from './support/routes.ts'

/** Requests that take locks in a statement before their own, in the same transaction and round trip. */
const WAITS_FIRST = ['POST storage events', 'POST action']
/** Requests that send more statements: sign-ins and new passwords (see below), and the test of a push target, which stores its outcome. */
const SENDS_MORE = [
  'POST token',
  'POST sessions',
  'POST page session',
  'POST password reset',
  'POST password reset confirm',
  'POST test',
]

describe('one statement is sent', () => {
  const others = [...SENDS_MORE, ...WAITS_FIRST]
  it.each(routesThat().filter((name) => !others.includes(name)))('by %s', async (name) => {
    const { method, path, options } = await aRequest(name)
    const { status, requestId } = await send(method, path, options)
    expect(status).toBeLessThan(300)
    expect(await statementsOf(requestId)).toEqual([{ sql: expect.any(String) }])
  })

  it.each(WAITS_FIRST)('after one that locks, in one round trip, by %s', async (name) => {
    const { method, path, options } = await aRequest(name)
    const { status, requestId } = await send(method, path, options)
    expect(status).toBeLessThan(300)
    const locks = { sql: expect.stringMatching(/^\s*select id from "\w+"\s.* for (no key )?update$/s) }
    expect(await statementsOf(requestId)).toMatchObject([{ queries: [locks, { sql: expect.any(String) }] }])
  })

  it('by every route of the table that asks the database', () => {
    const sendsNone = [
      'POST /v1/uploads/presign',
      'POST /v1/cameras/presigned_upload_url',
      'GET /v1/push/key',
      'GET /app/*',
      'GET /healthz',
      'GET /readyz',
    ]
    const kinds = new Set(
      app.routes
        .filter(
          ({ method, path }) =>
            method !== 'ALL' && path !== '/*' && !/^\/(admin|docs|openapi\.json|$)/.test(path),
        )
        .map(({ method, path }) => `${method} ${path}`)
        .filter((route) => !sendsNone.includes(route)),
    )
    // Four of the names are variants of the requests for the cameras, the events and the notifications.
    expect(routesThat()).toHaveLength(kinds.size + 4)
  })

  it('by a registration of an address that is taken', async () => {
    const { email } = await aUser()
    const { status, requestId } = await send('POST', '/v1/auth/register/', {
      json: { email, password: PASSWORD },
    })
    expect(status).toBe(400)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('by a registration with another fault, to tell whether the address is taken', async () => {
    const { status, requestId } = await send('POST', '/v1/auth/register/', {
      json: { email: newEmail(), password: '1234567' },
    })
    expect(status).toBe(400)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it.each([
    ['an unknown address', async () => ({ email: newEmail(), password: PASSWORD })],
    ['a wrong password', async () => ({ email: (await aUser()).email, password: 'something-else-9' })],
    [
      'an inactive account',
      async () => ({ email: (await aUser({ isActive: false })).email, password: PASSWORD }),
    ],
  ])('by a sign-in with %s, also after the answer', async (_, credentials) => {
    const { status, requestId } = await send('POST', '/v1/auth/token/', { json: await credentials() })
    expect(status).toBe(401)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('by each refusal that only the database knows', async () => {
    const [stranger, owner] = [await aUser(), await aUser()]
    const { publicCameraId } = await aCamera(owner)
    const path = `/v1/cameras/${publicCameraId}/`
    const requests: [string, string, object?][] = [
      ['GET', `/v1/user/${owner.publicUserId}/`],
      ['PATCH', `/v1/user/${owner.publicUserId}/`, { first_name: 'Mine' }],
      ['DELETE', `/v1/user/${owner.publicUserId}/`],
      ['GET', path],
      ['PUT', path, { location: 'Mine' }],
      ['DELETE', path],
      ['GET', `${path}rules/`],
      ['POST', `${path}rules/`, { rule: 'Mine', rule_nickname: 'Mine' }],
    ]
    for (const [method, url, json] of requests) {
      const { status, requestId } = await send(method, url, { token: stranger.access, json })
      expect([method, url, status]).toEqual([method, url, url.endsWith('rules/') ? 403 : 404])
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
  })
})

describe('a sign-in', () => {
  it('sends one statement, and after the answer one that remembers it', async () => {
    const { id, email } = await aUser()
    const request = newRequestId()
    // The second statement never completes, so the answer did not wait for it.
    await breakSql({ fault: 'delay', request, times: 1 })
    await breakSql({ fault: 'drop', request })
    const { status } = await send('POST', '/v1/auth/token/', {
      json: { email, password: PASSWORD },
      headers: { 'X-Request-Id': request },
    })
    expect(status).toBe(200)
    await vi.waitUntil(async () => (await statementsOf(request)).length > 1, { timeout: 10_000 })
    const [first, second, ...rest] = (await statementsOf(request)) as { sql: string }[]
    expect(first!.sql).not.toMatch(/update "?users/)
    expect(second!.sql).toMatch(/update "users" set\s+last_login = now\(\)/)
    expect(rest).toEqual([])
    expect(await sql`select last_login from users where id = ${id}`).toEqual([{ last_login: null }])
  })

  it('is dated', async () => {
    const { id, email } = await aUser()
    const { status } = await send('POST', '/v1/auth/token/', { json: { email, password: PASSWORD } })
    expect(status).toBe(200)
    await vi.waitUntil(
      async () => {
        const [row] =
          await sql`select last_login between date_joined and now() as is_dated from users where id = ${id}`
        return row!.is_dated
      },
      { timeout: 10_000 },
    )
  })
})

/** Sends the request with this name. Returns the statements before its answer, and all of them once there are `count`. */
async function statementsFor(name: string, count: number) {
  const { method, path, options } = await aRequest(name)
  const answer = await send(method, path, options)
  await vi.waitUntil(async () => (await statementsOf(answer.requestId)).length >= count, { timeout: 10_000 })
  return {
    status: answer.status,
    waitedFor: Number(/desc="(\d+)"/.exec(answer.headers.get('Server-Timing')!)?.[1]),
    statements: ((await statementsOf(answer.requestId)) as { sql: string }[]).map(({ sql }) => sql),
  }
}

describe('a session', () => {
  it.each(['POST sessions', 'POST page session'])(
    'waits for two statements, the second with the password checked: %s',
    async (name) => {
      const { status, waitedFor, statements } = await statementsFor(name, 3)
      expect([status, waitedFor, statements.length]).toEqual([201, 2, 3])
      expect(statements[0]).toMatch(/insert into "sign_in_attempts"/)
      expect(statements[1]).toMatch(/insert into "sessions"/)
      expect(statements[2]).toMatch(/last_login = now\(\)/)
    },
  )

  it.each([
    ['an unknown address', async () => newEmail()],
    ['an inactive account', async () => (await aUser({ isActive: false })).email],
  ])('that is refused to %s waits for one', async (_, email) => {
    const json = { email: await email(), password: PASSWORD, name: 'Phone' }
    const { status, requestId } = await send('POST', '/v1/auth/sessions/', { json })
    expect(status).toBe(401)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })
})

describe('a forgotten password', () => {
  it('waits for one statement, which knows nothing of the account, and looks for it after the answer', async () => {
    const { status, waitedFor, statements } = await statementsFor('POST password reset', 2)
    expect([status, waitedFor, statements.length]).toEqual([202, 1, 2])
    expect(statements[0]).not.toMatch(/"users"/)
    expect(statements[1]).toMatch(/insert into "password_resets"/)
  })

  it('is replaced by two, since the token is looked at before the new one is hashed', async () => {
    const { status, waitedFor, statements } = await statementsFor('POST password reset confirm', 3)
    expect([status, waitedFor, statements.length]).toEqual([200, 2, 3])
    expect(statements[0]).not.toMatch(/update/)
    expect(statements[1]).toMatch(/update "users"/)
  })

  it.each([
    ['a token that is none of ours', 'x', 0],
    ['an unknown token', 'x'.repeat(43), 1],
  ])('sends as little as it may for %s', async (_, token, count) => {
    const json = { token, password: 'calm-harbour-83' }
    const { status, requestId } = await send('POST', '/v1/auth/password_reset/confirm/', { json })
    expect(status).toBe(400)
    expect(await statementsOf(requestId)).toHaveLength(count)
  })
})

describe('a new password', () => {
  const changed = 'calm-harbour-83'

  const change = async (json: object) => {
    const user = await aUser()
    const path = `/v1/user/${user.publicUserId}/`
    const { status, headers, requestId } = await send('PATCH', path, { token: user.access, json })
    const waitedFor = Number(/desc="(\d+)"/.exec(headers.get('Server-Timing')!)?.[1])
    return { status, waitedFor, requestId }
  }

  it('waits for two statements, since the hash of the old one must be read', async () => {
    const { status, waitedFor, requestId } = await change({ password: changed, current_password: PASSWORD })
    expect(status).toBe(200)
    expect(waitedFor).toBe(2)
    await vi.waitUntil(async () => (await statementsOf(requestId)).length > 2, { timeout: 10_000 })
    const statements = ((await statementsOf(requestId)) as { sql: string }[]).map(({ sql }) => sql)
    expect(statements[0]).toMatch(/insert into "sign_in_attempts"/)
    expect(statements.filter((sql) => /update "users"/.test(sql))).toHaveLength(1)
    expect(statements.filter((sql) => /update "sign_in_attempts"/.test(sql))).toHaveLength(1)
    expect(statements).toHaveLength(3)
  })

  it.each([
    ['a wrong current password', { password: changed, current_password: 'something-else-9' }],
    ['no current password', { password: changed }],
    ['a bad one', { password: '1234567', current_password: PASSWORD }],
  ])('waits for one with %s', async (_, json) => {
    const { status, waitedFor } = await change(json)
    expect(status).toBe(400)
    expect(waitedFor).toBe(1)
  })
})

describe('no statement is sent', () => {
  it.each<[string, string, string, Options?]>([
    ['by a presign', 'POST', '/v1/uploads/presign'],
    [
      'by a presign that is refused',
      'POST',
      '/v1/uploads/presign',
      { json: { 'content-type': 'text/html' } },
    ],
    ['by the health check', 'GET', '/healthz'],
    ['for an unknown path', 'GET', '/v1/cameras/x/y/'],
    ['for a method that is not there', 'DELETE', '/v1/cameras/'],
    ['for OPTIONS', 'OPTIONS', '/v1/cameras/'],
    ['for a malformed id', 'GET', '/v1/cameras/1/'],
    [
      'for a malformed body',
      'POST',
      '/v1/cameras/',
      { body: '{', headers: { 'Content-Type': 'application/json' } },
    ],
    ['for a missing field', 'POST', '/v1/cameras/', { json: {} }],
    ['for a registration without an address', 'POST', '/v1/auth/register/', { json: { password: PASSWORD } }],
    ['for a sign-in without a password', 'POST', '/v1/auth/token/', { json: { email: 'a@here.com' } }],
    [
      'for a session without a name',
      'POST',
      '/v1/auth/sessions/',
      { json: { email: 'a@here.com', password: 'x' } },
    ],
    ['for a refresh of no session', 'POST', '/v1/auth/sessions/refresh/', { json: { session: 'scs_x' } }],
    ['for a page of another site', 'DELETE', '/app/session', { headers: { Origin: 'https://evil.test' } }],
    ['for a refresh with garbage', 'POST', '/v1/auth/token/refresh/', { json: { refresh: 'x' } }],
  ])('%s', async (_, method, path, options) => {
    const { access: token } = await aUser()
    const { requestId } = await send(method, path, { token, ...options })
    expect(await statementsOf(requestId)).toEqual([])
  })
})
