import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { app } from '../src/app.ts'
import { hashOf } from '../src/auth/secrets.ts'
import worker from '../src/index.ts'
import { breakSql, newAddress, newRequestId, send, statementsOf } from './support/client.ts'
import {
  aCamera,
  aDatabase,
  aReset,
  aSession,
  aTarget,
  aUser,
  PASSWORD,
  sql,
  type User,
} from './support/factories.ts'
import { beside, waitsFor } from './support/race.ts'
import { aMoment, aPublicId, UNKNOWN_ID } from './support/shapes.ts'
import { aToken, claimsOf, read } from './support/tokens.ts'

const SESSIONS = '/v1/auth/sessions/'
const REFRESH = '/v1/auth/sessions/refresh/'
const NEW_PASSWORD = 'calmer-waters-12'
const INVALID = { detail: 'Token is invalid', code: 'token_not_valid' }
const EXPIRED = { detail: 'Token is expired', code: 'token_not_valid' }
const NO_ACCOUNT = { detail: 'No active account found for the given token.' }
const WRONG = { detail: 'No active account found with the given credentials' }
const NO_SESSION = { detail: 'No Session matches the given query.' }
const ACCESS_EXPIRED = {
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is expired' }],
}

const start = (user: Pick<User, 'email'>, json: object = {}) =>
  send('POST', SESSIONS, { json: { email: user.email, password: PASSWORD, name: 'Phone', ...json } })
const refresh = (session: unknown) => send('POST', REFRESH, { json: { session } })
const list = (token: string, query = '') => send('GET', SESSIONS + query, { token })
const change = (user: User, token: string, json: object = {}) =>
  send('PATCH', `/v1/user/${user.publicUserId}/`, {
    token,
    json: { password: NEW_PASSWORD, current_password: PASSWORD, ...json },
  })
const sessionsIn = ({ id }: User) => sql`select * from sessions where user_id = ${id} order by id`
const targetsIn = async ({ id }: User) =>
  (await sql`select public_target_id from push_targets where owner_id = ${id} order by id`).map(
    (row) => row.public_target_id,
  )
const age = ({ id }: { id: number }, column: 'created_at' | 'last_used_at', interval: string) =>
  sql.query(`update sessions set ${column} = ${column} - $1::interval where id = $2`, [interval, id])
const passwordSince = ({ id }: User, seconds: number) =>
  sql`update users set sessions_valid_from = date_trunc('second', now()) + make_interval(secs => ${seconds}) where id = ${id}`

/** Sends a request with the limits on, and waits for the work after its answer. */
async function throttled(path: string, json: object, address: string) {
  const context = createExecutionContext()
  const headers = { 'CF-Connecting-IP': address, 'Content-Type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(json) }
  const { status } = await app.request(path, init, { ...env, THROTTLE: 'on' }, context)
  await waitOnExecutionContext(context)
  return status
}

describe('a session', () => {
  it('is not begun where the account is deleted meanwhile', async () => {
    const { settings, sql } = await aDatabase()
    const user = await aUser({}, sql)
    const json = { email: user.email, password: PASSWORD, name: 'Phone' }
    const { status, body } = await beside(
      sql,
      [sql`delete from users where id = ${user.id}`],
      () => send('POST', SESSIONS, { json, settings }),
      { lock: waitsFor.row },
    )
    expect([status, body]).toEqual([401, WRONG])
  })

  it('begins with a secret that is told once and kept as its hash, and an access token that names it', async () => {
    const user = await aUser()

    const { status, body } = await start(user, { email: user.email.toUpperCase(), name: ' Jane’s iPhone ' })

    expect(status).toBe(201)
    expect(body).toEqual({
      access: expect.any(String),
      session: expect.stringMatching(/^scs_[\w-]{43}$/),
      public_session_id: aPublicId,
    })
    expect(read(body.access).claims).toMatchObject({
      token_type: 'access',
      user_id: String(user.id),
      sub: user.publicUserId,
      sid: body.public_session_id,
    })
    const [row, ...rest] = await sessionsIn(user)
    expect(rest).toEqual([])
    expect(row).toMatchObject({ name: 'Jane’s iPhone', secret_hash: await hashOf(body.session) })
    expect(JSON.stringify(row)).not.toContain(body.session.slice(4))
    expect((await send('GET', '/v1/cameras/', { token: body.access })).status).toBe(200)
  })

  it('has a secret of its own each time', async () => {
    const user = await aUser()
    const secrets = await Promise.all([start(user), start(user)])
    expect(new Set(secrets.map(({ body }) => body.session)).size).toBe(2)
  })

  it.each([
    ['a wrong password', async () => ({ email: (await aUser()).email, password: 'something-else-9' })],
    ['an unknown email', async () => ({ email: 'nobody@example.com', password: PASSWORD })],
    [
      'an inactive account',
      async () => ({ email: (await aUser({ isActive: false })).email, password: PASSWORD }),
    ],
  ])('does not begin with %s', async (_, credentials) => {
    const json = { ...(await credentials()), name: 'Phone' }
    const { status, body } = await send('POST', SESSIONS, { json })
    expect([status, body]).toEqual([401, WRONG])
    expect(
      await sql`select from sessions join users on users.id = user_id where email = ${json.email}`,
    ).toEqual([])
  })

  it('names the faults of all its fields at once', async () => {
    const { status, body } = await send('POST', SESSIONS, { json: { email: null, name: 'x'.repeat(101) } })
    expect(status).toBe(400)
    expect(body).toEqual({
      email: ['This field may not be null.'],
      password: ['This field is required.'],
      name: ['Ensure this field has no more than 100 characters.'],
    })
  })

  it('is a sign-in: it is dated, and an old hash is made anew', async () => {
    const old = 'pbkdf2_sha256$1000$seasalt$sdliV989E7V05NV2B1yUKKCrfopPH4z0p0m+3UCptG8='
    const user = await aUser({ password: old })

    const { status, body } = await start(user)

    expect(status).toBe(201)
    await vi.waitUntil(
      async () =>
        (
          await sql`select from users where id = ${user.id} and last_login is not null and password like 'pbkdf2_sha512_chain%'`
        ).length > 0,
      { timeout: 10_000 },
    )
    expect((await refresh(body.session)).status).toBe(200)
  })

  it.each([
    ['/v1/auth/token/', SESSIONS],
    [SESSIONS, '/v1/auth/token/'],
  ])('counts guesses together with every sign-in: ten at %s close %s', async (guessed, closed) => {
    const [{ email }, address] = [await aUser(), newAddress()]
    const json = { email, name: 'Phone' }
    for (let guess = 0; guess < 10; guess++)
      expect(await throttled(guessed, { ...json, password: 'wrong' }, address)).toBe(401)
    expect(await throttled(closed, { ...json, password: PASSWORD }, address)).toBe(429)
    expect(await throttled(closed, { ...json, password: PASSWORD }, newAddress())).toBe(
      201 - (closed === SESSIONS ? 0 : 1),
    )
  })

  it('is one of fifty at most: the one that was used longest ago ends', async () => {
    const user = await aUser()
    const sessions = []
    for (let n = 0; n < 50; n++) sessions.push(await aSession(user, `Phone ${n}`))
    await age(sessions[7]!, 'last_used_at', '3 days')
    const other = await aSession(await aUser())

    const { status, body } = await start(user)

    expect(status).toBe(201)
    const left = await sessionsIn(user)
    expect(left).toHaveLength(50)
    expect(left.map(({ name }) => name)).not.toContain('Phone 7')
    for (const session of [body.session, sessions[0]!.session, other.session])
      expect((await refresh(session)).status).toBe(200)
  })

  it('does not begin by a password that was changed since it was read', async () => {
    const user = await aUser()
    const request = newRequestId()
    await breakSql({ fault: 'delay', request, times: 1, millisecondsAfter: 1_000 })
    const starting = send('POST', SESSIONS, {
      json: { email: user.email, password: PASSWORD, name: 'Phone' },
      headers: { 'X-Request-Id': request },
    })
    await vi.waitUntil(async () => (await statementsOf(request)).length > 0, {
      timeout: 10_000,
      interval: 10,
    })
    await scheduler.wait(300)
    await passwordSince(user, 0)

    expect(await starting).toMatchObject({ status: 401, body: WRONG })
    expect(await statementsOf(request)).toHaveLength(2)
    expect(await sessionsIn(user)).toEqual([])
  })
})

describe('a refresh of a session', () => {
  it('answers an access token of the same session, as often as it is asked, and the secret stays', async () => {
    const user = await aUser()
    const { session, publicSessionId } = await aSession(user)
    for (let n = 0; n < 3; n++) {
      const { status, body, headers } = await refresh(session)
      expect([status, Object.keys(body)]).toEqual([200, ['access']])
      expect(read(body.access).claims).toMatchObject({ user_id: String(user.id), sid: publicSessionId })
      expect(headers.get('Set-Cookie')).toBeNull()
      expect((await send('GET', '/v1/cameras/', { token: body.access })).status).toBe(200)
    }
  })

  it('looks at no Authorization header', async () => {
    const { session } = await aSession(await aUser())
    const headers = { Authorization: 'Bearer of bad news' }
    expect((await send('POST', REFRESH, { json: { session }, headers })).status).toBe(200)
  })

  it.each<[string, (user: User) => Promise<string> | string]>([
    ['what is no secret', () => 'scs_'],
    ['a secret without its prefix', async (user) => (await aSession(user)).session.slice(4)],
    [
      'another secret',
      async (user) => (await aSession(user)).session.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
    ],
    ['its hash', async (user) => hashOf((await aSession(user)).session)],
    ['its public id', async (user) => (await aSession(user)).publicSessionId],
    ['its access token', async (user) => (await aSession(user)).access],
    ['a refresh token', (user) => user.refresh],
    ['a token of a mail', (user) => aReset(user)],
    [
      'a session that has ended',
      async (user) => {
        const { id, session } = await aSession(user)
        await sql`delete from sessions where id = ${id}`
        return session
      },
    ],
    [
      'a session of an account that was deleted',
      async (user) => {
        const { session } = await aSession(user)
        await sql`delete from users where id = ${user.id}`
        return session
      },
    ],
  ])('is refused with %s', async (_, secretOf) => {
    const { status, body, headers } = await refresh(await secretOf(await aUser()))
    expect([status, body]).toEqual([401, INVALID])
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
  })

  it.each([
    ['last_used_at', '89 days 23 hours', 200],
    ['last_used_at', '90 days', 401],
    ['created_at', '364 days', 200],
    ['created_at', '1 year', 401],
  ] as const)(
    'counts 90 days from its last use and a year in all: %s %s ago',
    async (column, interval, expected) => {
      const session = await aSession(await aUser())
      await age(session, column, interval)
      const { status, body } = await refresh(session.session)
      expect(status).toBe(expected)
      if (status === 401) expect(body).toEqual(EXPIRED)
      const { status: byAccess } = await send('GET', '/v1/cameras/', { token: session.access })
      expect(byAccess).toBe(expected)
    },
  )

  it('is refused where the account is inactive, and goes on once it is active again', async () => {
    const user = await aUser()
    const { session } = await aSession(user)
    await sql`update users set is_active = false where id = ${user.id}`
    expect(await refresh(session)).toMatchObject({ status: 401, body: NO_ACCOUNT })
    await sql`update users set is_active = true where id = ${user.id}`
    expect((await refresh(session)).status).toBe(200)
  })

  it('is refused where somebody else has changed the password, also where that ended no row', async () => {
    const user = await aUser()
    const { session, access } = await aSession(user)
    await passwordSince(user, -30)
    expect(await refresh(session)).toMatchObject({ status: 401, body: EXPIRED })
    // The token is newer than the change, so it fails because its session has ended.
    expect(await send('GET', '/v1/cameras/', { token: access })).toMatchObject({
      status: 401,
      body: ACCESS_EXPIRED,
    })
    const { body } = await start(user)
    expect((await refresh(body.session)).status).toBe(200)
  })

  it('notes its use once an hour, beside the answer', async () => {
    const session = await aSession(await aUser())
    const lastUse = async () => {
      const [row] = await sql`select now() - last_used_at as ago from sessions where id = ${session.id}`
      return row!.ago as { hours?: number; minutes?: number }
    }
    await age(session, 'last_used_at', '59 minutes')
    const early = await refresh(session.session)
    expect(await statementsOf(early.requestId)).toHaveLength(1)
    expect((await lastUse()).minutes).toBe(59)

    await age(session, 'last_used_at', '1 minute')
    const late = await refresh(session.session)
    expect(late.headers.get('Server-Timing')).toContain('desc="1"')
    await vi.waitUntil(async () => !(await lastUse()).hours && !(await lastUse()).minutes, {
      timeout: 10_000,
    })
    expect(await statementsOf(late.requestId)).toHaveLength(2)
  })

  it('is limited to 20 a minute of one session', async () => {
    const { session } = await aSession(await aUser())
    const statuses = []
    for (let n = 0; n < 21; n++) statuses.push(await throttled(REFRESH, { session }, newAddress()))
    expect(statuses).toEqual([...Array(20).fill(200), 429])
  })
})

describe('an access token of a session', () => {
  it('is refused at once when the session ends, by everything that asks the database', async () => {
    const user = await aUser()
    const camera = await aCamera(user)
    const { id, access: token } = await aSession(user)
    expect((await send('GET', '/v1/cameras/', { token })).status).toBe(200)
    await sql`delete from sessions where id = ${id}`
    for (const [method, path, json] of [
      ['GET', '/v1/cameras/'],
      ['POST', '/v1/cameras/', { location: 'Attic' }],
      ['DELETE', `/v1/cameras/${camera.publicCameraId}/`],
      ['GET', `/v1/cameras/${camera.publicCameraId}/rules/`],
      ['PATCH', `/v1/user/${user.publicUserId}/`, { first_name: 'Jane' }],
      ['DELETE', `/v1/user/${user.publicUserId}/`],
      ['GET', SESSIONS],
      ['DELETE', `${SESSIONS}${UNKNOWN_ID}/`],
    ] as [string, string, object?][]) {
      const { status, body, requestId } = await send(method, path, { token, json })
      expect([method, path, status, body]).toEqual([method, path, 401, ACCESS_EXPIRED])
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
    expect(await sql`select location from camera_camera where owner_id = ${user.id}`).toEqual([
      { location: 'Front Door' },
    ])
  })

  it('presigns without a statement until it is over', async () => {
    const { id, access: token } = await aSession(await aUser())
    await sql`delete from sessions where id = ${id}`
    const { status, requestId } = await send('POST', '/v1/uploads/presign', { token })
    expect(status).toBe(200)
    expect(await statementsOf(requestId)).toEqual([])
  })

  it.each<[string, () => Promise<unknown>]>([
    ['of somebody else', async () => (await aSession(await aUser())).publicSessionId],
    ['that never was', async () => UNKNOWN_ID],
    ['that is no id', async () => '1'],
    ['that is no text', async () => 1],
    ['of nothing', async () => null],
  ])('is refused where it names a session %s', async (_, sidOf) => {
    const user = await aUser()
    const token = await aToken(claimsOf(user, 'access', { sid: await sidOf() }))
    expect(await send('GET', '/v1/cameras/', { token })).toMatchObject({ status: 401, body: ACCESS_EXPIRED })
  })

  it('names its session in any letter case', async () => {
    const user = await aUser()
    const { publicSessionId } = await aSession(user)
    const token = await aToken(claimsOf(user, 'access', { sid: publicSessionId.toUpperCase() }))
    const { status, body } = await list(token)
    expect([status, body[0].is_current]).toEqual([200, true])
  })

  it('is no refresh token, and no session of the admin', async () => {
    const { access } = await aSession(await aUser({ isStaff: true, isSuperuser: true }))
    expect((await send('POST', '/v1/auth/token/refresh/', { json: { refresh: access } })).status).toBe(401)
    const page = await app.request(
      '/admin/',
      { headers: { Cookie: `admin_session=${access}` } },
      env,
      createExecutionContext(),
    )
    expect(page.status).toBe(302)
  })
})

describe('the list of sessions', () => {
  it('has the open ones of whoever asks, and says which one that is', async () => {
    const [user, other] = [await aUser(), await aUser()]
    const [phone, tablet, idle, old] = [
      await aSession(user, 'Phone'),
      await aSession(user, 'Tablet'),
      await aSession(user, 'Idle'),
      await aSession(user, 'Old'),
    ]
    await aSession(other)
    await age(idle, 'last_used_at', '91 days')
    await age(old, 'created_at', '366 days')

    const { status, body, requestId } = await list(tablet.access)

    const shown = ({ publicSessionId }: typeof phone, name: string, is_current: boolean) => ({
      public_session_id: publicSessionId,
      name,
      created_at: aMoment,
      last_used_at: aMoment,
      is_current,
    })
    expect(status).toBe(200)
    expect(body).toEqual([shown(phone, 'Phone', false), shown(tablet, 'Tablet', true)])
    expect(await statementsOf(requestId)).toHaveLength(1)
    expect((await list(user.access)).body.map((one: any) => one.is_current)).toEqual([false, false])
    expect((await list(other.access)).body).toHaveLength(1)
    expect((await list((await aUser()).access)).body).toEqual([])
  })

  it('is read by the page', async () => {
    const user = await aUser()
    const ids = []
    for (const name of ['One', 'Two', 'Three']) ids.push((await aSession(user, name)).publicSessionId)
    const first = await list(user.access, '?limit=2')
    expect(first.body.map((one: any) => one.public_session_id)).toEqual(ids.slice(0, 2))
    const next = /<(.*)>; rel="next"/.exec(first.headers.get('Link')!)![1]!
    const second = await send('GET', next, { token: user.access })
    expect(second.body.map((one: any) => one.public_session_id)).toEqual(ids.slice(2))
    expect(second.headers.get('Link')).toBeNull()
  })
})

describe('ending a session', () => {
  it('ends it with its push targets, and no other', async () => {
    const user = await aUser()
    const [phone, tablet] = [await aSession(user), await aSession(user)]
    await aTarget(user, 'apns', tablet.id)
    const kept = [await aTarget(user, 'apns', phone.id), await aTarget(user, 'web_push')]

    const { status, body, requestId } = await send('DELETE', `${SESSIONS}${tablet.publicSessionId}/`, {
      token: phone.access,
    })

    expect([status, body]).toEqual([204, null])
    expect(await statementsOf(requestId)).toHaveLength(1)
    expect(await refresh(tablet.session)).toMatchObject({ status: 401, body: INVALID })
    expect((await send('GET', '/v1/cameras/', { token: tablet.access })).status).toBe(401)
    expect((await refresh(phone.session)).status).toBe(200)
    expect(await targetsIn(user)).toEqual(kept)
  })

  it('may be its own end', async () => {
    const { access: token, publicSessionId } = await aSession(await aUser())
    const path = `${SESSIONS}${publicSessionId.toUpperCase()}`
    expect((await send('DELETE', path, { token })).status).toBe(204)
    expect(await send('DELETE', path, { token })).toMatchObject({ status: 401, body: ACCESS_EXPIRED })
  })

  it('is refused for one that is somebody else’s or none, alike', async () => {
    const [user, staff] = [await aUser(), await aUser({ isStaff: true, isSuperuser: true })]
    const theirs = await aSession(user)
    for (const id of [theirs.publicSessionId, UNKNOWN_ID]) {
      const answer = await send('DELETE', `${SESSIONS}${id}/`, { token: staff.access })
      expect([answer.status, answer.body]).toEqual([404, NO_SESSION])
    }
    expect(await sessionsIn(user)).toHaveLength(1)
  })

  it('needs an id that is one, and a token before it', async () => {
    const { access: token } = await aUser()
    for (const id of ['1', 'current', `${UNKNOWN_ID}0`]) {
      expect((await send('DELETE', `${SESSIONS}${id}/`)).status).toBe(401)
      const { status, body } = await send('DELETE', `${SESSIONS}${id}/`, { token })
      expect([status, body]).toEqual([404, { detail: 'Not found.' }])
    }
  })
})

describe('an iPhone', () => {
  const register = (token: string, apns_device_id: string) =>
    send('POST', '/v1/users/apns_token/', { token, json: { apns_device_id } })
  const sessionsOfPhones = async ({ id }: User) =>
    (await sql`select session_id from push_targets where owner_id = ${id} order by id`).map(
      ({ session_id }) => session_id && Number(session_id),
    )

  it('belongs to the session that registered it last, and ends with it', async () => {
    const user = await aUser()
    const [phone, tablet] = [await aSession(user), await aSession(user)]
    const [one, other, old] = ['a1', 'b2', 'c3'].map(
      (digits) => digits.repeat(16) + crypto.randomUUID().replaceAll('-', ''),
    )
    expect((await register(tablet.access, one!)).status).toBe(200)
    expect((await register(phone.access, one!)).status).toBe(200)
    await register(tablet.access, other!)
    await register(user.access, old!)
    expect(await sessionsOfPhones(user)).toEqual([phone.id, tablet.id, null])

    await send('DELETE', `${SESSIONS}${tablet.publicSessionId}/`, { token: user.access })
    expect(await sessionsOfPhones(user)).toEqual([phone.id, null])
    await change(user, phone.access)
    expect(await sessionsOfPhones(user)).toEqual([phone.id])
  })
})

describe('a changed password', () => {
  it('ends every session but the one that changed it, whose own refresh goes on', async () => {
    const [user, other] = [await aUser(), await aUser()]
    const [phone, tablet, theirs] = [await aSession(user), await aSession(user), await aSession(other)]

    const { status, body } = await change(user, phone.access)

    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['first_name', 'last_name', 'email', 'public_user_id', 'access'])
    expect(read(body.access).claims.sid).toBe(phone.publicSessionId)
    expect((await send('GET', '/v1/cameras/', { token: body.access })).status).toBe(200)
    const refreshed = await refresh(phone.session)
    expect(refreshed.status).toBe(200)
    expect((await send('GET', '/v1/cameras/', { token: refreshed.body.access })).status).toBe(200)
    expect(await refresh(tablet.session)).toMatchObject({ status: 401, body: INVALID })
    expect((await send('GET', '/v1/cameras/', { token: tablet.access })).status).toBe(401)
    expect((await refresh(theirs.session)).status).toBe(200)
    expect(await sessionsIn(user)).toHaveLength(1)
  })

  it('ends it again, and again it goes on', async () => {
    const user = await aUser()
    const { session, access } = await aSession(user)
    const { body } = await change(user, access)
    await sql`update users set sessions_valid_from = sessions_valid_from - interval '1 minute' where id = ${user.id}`
    const again = await change(user, body.access, { password: PASSWORD, current_password: NEW_PASSWORD })
    expect(again.status).toBe(200)
    expect((await refresh(session)).status).toBe(200)
  })

  it('ends every session where none changed it, and answers tokens of none', async () => {
    const user = await aUser()
    const { session } = await aSession(user)

    const { status, body } = await change(user, user.access)

    expect(status).toBe(200)
    expect(read(body.access).claims.sid).toBeUndefined()
    expect(body.refresh).toEqual(expect.any(String))
    expect(await refresh(session)).toMatchObject({ status: 401, body: INVALID })
    expect(await sessionsIn(user)).toEqual([])
  })

  it('deletes phones that belong to no session or to one that ends, and keeps the others and the web', async () => {
    const [user, other] = [await aUser(), await aUser()]
    const [phone, tablet] = [await aSession(user), await aSession(user)]
    const kept = [
      await aTarget(user, 'apns', phone.id),
      await aTarget(user, 'webhook'),
      await aTarget(user, 'ntfy'),
    ]
    for (const kind of ['apns', 'web_push']) await aTarget(user, kind)
    await aTarget(user, 'web_push', tablet.id)
    const theirs = [await aTarget(other, 'apns'), await aTarget(other, 'web_push')]

    expect((await change(user, phone.access)).status).toBe(200)

    expect(await targetsIn(user)).toEqual(kept)
    expect(await targetsIn(other)).toEqual(theirs)
  })

  it('that is refused, and any other change, ends nothing', async () => {
    const user = await aUser()
    const [phone, tablet] = [await aSession(user), await aSession(user)]
    const target = await aTarget(user, 'apns')
    await change(user, phone.access, { current_password: 'something-else-9' })
    await change(user, phone.access, { password: '1234567' })
    const path = `/v1/user/${user.publicUserId}/`
    expect(
      (await send('PATCH', path, { token: phone.access, json: { first_name: 'Jane' } })).body,
    ).not.toHaveProperty('access')
    for (const { session } of [phone, tablet]) expect((await refresh(session)).status).toBe(200)
    expect(await targetsIn(user)).toEqual([target])
  })
})

describe('what is over', () => {
  // Without a bucket, it does not erase the pictures of all other tests, too.
  const run = () =>
    worker.scheduled(createScheduledController(), { ...env, S3_BUCKET: '' }, createExecutionContext())

  it('is deleted by the clock, with its push targets; nothing else is', async () => {
    const user = await aUser()
    const [open, idle, old] = [await aSession(user, 'Open'), await aSession(user), await aSession(user)]
    await age(idle, 'last_used_at', '90 days')
    await age(old, 'created_at', '1 year')
    for (const { id } of [idle, old]) await aTarget(user, 'apns', id)
    const kept = [await aTarget(user, 'apns', open.id), await aTarget(user, 'apns')]
    const [over, good] = [await aReset(user), await aReset(user)]
    await sql`update password_resets set expires_at = now() where token_hash = ${await hashOf(over)}`

    await run()

    expect((await sessionsIn(user)).map(({ name }) => name)).toEqual(['Open'])
    expect(await targetsIn(user)).toEqual(kept)
    expect(await sql`select token_hash from password_resets where user_id = ${user.id}`).toEqual([
      { token_hash: await hashOf(good) },
    ])
  })
})

describe('an account that is deleted', () => {
  it('takes its sessions, mails and push targets with it, and nobody else’s', async () => {
    const [user, other] = [await aUser(), await aUser()]
    for (const person of [user, other]) {
      const { id } = await aSession(person)
      await aTarget(person, 'apns', id)
      await aTarget(person, 'webhook')
      await aReset(person)
    }
    const { access } = await aSession(user)
    const path = `/v1/user/${user.publicUserId}/`

    expect((await send('DELETE', path, { token: access })).status).toBe(204)

    const countOf = async ({ id }: User) => {
      const [row] = await sql`select
        (select count(*)::int from sessions where user_id = ${id}) as sessions,
        (select count(*)::int from password_resets where user_id = ${id}) as resets,
        (select count(*)::int from push_targets where owner_id = ${id}) as targets`
      return row
    }
    expect(await countOf(user)).toEqual({ sessions: 0, resets: 0, targets: 0 })
    expect(await countOf(other)).toEqual({ sessions: 1, resets: 1, targets: 2 })
    expect(await send('GET', SESSIONS, { token: access })).toMatchObject({
      status: 401,
      body: { detail: 'User not found', code: 'user_not_found' },
    })
  })
})
