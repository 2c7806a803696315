import { describe, expect, it, vi } from 'vitest'
import { breakSql, newRequestId, send } from './support/client.ts'
import { anAdoptedDatabase } from './support/factories.ts'
import { aMoment, aNumber, aPublicId, NEW_CAMERA, NEW_RULE } from './support/shapes.ts'
import { aToken, read, secondsFromNow } from './support/tokens.ts'

// Values in test/django/full.sql, and the key of the service that wrote it.
const OLD_KEY = 'reference-run-fixed-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz'
const ALICE = { id: 2, email: 'alice@example.com', password: 'AlicePass123!' }
/** A hash of the same password, with a cost that suits a test. */
const FAST_HASH = 'pbkdf2_sha256$1000$seasalt$qXgGulgsWcvOjywdBB2etS11oC+MNT23dx5YPMWkpTc='

/** The claims of a SimpleJWT token: no `sub`, and the id as a string. */
const oldClaims = (type: 'access' | 'refresh', id = ALICE.id) => ({
  token_type: type,
  exp: secondsFromNow(60),
  iat: secondsFromNow(-60),
  jti: crypto.randomUUID().replaceAll('-', ''),
  user_id: String(id),
})

/** A Worker on an adopted database, with the former service's key, and that service's phones. */
async function takeOver() {
  const { settings, sql } = await anAdoptedDatabase()
  const old = { ...settings, JWT_SECRET: OLD_KEY }
  const tokenOf = (id: number, type: 'access' | 'refresh' = 'access') =>
    aToken(oldClaims(type, id), { secret: OLD_KEY })
  const signIn = (email: string, password: string, headers = {}, settings = {}) =>
    send('POST', '/v1/auth/token/', { settings: { ...old, ...settings }, json: { email, password }, headers })
  const passwordOf = async (id: number) =>
    (await sql`select password from users where id = ${id}`)[0]!.password as string
  return { settings: old, sql, tokenOf, signIn, passwordOf }
}

describe('on the database of the Django service', () => {
  it('a person signs in with their old password, which is hashed anew once', async () => {
    const { signIn, sql, passwordOf } = await takeOver()
    const before = await passwordOf(ALICE.id)
    await sql`update users set password = ${FAST_HASH} where id = ${ALICE.id}`

    const first = await signIn('Alice@Example.COM', ALICE.password)
    await vi.waitFor(async () => expect(await passwordOf(ALICE.id)).toMatch(/^pbkdf2_sha512_chain\$/), 10_000)
    const hash = await passwordOf(ALICE.id)
    const second = await signIn(ALICE.email, ALICE.password)

    expect(before).toMatch(/^pbkdf2_sha256\$1200000\$/)
    expect(first).toMatchObject({
      status: 200,
      body: { access: expect.any(String), refresh: expect.any(String) },
    })
    expect(second.status).toBe(200)
    expect(await passwordOf(ALICE.id)).toBe(hash)
  })

  it('a person signs in although their password can not be hashed anew', async () => {
    const { signIn, sql, passwordOf } = await takeOver()
    await sql`update users set password = ${FAST_HASH} where id = ${ALICE.id}`
    const request = newRequestId()
    await breakSql({ request, fault: 'delay', milliseconds: 0, times: 1 })
    await breakSql({ request, fault: 'drop' })

    const { status } = await signIn(
      ALICE.email,
      ALICE.password,
      { 'X-Request-Id': request },
      { SQL_TIMEOUT_IN_MS: '600' },
    )

    expect(status).toBe(200)
    expect(await passwordOf(ALICE.id)).toBe(FAST_HASH)
  })

  it.each([
    ['argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA', 'argon2'],
    ['bcrypt_sha256$$2b$12$saltsaltsaltsaltsaltsa', 'bcrypt_sha256'],
    ['scrypt$16384$salt$8$5$hash', 'scrypt'],
    ['!ThisCanNotBeUsedForSigningIn', 'unusable'],
    ['5f4dcc3b5aa765d61d8327deb882cf99', 'unknown'],
    ['', null],
  ])('the password behind %s is wrong, and the log names its scheme only', async (stored, scheme) => {
    const { signIn, sql, passwordOf } = await takeOver()
    await sql`update users set password = ${stored} where id = ${ALICE.id}`
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})

    const { status, body } = await signIn(ALICE.email, ALICE.password)

    expect(status).toBe(401)
    expect(body).toEqual({ detail: 'No active account found with the given credentials' })
    const events = warn.mock.calls.map(([line]) => JSON.parse(String(line)))
    warn.mockRestore()
    expect(events).toEqual(scheme ? [{ event: 'password_scheme_refused', scheme }] : [])
    expect(await passwordOf(ALICE.id)).toBe(stored)
  })

  it('an inactive account stays out', async () => {
    const { settings, signIn, sql, tokenOf } = await takeOver()
    await sql`update users set password = ${FAST_HASH} where id = 4`

    const answers = await Promise.all([
      signIn('carol@example.com', ALICE.password),
      send('GET', '/v1/cameras/', { settings, token: await tokenOf(4) }),
    ])

    expect(answers.map(({ body }) => body)).toEqual([
      { detail: 'No active account found with the given credentials' },
      { detail: 'User is inactive', code: 'user_inactive' },
    ])
  })

  it('of two accounts that differ by letter case only, the one spelled so signs in', async () => {
    const { signIn, sql } = await takeOver()
    await sql`update users set password = ${FAST_HASH} where id = 3`
    await sql`
      insert into users (password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined, email)
      select password, false, 'Bob@Example.com', '', '', false, true, now(), 'Bob@Example.com' from users where id = 3`

    const answers = await Promise.all(
      ['Bob@Example.com', 'bob@example.com'].map((email) => signIn(email, ALICE.password)),
    )

    expect(answers.map(({ body }) => read(body.access).claims.user_id)).toEqual(['5', '3'])
  })

  it('phones stay signed in: an old token opens their cameras and rules as they were', async () => {
    const { settings, tokenOf } = await takeOver()
    const token = await tokenOf(ALICE.id)

    const cameras = await send('GET', '/v1/cameras/', { settings, token })
    const rules = await send('GET', `/v1/cameras/${cameras.body[1].public_camera_id}/rules/`, {
      settings,
      token,
    })

    expect(cameras.body).toEqual([
      {
        id: 1,
        public_camera_id: '01a20599-49d5-7162-887b-c92c59af9625',
        owner: 'alice@example.com',
        location: 'Front Door',
        created_at: '2026-11-22T23:31:01.716636Z',
        ...NEW_CAMERA,
      },
      expect.objectContaining({ id: 2, location: 'Küche 厨房 🏠' }),
      expect.objectContaining({ id: 3, location: 'Garage (moved)' }),
    ])
    expect(rules.body).toEqual([
      {
        id: 3,
        public_rule_id: '01a20599-4a19-724f-90b2-0f6b8b2755dd',
        owner: 2,
        camera: 2,
        rule: 'Alert when the cat is on the table 🐈',
        rule_nickname: 'Cat',
        is_enabled: true,
        created_at: '2026-11-22T23:31:01.784852Z',
        ...NEW_RULE,
      },
    ])
  })

  it('an old refresh token gives an access token, with claims that the old service reads', async () => {
    const { settings, tokenOf } = await takeOver()

    const refresh = await tokenOf(ALICE.id, 'refresh')
    const { status, body } = await send('POST', '/v1/auth/token/refresh/', { settings, json: { refresh } })

    expect(status).toBe(200)
    const { header, claims } = read(body.access)
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(claims).toEqual({
      token_type: 'access',
      exp: aNumber,
      iat: aNumber,
      jti: expect.stringMatching(/^[\da-f]{32}$/),
      user_id: '2',
      sub: aPublicId,
    })
    expect((await send('GET', '/v1/cameras/', { settings, token: body.access })).body).toHaveLength(3)
  })

  it('a key is rolled without signing anybody out', async () => {
    const { settings, tokenOf } = await takeOver()
    const rolled = {
      ...settings,
      JWT_SECRET: 'a new key of at least 32 bytes, really',
      JWT_SECRET_PREVIOUS: OLD_KEY,
    }
    const refresh = await tokenOf(ALICE.id, 'refresh')

    const { body } = await send('POST', '/v1/auth/token/refresh/', { settings: rolled, json: { refresh } })
    const after = { ...settings, JWT_SECRET: rolled.JWT_SECRET }
    const answers = await Promise.all([
      send('GET', '/v1/cameras/', { settings: after, token: body.access }),
      send('GET', '/v1/cameras/', { settings: after, token: await tokenOf(ALICE.id) }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([200, 401])
  })

  it('what the Worker writes has every value that Django needs, and Django can delete it', async () => {
    const { settings, sql } = await takeOver()
    const { body: person } = await send('POST', '/v1/auth/register/', {
      settings,
      json: { email: 'dora@example.com', password: 'DorasPass123!' },
    })
    const token = person.access
    const { body: camera } = await send('POST', '/v1/cameras/', {
      settings,
      token,
      json: { location: 'Shed' },
    })
    const path = `/v1/cameras/${camera.public_camera_id}/rules/`
    await send('POST', path, { settings, token, json: { rule: 'Alert', rule_nickname: 'A' } })

    const [account] = await sql`select * from users where email = 'dora@example.com'`
    const ids = [account!.id]
    await sql.transaction([
      sql`delete from rules_rule where camera_id in (select id from camera_camera where owner_id = any(${ids}))`,
      sql`delete from django_admin_log where user_id = any(${ids})`,
      sql`delete from users_groups where user_id = any(${ids})`,
      sql`delete from users_user_permissions where user_id = any(${ids})`,
      sql`delete from rules_rule where owner_id = any(${ids})`,
      sql`delete from camera_camera where owner_id = any(${ids})`,
      sql`delete from users where id = any(${ids})`,
    ])

    expect(account).toMatchObject({
      last_login: null,
      is_superuser: false,
      username: 'dora@example.com',
      first_name: '',
      last_name: '',
      is_staff: false,
      is_active: true,
      date_joined: expect.any(Date),
      public_user_id: aPublicId,
    })
    expect(camera).toMatchObject({ created_at: aMoment })
    expect((await send('GET', '/v1/cameras/', { settings, token })).status).toBe(401)
  })

  it('an account goes with all that the old service stored of it', async () => {
    const { settings, sql, tokenOf } = await takeOver()
    const [account] = await sql`select public_user_id from users where id = ${ALICE.id}`
    await sql`insert into django_admin_log (action_time, object_repr, action_flag, change_message, user_id) values (now(), 'x', 1, '', 2)`

    const { status } = await send('DELETE', `/v1/user/${account!.public_user_id}/`, {
      settings,
      token: await tokenOf(ALICE.id),
    })

    expect(status).toBe(204)
    const [left] = await sql`
      select (select count(*) from camera_camera where owner_id = 2) as cameras,
        (select count(*) from rules_rule where owner_id = 2) as rules,
        (select count(*) from users_groups where user_id = 2) as groups,
        (select count(*) from users_user_permissions where user_id = 2) as permissions,
        (select count(*) from django_admin_log where user_id = 2) as log,
        (select count(*) from users) as others`
    expect(left).toEqual({ cameras: '0', rules: '0', groups: '0', permissions: '0', log: '0', others: '3' })
  })
})
