import { describe, expect, it, vi } from 'vitest'
import { breakSql, newRequestId, send, statementsOf } from './support/client.ts'
import { aUser, newEmail, PASSWORD, sql } from './support/factories.ts'
import { claimsOf, aToken, read } from './support/tokens.ts'

const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const TAKEN = { email: ['A user with that email already exists.'] }
const TOO_COMMON = 'This password is too common.'
const TOO_SHORT = 'This password is too short. It must contain at least 8 characters.'
const REQUIRED = 'This field is required.'

const register = (json: object) => send('POST', '/v1/auth/register/', { json })
const signIn = (email: string, password = PASSWORD) =>
  send('POST', '/v1/auth/token/', { json: { email, password } })
const refresh = (token: unknown) => send('POST', '/v1/auth/token/refresh/', { json: { refresh: token } })

const usersWith = (email: string) => sql`select * from users where lower(email) = lower(${email})`
const signedInLately = (id: number) =>
  sql`select id from users where id = ${id} and abs(extract(epoch from now() - last_login)) < 60`

describe('registering', () => {
  it('answers with the person, their username and tokens, and stores the account', async () => {
    const email = newEmail()
    const { status, body, requestId } = await register({
      first_name: 'Jane',
      last_name: 'Doe',
      email,
      password: 'securepassword123',
    })

    expect(status).toBe(201)
    const [row] = await usersWith(email)
    expect(body).toEqual({
      first_name: 'Jane',
      last_name: 'Doe',
      email,
      public_user_id: expect.stringMatching(UUID_V7),
      user: { public_user_id: body.public_user_id, username: email },
      access: expect.any(String),
      refresh: expect.any(String),
    })
    expect(row).toEqual({
      id: expect.any(String),
      public_user_id: body.public_user_id,
      email,
      username: email,
      first_name: 'Jane',
      last_name: 'Doe',
      password: expect.stringMatching(/^pbkdf2_sha512_chain\$/),
      is_active: true,
      is_staff: false,
      is_superuser: false,
      date_joined: expect.any(Date),
      last_login: null,
      sessions_valid_from: null,
    })
    expect(Math.abs(Date.now() - Date.parse(row!.date_joined))).toBeLessThan(60_000)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('gives tokens that work at once', async () => {
    const { body } = await register({ email: newEmail(), password: PASSWORD })
    const mine = await send('GET', `/v1/user/${body.public_user_id}/`, { token: body.access })
    expect(mine.status).toBe(200)
    expect((await refresh(body.refresh)).status).toBe(200)
  })

  it('needs no name, and takes a blank one', async () => {
    const [nameless, blank] = [newEmail(), newEmail()]
    const answers = [
      await register({ email: nameless, password: PASSWORD }),
      await register({ email: blank, password: PASSWORD, first_name: '', last_name: ' \t ' }),
    ]
    for (const { status, body } of answers) {
      expect(status).toBe(201)
      expect(body).toMatchObject({ first_name: '', last_name: '' })
    }
    for (const email of [nameless, blank])
      expect(await usersWith(email)).toMatchObject([{ first_name: '', last_name: '' }])
  })

  it('trims and lower-cases the email, and makes it the username', async () => {
    const email = newEmail()
    const { status, body } = await register({
      email: ` \u3000${email.toUpperCase()}\n`,
      password: PASSWORD,
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({ email, user: { username: email } })
    expect(await usersWith(email)).toMatchObject([{ email, username: email }])
  })

  it('trims the names and the password', async () => {
    const email = newEmail()
    const json = { email, password: ` ${PASSWORD}\t`, first_name: ' Åsa ', last_name: '\u2003Ek' }
    const { status, body } = await register(json)
    expect(status).toBe(201)
    expect(body).toMatchObject({ first_name: 'Åsa', last_name: 'Ek' })
    expect((await signIn(email, PASSWORD)).status).toBe(200)
    expect((await signIn(email, ` ${PASSWORD} `)).status).toBe(200)
  })

  it('takes names of 150 characters, counted in code points after trimming', async () => {
    const name = '🦊'.repeat(150)
    const json = { email: newEmail(), password: PASSWORD, first_name: ` ${name} `, last_name: name }
    const { status, body } = await register(json)
    expect(status).toBe(201)
    expect(body).toMatchObject({ first_name: name, last_name: name })
  })

  it('refuses names of 151 characters', async () => {
    const email = newEmail()
    const name = 'n'.repeat(151)
    const { status, body } = await register({ email, password: PASSWORD, first_name: name, last_name: name })
    const words = ['Ensure this field has no more than 150 characters.']
    expect(status).toBe(400)
    expect(body).toEqual({ first_name: words, last_name: words })
    expect(await usersWith(email)).toEqual([])
  })

  it('takes an email of 150 characters and refuses one of 151', async () => {
    const ending = `.${newEmail()}`
    const [fits, tooLong] = [150, 151].map((length) => ending.padStart(length, 'a'))
    const taken = await register({ email: fits, password: PASSWORD })
    const refused = await register({ email: tooLong, password: PASSWORD })
    expect(taken.status).toBe(201)
    expect(taken.body.email).toBe(fits)
    expect(refused.status).toBe(400)
    expect(refused.body).toEqual({ email: ['Ensure this field has no more than 150 characters.'] })
    expect(await usersWith(tooLong!)).toEqual([])
  })

  it('needs an email and a password', async () => {
    const { status, body } = await register({})
    expect(status).toBe(400)
    expect(body).toEqual({ email: [REQUIRED], password: [REQUIRED] })
  })

  it('ignores fields that are not asked for', async () => {
    const email = newEmail()
    const json = { email, password: PASSWORD, is_staff: true, is_superuser: true, username: 'root', id: 1 }
    expect((await register(json)).status).toBe(201)
    expect(await usersWith(email)).toMatchObject([{ is_staff: false, is_superuser: false, username: email }])
  })

  it.each([
    ['in the same letters', (email: string) => email],
    ['in other letters', (email: string) => email.toUpperCase()],
  ])('refuses a taken email %s', async (_, spell) => {
    const { email } = await aUser()
    const { status, body, requestId } = await register({ email: spell(email), password: PASSWORD })
    expect(status).toBe(400)
    expect(body).toEqual(TAKEN)
    expect(await usersWith(email)).toHaveLength(1)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('refuses an email that the old service stored with capitals', async () => {
    const email = newEmail()
    await aUser({ email: email.replace('person', 'Person') })
    const { status, body } = await register({ email, password: PASSWORD })
    expect(status).toBe(400)
    expect(body).toEqual(TAKEN)
    expect(await usersWith(email)).toHaveLength(1)
  })

  it("refuses an email that is another account's username", async () => {
    const user = await aUser()
    const username = newEmail()
    await sql`update users set username = ${username} where id = ${user.id}`
    const { status, body } = await register({ email: username, password: PASSWORD })
    expect(status).toBe(400)
    expect(body).toEqual(TAKEN)
    expect(await usersWith(username)).toEqual([])
  })

  it('names all faults of all fields in one answer, a taken email among them', async () => {
    const { email } = await aUser()
    const json = { email, password: 'abc123', first_name: 'n'.repeat(151), last_name: null }
    const { status, body, requestId } = await register(json)
    expect(status).toBe(400)
    expect(body).toEqual({
      ...TAKEN,
      password: [TOO_SHORT, TOO_COMMON],
      first_name: ['Ensure this field has no more than 150 characters.'],
      last_name: ['This field may not be null.'],
    })
    expect(await usersWith(email)).toHaveLength(1)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('names a bad password beside a bad email, without asking the database', async () => {
    const { status, body, requestId } = await register({ email: 'nobody', password: 'abc123' })
    expect(status).toBe(400)
    expect(body).toEqual({ email: ['Enter a valid email address.'], password: [TOO_SHORT, TOO_COMMON] })
    expect(await statementsOf(requestId)).toEqual([])
  })

  it('lets one of two people who register one address at once win', async () => {
    const email = newEmail()
    const people = [1, 2, 3, 4].map((n) =>
      register({ email: n % 2 ? email : email.toUpperCase(), password: PASSWORD, first_name: `No ${n}` }),
    )
    const answers = await Promise.all(people)
    const [winner, ...others] = answers.sort((a, b) => a.status - b.status)
    expect(answers.map(({ status }) => status)).toEqual([201, 400, 400, 400])
    for (const { body } of others) expect(body).toEqual(TAKEN)
    expect(await usersWith(email)).toMatchObject([{ first_name: winner!.body.first_name }])
  })
})

describe('signing in', () => {
  it('gives an access and a refresh token', async () => {
    const user = await aUser()
    const { status, body } = await signIn(user.email)
    expect(status).toBe(200)
    expect(body).toEqual({ access: expect.any(String), refresh: expect.any(String) })
    expect(read(body.access).claims).toMatchObject({ token_type: 'access', user_id: String(user.id) })
    expect(read(body.refresh).claims).toMatchObject({ token_type: 'refresh', user_id: String(user.id) })
    const mine = await send('GET', `/v1/user/${user.publicUserId}/`, { token: body.access })
    expect(mine.status).toBe(200)
    expect(mine.body.email).toBe(user.email)
  })

  it('takes the email in any letter case and trims it', async () => {
    const user = await aUser()
    const { status, body } = await signIn(`  ${user.email.toUpperCase()} `)
    expect(status).toBe(200)
    expect(read(body.access).claims.user_id).toBe(String(user.id))
  })

  it('takes the letters an address was registered with, where their lower case is a matter of place', async () => {
    const email = `andreas-${crypto.randomUUID()}@ΕΛΛΑΣ-X.gr`
    await register({ email, password: 'securepassword123' })

    expect((await signIn(email, 'securepassword123')).status).toBe(200)
    expect((await signIn(email.toUpperCase(), 'securepassword123')).status).toBe(200)
  })

  it('takes no letter for another that only the database thinks the same', async () => {
    const user = await aUser({ email: `visitor-${crypto.randomUUID()}@example.com` })

    expect((await signIn(user.email.replace('i', 'İ'))).status).toBe(401)
  })

  it('finds an account that the old service stored with capitals', async () => {
    const email = newEmail()
    const user = await aUser({ email: email.replace('person', 'Person') })
    const { status, body } = await signIn(email)
    expect(status).toBe(200)
    expect(read(body.access).claims.user_id).toBe(String(user.id))
  })

  it('prefers the exact spelling where two old accounts differ only in letter case', async () => {
    const email = newEmail()
    const capital = await aUser({ email: email.replace('person', 'Person') })
    const plain = await aUser({ email })
    const found = await Promise.all([signIn(capital.email), signIn(plain.email)])
    expect(found.map(({ body }) => read(body.access).claims.user_id)).toEqual([
      String(capital.id),
      String(plain.id),
    ])
  })

  it('remembers when, after the answer', async () => {
    const user = await aUser()
    const { requestId } = await signIn(user.email)
    await vi.waitFor(async () => expect(await signedInLately(user.id)).toHaveLength(1), 10_000)
    expect(await statementsOf(requestId)).toHaveLength(2)
  })

  it('answers although the time cannot be written', async () => {
    const { id, email } = await aUser()
    const request = newRequestId()
    await breakSql({ fault: 'delay', milliseconds: 0, request, times: 1 })
    await breakSql({ fault: 'status', request })
    const { status, body } = await send('POST', '/v1/auth/token/', {
      json: { email, password: PASSWORD },
      headers: { 'X-Request-Id': request },
    })
    expect(status).toBe(200)
    expect(body).toEqual({ access: expect.any(String), refresh: expect.any(String) })
    await vi.waitFor(async () => expect(await statementsOf(request)).toHaveLength(2), 10_000)
    expect(await signedInLately(id)).toEqual([])
  })

  it.each([
    ['a wrong password', async () => ({ email: (await aUser()).email, password: `${PASSWORD}!` })],
    [
      'a password in another letter case',
      async () => ({ email: (await aUser()).email, password: PASSWORD.toUpperCase() }),
    ],
    ['an email that nobody has', async () => ({ email: newEmail(), password: PASSWORD })],
    ['a text that is no email', async () => ({ email: 'nobody', password: PASSWORD })],
    [
      'an inactive account',
      async () => ({ email: (await aUser({ isActive: false })).email, password: PASSWORD }),
    ],
    ['a number for each', async () => ({ email: 12, password: 34 })],
    [
      'an endless email and password',
      async () => ({ email: 'a'.repeat(10_000), password: 'b'.repeat(10_000) }),
    ],
  ])('is refused with %s', async (_, credentials) => {
    const json = await credentials()
    const { status, body, headers, requestId } = await send('POST', '/v1/auth/token/', { json })
    expect(status).toBe(401)
    expect(body).toEqual({ detail: 'No active account found with the given credentials' })
    expect(headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(await statementsOf(requestId)).toHaveLength(1)
    expect(
      await sql`select id from users where email = ${String(json.email)} and last_login is not null`,
    ).toEqual([])
  })

  it.each([
    ['missing', {}, REQUIRED],
    ['null', { email: null, password: null }, 'This field may not be null.'],
    ['blank', { email: '', password: ' \u3000' }, 'This field may not be blank.'],
    ['boolean', { email: true, password: false }, 'Not a valid string.'],
    ['a list or an object', { email: [], password: {} }, 'Not a valid string.'],
    ['holding U+0000', { email: 'a\0', password: 'b\0' }, 'Null characters are not allowed.'],
    [
      'holding a lone surrogate',
      { email: 'a\ud800', password: '\ud800b' },
      'Surrogate characters are not allowed: U+D800.',
    ],
  ])('names fields that are %s', async (_, json, words) => {
    const { status, body, requestId } = await send('POST', '/v1/auth/token/', { json })
    expect(status).toBe(400)
    expect(body).toEqual({ email: [words], password: [words] })
    expect(await statementsOf(requestId)).toEqual([])
  })
})

describe('refreshing', () => {
  it('gives a fresh access token and nothing else', async () => {
    const user = await aUser()
    const { status, body, requestId } = await refresh(user.refresh)
    expect(status).toBe(200)
    expect(body).toEqual({ access: expect.any(String) })
    expect(read(body.access).claims).toMatchObject({ token_type: 'access', user_id: String(user.id) })
    expect((await send('GET', '/v1/users/', { token: body.access })).status).toBe(200)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('trims the token', async () => {
    const { refresh: token } = await aUser()
    expect((await refresh(` ${token}\n`)).status).toBe(200)
  })

  it('works again and again with one token', async () => {
    const { refresh: token } = await aUser()
    const [first, second] = [await refresh(token), await refresh(token)]
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body.access).not.toBe(first.body.access)
  })

  it.each([
    ['missing', {}, REQUIRED],
    ['null', { refresh: null }, 'This field may not be null.'],
    ['blank', { refresh: ' ' }, 'This field may not be blank.'],
    ['boolean', { refresh: true }, 'Not a valid string.'],
    ['a list', { refresh: ['a.b.c'] }, 'Not a valid string.'],
    ['an object', { refresh: { token: 'a.b.c' } }, 'Not a valid string.'],
    ['holding U+0000', { refresh: 'a.b.c\0' }, 'Null characters are not allowed.'],
    ['holding a lone surrogate', { refresh: '\udc00.b.c' }, 'Surrogate characters are not allowed: U+DC00.'],
  ])('names a token that is %s', async (_, json, words) => {
    const { status, body, requestId } = await send('POST', '/v1/auth/token/refresh/', { json })
    expect(status).toBe(400)
    expect(body).toEqual({ refresh: [words] })
    expect(await statementsOf(requestId)).toEqual([])
  })
})

describe('the three ways in', () => {
  it.each(['garbage', 'Bearer', 'Bearer garbage', 'Basic YTpi'])(
    'look at no Authorization header, here %s',
    async (Authorization) => {
      const user = await aUser()
      const headers = { Authorization }
      const answers = [
        await send('POST', '/v1/auth/register/', {
          headers,
          json: { email: newEmail(), password: PASSWORD },
        }),
        await send('POST', '/v1/auth/token/', { headers, json: { email: user.email, password: PASSWORD } }),
        await send('POST', '/v1/auth/token/refresh/', { headers, json: { refresh: user.refresh } }),
      ]
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 200])
    },
  )

  it('look at no expired Authorization either', async () => {
    const user = await aUser()
    const token = await aToken(claimsOf(user, 'access', { exp: 1 }))
    const { status } = await send('POST', '/v1/auth/token/refresh/', {
      token,
      json: { refresh: user.refresh },
    })
    expect(status).toBe(200)
  })
})
