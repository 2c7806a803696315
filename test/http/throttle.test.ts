import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { app } from '../../src/app.ts'
import { forgetOldAttempts } from '../../src/auth/attempts.ts'
import { connect } from '../../src/db/client.ts'
import { newAddress } from '../support/client.ts'
import { aUser, newEmail, PASSWORD, propertyOf, sql, type User } from '../support/factories.ts'

type Call = { path?: string; json?: unknown; token?: string; address?: string }

/** Calls the Worker with its limits on, and waits for the work after its answer. */
async function call(
  method: string,
  { path = '/v1/auth/token/', json, token, address = newAddress() }: Call,
  over = {},
) {
  const context = createExecutionContext()
  const headers = new Headers({ 'CF-Connecting-IP': address, 'Content-Type': 'application/json' })
  if (token) headers.set('Authorization', `Bearer ${token}`)
  const init = { method, headers, ...(json !== undefined && { body: JSON.stringify(json) }) }
  const response = await app.request(path, init, { ...env, THROTTLE: 'on', ...over }, context)
  await waitOnExecutionContext(context)
  return { status: response.status, headers: response.headers, body: await response.json<any>() }
}

const signIn = (user: User, address: string, password = PASSWORD) =>
  call('POST', { json: { email: user.email, password }, address })

const guess = (user: User, address: string, times: number) =>
  Promise.all(Array.from({ length: times }, () => signIn(user, address, 'wrong')))

/** The rows that count the attempts on an account. */
const attemptsOn = ({ id }: User) => {
  const account = String(id)
  return {
    age: (interval: string) =>
      sql`update sign_in_attempts set since = since - ${interval}::interval where account = ${account}`,
    setFailures: (failures: number) =>
      sql`update sign_in_attempts set failures = ${failures} where account = ${account} and network = ''`,
    rows: () =>
      sql`select network = '' as is_whole, failures from sign_in_attempts where account = ${account} order by network`,
  }
}

const throttled = (seconds: number) => ({
  detail: `Request was throttled. Expected available in ${seconds} seconds.`,
})

describe('failed sign-ins', () => {
  it('close a network out after ten, also with the right password, for 15 minutes', async () => {
    const [user, address] = [await aUser(), newAddress()]
    const guesses = await guess(user, address, 10)

    const { status, body, headers } = await signIn(user, address)

    const seconds = Number(headers.get('Retry-After'))
    expect(guesses.map((answer) => answer.status)).toEqual(Array(10).fill(401))
    expect(status).toBe(429)
    expect(body).toEqual(throttled(seconds))
    expect(seconds).toBeGreaterThan(14 * 60)
    expect(seconds).toBeLessThanOrEqual(15 * 60)
  })

  it('are counted before the password is checked, so that guesses at once are not free', async () => {
    const [user, address] = [await aUser(), newAddress()]

    const statuses = (await guess(user, address, 16)).map((answer) => answer.status)

    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(6)
  })

  it('leave other networks alone, and count neighbours in one IPv6 /64 as one', async () => {
    const user = await aUser()
    await guess(user, '2001:db8:1:2::1', 10)

    expect((await signIn(user, '2001:db8:1:2:ffff::9')).status).toBe(429)
    expect((await signIn(user, '2001:db8:1:3::1')).status).toBe(200)
  })

  it('are forgiven when the period is over', async () => {
    const [user, address] = [await aUser(), newAddress()]
    await guess(user, address, 10)
    await attemptsOn(user).age('15 minutes')

    expect((await signIn(user, address)).status).toBe(200)
  })

  it('are cleared by a success, of the network and from the account', async () => {
    const [user, address] = [await aUser(), newAddress()]
    await guess(user, address, 3)
    await guess(user, newAddress(), 2)
    await signIn(user, address)

    const rows = await attemptsOn(user).rows()

    expect(rows.find((row) => row.is_whole)?.failures).toBe(2)
    expect(rows.filter((row) => !row.is_whole).map((row) => row.failures)).toEqual(
      expect.arrayContaining([0, 2]),
    )
  })

  it('close an account to strangers after a hundred in an hour, but not to a network that signed in before', async () => {
    const [user, home] = [await aUser(), newAddress()]
    await signIn(user, home)
    const attempts = attemptsOn(user)
    await attempts.setFailures(100)

    const stranger = await signIn(user, newAddress())
    const owner = await signIn(user, home)

    expect(stranger.status).toBe(429)
    expect(Number(stranger.headers.get('Retry-After'))).toBeGreaterThan(59 * 60)
    expect(owner.status).toBe(200)
  })

  it('of a network that is closed out count no more against the whole account', async () => {
    const [user, address] = [await aUser(), newAddress()]
    await guess(user, address, 10)
    await guess(user, address, 9)

    const rows = await attemptsOn(user).rows()

    expect(rows.find((row) => row.is_whole)?.failures).toBe(10)
  })

  it('are counted alike for an account that does not exist', async () => {
    const [ghost, address] = [{ ...(await aUser()), email: newEmail() }, newAddress()]
    await guess(ghost, address, 10)

    expect((await signIn(ghost, address)).status).toBe(429)
  })

  it("hold nobody's email or address", async () => {
    const user = await aUser()
    await guess(user, '192.0.2.77', 1)

    const rows = JSON.stringify(await sql`select account, network from sign_in_attempts`)

    expect(rows).not.toContain(user.email)
    expect(rows).not.toContain('192.0.2.77')
  })

  it('are forgotten when they count for nothing any more', async () => {
    const [user, known] = [await aUser(), await aUser()]
    await guess(user, newAddress(), 1)
    await signIn(known, newAddress())
    for (const account of [user, known]) await attemptsOn(account).age('1 hour')

    await forgetOldAttempts(connect(env))

    expect(await attemptsOn(user).rows()).toEqual([])
    expect(await attemptsOn(known).rows()).toEqual([{ is_whole: false, failures: 0 }])
  })
})

describe('guesses at the current password', () => {
  const change = (user: User, address: string, json: object) =>
    call('PATCH', { path: `/v1/user/${user.publicUserId}/`, token: user.access, address, json })
  const guessAt = (user: User, address: string, current_password = 'wrong') =>
    change(user, address, { password: 'calm-harbour-83', current_password })

  it('close a network out after ten, also sent at once, of the account and of its sign-in', async () => {
    const [user, address] = [await aUser(), newAddress()]
    const before = await propertyOf(user)

    const guesses = await Promise.all(Array.from({ length: 16 }, () => guessAt(user, address)))
    const { status, body, headers } = await guessAt(user, address, PASSWORD)

    const statuses = guesses.map((answer) => answer.status)
    expect(statuses.filter((status) => status === 400)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(6)
    const seconds = Number(headers.get('Retry-After'))
    expect([status, body]).toEqual([429, throttled(seconds)])
    expect(seconds).toBeGreaterThan(14 * 60)
    expect(await propertyOf(user)).toEqual(before)
    expect((await signIn(user, address)).status).toBe(429)
  })

  it('are closed out by failed sign-ins', async () => {
    const [user, address] = [await aUser(), newAddress()]
    await guess(user, address, 10)

    expect((await guessAt(user, address, PASSWORD)).status).toBe(429)
    expect((await guessAt(user, newAddress(), PASSWORD)).status).toBe(200)
  })

  it('by who holds a stolen token end after a hundred, and keep the owner out of nothing at home', async () => {
    const [user, home] = [await aUser(), newAddress()]
    await signIn(user, home)
    await attemptsOn(user).setFailures(99)

    const thief = [await guessAt(user, newAddress()), await guessAt(user, newAddress(), PASSWORD)]
    const owner = [await signIn(user, home), await guessAt(user, home, PASSWORD)]

    expect(thief.map(({ status }) => status)).toEqual([400, 429])
    expect(owner.map(({ status }) => status)).toEqual([200, 200])
  })

  it('are cleared by the right one, also where something else is refused', async () => {
    const [user, address] = [await aUser(), newAddress()]
    await guessAt(user, address)
    await guessAt(user, newAddress())

    const json = { password: '1234567', current_password: PASSWORD }
    expect((await change(user, address, json)).body).not.toHaveProperty('current_password')

    const rows = await attemptsOn(user).rows()
    expect(rows.find((row) => row.is_whole)?.failures).toBe(1)
    expect(rows.filter((row) => !row.is_whole).map((row) => row.failures)).toEqual(
      expect.arrayContaining([0, 1]),
    )
    expect(await sql`select last_login from users where id = ${user.id}`).toEqual([{ last_login: null }])
  })

  it('are counted only where one is checked', async () => {
    const [user, stranger] = [await aUser(), await aUser()]
    for (const json of [
      { first_name: 'Jane', current_password: 'wrong' },
      { email: 'nobody', current_password: 'wrong' },
      { password: 'calm-harbour-83' },
    ])
      await change(user, newAddress(), json)
    await guessAt({ ...user, access: stranger.access }, newAddress())

    expect(await attemptsOn(user).rows()).toEqual([])
    expect(await attemptsOn(stranger).rows()).toEqual([])
  })
})

describe('the first shield', () => {
  /** Sends one request more than two periods allow, since a minute may end in between. */
  const exceed = async (limit: number, send: () => Promise<{ status: number; body: unknown }>) => {
    const answers = await Promise.all(Array.from({ length: 2 * limit + 1 }, send))
    const refused = answers.filter(({ status }) => status === 429)
    return { refused: refused[0]?.body, passed: answers.length - refused.length }
  }

  it.each([
    ['register', '/v1/auth/register/', { password: 'x' }],
    ['the token endpoint', '/v1/auth/token/', {}],
    ['refresh', '/v1/auth/token/refresh/', {}],
  ])('stops a network at %s after 120 requests in a minute', async (_, path, json) => {
    const address = newAddress()

    const { refused, passed } = await exceed(120, () => call('POST', { path, json, address }))

    expect(refused).toEqual(throttled(60))
    expect(passed).toBeGreaterThanOrEqual(120)
  })

  it('stops a network at /readyz after 120 requests in a minute', async () => {
    const address = newAddress()

    const { refused, passed } = await exceed(120, () => call('GET', { path: '/readyz', address }))

    expect(refused).toEqual(throttled(60))
    expect(passed).toBeGreaterThanOrEqual(120)
    expect((await call('GET', { path: '/readyz' })).status).toBe(200)
  })

  it('stops a viewer after 600 requests in a minute', async () => {
    const { access: token } = await aUser()

    const { refused, passed } = await exceed(600, () => call('POST', { path: '/v1/uploads/presign', token }))

    expect(refused).toEqual(throttled(60))
    expect(passed).toBeGreaterThanOrEqual(600)
  })

  it('stops guesses at the current password of a viewer after 20 in a minute', async () => {
    const { access: token, publicUserId } = await aUser()
    const path = `/v1/user/${publicUserId}/`
    const json = { current_password: 'x' }

    const { refused, passed } = await exceed(20, () => call('PATCH', { path, token, json }))

    expect(refused).toEqual(throttled(60))
    expect(passed).toBeGreaterThanOrEqual(20)
  })
})

describe('THROTTLE=off', () => {
  it('lifts every limit beside a database on this machine', async () => {
    const [user, address] = [await aUser(), newAddress()]
    await guess(user, address, 11)
    const over = { THROTTLE: env.THROTTLE }
    const path = `/v1/user/${user.publicUserId}/`

    const json = { email: user.email, password: PASSWORD }
    const signedIn = await call('POST', { json, address }, over)
    await guess(user, address, 11)
    const change = { password: 'calm-harbour-83', current_password: PASSWORD }
    const changed = await call('PATCH', { path, token: user.access, json: change, address }, over)

    expect(env.THROTTLE).toBe('off')
    expect([signedIn.status, changed.status]).toEqual([200, 200])
  })

  it.each(['', 'https://127.0.0.1.example.com/sql', 'https://db.example.com/sql'])(
    'is refused beside a database elsewhere (%s)',
    async (endpoint) => {
      const over = { THROTTLE: 'off', SQL_ENDPOINT: endpoint }

      const { status, body, headers } = await call('GET', { path: '/openapi.json' }, over)

      expect(status).toBe(503)
      expect(body).toEqual({ detail: 'Service temporarily unavailable, try again later.' })
      expect(headers.get('Retry-After')).toBe('5')
    },
  )
})
