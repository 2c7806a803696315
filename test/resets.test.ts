import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import type { LocalMail } from '../stack/mail.ts'
import { app } from '../src/app.ts'
import { hashOf } from '../src/auth/secrets.ts'
import { verifyPassword } from '../src/auth/passwords.ts'
import { signedIn } from './support/browser.ts'
import { breakSql, newAddress, newRequestId, send, type Settings, statementsOf } from './support/client.ts'
import {
  aReset,
  aSession,
  aTarget,
  aUser,
  newEmail,
  PASSWORD,
  propertyOf,
  sql,
  type User,
} from './support/factories.ts'

const RESET = '/v1/auth/password_reset/'
const CONFIRM = '/v1/auth/password_reset/confirm/'
const NEW_PASSWORD = 'calmer-waters-12'
const BAD_TOKEN = { token: ['This link is not valid any more. Ask for a new one.'] }

const confirm = (token: unknown, password: unknown = NEW_PASSWORD) =>
  send('POST', CONFIRM, { json: { token, password } })
const mailsTo = async (email: string): Promise<LocalMail[]> =>
  (await fetch(`${env.SES_ENDPOINT}/mails?to=${encodeURIComponent(email)}`)).json()
const tokenIn = ({ text }: LocalMail) => /https:\/\/scout\.test\/app\/reset#([\w-]{43})\s/.exec(text)![1]!
const resetsOf = ({ id }: User) => sql`select * from password_resets where user_id = ${id} order by id`

/** Requests an email with the limits on, and waits for the work after the answer. */
async function ask(email: unknown, { address = newAddress(), settings = {} as Settings, path = RESET } = {}) {
  const context = createExecutionContext()
  const requestId = newRequestId()
  const headers = {
    'CF-Connecting-IP': address,
    'Content-Type': 'application/json',
    'X-Request-Id': requestId,
  }
  const init = { method: 'POST', headers, body: JSON.stringify({ email }) }
  const response = await app.request(
    path,
    init,
    { ...env, THROTTLE: 'on', ...settings } as typeof env,
    context,
  )
  await waitOnExecutionContext(context)
  return { status: response.status, headers: response.headers, body: await response.json<any>(), requestId }
}

/** The errors that are logged during `work`, for the request id that it returns. */
async function loggedBy(work: () => Promise<string>) {
  const logged = vi.spyOn(console, 'error').mockReturnValue()
  const requestId = await work()
  const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)))
  logged.mockRestore()
  return lines.filter((line) => line.requestId === requestId)
}

describe('a forgotten password', () => {
  it('brings a mail with a link that is good for an hour, whose token is kept as its hash', async () => {
    const user = await aUser()

    const { status, body } = await ask(user.email)

    expect([status, body]).toEqual([202, {}])
    const [mail, ...others] = await mailsTo(user.email)
    expect(others).toEqual([])
    expect(mail).toMatchObject({
      from: 'Scout <scout@example.com>',
      to: user.email,
      subject: 'Set a new password for Scout',
    })
    const token = tokenIn(mail!)
    expect(mail!.html).toContain(`href="https://scout.test/app/reset#${token}"`)
    expect(mail!.text).toContain(`Somebody asked for a new password for the Scout account of ${user.email}.`)
    expect(mail!.text).not.toContain('go on to get')
    const [row] = await resetsOf(user)
    expect(row).toMatchObject({ token_hash: await hashOf(token), used_at: null })
    expect(Number(row!.expires_at) - Number(row!.created_at)).toBe(60 * 60 * 1000)
    expect(await confirm(token)).toMatchObject({ status: 200 })
  })

  it.each([
    ['nobody has', async () => newEmail()],
    ['an inactive account has', async () => (await aUser({ isActive: false })).email],
    ['is none', async () => 'no address'],
  ])('of an email that %s is answered alike, and brings no mail', async (_, emailOf) => {
    const email = await emailOf()
    const lines = await loggedBy(async () => {
      const { status, body, requestId } = await ask(email)
      expect([status, body]).toEqual([202, {}])
      return requestId
    })
    expect(await mailsTo(email)).toEqual([])
    expect(lines).toEqual([])
    expect(
      await sql`select from password_resets join users on users.id = user_id where email = ${email}`,
    ).toEqual([])
  })

  it('takes the same time for every email: the answer waits for nothing that depends on it', async () => {
    for (const email of [(await aUser()).email, newEmail()]) {
      const request = newRequestId()
      await breakSql({ fault: 'delay', request, times: 1 })
      await breakSql({ fault: 'drop', request })
      const { status } = await send('POST', RESET, {
        json: { email },
        headers: { 'X-Request-Id': request, 'CF-Connecting-IP': newAddress() },
      })
      expect(status).toBe(202)
      await vi.waitUntil(async () => (await statementsOf(request)).length > 1, { timeout: 10_000 })
      const [first, ...rest] = (await statementsOf(request)) as { sql: string }[]
      expect(first!.sql).not.toMatch(/users|password_resets/)
      expect(rest).toHaveLength(1)
    }
  })

  it('is of an email in any letter case and with blanks around, and the mail goes to the account’s own', async () => {
    const user = await aUser()
    await ask(`  ${user.email.toUpperCase()} `)
    expect(await mailsTo(user.email)).toHaveLength(1)
  })

  it('of two accounts that differ in letter case alone is that of the exact spelling', async () => {
    const small = await aUser()
    const capital = await aUser({ email: small.email.replace('person', 'Person') })
    await ask(capital.email)
    expect([(await mailsTo(small.email)).length, (await mailsTo(capital.email)).length]).toEqual([0, 1])
  })

  it('names addresses of the web that go on to be told, without what is secret in them', async () => {
    const user = await aUser()
    const session = await aSession(user)
    await aTarget(user, 'apns', session.id)
    await sql`
      insert into push_targets (owner_id, kind, name, address, created_at, seen_at) values
        (${user.id}, 'webhook', 'Home <b>Assistant</b>', 'https://ha.example.net/api/webhook/hush-hush', now(), now()),
        (${user.id}, 'ntfy', '', 'https://ntfy.example.net:8443/hush-topic', now(), now())`

    await ask(user.email)

    const [mail] = await mailsTo(user.email)
    expect(mail!.text).toContain(
      '- webhook “Home <b>Assistant</b>” at ha.example.net\n- ntfy at ntfy.example.net:8443\n',
    )
    expect(mail!.html).toContain('<li>webhook “Home &lt;b&gt;Assistant&lt;/b&gt;” at ha.example.net</li>')
    expect(mail!.text + mail!.html).not.toMatch(/hush|push\.example/)
  })

  it('makes no address of the request’s Host', async () => {
    const user = await aUser()
    await ask(user.email, { path: `https://evil.test${RESET}` })
    const [mail] = await mailsTo(user.email)
    expect(mail!.text + mail!.html).not.toContain('evil')
    expect(tokenIn(mail!)).toMatch(/^[\w-]{43}$/)
  })

  it('shows the email of an old account as text', async () => {
    const user = await aUser({ email: `"<img src=x>"${newEmail()}` })
    await ask(user.email)
    const [mail] = await mailsTo(user.email)
    expect(mail!.html).toContain('&quot;&lt;img src=x&gt;&quot;')
    expect(mail!.html).not.toContain('<img')
  })

  it.each([
    [{}, { email: ['This field is required.'] }],
    [{ email: null }, { email: ['This field may not be null.'] }],
    [{ email: ' ' }, { email: ['This field may not be blank.'] }],
    [{ email: true }, { email: ['Not a valid string.'] }],
  ])('needs an email: %j', async (json, body) => {
    const answer = await send('POST', RESET, { json })
    expect([answer.status, answer.body]).toEqual([400, body])
    expect(await statementsOf(answer.requestId)).toEqual([])
  })
})

describe('asking for mails', () => {
  it('is done three times an hour for one account, and answered alike beyond', async () => {
    const user = await aUser()
    for (let n = 0; n < 5; n++) expect(await ask(user.email)).toMatchObject({ status: 202, body: {} })
    expect(await mailsTo(user.email)).toHaveLength(3)
    expect(await resetsOf(user)).toHaveLength(3)

    await sql`update sign_in_attempts set since = since - interval '1 hour' where account = ${`reset ${user.id}`}`
    await ask(user.email)
    expect(await mailsTo(user.email)).toHaveLength(4)
  })

  it('is counted at once, so that many at the same time bring three', async () => {
    const user = await aUser()
    await Promise.all(Array.from({ length: 9 }, () => ask(user.email)))
    expect(await mailsTo(user.email)).toHaveLength(3)
  })

  it('is done ten times in 15 minutes from one network, whoever’s the mails are', async () => {
    const [user, address] = [await aUser(), '2001:db8:77:1::1']
    for (let n = 0; n < 10; n++) expect((await ask(newEmail(), { address })).status).toBe(202)

    const { status, body, headers } = await ask(user.email, { address: '2001:db8:77:1::9' })

    const seconds = Number(headers.get('Retry-After'))
    expect([status, body]).toEqual([
      429,
      { detail: `Request was throttled. Expected available in ${seconds} seconds.` },
    ])
    expect(seconds).toBeGreaterThan(14 * 60)
    expect(await mailsTo(user.email)).toEqual([])
    expect((await ask(user.email)).status).toBe(202)
    await sql`update sign_in_attempts set since = since - interval '15 minutes' where account = 'reset'`
    expect((await ask(user.email, { address })).status).toBe(202)
    expect(await mailsTo(user.email)).toHaveLength(2)
  })

  it('has counters of its own: it closes no sign-in, and no sign-in closes it', async () => {
    const [user, address] = [await aUser(), newAddress()]
    for (let n = 0; n < 11; n++) await ask(user.email, { address })
    const signIn = (password: string) =>
      app.request(
        '/v1/auth/token/',
        {
          method: 'POST',
          headers: { 'CF-Connecting-IP': address, 'Content-Type': 'application/json' },
          body: JSON.stringify({ email: user.email, password }),
        },
        { ...env, THROTTLE: 'on' },
        createExecutionContext(),
      )
    expect((await signIn(PASSWORD)).status).toBe(200)
    const [other, elsewhere] = [await aUser(), newAddress()]
    await sql`insert into sign_in_attempts (account, network, failures, since) values (${String(other.id)}, '', 500, now())`
    expect((await ask(other.email, { address: elsewhere })).status).toBe(202)
    expect(await mailsTo(other.email)).toHaveLength(1)
  })

  it('is not limited where the settings lift every limit', async () => {
    const [user, address] = [await aUser(), newAddress()]
    for (let n = 0; n < 12; n++)
      expect((await ask(user.email, { address, settings: { THROTTLE: 'off' } })).status).toBe(202)
    expect(await mailsTo(user.email)).toHaveLength(12)
  })
})

describe('a service without mail', () => {
  it('says so, before anything is counted', async () => {
    const user = await aUser()
    const { status, body, headers, requestId } = await send('POST', RESET, {
      json: { email: user.email },
      settings: { MAIL_FROM: '' },
    })
    expect([status, body]).toEqual([503, { detail: 'This service is not set up to send mail.' }])
    expect(headers.get('Retry-After')).toBeNull()
    expect(await statementsOf(requestId)).toEqual([])
  })

  it('still takes the token of a mail of before', async () => {
    const json = { token: await aReset(await aUser()), password: NEW_PASSWORD }
    expect((await send('POST', CONFIRM, { json, settings: { MAIL_FROM: '' } })).status).toBe(200)
  })
})

describe('mail that is not taken', () => {
  it.each<[string, Settings, object]>([
    ['refused', { AWS_SES_SECRET_ACCESS_KEY: 'another-key' }, { status: 403 }],
    ['refused, signed for another region', { SES_REGION: 'us-east-1' }, { status: 403 }],
    ['not reached', { SES_ENDPOINT: 'http://127.0.0.1:1' }, { reason: expect.any(String) }],
  ])('is logged without a word of it: %s', async (_, settings, what) => {
    const user = await aUser()
    const lines = await loggedBy(async () => {
      const { status, requestId } = await ask(user.email, { settings })
      expect(status).toBe(202)
      return requestId
    })
    expect(lines).toEqual([{ event: 'mail_failed', requestId: expect.any(String), ...what }])
    expect(await mailsTo(user.email)).toEqual([])
  })

  it('is logged where the database will not now', async () => {
    const { email } = await aUser()
    const request = newRequestId()
    await breakSql({ fault: 'delay', request, times: 1 })
    await breakSql({ fault: 'reset', request })
    const lines = await loggedBy(async () => {
      const { status } = await send('POST', RESET, {
        json: { email },
        headers: { 'X-Request-Id': request },
        settings: {},
      })
      expect(status).toBe(202)
      await vi.waitUntil(async () => (await statementsOf(request)).length > 1, { timeout: 10_000 })
      await scheduler.wait(200)
      return request
    })
    expect(lines).toEqual([{ event: 'reset_not_mailed', requestId: request, reason: expect.any(String) }])
  })
})

describe('a token of a mail', () => {
  it('sets a new password, signs in, and ends every session and token from before', async () => {
    const [user, other] = [await aUser(), await aUser()]
    const [phone, theirs] = [await aSession(user), await aSession(other)]
    const kept = [await aTarget(user, 'webhook'), await aTarget(user, 'ntfy')]
    for (const [kind, session] of [
      ['apns', phone.id],
      ['apns', null],
      ['web_push', null],
    ] as const)
      await aTarget(user, kind, session)
    const token = await aReset(user)
    await sql`update users set sessions_valid_from = now() - interval '1 minute' where id = ${user.id}`
    await sql`update password_resets set created_at = now() - interval '5 seconds' where user_id = ${user.id}`
    await scheduler.wait(1_100)

    const { status, body } = await confirm(token, ` ${NEW_PASSWORD} `)

    expect([status, body]).toEqual([200, { access: expect.any(String), refresh: expect.any(String) }])
    const [row] = await sql`select password from users where id = ${user.id}`
    expect(await verifyPassword(NEW_PASSWORD, String(row!.password))).toBe(true)
    expect((await send('GET', '/v1/cameras/', { token: body.access })).status).toBe(200)
    const refreshing = (refresh: string) => send('POST', '/v1/auth/token/refresh/', { json: { refresh } })
    expect((await refreshing(body.refresh)).status).toBe(200)
    expect((await refreshing(user.refresh)).status).toBe(401)
    for (const token of [user.access, phone.access])
      expect((await send('GET', '/v1/cameras/', { token })).status).toBe(401)
    const again = (session: string) => send('POST', '/v1/auth/sessions/refresh/', { json: { session } })
    expect([(await again(phone.session)).status, (await again(theirs.session)).status]).toEqual([401, 200])
    const targets =
      await sql`select public_target_id as id from push_targets where owner_id = ${user.id} order by push_targets.id`
    expect(targets.map(({ id }) => id)).toEqual(kept)
  })

  it('opens the account to a network that was closed out of it by wrong guesses', async () => {
    const [user, address] = [await aUser(), newAddress()]
    const call = async (path: string, json: object) => {
      const context = createExecutionContext()
      const headers = { 'CF-Connecting-IP': address, 'Content-Type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(json) }
      const { status } = await app.request(path, init, { ...env, THROTTLE: 'on' }, context)
      await waitOnExecutionContext(context)
      return status
    }
    const signIn = (password: string) => call('/v1/auth/token/', { email: user.email, password })
    for (let guess = 0; guess < 11; guess++) await signIn('wrong')
    expect(await signIn(PASSWORD)).toBe(429)
    expect(await call(CONFIRM, { token: await aReset(user), password: NEW_PASSWORD })).toBe(200)
    expect(await signIn(NEW_PASSWORD)).toBe(200)
  })

  it.each<[string, (user: User) => Promise<unknown>]>([
    ['that is none', async () => 'x'],
    ['that nobody was sent', async () => 'x'.repeat(43)],
    ['of a session', async (user) => (await aSession(user)).session],
    ['as it is stored', async (user) => hashOf(await aReset(user))],
    [
      'that was used',
      async (user) => {
        const token = await aReset(user)
        expect((await confirm(token, 'rougher-waters-34')).status).toBe(200)
        return token
      },
    ],
    [
      'that is over an hour old',
      async (user) => {
        const token = await aReset(user)
        await sql`update password_resets set expires_at = expires_at - interval '1 hour' where user_id = ${user.id}`
        return token
      },
    ],
    [
      'of an account that is inactive by now',
      async (user) => {
        const token = await aReset(user)
        await sql`update users set is_active = false where id = ${user.id}`
        return token
      },
    ],
    [
      'of an account that was deleted',
      async (user) => {
        const token = await aReset(user)
        await sql`delete from users where id = ${user.id}`
        return token
      },
    ],
    [
      'beside one that was used',
      async (user) => {
        const [token, other] = [await aReset(user), await aReset(user)]
        expect((await confirm(other, 'rougher-waters-34')).status).toBe(200)
        return token
      },
    ],
    [
      'from before the owner changed the password',
      async (user) => {
        const token = await aReset(user)
        const json = { password: 'rougher-waters-34', current_password: PASSWORD }
        await send('PATCH', `/v1/user/${user.publicUserId}/`, { token: user.access, json })
        return token
      },
    ],
    [
      'from before the owner changed the email',
      async (user) => {
        const token = await aReset(user)
        const json = { email: newEmail() }
        await send('PATCH', `/v1/user/${user.publicUserId}/`, { token: user.access, json })
        return token
      },
    ],
    [
      'from before staff changed the email',
      async (user) => {
        const token = await aReset(user)
        const browser = await signedIn(await aUser({ isStaff: true, isSuperuser: true }))
        const page = await browser.submit(`/admin/users/user/${user.id}/change/`, { email: newEmail() })
        expect(page.status).toBe(302)
        return token
      },
    ],
    [
      'from before something else set a password',
      async (user) => {
        const token = await aReset(user)
        await sql`update users set sessions_valid_from = now() + interval '1 second' where id = ${user.id}`
        return token
      },
    ],
  ])('is refused in the same words: one %s', async (_, tokenOf) => {
    const user = await aUser()
    const token = await tokenOf(user)
    const before = await propertyOf(user)
    const { status, body } = await confirm(token)
    expect([status, body]).toEqual([400, BAD_TOKEN])
    expect(await propertyOf(user)).toEqual(before)
  })

  it('survives a change of anything else', async () => {
    const user = await aUser()
    const token = await aReset(user)
    const json = { email: user.email.toUpperCase(), first_name: 'Jane' }
    const { status } = await send('PUT', `/v1/user/${user.publicUserId}/`, { token: user.access, json })
    expect(status).toBe(200)
    expect((await confirm(token)).status).toBe(200)
  })

  it.each([
    ['short', 'kf83#zq', 'This password is too short. It must contain at least 8 characters.'],
    ['common', 'password1', 'This password is too common.'],
    ['numeric', '48151623421', 'This password is entirely numeric.'],
    ['blank', '  ', 'This field may not be blank.'],
    ['null', null, 'This field may not be null.'],
    ['like the first name', 'Wilhelmina1', 'The password is too similar to the first name.'],
  ])('sets no bad password, and stays good: %s', async (_, password, words) => {
    const user = await aUser({ firstName: 'Wilhelmina' })
    const token = await aReset(user)
    const before = await propertyOf(user)
    const { status, body } = await confirm(token, password)
    expect([status, body]).toEqual([400, { password: [words] }])
    expect(await propertyOf(user)).toEqual(before)
    expect((await confirm(token)).status).toBe(200)
  })

  it('that is bad is named beside a bad password', async () => {
    const { status, body } = await confirm('x'.repeat(43), '1234567')
    expect([status, body]).toEqual([
      400,
      {
        ...BAD_TOKEN,
        password: [
          'This password is too short. It must contain at least 8 characters.',
          'This password is too common.',
          'This password is entirely numeric.',
        ],
      },
    ])
    expect((await send('POST', CONFIRM, { json: {} })).body).toEqual({
      token: ['This field is required.'],
      password: ['This field is required.'],
    })
  })
})
