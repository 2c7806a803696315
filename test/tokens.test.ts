import { describe, expect, it } from 'vitest'
import { env } from 'cloudflare:workers'
import { sign } from 'hono/jwt'
import { readToken } from '../src/auth/tokens.ts'
import { Problem } from '../src/problems.ts'
import { settings } from '../src/settings.ts'
import { send, statementsOf } from './support/client.ts'
import { aCamera, aUser, PASSWORD, propertyOf, sql, type User } from './support/factories.ts'
import { aToken, aTokenOfText, claimsOf, read, secondsFromNow } from './support/tokens.ts'

type Type = 'access' | 'refresh'

const NOBODY = { detail: 'Authentication credentials were not provided.' }
const TWO_WORDS = {
  detail: 'Authorization header must contain two space-delimited values',
  code: 'bad_authorization_header',
}
const NO_IDENTIFICATION = {
  detail: 'Token contained no recognizable user identification',
  code: 'token_not_valid',
}
const NOT_FOUND = { detail: 'User not found', code: 'user_not_found' }
const INACTIVE = { detail: 'User is inactive', code: 'user_inactive' }
const NO_ACCOUNT = { detail: 'No active account found for the given token.' }

/** The answers to a token that is refused with `words`, as an access token and as a refresh token. */
const refusal = (type: Type, words: string) =>
  type === 'refresh'
    ? { detail: words, code: 'token_not_valid' }
    : {
        detail: 'Given token not valid for any token type',
        code: 'token_not_valid',
        messages: [{ token_class: 'AccessToken', token_type: 'access', message: words }],
      }

/** Sends a token to the endpoint for its type. */
const show = (type: Type, token: string, settings = {}) =>
  type === 'access'
    ? send('GET', '/v1/users/', { token, settings })
    : send('POST', '/v1/auth/token/refresh/', { json: { refresh: token }, settings })

const endSessions = (user: User, secondsFrom: number) =>
  sql`update users set sessions_valid_from = to_timestamp(${secondsFrom}) where id = ${user.id}`
const remove = (user: User) => sql`delete from users where id = ${user.id}`

const OTHER_TYPE = { access: 'refresh', refresh: 'access' } as const
const TYPES: Type[] = ['access', 'refresh']

/** Combines every token type with every row of a table. */
const eachType = <Row extends unknown[]>(rows: Row[]) =>
  TYPES.flatMap((type) => rows.map((row) => [type, ...row] as [Type, ...Row]))

describe('a token of ours', () => {
  it.each([
    ['access', 5 * 60],
    ['refresh', 24 * 60 * 60],
  ] as const)('of type %s lasts %i seconds and names its user twice', async (type, lifetime) => {
    const user = await aUser()
    const { header, claims } = read(user[type])
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(claims).toEqual({
      token_type: type,
      exp: claims.iat + lifetime,
      iat: expect.any(Number),
      jti: expect.stringMatching(/^[\da-f]{32}$/),
      user_id: String(user.id),
      sub: user.publicUserId,
    })
    expect(Number.isInteger(claims.iat)).toBe(true)
    expect(Math.abs(claims.iat - Date.now() / 1000)).toBeLessThan(60)
  })

  it('has an id of its own', async () => {
    const user = await aUser()
    const ids = [user.access, user.refresh].map((token) => read(token).claims.jti)
    expect(new Set(ids).size).toBe(2)
  })

  it('has the words in the order the old service wrote them, and the key the settings name', async () => {
    const user = await aUser()
    const { header, claims } = read(user.access)
    expect(user.access).toBe(await sign(claims, env.JWT_SECRET, 'HS256'))
    expect(Object.keys(header)).toEqual(['alg', 'typ'])
    expect(Object.keys(claims)).toEqual(['token_type', 'exp', 'iat', 'jti', 'user_id', 'sub'])
  })

  it('lasts as long as the settings say when it is refreshed', async () => {
    const user = await aUser()
    const settings = { ACCESS_TOKEN_LIFETIME_IN_SECONDS: '7' }
    const { body } = await show('refresh', user.refresh, settings)
    const { exp, iat } = read(body.access).claims
    expect(exp - iat).toBe(7)
  })

  it('lasts as long as the settings say at registration and sign-in', async () => {
    const settings = { ACCESS_TOKEN_LIFETIME_IN_SECONDS: '7', REFRESH_TOKEN_LIFETIME_IN_SECONDS: '11' }
    const json = { email: `${crypto.randomUUID()}@example.com`, password: 'plain-sailing-77' }
    const answers = [
      await send('POST', '/v1/auth/register/', { json, settings }),
      await send('POST', '/v1/auth/token/', { json, settings }),
    ]
    for (const { body } of answers) {
      const lifetimes = [body.access, body.refresh].map((token) => {
        const { exp, iat } = read(token).claims
        return exp - iat
      })
      expect(lifetimes).toEqual([7, 11])
    }
  })
})

describe('the Authorization header', () => {
  it.each([
    ['none', undefined, NOBODY],
    ['an empty one', '', NOBODY],
    ['a blank one', ' \t ', NOBODY],
    ['another scheme', 'Basic YTpi', NOBODY],
    ['another scheme alone', 'Token', NOBODY],
    ['the scheme in small letters', 'bearer <token>', NOBODY],
    ['the scheme in capitals', 'BEARER <token>', NOBODY],
    ['a token without a scheme', '<token>', NOBODY],
    ['another scheme of three words', 'Digest a b', NOBODY],
    ['a scheme that only begins with Bearer', 'Bearer:<token>', NOBODY],
    ['Bearer alone', 'Bearer', TWO_WORDS],
    ['Bearer and blanks', 'Bearer  ', TWO_WORDS],
    ['Bearer and two words', 'Bearer <token> x', TWO_WORDS],
    ['Bearer and two words by a tab', 'Bearer <token>\t<token>', TWO_WORDS],
  ])('is refused where it is %s', async (_, value, expected) => {
    const { access } = await aUser()
    const headers: Record<string, string> = {}
    if (value !== undefined) headers.Authorization = value.replaceAll('<token>', access)
    const { status, body, headers: answered, requestId } = await send('GET', '/v1/users/', { headers })
    expect(status).toBe(401)
    expect(body).toEqual(expected)
    expect(answered.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(await statementsOf(requestId)).toEqual([])
  })

  it.each(['Bearer   <token>', 'Bearer\t<token>', '  Bearer <token>  '])(
    'is split at any white space: "%s"',
    async (value) => {
      const { access, email } = await aUser()
      const headers = { Authorization: value.replace('<token>', access) }
      const { status, body } = await send('GET', '/v1/users/', { headers })
      expect(status).toBe(200)
      expect(body).toMatchObject([{ email }])
    },
  )

  it.each([
    ['GET', '/v1/users/'],
    ['GET', '/v1/user/01a20599-4547-78ad-a00e-da79fba8a127/'],
    ['GET', '/v1/cameras/'],
    ['POST', '/v1/uploads/presign'],
  ])('is asked for at %s %s', async (method, path) => {
    const { status, body, headers } = await send(method, path)
    expect(status).toBe(401)
    expect(body).toEqual(NOBODY)
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
  })
})

describe('a token that is no good', () => {
  const swapped = (token: string, part: number, by: (text: string) => string) =>
    token
      .split('.')
      .map((text, index) => (index === part ? by(text) : text))
      .join('.')
  const base64Url = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: 'base64url', omitPadding: true })

  type Make = (user: User, type: Type) => string | Promise<string>
  const invalid: [string, Make][] = [
    ['garbage', () => 'garbage'],
    ['three words of garbage', () => 'a.b.c'],
    ['dots', () => '..'],
    ['cut in its signature', (user, type) => user[type].slice(0, -4)],
    ['without a signature', (user, type) => swapped(user[type], 2, () => '')],
    ['of two parts', (user, type) => user[type].split('.').slice(0, 2).join('.')],
    ['of four parts', (user, type) => `${user[type]}.x`],
    [
      'changed in its claims',
      (user, type) => swapped(user[type], 1, () => base64Url(claimsOf({ ...user, id: 1 }, type))),
    ],
    [
      'signed with another key',
      (user, type) => aToken(claimsOf(user, type), { secret: 'another key of 32 bytes or more…' }),
    ],
    [
      'unsigned, as alg none',
      (user, type) => `${base64Url({ alg: 'none', typ: 'JWT' })}.${base64Url(claimsOf(user, type))}.`,
    ],
    [
      'signed, and says alg none',
      (user, type) => aToken(claimsOf(user, type), { header: { alg: 'none', typ: 'JWT' } }),
    ],
    ['signed, and names no alg', (user, type) => aToken(claimsOf(user, type), { header: { typ: 'JWT' } })],
    ['signed by HS512', (user, type) => sign(claimsOf(user, type), env.JWT_SECRET, 'HS512')],
    ['signed by HS384', (user, type) => sign(claimsOf(user, type), env.JWT_SECRET, 'HS384')],
    [
      'signed by HS256, and says RS256',
      (user, type) => aToken(claimsOf(user, type), { header: { alg: 'RS256', typ: 'JWT' } }),
    ],
    ['of no JSON', () => aTokenOfText('{"user_id": ')],
    ['of nothing', () => aTokenOfText('')],
    ['null', () => aToken(null)],
    ['a list', () => aToken([{ user_id: '1' }])],
    ['a text', () => aToken('user')],
    ['a number', () => aToken(1)],
    ['a boolean', () => aToken(true)],
    [
      'forged and expired',
      (user, type) => aToken(claimsOf(user, type, { exp: 1 }), { secret: 'x'.repeat(32) }),
    ],
    [
      'forged and of nobody',
      (user, type) => aToken(claimsOf(user, type, { user_id: undefined }), { secret: 'x'.repeat(32) }),
    ],
  ]
  it.each(eachType(invalid))('as %s: %s', async (type, _, make) => {
    const user = await aUser()
    const { status, body, headers, requestId } = await show(type, await make(user, type))
    expect(status).toBe(401)
    expect(body).toEqual(refusal(type, 'Token is invalid'))
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(await statementsOf(requestId)).toEqual([])
  })

  // In the order of the contract's table: each row has its own fault and all the faults after it.
  const noType = { token_type: undefined, user_id: undefined }
  const noId = { jti: undefined, ...noType }
  const noExp = { exp: undefined, ...noId }
  const claims: [string, object, string][] = [
    ...['exp', 'iat', 'nbf'].flatMap((name) =>
      [null, true, '4000000000', '', [4e9], {}].map((value): [string, object, string] => [
        `${name} ${JSON.stringify(value)}`,
        { [name]: value },
        'Token is invalid',
      ]),
    ),
    ['nbf in the future', { nbf: secondsFromNow(600) }, 'Token is invalid'],
    ['iat in the future', { iat: secondsFromNow(600) }, 'Token is invalid'],
    ['nbf in the future, and expired', { nbf: secondsFromNow(600), exp: 1 }, 'Token is invalid'],
    ['iat in the future, and without all else', { iat: 4e9, ...noExp }, 'Token is invalid'],
    ['nbf beyond all dates', { nbf: 1e300 }, 'Token is invalid'],
    ['expired a second ago', { exp: secondsFromNow(-1) }, 'Token is expired'],
    ['exp 0', { exp: 0 }, 'Token is expired'],
    ['exp before all dates', { exp: -1e300 }, 'Token is expired'],
    ['expired, and without all else', { ...noExp, exp: 1 }, 'Token is expired'],
    ['no exp', { exp: undefined }, "Token has no 'exp' claim"],
    ['no exp, and without all else', noExp, "Token has no 'exp' claim"],
    ['no jti', { jti: undefined }, 'Token has no id'],
    ['no jti, and without all else', noId, 'Token has no id'],
    ['no type', { token_type: undefined }, 'Token has no type'],
    ['no type and no user', noType, 'Token has no type'],
    ['null for a type', { token_type: null }, 'Token has wrong type'],
    ['an unknown type', { token_type: 'sliding' }, 'Token has wrong type'],
    ['a type in capitals', { token_type: 'ACCESS' }, 'Token has wrong type'],
    ['a wrong type and no user', { token_type: 'sliding', user_id: undefined }, 'Token has wrong type'],
  ]
  it.each(eachType(claims))('as %s with claims %s', async (type, _, changes, words) => {
    const token = await aToken(claimsOf(await aUser(), type, changes))
    const { status, body, headers, requestId } = await show(type, token)
    expect(status).toBe(401)
    expect(body).toEqual(refusal(type, words))
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(await statementsOf(requestId)).toEqual([])
  })

  it.each(TYPES)('where an %s token is asked for and the other comes', async (type) => {
    const user = await aUser()
    const { status, body } = await show(type, user[OTHER_TYPE[type]])
    expect(status).toBe(401)
    expect(body).toEqual(refusal(type, 'Token has wrong type'))
  })

  it.each([
    ['an exp beyond double precision', '"exp":1e400'],
    ['an iat beyond double precision', '"exp":4000000000,"iat":-1e400'],
  ])('with %s, as access and refresh token', async (_, numbers) => {
    for (const type of TYPES) {
      const token = await aTokenOfText(`{"token_type":"${type}","jti":"a","user_id":"1",${numbers}}`)
      const { status, body } = await show(type, token)
      expect(status).toBe(401)
      expect(body).toEqual(refusal(type, 'Token is invalid'))
    }
  })

  it.each(TYPES)('where an %s token names no user', async (type) => {
    const token = await aToken(claimsOf(await aUser(), type, { user_id: undefined }))
    const { status, body, headers, requestId } = await show(type, token)
    expect(status).toBe(401)
    expect(body).toEqual(NO_IDENTIFICATION)
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(await statementsOf(requestId)).toEqual([])
  })

  const nobodies = ['0', 0, '-1', -1, null, '', 'x', '1.5', 1.5, true, [], ['1'], {}, 1e300]
  const beyond = ['9223372036854775808', '99999999999999999999', 2 ** 63, '9223372036854775807']
  it.each(eachType([...nobodies, ...beyond].map((id) => [id])))(
    'as %s of a user that nobody can be: %j',
    async (type, user_id) => {
      const token = await aToken(claimsOf(await aUser(), type, { user_id }))
      const { status, body, headers } = await show(type, token)
      expect(status).toBe(401)
      expect(body).toEqual(type === 'access' ? NOT_FOUND : NO_ACCOUNT)
      expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    },
  )

  it.each([
    ['access', NOT_FOUND],
    ['refresh', NO_ACCOUNT],
  ] as const)('as %s of someone who was deleted', async (type, expected) => {
    const user = await aUser()
    await remove(user)
    const { status, body, headers, requestId } = await show(type, user[type])
    expect(status).toBe(401)
    expect(body).toEqual(expected)
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it.each([
    ['access', INACTIVE],
    ['refresh', NO_ACCOUNT],
  ] as const)('as %s of someone who is inactive', async (type, expected) => {
    const user = await aUser({ isActive: false })
    const { status, body, headers, requestId } = await show(type, user[type])
    expect(status).toBe(401)
    expect(body).toEqual(expected)
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it.each([
    ['DELETE', (user: User) => `/v1/user/${user.publicUserId}/`, undefined],
    ['PATCH', (user: User) => `/v1/user/${user.publicUserId}/`, { first_name: 'Mallory' }],
    ['POST', () => '/v1/cameras/', { location: 'Front Door' }],
  ])('does nothing for someone who is inactive: %s', async (method, path, json) => {
    const user = await aUser({ isActive: false })
    const { status, body } = await send(method, path(user), { token: user.access, json })
    expect(status).toBe(401)
    expect(body).toEqual(INACTIVE)
    expect(await sql`select first_name from users where id = ${user.id}`).toEqual([{ first_name: '' }])
    expect(await sql`select id from camera_camera where owner_id = ${user.id}`).toEqual([])
  })
})

describe('a token from before the password changed', () => {
  it.each(TYPES)('is expired, as %s', async (type) => {
    const user = await aUser()
    const issuedAt = secondsFromNow(-30)
    await endSessions(user, issuedAt + 1)
    const { status, body, headers, requestId } = await show(
      type,
      await aToken(claimsOf(user, type, { iat: issuedAt })),
    )
    expect(status).toBe(401)
    expect(body).toEqual(refusal(type, 'Token is expired'))
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it.each(TYPES)('is expired where it does not say when it was issued, as %s', async (type) => {
    const user = await aUser()
    await endSessions(user, 1)
    const { status, body } = await show(type, await aToken(claimsOf(user, type, { iat: undefined })))
    expect(status).toBe(401)
    expect(body).toEqual(refusal(type, 'Token is expired'))
  })

  it.each(TYPES)('is good where it is of the same second, as %s', async (type) => {
    const user = await aUser()
    const issuedAt = secondsFromNow(-30)
    await endSessions(user, issuedAt)
    const { status } = await show(type, await aToken(claimsOf(user, type, { iat: issuedAt })))
    expect(status).toBe(200)
  })

  it.each(TYPES)('is good where no password ever changed and it says no time, as %s', async (type) => {
    const user = await aUser()
    const { status } = await show(type, await aToken(claimsOf(user, type, { iat: undefined })))
    expect(status).toBe(200)
  })

  it.each([
    ['access', INACTIVE],
    ['refresh', refusal('refresh', 'Token is expired')],
  ] as const)('of someone inactive is answered by the first row: %s', async (type, expected) => {
    const user = await aUser({ isActive: false })
    await endSessions(user, secondsFromNow(600))
    const { status, body } = await show(type, user[type])
    expect(status).toBe(401)
    expect(body).toEqual(expected)
  })

  it('changes nothing', async () => {
    const user = await aUser()
    await endSessions(user, secondsFromNow(600))
    const path = `/v1/user/${user.publicUserId}/`
    const answers = [
      await send('PATCH', path, { token: user.access, json: { first_name: 'Mallory' } }),
      await send('DELETE', path, { token: user.access }),
      await send('POST', '/v1/cameras/', { token: user.access, json: { location: 'Front Door' } }),
    ]
    for (const { status, body } of answers) {
      expect(status).toBe(401)
      expect(body).toEqual(refusal('access', 'Token is expired'))
    }
    expect(await sql`select first_name from users where id = ${user.id}`).toEqual([{ first_name: '' }])
    expect(await sql`select id from camera_camera where owner_id = ${user.id}`).toEqual([])
  })
})

describe('a good token', () => {
  const good: [string, (user: User) => object][] = [
    ['of the old service, without sub', () => ({ sub: undefined })],
    ['with a number as user_id', ({ id }) => ({ user_id: id })],
    ['with a sub that is no UUID', () => ({ sub: 'somebody' })],
    ['with a sub of another type', () => ({ sub: { id: 1 } })],
    ['with its sub in capitals', ({ publicUserId }) => ({ sub: publicUserId.toUpperCase() })],
    ['without iat', () => ({ iat: undefined })],
    ['with an nbf that has passed', () => ({ nbf: secondsFromNow(-60) })],
    ['with times in fractions', () => ({ exp: secondsFromNow(60) + 0.5, iat: secondsFromNow(-60) + 0.25 })],
    ['with an exp beyond all dates', () => ({ exp: 1e300 })],
    ['with an iat before all dates', () => ({ iat: -1e300 })],
    ['with null for an id', () => ({ jti: null })],
    [
      'with claims that mean nothing here',
      () => ({ aud: 'scout', iss: 5, scopes: ['admin'], is_staff: true }),
    ],
  ]
  it.each(eachType(good))('speaks for its user, as %s %s', async (type, _, changes) => {
    const user = await aUser()
    const { status, body } = await show(type, await aToken(claimsOf(user, type, changes(user))))
    expect(status).toBe(200)
    if (type === 'access') {
      const { email, publicUserId } = user
      expect(body).toEqual([{ first_name: '', last_name: '', email, public_user_id: publicUserId }])
    } else {
      expect(body).toEqual({ access: expect.any(String) })
      expect(read(body.access).claims).toMatchObject({ user_id: String(user.id), sub: user.publicUserId })
    }
  })

  it.each(TYPES)('may leave typ out of its header, as %s', async (type) => {
    const token = await aToken(claimsOf(await aUser(), type), { header: { alg: 'HS256' } })
    expect((await show(type, token)).status).toBe(200)
  })

  it('of the old service lets a camera upload', async () => {
    const user = await aUser()
    const token = await aToken(claimsOf(user, 'access', { sub: undefined }))
    const { status, body, requestId } = await send('POST', '/v1/uploads/presign', { token })
    expect(status).toBe(200)
    expect(body.key.split('/')[1]).toBe(user.publicUserId)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })
})

describe('a token from before a restore', () => {
  /** A user whose id belonged to another account when the token was made. */
  const aSuccessor = async (type: Type) => {
    const user = await aUser()
    const token = await aToken(claimsOf({ ...user, publicUserId: crypto.randomUUID() }, type))
    return { user, token }
  }

  it('opens nothing of the account that has the id now', async () => {
    const { user, token } = await aSuccessor('access')
    const { publicCameraId } = await aCamera(user)
    const before = await propertyOf(user)
    const camera = `/v1/cameras/${publicCameraId}/`
    const requests: [string, string, object?][] = [
      ['GET', '/v1/users/'],
      ['GET', '/v1/cameras/'],
      ['GET', '/v1/cameras/?all=true'],
      ['POST', '/v1/cameras/', { location: 'Mine' }],
      ['GET', camera],
      ['PATCH', camera, { location: 'Mine' }],
      ['DELETE', camera],
      ['GET', `${camera}rules/`],
      ['POST', `${camera}rules/`, { rule: 'Mine', rule_nickname: 'Mine' }],
      ['PATCH', `/v1/user/${user.publicUserId}/`, { first_name: 'Mine' }],
      [
        'PATCH',
        `/v1/user/${user.publicUserId}/`,
        { password: 'calm-harbour-83', current_password: PASSWORD },
      ],
      ['DELETE', `/v1/user/${user.publicUserId}/`],
    ]
    for (const [method, path, json] of requests) {
      const { status, body } = await send(method, path, { token, json })
      expect([method, path, status, body]).toEqual([
        method,
        path,
        401,
        { detail: 'User not found', code: 'user_not_found' },
      ])
    }
    expect(await propertyOf(user)).toEqual(before)
  })

  it('is not refreshed', async () => {
    const { token } = await aSuccessor('refresh')
    const { status, body } = await send('POST', '/v1/auth/token/refresh/', { json: { refresh: token } })
    expect([status, body]).toEqual([401, { detail: 'No active account found for the given token.' }])
  })
})

describe('a rolled key', () => {
  const rolled = { JWT_SECRET: 'a new key of at least 32 bytes, really', JWT_SECRET_PREVIOUS: env.JWT_SECRET }

  it.each(TYPES)('still reads a token of the key before it, as %s', async (type) => {
    const user = await aUser()
    expect((await show(type, user[type], rolled)).status).toBe(200)
  })

  it.each(TYPES)('reads a token of its own, as %s', async (type) => {
    const token = await aToken(claimsOf(await aUser(), type), { secret: rolled.JWT_SECRET })
    expect((await show(type, token, rolled)).status).toBe(200)
  })

  it('signs with the new key only', async () => {
    const user = await aUser()
    const { body } = await show('refresh', user.refresh, rolled)
    const { claims } = read(body.access)
    expect(body.access).toBe(await sign(claims, rolled.JWT_SECRET, 'HS256'))
  })

  it.each(TYPES)('refuses a token of a third key, as %s', async (type) => {
    const token = await aToken(claimsOf(await aUser(), type), { secret: 'a third key of at least 32 bytes' })
    const { status, body } = await show(type, token, rolled)
    expect(status).toBe(401)
    expect(body).toEqual(refusal(type, 'Token is invalid'))
  })

  it.each(TYPES)('says that a token of the key before it has expired, as %s', async (type) => {
    const token = await aToken(claimsOf(await aUser(), type, { exp: 1 }))
    const { status, body } = await show(type, token, rolled)
    expect(status).toBe(401)
    expect(body).toEqual(refusal(type, 'Token is expired'))
  })

  it.each(TYPES)('refuses tokens of the key before it once that is gone, as %s', async (type) => {
    const user = await aUser()
    const { status, body } = await show(type, user[type], { JWT_SECRET: rolled.JWT_SECRET })
    expect(status).toBe(401)
    expect(body).toEqual(refusal(type, 'Token is invalid'))
  })
})

describe('a token that came before', () => {
  const now = Date.now()
  const readAt = (
    token: string,
    time: number,
    changes: Partial<Env> & { JWT_SECRET_PREVIOUS?: string } = {},
  ) =>
    readToken(
      token,
      'access',
      settings({ ...env, ...changes }, 'tokens'),
      time,
      (words) => new Problem(401, { words }),
    )

  it('ends when it says, is no other type, and lets no other signature pass', async () => {
    const token = await aToken(claimsOf({ id: 1, publicUserId: crypto.randomUUID() }, 'access'))
    await readAt(token, now)

    await expect(readAt(token, now + 3_600_000)).rejects.toMatchObject({
      body: { words: 'Token is expired' },
    })
    const asRefresh = readToken(
      token,
      'refresh',
      settings(env, 'tokens'),
      now,
      (words) => new Problem(401, { words }),
    )
    await expect(asRefresh).rejects.toMatchObject({ body: { words: 'Token has wrong type' } })
    const forged = token.slice(0, -2) + (token.endsWith('AA') ? 'BB' : 'AA')
    await expect(readAt(forged, now)).rejects.toMatchObject({ body: { words: 'Token is invalid' } })
  })

  it('ends with the key that it was signed with', async () => {
    const secret = 'an older secret of more than 32 bytes'
    const token = await aToken(claimsOf({ id: 1, publicUserId: crypto.randomUUID() }, 'access'), { secret })
    await readAt(token, now, { JWT_SECRET_PREVIOUS: secret })

    await expect(readAt(token, now)).rejects.toMatchObject({ body: { words: 'Token is invalid' } })
  })
})
