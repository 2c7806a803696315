import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { app } from '../src/app.ts'
import { hashOf } from '../src/auth/secrets.ts'
import { type Options, send } from './support/client.ts'
import { aSession, aUser, PASSWORD, sql, type User } from './support/factories.ts'
import { aPublicId } from './support/shapes.ts'
import { read } from './support/tokens.ts'

const ORIGIN = 'https://scout.test'
const FOREIGN = { detail: 'Only pages of this service may ask for this.' }
const NAME = '__Secure-scout_session'
const cookieOf = (session: string) => `${NAME}=${session}`

/** A request from a page of the service, with its browser's cookie. */
const ask = (method: string, path: string, session?: string, options: Options = {}) =>
  send(method, path, {
    ...options,
    headers: {
      Origin: ORIGIN,
      'Content-Type': 'application/json',
      ...(session && { Cookie: cookieOf(session) }),
      ...options.headers,
    },
  })
const signIn = ({ email }: User, password = PASSWORD) =>
  ask('POST', '/app/session', undefined, { json: { email, password, name: 'Firefox' } })
const sessionsOf = ({ id }: User) => sql`select name, secret_hash from sessions where user_id = ${id}`

/** The cookie that an answer sets. */
function kept(headers: Headers) {
  const [value = '', ...attributes] = headers.get('Set-Cookie')!.split('; ')
  return { secret: value.replace(`${NAME}=`, ''), attributes: attributes.toSorted() }
}
const ATTRIBUTES = ['HttpOnly', 'Max-Age=7776000', 'Path=/app/session', 'SameSite=Strict', 'Secure']

describe('a page', () => {
  it('is signed in by a cookie that no script reads, and no body tells the secret', async () => {
    const user = await aUser()

    const { status, body, headers } = await signIn(user)

    expect([status, body]).toEqual([201, { access: expect.any(String), public_session_id: aPublicId }])
    expect(read(body.access).claims.sid).toBe(body.public_session_id)
    const { secret, attributes } = kept(headers)
    expect(attributes).toEqual(ATTRIBUTES)
    expect(await sessionsOf(user)).toEqual([{ name: 'Firefox', secret_hash: await hashOf(secret) }])
    expect((await send('GET', '/v1/cameras/', { token: body.access })).status).toBe(200)
  })

  it('is given access tokens by the cookie, which is renewed and stays the same', async () => {
    const user = await aUser()
    const { session, publicSessionId } = await aSession(user)
    for (const path of ['/app/session/refresh', '/app/session/refresh/']) {
      const { status, body, headers } = await ask('POST', path, session)
      expect([status, Object.keys(body)]).toEqual([200, ['access']])
      expect(read(body.access).claims).toMatchObject({ user_id: String(user.id), sid: publicSessionId })
      expect(kept(headers)).toEqual({ secret: session, attributes: ATTRIBUTES })
    }
  })

  it('signs out: the session ends and the cookie goes, also where there was none', async () => {
    const user = await aUser()
    const { session } = await aSession(user)
    for (const secret of [session, session, undefined, 'nonsense']) {
      const { status, body, headers } = await ask('DELETE', '/app/session', secret)
      expect([status, body]).toEqual([204, null])
      const { secret: left, attributes } = kept(headers)
      expect(left).toBe('')
      expect(attributes).toEqual(ATTRIBUTES.map((each) => each.replace('7776000', '0')))
    }
    expect(await sessionsOf(user)).toEqual([])
    expect((await ask('POST', '/app/session/refresh', session)).status).toBe(401)
  })

  it.each<[string, string | undefined, object]>([
    ['without the cookie', undefined, { detail: 'Authentication credentials were not provided.' }],
    [
      'with an ended session',
      `scs_${'x'.repeat(43)}`,
      { detail: 'Token is invalid', code: 'token_not_valid' },
    ],
    ['with another cookie', 'nonsense', { detail: 'Token is invalid', code: 'token_not_valid' }],
  ])('is refused an access token %s', async (_, secret, words) => {
    const { status, body, headers } = await ask('POST', '/app/session/refresh', secret)
    expect([status, body]).toEqual([401, words])
    expect(headers.get('Set-Cookie')).toBeNull()
  })

  it('is refused for a wrong password, without a cookie', async () => {
    const { status, headers } = await signIn(await aUser(), 'something-else-9')
    expect([status, headers.get('Set-Cookie')]).toEqual([401, null])
  })
})

describe('a page of somebody else', () => {
  it.each([
    undefined,
    '',
    'null',
    'https://evil.test',
    'http://scout.test',
    'https://scout.test:8443',
    'https://scout.test.evil.test',
    'https://app.scout.test',
    'https://scout.test/',
    'HTTPS://SCOUT.TEST',
  ])('is refused, with %s as its origin, and ends nothing', async (origin) => {
    const user = await aUser()
    const { session } = await aSession(user)
    const json = { email: user.email, password: PASSWORD, name: 'Firefox' }
    for (const [method, path, sent] of [
      ['POST', '/app/session', json],
      ['POST', '/app/session/refresh'],
      ['DELETE', '/app/session'],
    ] as [string, string, object?][]) {
      const headers: Record<string, string> = {
        'Content-Type': 'application/json',
        Cookie: cookieOf(session),
      }
      if (origin !== undefined) headers.Origin = origin
      const answer = await send(method, path, { json: sent, headers })
      expect([method, answer.status, answer.body]).toEqual([method, 403, FOREIGN])
      expect(answer.headers.get('Set-Cookie')).toBeNull()
    }
    expect(await sessionsOf(user)).toHaveLength(1)
  })

  it('is not let in by the Host that it names, nor by CORS_ORIGINS', async () => {
    const { session } = await aSession(await aUser())
    const { status, headers } = await ask('POST', 'https://evil.test/app/session/refresh', session, {
      headers: { Origin: 'https://evil.test' },
      settings: { CORS_ORIGINS: 'https://evil.test' },
    })
    expect([status, headers.get('Access-Control-Allow-Credentials')]).toEqual([403, null])
  })

  it('is who PUBLIC_URL does not name', async () => {
    const { session } = await aSession(await aUser())
    const settings = { PUBLIC_URL: 'https://Other.test/' }
    const origin = (Origin: string) =>
      ask('POST', '/app/session/refresh', session, { headers: { Origin }, settings })
    expect((await origin('https://other.test')).status).toBe(200)
    expect((await origin(ORIGIN)).status).toBe(403)
  })
})

describe('what a page sends', () => {
  it.each([
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ])('is JSON, not %s', async (type) => {
    const { session } = await aSession(await aUser())
    const headers = { 'Content-Type': type }
    for (const path of ['/app/session', '/app/session/refresh']) {
      const { status, body } = await ask('POST', path, session, { headers, body: 'email=a%40example.com' })
      expect([path, status, body]).toEqual([
        path,
        415,
        { detail: `Unsupported media type "${type}" in request.` },
      ])
    }
  })

  it('may say its charset', async () => {
    const { session } = await aSession(await aUser())
    const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' }
    expect((await ask('POST', '/app/session/refresh', session, { headers })).status).toBe(200)
  })

  it('is refused in order: the origin, the type, the body, the fields', async () => {
    const sent = (headers: Record<string, string>, body: string) =>
      ask('POST', '/app/session', undefined, { headers, body })
    const [evil, text] = [{ Origin: 'https://evil.test' }, { 'Content-Type': 'text/plain' }]
    expect((await sent({ ...evil, ...text }, '{')).status).toBe(403)
    expect((await sent(text, '{')).status).toBe(415)
    expect((await sent({}, '{')).body).toEqual({ detail: expect.stringMatching(/^JSON parse error/) })
    expect((await sent({}, '{}')).body).toEqual({
      email: ['This field is required.'],
      password: ['This field is required.'],
      name: ['This field is required.'],
    })
  })
})

describe('the cookie', () => {
  it('lets nobody into the API or the admin, which set none of its name either', async () => {
    const { session, access } = await aSession(await aUser({ isStaff: true, isSuperuser: true }))
    const headers = { Cookie: cookieOf(session), Origin: ORIGIN }
    for (const path of ['/v1/cameras/', '/v1/auth/sessions/'])
      expect((await send('GET', path, { headers })).status).toBe(401)
    const refreshed = await send('POST', '/v1/auth/sessions/refresh/', { headers, json: {} })
    expect([refreshed.status, refreshed.headers.get('Set-Cookie')]).toEqual([400, null])
    const listed = await send('GET', '/v1/auth/sessions/', { token: access, headers })
    expect(listed.headers.get('Set-Cookie')).toBeNull()
    const page = await app.request('/admin/', { headers }, env, createExecutionContext())
    expect([page.status, page.headers.get('Location')]).toEqual([302, '/admin/login/?next=%2Fadmin%2F'])
  })
})
