import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import worker from '../../src/index.ts'
import { type Answer, newAddress, type Options, send, statementsOf } from '../support/client.ts'
import { aCamera, aDatabase, aUser, newNonce, sql, type User } from '../support/factories.ts'
import { atOnce } from '../support/race.ts'
import { read } from '../support/tokens.ts'

const REFUSED = { status: 400, body: { detail: 'The pairing code is wrong, used or expired.' } }
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const invite = ({ access: token }: User, location: unknown = 'Porch', options: Options = {}) =>
  send('POST', '/v1/cameras/pairing_codes/', { token, json: { location }, ...options })
const pair = (pairing_code: unknown, nonce: unknown = newNonce(), options: Options = {}) =>
  send('POST', '/v1/cameras/pair/', { json: { pairing_code, nonce }, ...options })
const exchange = (deviceToken: string) =>
  send('POST', '/v1/cameras/auth/token/', { headers: { Authorization: `Device ${deviceToken}` } })
const camerasOf = ({ id }: User, db = sql) =>
  db`select id, location from camera_camera where owner_id = ${id}`

async function aCode(owner: User) {
  const { status, body } = await invite(owner)
  expect(status).toBe(201)
  return body.pairing_code as string
}

describe('a pairing code', () => {
  it('is eight characters that nobody takes for others, good for 15 minutes', async () => {
    const owner = await aUser()
    const { status, body } = await invite(owner, '  Porch ')
    expect([status, body]).toEqual([
      201,
      {
        pairing_code: expect.stringMatching(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/),
        expires_at: expect.any(String),
      },
    ])
    const minutes = (Date.parse(body.expires_at) - Date.now()) / 60_000
    expect(Math.abs(minutes - 15)).toBeLessThan(1)
  })

  it('is stored as a keyed hash', async () => {
    const owner = await aUser()
    const code = await aCode(owner)
    const [row] = await sql`select * from pairings where owner_id = ${owner.id}`
    expect(row).toMatchObject({ location: 'Porch', used_at: null, nonce_hash: null })
    const bytes = new TextEncoder().encode(code.replace('-', ''))
    const sha = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    for (const told of [code, code.replace('-', ''), sha.toHex(), sha.toBase64()])
      expect(JSON.stringify(row)).not.toContain(told)
  })

  it('is closed by the fifth that is made after it, and then stays so', async () => {
    const owner = await aUser()
    const codes = []
    for (let n = 0; n < 6; n++) codes.push(await aCode(owner))
    expect(await pair(codes[0])).toMatchObject(REFUSED)
    for (const code of codes.slice(1)) expect((await pair(code)).status).toBe(201)
    expect(await pair(codes[0])).toMatchObject(REFUSED)
  })

  it('is closed by none that was used before', async () => {
    const owner = await aUser()
    const first = await aCode(owner)
    for (let n = 0; n < 6; n++) await pair(await aCode(owner))
    expect((await pair(first)).status).toBe(201)
  })

  it('is one of the newest five, also where six were made at once and saw one another not', async () => {
    const owner = await aUser()
    const [oldest, second] = [await aCode(owner), await aCode(owner)]
    // Marked as used meanwhile, so that the new codes do not close them, as if all were made at once.
    await sql`update pairings set used_at = now() where owner_id = ${owner.id}`
    for (let n = 0; n < 4; n++) await aCode(owner)
    await sql`update pairings set used_at = null where owner_id = ${owner.id}`
    expect(await sql`select from pairings where owner_id = ${owner.id}`).toHaveLength(6)
    expect(await pair(oldest)).toMatchObject(REFUSED)
    expect((await pair(second)).status).toBe(201)
  })

  it.each([
    [undefined, 'This field is required.'],
    [' ', 'This field may not be blank.'],
    ['x'.repeat(101), 'Ensure this field has no more than 100 characters.'],
  ])('wants a location, not %j', async (location, words) => {
    const { access: token } = await aUser()
    expect(await send('POST', '/v1/cameras/pairing_codes/', { token, json: { location } })).toMatchObject({
      status: 400,
      body: { location: [words] },
    })
  })
})

describe('to pair', () => {
  it('makes a camera of the owner’s, and gives a token that works, in one statement', async () => {
    const owner = await aUser()
    const json = { pairing_code: await aCode(owner), nonce: newNonce(), model: 'Pi 5', version: '1.4.0' }
    const { status, body, requestId } = await send('POST', '/v1/cameras/pair/', { json })
    expect([status, body]).toEqual([
      201,
      {
        device_token: expect.stringMatching(/^scd_[\w-]{43}$/),
        public_camera_id: expect.stringMatching(UUID),
        location: 'Porch',
      },
    ])
    expect(await statementsOf(requestId)).toHaveLength(1)
    expect(await camerasOf(owner)).toMatchObject([{ location: 'Porch' }])
    const { access } = (await exchange(body.device_token)).body
    expect(read(access).claims.public_camera_id).toBe(body.public_camera_id)
    const path = `/v1/cameras/${body.public_camera_id}/`
    expect((await send('GET', path, { token: owner.access })).body.location).toBe('Porch')
    expect((await send('GET', `${path}device/`, { token: owner.access })).body).toMatchObject({
      model: 'Pi 5',
      version: '1.4.0',
    })
  })

  it.each([
    ['as it is shown', (code: string) => code],
    ['without its hyphen', (code: string) => code.replace('-', '')],
    ['in small letters', (code: string) => code.toLowerCase()],
    ['letter by letter', (code: string) => ` ${[...code].join(' ')}\t`],
    ['with another hyphen', (code: string) => code.replace('-', '–')],
  ])('reads the code %s', async (_, typed) => {
    expect((await pair(typed(await aCode(await aUser())))).status).toBe(201)
  })

  it('again, with the same code and nonce, gives the same camera and another token, until one was used', async () => {
    const owner = await aUser()
    const [code, nonce] = [await aCode(owner), newNonce()]
    const [first, second] = [await pair(code, nonce), await pair(code.toLowerCase(), nonce)]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual({ ...first.body, device_token: second.body.device_token })
    expect((await exchange(first.body.device_token)).status).toBe(401)
    expect((await exchange(second.body.device_token)).status).toBe(200)
    expect(await pair(code, nonce)).toMatchObject(REFUSED)
    expect(await camerasOf(owner)).toHaveLength(1)
    expect((await exchange(second.body.device_token)).status).toBe(200)
  })

  it('is refused alike with a code that is wrong, used, expired, closed, or of an account that is none', async () => {
    const inactive = await aUser()
    const codes = ['K7QM-3WPD', 'x', '----', '🦊']
    const used = await aCode(await aUser())
    await pair(used)
    const expired = await aUser()
    codes.push(used, await aCode(expired), await aCode(inactive))
    await sql`update pairings set expires_at = now() where owner_id = ${expired.id}`
    await sql`update users set is_active = false where id = ${inactive.id}`
    for (const code of codes) {
      const { status, body } = await pair(code)
      expect({ code, status, body }).toEqual({ code, ...REFUSED })
    }
  })

  it('again is refused where the camera is gone meanwhile, or revoked, or 15 minutes are over', async () => {
    for (const meanwhile of [
      (owner: User) => sql`delete from camera_camera where owner_id = ${owner.id}`,
      (owner: User) => sql`
        update devices set revoked_at = now() from camera_camera as camera
        where camera.id = camera_id and owner_id = ${owner.id}`,
      (owner: User) =>
        sql`update pairings set used_at = now() - interval '16 minutes' where owner_id = ${owner.id}`,
    ]) {
      const owner = await aUser()
      const [code, nonce] = [await aCode(owner), newNonce()]
      await pair(code, nonce)
      await meanwhile(owner)
      expect(await pair(code, nonce)).toMatchObject(REFUSED)
    }
  })

  it.each([
    ['nonce', { pairing_code: 'x' }, 'This field is required.'],
    ['nonce', { pairing_code: 'x', nonce: 'x'.repeat(42) }, 'Must be 32 bytes in base64url.'],
    ['nonce', { pairing_code: 'x', nonce: `${'x'.repeat(42)}/` }, 'Must be 32 bytes in base64url.'],
    ['pairing_code', { nonce: 'x'.repeat(43) }, 'This field is required.'],
    [
      'model',
      { pairing_code: 'x', nonce: 'x'.repeat(43), model: 'x'.repeat(101) },
      'Ensure this field has no more than 100 characters.',
    ],
  ])('wants a %s that can be one', async (field, json, words) => {
    expect(await send('POST', '/v1/cameras/pair/', { json })).toMatchObject({
      status: 400,
      body: { [field]: [words] },
    })
  })

  describe('with limits on', () => {
    const limited = (address: string): Options => ({
      settings: { THROTTLE: 'on' },
      headers: { 'CF-Connecting-IP': address },
    })

    it('is closed to a network after ten wrong codes, even with the right one', async () => {
      const options = limited(newAddress())
      const code = await aCode(await aUser())
      for (let n = 0; n < 10; n++) expect((await pair('wrong', newNonce(), options)).status).toBe(400)
      const late = await pair(code, newNonce(), options)
      expect(late.status).toBe(429)
      expect(Number(late.headers.get('Retry-After'))).toBeGreaterThan(800)
      expect((await pair('wrong', newNonce(), options)).status).toBe(429)
      expect((await pair(code, newNonce(), limited(newAddress()))).status).toBe(201)
    })

    it('is closed to guesses that are sent at once', async () => {
      const options = limited(newAddress())
      const answers = await Promise.all(Array.from({ length: 25 }, () => pair('wrong', newNonce(), options)))
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(10)
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
    })

    it('writes nothing of a network that is closed out', async () => {
      const { settings, sql } = await aDatabase()
      const options = { ...limited(newAddress()), settings: { ...settings, THROTTLE: 'on' } }
      for (let n = 0; n < 13; n++) await pair('wrong', newNonce(), options)
      expect(await sql`select account, failures from sign_in_attempts`).toEqual([
        { account: 'failed pairings', failures: 10 },
      ])
    })

    it('counts no code that is right', async () => {
      const options = limited(newAddress())
      const owner = await aUser()
      for (let n = 0; n < 12; n++)
        expect((await pair(await aCode(owner), newNonce(), options)).status).toBe(201)
    })
  })
})

describe('of pairings by one code at once', () => {
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort()

  it('one wins, and there is one camera', async () => {
    const { settings, sql } = await aDatabase()
    for (let round = 0; round < 4; round++) {
      const owner = await aUser({}, sql)
      const { body } = await invite(owner, 'Porch', { settings })
      const answers = await atOnce(
        sql,
        'pairings',
        [1, 2, 3, 4].map(() => () => pair(body.pairing_code, newNonce(), { settings })),
      )
      expect(statuses(answers)).toEqual([201, 400, 400, 400])
      expect(await camerasOf(owner, sql)).toHaveLength(1)
    }
  })

  it('and by one client, it has one camera, and the last token works', async () => {
    const { settings, sql } = await aDatabase()
    for (let round = 0; round < 4; round++) {
      const [owner, nonce] = [await aUser({}, sql), newNonce()]
      const { body } = await invite(owner, 'Porch', { settings })
      const ask = () => pair(body.pairing_code, nonce, { settings })
      const answers = await atOnce(sql, 'pairings', [ask, ask, ask])
      expect(statuses(answers)).toEqual([201, 201, 201])
      expect(new Set(answers.map(({ body }) => body.public_camera_id)).size).toBe(1)
      expect(await camerasOf(owner, sql)).toHaveLength(1)
    }
  })

  it('and the deletion of the account, nothing of it is left', async () => {
    const { settings, sql } = await aDatabase()
    for (let round = 0; round < 4; round++) {
      const owner = await aUser({}, sql)
      const { body } = await invite(owner, 'Porch', { settings })
      const [paired, gone] = await atOnce(sql, 'users', [
        () => pair(body.pairing_code, newNonce(), { settings }),
        () => send('DELETE', `/v1/user/${owner.publicUserId}/`, { token: owner.access, settings }),
      ])
      expect([201, 400]).toContain(paired!.status)
      expect(gone!.status).toBe(204)
      expect(await camerasOf(owner, sql)).toEqual([])
      expect(await sql`select from pairings where owner_id = ${owner.id}`).toEqual([])
    }
  })
})

describe('what hangs where a camera is', () => {
  const deviceOf = (owner: User, camera: string, method = 'GET') =>
    send(method, `/v1/cameras/${camera}/device/`, { token: owner.access })

  it('is shown to its owner', async () => {
    const owner = await aUser()
    const { body } = await pair(await aCode(owner))
    const answer = await deviceOf(owner, body.public_camera_id)
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        public_device_id: expect.stringMatching(UUID),
        registered_at: expect.any(String),
        claimed_at: expect.any(String),
        is_online: false,
      },
    ])
    const { access } = (await exchange(body.device_token)).body
    await send('GET', '/v1/cameras/streaming/command', { token: access })
    expect((await deviceOf(owner, body.public_camera_id)).body).toMatchObject({
      is_online: true,
      last_seen_at: expect.any(String),
    })
    await sql`update camera_camera set last_seen_at = now() - interval '181 seconds' where owner_id = ${owner.id}`
    expect((await deviceOf(owner, body.public_camera_id)).body.is_online).toBe(false)
  })

  it('is revoked by its owner: the next request is refused, and the camera stays', async () => {
    const owner = await aUser()
    const { body } = await pair(await aCode(owner))
    const { access } = (await exchange(body.device_token)).body
    for (let n = 0; n < 2; n++)
      expect((await deviceOf(owner, body.public_camera_id, 'DELETE')).status).toBe(204)
    const words = { status: 401, body: { detail: 'Device has been revoked.' } }
    expect(await exchange(body.device_token)).toMatchObject(words)
    for (const [method, path] of [
      ['POST', 'heartbeat/'],
      ['POST', 'update_preview_time/'],
      ['GET', 'streaming/command'],
    ] as const)
      expect(await send(method, `/v1/cameras/${path}`, { token: access })).toMatchObject(words)
    expect((await deviceOf(owner, body.public_camera_id)).body.revoked_at).toEqual(expect.any(String))
    expect(await camerasOf(owner)).toHaveLength(1)
  })

  it('is nothing of others, and may be nothing', async () => {
    const [owner, stranger] = [await aUser(), await aUser({ isStaff: true, isSuperuser: true })]
    const { body } = await pair(await aCode(owner))
    const plain = await aCamera(owner)
    for (const method of ['GET', 'DELETE']) {
      expect(await deviceOf(stranger, body.public_camera_id, method)).toMatchObject({
        status: 404,
        body: { detail: 'No Camera matches the given query.' },
      })
      expect(await deviceOf(owner, plain.publicCameraId, method)).toMatchObject({
        status: 404,
        body: { detail: 'No Device matches the given query.' },
      })
    }
    expect((await exchange(body.device_token)).status).toBe(200)
  })
})

describe('the clock', () => {
  it('forgets codes that are over, and built devices without a camera', async () => {
    const { settings, sql } = await aDatabase()
    const owner = await aUser({}, sql)
    const codes = []
    for (let n = 0; n < 3; n++) codes.push((await invite(owner, 'x', { settings })).body.pairing_code)
    const kept = await pair(codes[0], newNonce(), { settings })
    const gone = await pair(codes[1], newNonce(), { settings })
    await sql`delete from camera_camera where public_camera_id = ${gone.body.public_camera_id}`
    await sql`update pairings set expires_at = now() - interval '16 minutes' where used_at is null`
    await worker.scheduled(createScheduledController(), { ...env, ...settings }, createExecutionContext())
    expect(await sql`select from pairings`).toHaveLength(2)
    const left =
      await sql`select public_camera_id from camera_camera where id in (select camera_id from devices)`
    expect(left).toEqual([{ public_camera_id: kept.body.public_camera_id }])
    expect(await sql`select from devices`).toHaveLength(1)
  })
})
