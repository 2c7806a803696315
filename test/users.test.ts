import { describe, expect, it } from 'vitest'
import { verifyPassword } from '../src/auth/passwords.ts'
import { beside } from './support/race.ts'
import { permissionIds, permit } from './support/browser.ts'
import { send, statementsOf } from './support/client.ts'
import { aCamera, aDatabase, aRule, aUser, newEmail, PASSWORD, propertyOf, sql } from './support/factories.ts'
import type { User } from './support/factories.ts'
import { aToken, claimsOf, read, secondsFromNow } from './support/tokens.ts'

const TAKEN = 'A user with that email already exists.'
const REQUIRED = 'This field is required.'
const WRONG = 'Your old password was entered incorrectly. Please enter it again.'
const NO_USER = { detail: 'No User matches the given query.' }
const NOT_FOUND = { detail: 'User not found', code: 'user_not_found' }
const LAST_SUPERUSER = { detail: 'The last active superuser cannot be deleted.' }
const EXPIRED = {
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is expired' }],
}
const NEW_PASSWORD = 'calmer-waters-12'
const CHANGES = ['PUT', 'PATCH'] as const

const path = ({ publicUserId }: Pick<User, 'publicUserId'>) => `/v1/user/${publicUserId}/`
const json = ({ email, publicUserId }: User, names: object = {}) => ({
  first_name: '',
  last_name: '',
  email,
  public_user_id: publicUserId,
  ...names,
})
const change = (user: User, json: object, method = 'PATCH') =>
  send(method, path(user), { token: user.access, json })
const rowOf = async ({ id }: User) => (await sql`select * from users where id = ${id}`)[0]!

const held = (db: typeof sql, { id }: User) => db`select id from users where id = ${id} for update`

describe('the list of users', () => {
  it('is exactly oneself for anyone who is not staff', async () => {
    const user = await aUser({ firstName: 'Jane', lastName: 'Doe' })
    await aUser()
    const { status, body, headers, requestId } = await send('GET', '/v1/users/', { token: user.access })
    expect(status).toBe(200)
    expect(body).toEqual([json(user, { first_name: 'Jane', last_name: 'Doe' })])
    expect(headers.get('Link')).toBeNull()
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it.each([
    ['staff without permissions', { isStaff: true }, []],
    ['staff with permissions on others', { isStaff: true }, ['camera.view_camera', 'users.change_user']],
    ['somebody with the permission who is not staff', {}, ['users.view_user']],
  ])('is oneself for %s', async (_, account, permissions) => {
    const { sql: db, settings } = await aDatabase()
    const user = await aUser(account, db)
    await permit(user, permissions, db)
    await aUser({}, db)
    const { status, body } = await send('GET', '/v1/users/', { token: user.access, settings })
    expect(status).toBe(200)
    expect(body).toEqual([json(user)])
  })

  it('is everyone for superusers, and for staff by a group', async () => {
    const { sql: db, settings } = await aDatabase()
    const viewers = [await aUser({ isSuperuser: true }, db), await aUser({ isStaff: true }, db)]
    const [group] = await db`insert into auth_group (name) values ('Support') returning id`
    const [permission] = await permissionIds(['users.view_user'], db)
    await db`insert into auth_group_permissions (group_id, permission_id) values (${group!.id}, ${permission})`
    await db`insert into users_groups (user_id, group_id) values (${viewers[1]!.id}, ${group!.id})`
    for (const { access: token } of viewers) {
      const { status, body } = await send('GET', '/v1/users/', { token, settings })
      expect(status).toBe(200)
      expect(body).toEqual(viewers.map((user) => json(user)))
    }
  })

  it('is oneself wherever the page begins', async () => {
    const user = await aUser()
    const { publicUserId } = await aUser()
    for (const query of ['limit=1', `after=${user.publicUserId}`, `limit=5&after=${publicUserId}`]) {
      const { status, body } = await send('GET', `/v1/users/?${query}`, { token: user.access })
      expect(status).toBe(200)
      expect(body).toEqual([json(user)])
    }
  })

  it('is everyone for staff who may view users, inactive people too, by their ids', async () => {
    const { sql: db, settings } = await aDatabase()
    const staff = await aUser({ isStaff: true, firstName: 'Sam' }, db)
    await permit(staff, ['users.view_user'], db)
    const inactive = await aUser({ isActive: false }, db)
    const other = await aUser({ lastName: 'Doe' }, db)
    await db`update users set date_joined = now() - interval '1 year' where id = ${other.id}`
    const { status, body, headers, requestId } = await send('GET', '/v1/users/', {
      token: staff.access,
      settings,
    })
    expect(status).toBe(200)
    expect(body).toEqual([
      json(staff, { first_name: 'Sam' }),
      json(inactive),
      json(other, { last_name: 'Doe' }),
    ])
    expect(headers.get('Link')).toBeNull()
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('comes to staff in pages', async () => {
    const { sql: db, settings } = await aDatabase()
    const staff = await aUser({ isStaff: true }, db)
    await permit(staff, ['users.view_user'], db)
    const others = [await aUser({}, db), await aUser({}, db), await aUser({}, db), await aUser({}, db)]
    const pages = []
    let next: string | undefined = '/v1/users/?limit=2'
    while (next) {
      const { status, body, headers } = await send('GET', next, { token: staff.access, settings })
      expect(status).toBe(200)
      pages.push(body)
      next = /^<([^>]+)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1]
    }
    const [first, second, third, fourth] = others.map((user) => json(user))
    expect(pages).toEqual([[json(staff), first], [second, third], [fourth]])
  })

  it('goes on for staff where someone is gone meanwhile', async () => {
    const { sql: db, settings } = await aDatabase()
    const staff = await aUser({ isStaff: true }, db)
    await permit(staff, ['users.view_user'], db)
    const [gone, left] = [await aUser({}, db), await aUser({}, db)]
    await db`delete from users where id = ${gone.id}`
    const query = `/v1/users/?after=${gone.publicUserId}`
    const { status, body } = await send('GET', query, { token: staff.access, settings })
    expect(status).toBe(200)
    expect(body).toEqual([json(left)])
  })
})

describe('an account', () => {
  it('is shown to its owner, in either letter case of the id', async () => {
    const user = await aUser({ firstName: 'Jane', lastName: 'Doe' })
    const spellings = [user.publicUserId, user.publicUserId.toUpperCase()]
    for (const publicUserId of spellings) {
      const { status, body, requestId } = await send('GET', path({ publicUserId }), { token: user.access })
      expect(status).toBe(200)
      expect(body).toEqual(json(user, { first_name: 'Jane', last_name: 'Doe' }))
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
  })

  const methods = ['GET', 'PUT', 'PATCH', 'DELETE']
  const input = (method: string) =>
    ['PUT', 'PATCH'].includes(method) ? { json: { email: newEmail(), first_name: 'Mallory' } } : {}

  it.each(methods)('is hidden from a stranger, staff and superusers too: %s', async (method) => {
    const user = await aUser()
    const before = await propertyOf(user)
    const strangers = [await aUser(), await aUser({ isStaff: true }), await aUser({ isSuperuser: true })]
    for (const { access: token } of strangers) {
      const { status, body, requestId } = await send(method, path(user), { token, ...input(method) })
      expect(status).toBe(404)
      expect(body).toEqual(NO_USER)
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
    expect(await propertyOf(user)).toEqual(before)
  })

  it.each(methods)('that nobody has is not found: %s', async (method) => {
    const user = await aUser()
    const before = await propertyOf(user)
    const { status, body } = await send(method, path({ publicUserId: crypto.randomUUID() }), {
      token: user.access,
      ...input(method),
    })
    expect(status).toBe(404)
    expect(body).toEqual(NO_USER)
    expect(await propertyOf(user)).toEqual(before)
  })

  it.each(methods)('with a malformed id is not found: %s', async (method) => {
    const user = await aUser()
    const { publicUserId } = user
    const spellings = [
      publicUserId.replaceAll('-', ''),
      `{${publicUserId}}`,
      `${publicUserId}0`,
      publicUserId.slice(1),
      publicUserId.replace(/.$/, 'g'),
      String(user.id),
      'me',
    ]
    for (const spelling of spellings) {
      const { status, body, requestId } = await send(method, `/v1/user/${encodeURIComponent(spelling)}/`, {
        token: user.access,
        ...input(method),
      })
      expect(status).toBe(404)
      expect(body).toEqual({ detail: 'Not found.' })
      expect(await statementsOf(requestId)).toEqual([])
    }
  })
})

describe('changing an account', () => {
  it.each(CHANGES)('takes names and an email, which becomes the username: %s', async (method) => {
    const user = await aUser()
    const email = newEmail()
    const names = { first_name: 'Jane', last_name: 'Doe' }
    const { status, body, requestId } = await change(
      user,
      { ...names, email: ` ${email.toUpperCase()} ` },
      method,
    )
    expect(status).toBe(200)
    expect(body).toEqual({ ...json(user, names), email })
    expect(await rowOf(user)).toMatchObject({ ...names, email, username: email, sessions_valid_from: null })
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it.each([
    ['PUT', { first_name: 'Jo' }, { first_name: 'Jo', last_name: 'Doe' }],
    ['PUT', {}, { first_name: 'Jane', last_name: 'Doe' }],
    ['PATCH', { last_name: 'Ek' }, { first_name: 'Jane', last_name: 'Ek' }],
    ['PATCH', { first_name: '', last_name: ' ' }, { first_name: '', last_name: '' }],
  ])('leaves what is not sent as it was: %s %j', async (method, input, names) => {
    const user = await aUser({ firstName: 'Jane', lastName: 'Doe' })
    const before = await rowOf(user)
    const sent = method === 'PUT' ? { ...input, email: user.email } : input
    const { status, body } = await change(user, sent, method)
    expect(status).toBe(200)
    expect(body).toEqual(json(user, names))
    expect(await rowOf(user)).toEqual({ ...before, ...names })
  })

  it('takes an empty PATCH and changes nothing', async () => {
    const user = await aUser({ firstName: 'Jane', lastName: 'Doe' })
    const before = await propertyOf(user)
    const { status, body } = await change(user, {})
    expect(status).toBe(200)
    expect(body).toEqual(json(user, { first_name: 'Jane', last_name: 'Doe' }))
    expect(await propertyOf(user)).toEqual(before)
  })

  it('needs an email in a PUT', async () => {
    const user = await aUser()
    const before = await propertyOf(user)
    const { status, body } = await change(user, { first_name: 'Jane' }, 'PUT')
    expect(status).toBe(400)
    expect(body).toEqual({ email: [REQUIRED] })
    expect(await propertyOf(user)).toEqual(before)
  })

  it.each(CHANGES)('ignores what is read-only or unknown: %s', async (method) => {
    const user = await aUser()
    const before = await propertyOf(user)
    const sent = {
      email: user.email,
      id: 1,
      public_user_id: crypto.randomUUID(),
      username: 'root',
      is_staff: true,
      is_superuser: true,
      is_active: false,
      sessions_valid_from: null,
    }
    const { status, body } = await change(user, sent, method)
    expect(status).toBe(200)
    expect(body).toEqual(json(user))
    expect(await propertyOf(user)).toEqual(before)
  })

  it('takes names of 150 characters and an email of 150', async () => {
    const user = await aUser()
    const sent = {
      first_name: '🦊'.repeat(150),
      last_name: 'n'.repeat(150),
      email: `.${newEmail()}`.padStart(150, 'a'),
    }
    const { status, body } = await change(user, sent)
    expect(status).toBe(200)
    expect(body).toEqual({ ...sent, public_user_id: user.publicUserId })
  })

  it.each([
    ['of 151 characters', 'Ensure this field has no more than 150 characters.', 'n'.repeat(151)],
    ['null', 'This field may not be null.', null],
    ['a boolean', 'Not a valid string.', true],
    ['with U+0000', 'Null characters are not allowed.', 'a\0'],
  ])('refuses names that are %s', async (_, words, name) => {
    const user = await aUser()
    const before = await propertyOf(user)
    const { status, body } = await change(user, { first_name: name, last_name: name })
    expect(status).toBe(400)
    expect(body).toEqual({ first_name: [words], last_name: [words] })
    expect(await propertyOf(user)).toEqual(before)
  })

  it.each([
    [
      'of 151 characters',
      `${'a'.repeat(139)}@example.com`,
      'Ensure this field has no more than 150 characters.',
    ],
    ['null', null, 'This field may not be null.'],
    ['blank', ' ', 'This field may not be blank.'],
    ['a list', [], 'Enter a valid email address.'],
    ['no address', 'nobody', 'Enter a valid email address.'],
  ])('refuses an email that is %s', async (_, email, words) => {
    const user = await aUser()
    const before = await propertyOf(user)
    for (const method of CHANGES) {
      const { status, body } = await change(user, { email }, method)
      expect(status).toBe(400)
      expect(body).toEqual({ email: [words] })
    }
    expect(await propertyOf(user)).toEqual(before)
  })

  it.each([
    ['in the same letters', (email: string) => email],
    ['in other letters', (email: string) => email.toUpperCase()],
  ])('refuses an email that is taken %s', async (_, spell) => {
    const [user, other] = [await aUser(), await aUser()]
    const before = await propertyOf(user)
    for (const method of CHANGES) {
      const sent = { email: spell(other.email), first_name: 'Jane' }
      const { status, body, requestId } = await change(user, sent, method)
      expect(status).toBe(400)
      expect(body).toEqual({ email: [TAKEN] })
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
    expect(await propertyOf(user)).toEqual(before)
  })

  it('refuses an email that the old service stored with capitals', async () => {
    const email = newEmail()
    await aUser({ email: email.replace('person', 'Person') })
    const user = await aUser()
    const before = await propertyOf(user)
    const { status, body } = await change(user, { email })
    expect(status).toBe(400)
    expect(body).toEqual({ email: [TAKEN] })
    expect(await propertyOf(user)).toEqual(before)
  })

  it('lets someone keep an email that an old account spells with capitals', async () => {
    const user = await aUser()
    await aUser({ email: user.email.replace('person', 'Person') })

    const { status, body } = await change(user, { email: user.email, first_name: 'Jane' }, 'PUT')

    expect(status).toBe(200)
    expect(body).toMatchObject({ email: user.email, first_name: 'Jane' })
  })

  /** An account from the former service, whose username is not its email. */
  const anOldAccount = async (email: string) => {
    const user = await aUser({ email })
    const username = `old-${crypto.randomUUID()}`
    await sql`update users set username = ${username} where id = ${user.id}`
    return { user, username }
  }

  it.each([
    ['as it stands', (email: string) => email],
    ['with blanks around it', (email: string) => `\t${email} `],
  ])('leaves the username and an email alone that come back %s', async (_, spell) => {
    const email = newEmail().replace('person', 'Person')
    const { user, username } = await anOldAccount(email)
    for (const method of CHANGES) {
      const { status, body } = await change(user, { email: spell(email), first_name: 'Jane' }, method)
      expect([status, body]).toEqual([200, json(user, { first_name: 'Jane' })])
      expect(await rowOf(user)).toMatchObject({ email, username })
    }
  })

  it('leaves the username alone where an email in small letters comes in capitals', async () => {
    const { user, username } = await anOldAccount(newEmail())
    const { status, body } = await change(user, { email: user.email.toUpperCase() }, 'PUT')
    expect([status, body]).toEqual([200, json(user)])
    expect(await rowOf(user)).toMatchObject({ email: user.email, username })
  })

  it('lets both of two accounts keep an email that differ by letter case only', async () => {
    const email = newEmail()
    const twins = [await aUser({ email }), await aUser({ email: email.replace('person', 'PERSON') })]
    const { body } = await change(twins[1]!, { email: email.replace('person', 'perSON') })
    expect(body).toEqual({ email: [TAKEN] })
    for (const twin of twins)
      for (const json of [{}, { password: NEW_PASSWORD, current_password: PASSWORD }]) {
        const before = await rowOf(twin)
        const { status, body } = await change(twin, { email: twin.email, last_name: 'Doe', ...json }, 'PUT')
        expect(status).toBe(200)
        expect(body).toMatchObject({ email: twin.email, last_name: 'Doe' })
        expect(await rowOf(twin)).toMatchObject({ email: twin.email, username: before.username })
      }
  })

  it.each([
    ['is longer than a new one may be', `${'a'.repeat(180)}@example.com`],
    ['is no address by today’s rules', 'somebody@no_host'],
  ])('lets an old account keep an email that %s', async (_, email) => {
    const own = `${crypto.randomUUID()}${email}`
    const { user, username } = await anOldAccount(own)
    const { status, body } = await change(user, { email: own, first_name: 'Jane' }, 'PUT')
    expect([status, body]).toEqual([200, json(user, { first_name: 'Jane' })])
    expect(await rowOf(user)).toMatchObject({ email: own, username })
    const refused = await change(user, { email: own.replace('@', 'x@'), first_name: 'Joe' })
    expect(refused.status).toBe(400)
    expect(await rowOf(user)).toMatchObject({ email: own, first_name: 'Jane' })
  })

  it("refuses an email that is another account's username", async () => {
    const [user, other] = [await aUser(), await aUser()]
    const email = newEmail()
    await sql`update users set username = ${email} where id = ${other.id}`
    const before = await propertyOf(user)
    const { status, body } = await change(user, { email })
    expect(status).toBe(400)
    expect(body).toEqual({ email: [TAKEN] })
    expect(await propertyOf(user)).toEqual(before)
  })

  it('takes the email it has, in small letters from now on', async () => {
    const email = newEmail()
    const user = await aUser({ email: email.replace('person', 'Person') })
    const { status, body } = await change(user, { email: user.email.toUpperCase() })
    expect(status).toBe(200)
    expect(body).toEqual({ ...json(user), email })
    expect(await rowOf(user)).toMatchObject({ email, username: email })
  })

  it('names all faults of all fields in one answer', async () => {
    const [user, other] = [await aUser(), await aUser()]
    const before = await propertyOf(user)
    const { status, body, requestId } = await change(user, {
      email: other.email,
      first_name: 'n'.repeat(151),
      last_name: null,
      password: 'abc123',
      current_password: 'plain-sailing-78',
    })
    expect(status).toBe(400)
    expect(body).toEqual({
      email: [TAKEN],
      first_name: ['Ensure this field has no more than 150 characters.'],
      last_name: ['This field may not be null.'],
      password: [
        'This password is too short. It must contain at least 8 characters.',
        'This password is too common.',
      ],
      current_password: [WRONG],
    })
    expect(await statementsOf(requestId)).toHaveLength(1)
    expect(await propertyOf(user)).toEqual(before)
  })

  it.each([
    ['email', { email: 'nobody' }, { email: ['Enter a valid email address.'] }],
    [
      'password',
      { password: 'abc123', current_password: PASSWORD },
      {
        password: [
          'This password is too short. It must contain at least 8 characters.',
          'This password is too common.',
        ],
      },
    ],
  ])("names a bad %s before it looks whether the account is the viewer's", async (_, sent, faults) => {
    const [user, stranger] = [await aUser(), await aUser()]
    const before = await propertyOf(user)
    const { status, body } = await send('PATCH', path(user), { token: stranger.access, json: sent })
    expect(status).toBe(400)
    expect(body).toEqual(faults)
    expect(await propertyOf(user)).toEqual(before)
  })

  it('names a bad email before it tells that the viewer is gone', async () => {
    const user = await aUser()
    await sql`delete from users where id = ${user.id}`
    const { status, body } = await change(user, { email: 'nobody' })
    expect(status).toBe(400)
    expect(body).toEqual({ email: ['Enter a valid email address.'] })
  })

  it('tells that the account is gone where it was deleted meanwhile', async () => {
    const { sql: db, settings } = await aDatabase()
    const user = await aUser({}, db)
    const { status, body } = await beside(db, [db`delete from users where id = ${user.id}`], () =>
      send('PATCH', path(user), { token: user.access, json: { first_name: 'Jane' }, settings }),
    )
    expect(status).toBe(401)
    expect(body).toEqual(NOT_FOUND)
    expect((await propertyOf(user, db)).account).toEqual([])
  })
})

describe('changing a password', () => {
  /** A session from a minute ago, so that it does not fall into the second of the password change. */
  async function anOldSession(db = sql) {
    const user = await aUser({}, db)
    const iat = secondsFromNow(-60)
    const [access, refresh] = await Promise.all([
      aToken(claimsOf(user, 'access', { iat })),
      aToken(claimsOf(user, 'refresh', { iat })),
    ])
    return { ...user, access, refresh }
  }

  it.each(CHANGES)('ends the sessions before it and carries the tokens of a new one: %s', async (method) => {
    const user = await anOldSession()
    const { status, body } = await change(
      user,
      { email: user.email, password: ` ${NEW_PASSWORD} `, current_password: PASSWORD },
      method,
    )

    expect(status).toBe(200)
    expect(body).toEqual({ ...json(user), access: expect.any(String), refresh: expect.any(String) })
    const { password, sessions_valid_from } = await rowOf(user)
    expect(await verifyPassword(NEW_PASSWORD, password)).toBe(true)
    expect(Date.parse(sessions_valid_from) / 1000).toBe(read(body.access).claims.iat)

    const old = await send('GET', '/v1/users/', { token: user.access })
    expect(old.status).toBe(401)
    expect(old.body).toEqual(EXPIRED)
    const oldRefresh = await send('POST', '/v1/auth/token/refresh/', { json: { refresh: user.refresh } })
    expect(oldRefresh.status).toBe(401)
    expect(oldRefresh.body).toEqual({ detail: 'Token is expired', code: 'token_not_valid' })

    const fresh = await send('GET', '/v1/users/', { token: body.access })
    expect(fresh.status).toBe(200)
    expect(fresh.body).toEqual([json(user)])
    const freshRefresh = await send('POST', '/v1/auth/token/refresh/', { json: { refresh: body.refresh } })
    expect(freshRefresh.status).toBe(200)
  })

  it('lets in by the new password only', async () => {
    const user = await aUser()
    await change(user, { password: NEW_PASSWORD, current_password: ` ${PASSWORD}\t` })
    const answers = [PASSWORD, NEW_PASSWORD].map((password) =>
      send('POST', '/v1/auth/token/', { json: { email: user.email, password } }),
    )
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([401, 200])
  })

  it("ends nobody else's sessions", async () => {
    const [user, other] = [await aUser(), await anOldSession()]
    const before = await propertyOf(other)
    await change(user, { password: NEW_PASSWORD, current_password: PASSWORD })
    expect((await send('GET', '/v1/users/', { token: other.access })).status).toBe(200)
    expect(await propertyOf(other)).toEqual(before)
  })

  it('is no part of a change without one: the sessions go on', async () => {
    const user = await anOldSession()
    const { status, body } = await change(user, { first_name: 'Jane', current_password: 'whatever' })
    expect(status).toBe(200)
    expect(body).toEqual(json(user, { first_name: 'Jane' }))
    expect((await send('GET', '/v1/users/', { token: user.access })).status).toBe(200)
  })

  it('takes a new email and names along', async () => {
    const user = await aUser()
    const email = newEmail()
    const { status, body } = await change(user, {
      email,
      first_name: 'Jane',
      password: NEW_PASSWORD,
      current_password: PASSWORD,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ ...json(user, { first_name: 'Jane' }), email })
    const credentials = { email, password: NEW_PASSWORD }
    expect((await send('POST', '/v1/auth/token/', { json: credentials })).status).toBe(200)
  })

  it("knows an old account's password by its Django hash", async () => {
    const old = 'pbkdf2_sha256$1000$seasalt$sdliV989E7V05NV2B1yUKKCrfopPH4z0p0m+3UCptG8='
    const user = await aUser({ password: old })
    const { status } = await change(user, { password: NEW_PASSWORD, current_password: PASSWORD })
    expect(status).toBe(200)
    expect(await verifyPassword(NEW_PASSWORD, (await rowOf(user)).password)).toBe(true)
  })

  it.each([
    ['missing', {}, REQUIRED],
    ['null', { current_password: null }, 'This field may not be null.'],
    ['blank', { current_password: ' ' }, 'This field may not be blank.'],
    ['a boolean', { current_password: true }, 'Not a valid string.'],
    ['wrong', { current_password: 'plain-sailing-78' }, WRONG],
    ['in other letters', { current_password: PASSWORD.toUpperCase() }, WRONG],
  ])('is refused where the current one is %s', async (_, current, words) => {
    const user = await aUser()
    const before = await propertyOf(user)
    for (const method of CHANGES) {
      const sent = { email: user.email, first_name: 'Jane', password: NEW_PASSWORD, ...current }
      const { status, body, requestId } = await change(user, sent, method)
      expect(status).toBe(400)
      expect(body).toEqual({ current_password: [words] })
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
    expect(await propertyOf(user)).toEqual(before)
  })

  it.each([
    ['short', 'kf83#zq', 'This password is too short. It must contain at least 8 characters.'],
    ['common', 'password1', 'This password is too common.'],
    ['numeric', '48151623421', 'This password is entirely numeric.'],
    ['blank', '  ', 'This field may not be blank.'],
    ['null', null, 'This field may not be null.'],
    ['like the first name it has', 'Wilhelmina1', 'The password is too similar to the first name.'],
    ['like the last name it gets', 'quixotic1', 'The password is too similar to the last name.'],
  ])('is refused where the new one is %s', async (_, password, words) => {
    const user = await aUser({ firstName: 'Wilhelmina', lastName: 'Doe' })
    const before = await propertyOf(user)
    const sent = { last_name: 'Quixotic', password, current_password: PASSWORD }
    const { status, body } = await change(user, sent)
    expect(status).toBe(400)
    expect(body).toEqual({ password: [words] })
    expect(await propertyOf(user)).toEqual(before)
  })

  it('is compared with the email it has, and not with names it loses', async () => {
    const user = await aUser({ firstName: 'Wilhelmina' })
    const before = await propertyOf(user)
    const similar = await change(user, { password: user.email, current_password: PASSWORD })
    expect(similar.status).toBe(400)
    expect(similar.body).toEqual({ password: ['The password is too similar to the email address.'] })
    expect(await propertyOf(user)).toEqual(before)
    const renamed = { first_name: 'Jo', password: 'Wilhelmina1', current_password: PASSWORD }
    expect((await change(user, renamed)).status).toBe(200)
  })

  it('of two at the same time lets one win', async () => {
    const { sql: db, settings } = await aDatabase()
    const user = await anOldSession(db)
    const passwords = [NEW_PASSWORD, 'rougher-waters-34']
    const changes = passwords.map((password) => ({ password, current_password: PASSWORD }))
    const both = () =>
      Promise.all(changes.map((json) => send('PATCH', path(user), { token: user.access, json, settings })))
    const answers = await beside(db, [held(db, user)], both, { waiting: 2 })
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
    const winner = answers.findIndex(({ status }) => status === 200)
    expect(answers[1 - winner]!.body).toEqual(EXPIRED)
    const [account] = await db`select password from users where id = ${user.id}`
    expect(await verifyPassword(passwords[winner]!, account!.password)).toBe(true)
  })
})

describe('deleting an account', () => {
  it('removes it with its cameras and rules, and nothing else', async () => {
    const [user, other] = [await aUser(), await aUser()]
    for (const owner of [user, other]) {
      const cameras = [await aCamera(owner), await aCamera(owner, 'Back Door')]
      for (const camera of cameras) await aRule(owner, camera)
    }
    const before = await propertyOf(other)

    const { status, body, requestId } = await send('DELETE', path(user), { token: user.access })

    expect(status).toBe(204)
    expect(body).toBeNull()
    expect(await statementsOf(requestId)).toHaveLength(1)
    expect(await propertyOf(user)).toEqual({ account: [], cameras: [], rules: [] })
    expect(await propertyOf(other)).toEqual(before)
  })

  it('removes what the admin keeps of it: groups, permissions and log', async () => {
    const user = await aUser()
    const [group] = await sql`insert into auth_group (name) values (${crypto.randomUUID()}) returning id`
    await sql`insert into users_groups (user_id, group_id) values (${user.id}, ${group!.id})`
    await sql`insert into users_user_permissions (user_id, permission_id)
      select ${user.id}, id from auth_permission order by id limit 1`
    await sql`insert into django_admin_log (user_id, action_time, object_repr, action_flag, change_message)
      values (${user.id}, now(), 'a camera', 1, '[]')`

    const { status } = await send('DELETE', path(user), { token: user.access })

    expect(status).toBe(204)
    expect(await sql`select id from users_groups where user_id = ${user.id}`).toEqual([])
    expect(await sql`select id from users_user_permissions where user_id = ${user.id}`).toEqual([])
    expect(await sql`select id from django_admin_log where user_id = ${user.id}`).toEqual([])
    expect(await sql`select id from auth_group where id = ${group!.id}`).toHaveLength(1)
  })

  it('leaves no session, and its email free', async () => {
    const user = await aUser()
    await send('DELETE', path(user), { token: user.access })
    const again = await send('DELETE', path(user), { token: user.access })
    expect(again.status).toBe(401)
    expect(again.body).toEqual(NOT_FOUND)
    const json = { email: user.email, password: PASSWORD }
    expect((await send('POST', '/v1/auth/token/', { json })).status).toBe(401)
    const { status, body } = await send('POST', '/v1/auth/register/', { json })
    expect(status).toBe(201)
    expect(body.public_user_id).not.toBe(user.publicUserId)
  })

  it('looks at no body', async () => {
    const user = await aUser()
    const headers = { 'Content-Type': 'text/plain' }
    const { status } = await send('DELETE', path(user), { token: user.access, headers, body: 'go' })
    expect(status).toBe(204)
    expect((await propertyOf(user)).account).toEqual([])
  })

  it('is refused to the last active superuser', async () => {
    const { sql: db, settings } = await aDatabase()
    const user = await aUser({ isSuperuser: true, isStaff: true }, db)
    await aUser({ isSuperuser: true, isActive: false }, db)
    await aUser({ isStaff: true }, db)
    const before = await db`select * from users order by id`
    const { status, body, requestId } = await send('DELETE', path(user), { token: user.access, settings })
    expect(status).toBe(403)
    expect(body).toEqual(LAST_SUPERUSER)
    expect(await db`select * from users order by id`).toEqual(before)
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('is allowed to a superuser who is not the last, and to anyone beside one', async () => {
    const { sql: db, settings } = await aDatabase()
    const [first, last] = [await aUser({ isSuperuser: true }, db), await aUser({ isSuperuser: true }, db)]
    const staff = await aUser({ isStaff: true }, db)
    for (const user of [first, staff])
      expect((await send('DELETE', path(user), { token: user.access, settings })).status).toBe(204)
    expect(await db`select id::int from users`).toEqual([{ id: last.id }])
  })

  it('is refused to the last superuser who may use the admin, beside one who may not', async () => {
    const { sql: db, settings } = await aDatabase()
    const staff = await aUser({ isSuperuser: true, isStaff: true }, db)
    const other = await aUser({ isSuperuser: true }, db)

    const { status, body } = await send('DELETE', path(staff), { token: staff.access, settings })

    expect(status).toBe(403)
    expect(body).toEqual(LAST_SUPERUSER)
    expect((await send('DELETE', path(other), { token: other.access, settings })).status).toBe(204)
  })

  it('is refused where a table of the old service still refers to the account', async () => {
    const { sql: db, settings } = await aDatabase()
    const user = await aUser({}, db)
    await db`create table token_blacklist_outstandingtoken (
      user_id bigint constraint token_blacklist_outs_user_id_83bc629a_fk_users_id references users (id))`
    await db`insert into token_blacklist_outstandingtoken values (${user.id})`

    const { status, body } = await send('DELETE', path(user), { token: user.access, settings })

    expect(status).toBe(409)
    expect(body).toEqual({ detail: 'Other data that this service does not know still refers to it.' })
    expect(await db`select id::int from users`).toEqual([{ id: user.id }])
  })

  it('leaves one of the superusers who all go at the same time', async () => {
    const { sql: db, settings } = await aDatabase()
    const superusers = [
      await aUser({ isSuperuser: true }, db),
      await aUser({ isSuperuser: true }, db),
      await aUser({ isSuperuser: true }, db),
    ]
    const leave = () => superusers.map((user) => send('DELETE', path(user), { token: user.access, settings }))
    const answers = await beside(db, [held(db, superusers[0]!)], () => Promise.all(leave()), { waiting: 3 })
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 204, 403])
    const left = answers.findIndex(({ status }) => status === 403)
    expect(answers[left]!.body).toEqual(LAST_SUPERUSER)
    expect(await db`select id::int from users`).toEqual([{ id: superusers[left]!.id }])
  })

  it('of one account twice at the same time answers 204 and 401', async () => {
    const user = await aUser()
    const answers = await Promise.all([1, 2].map(() => send('DELETE', path(user), { token: user.access })))
    const [first, second] = answers.sort((a, b) => a.status - b.status)
    expect([first!.status, second!.status]).toEqual([204, 401])
    expect(second!.body).toEqual(NOT_FOUND)
  })
})
