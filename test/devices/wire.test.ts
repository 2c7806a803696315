import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/db/client.ts'
import { forgetOldPairings } from '../../src/devices/pairing.ts'
import { momentOf } from '../../src/storage/moments.ts'
import { newAddress, type Options, send, statementsOf } from '../support/client.ts'
import { aCamera, aDatabase, aDevice, aUser, newSerial, sql, type User } from '../support/factories.ts'
import { read } from '../support/tokens.ts'

const KEY = 'a key of those who assemble cameras'
const NO_MATCH = { status: 400, body: { detail: 'Claim token does not match' } }
const REGISTERED = { status: 400, body: { detail: 'Camera already registered' } }
const TOKEN = /^[\w-]{32}$/
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const provision = (device_id: unknown, options: Options = byKey) =>
  send('POST', '/v1/cameras/provision/', { json: { device_id }, ...options })
const byKey: Options = { headers: { 'X-Provisioning-Key': KEY }, settings: { PROVISIONING_KEY: KEY } }
const register = (device_id: unknown, claim_token: unknown, options: Options = {}) =>
  send('POST', '/v1/cameras/register/', { json: { device_id, claim_token }, ...options })
const claim = ({ access }: User, claim_token: unknown, location: unknown = 'Porch') =>
  send('POST', '/v1/cameras/claim/', { token: access, json: { claim_token, location } })
const exchange = (deviceToken: string, scheme = 'Device') =>
  send('POST', '/v1/cameras/auth/token/', { headers: { Authorization: `${scheme} ${deviceToken}` } })

/** A factory-new camera: its serial number and the claim token of its sticker. */
async function aSticker() {
  const serial = newSerial()
  const { status, body } = await provision(serial)
  expect(status).toBe(201)
  return { serial, claimToken: body.claim_token as string }
}

const rowOf = async (serial: string) => (await sql`select * from devices where device_id = ${serial}`)[0]!

/** A staff user with only this permission. */
async function staffWho(codename: string) {
  const user = await aUser({ isStaff: true })
  await sql`
    insert into users_user_permissions (user_id, permission_id)
    select ${user.id}, id from auth_permission where codename = ${codename}`
  return user
}

describe('to provision a camera', () => {
  it('gives its claim token, which is stored as a hash', async () => {
    const serial = newSerial()
    const { status, body } = await provision(`  ${serial}\n`)
    expect([status, body]).toEqual([201, { claim_token: expect.any(String) }])
    expect(body.claim_token.slice(0, 17)).toBe(`${serial}_`)
    expect(body.claim_token.slice(17)).toMatch(TOKEN)
    expect(await rowOf(serial)).toMatchObject({
      claim_token_hash: expect.stringMatching(/^[\da-f]{64}$/),
      device_token_hash: null,
      camera_id: null,
    })
  })

  it('is for staff who may add devices, and for superusers', async () => {
    for (const user of [await staffWho('add_device'), await aUser({ isStaff: true, isSuperuser: true })])
      expect((await provision(newSerial(), { token: user.access })).status).toBe(201)
  })

  it.each([
    ['somebody', () => aUser()],
    ['staff without the permission', () => staffWho('view_device')],
    [
      'who has the permission and is no staff',
      async () => {
        const user = await staffWho('add_device')
        await sql`update users set is_staff = false where id = ${user.id}`
        return user
      },
    ],
  ])('is not for %s', async (_, someone) => {
    const serial = newSerial()
    expect(await provision(serial, { token: (await someone()).access })).toMatchObject({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    })
    expect(await rowOf(serial)).toBeUndefined()
  })

  it.each([
    ['another key', 'another key of at least 32 bytes', { PROVISIONING_KEY: KEY }],
    ['an empty key', '', { PROVISIONING_KEY: KEY }],
    ['part of the key', KEY.slice(1), { PROVISIONING_KEY: KEY }],
    ['a key where there is none', KEY, {}],
    ['an empty key where there is none', '', {}],
  ])('is refused with %s, even to a superuser', async (_, key, settings) => {
    const { access: token } = await aUser({ isStaff: true, isSuperuser: true })
    const headers = { 'X-Provisioning-Key': key }
    expect(await provision(newSerial(), { token, headers, settings })).toMatchObject({
      status: 401,
      body: { detail: 'Invalid provisioning key.' },
    })
  })

  it('is refused where the serial number is known', async () => {
    const { serial } = await aSticker()
    const before = await rowOf(serial)
    expect(await provision(serial)).toMatchObject({
      status: 409,
      body: { detail: 'Camera already provisioned' },
    })
    expect(await rowOf(serial)).toEqual(before)
  })

  it('has one winner of four at once', async () => {
    const serial = newSerial()
    const answers = await Promise.all([1, 2, 3, 4].map(() => provision(serial)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
  })

  it.each([
    [undefined, 'This field is required.'],
    [null, 'This field may not be null.'],
    ['  ', 'This field may not be blank.'],
    ['x'.repeat(15), 'Ensure this field has at least 16 characters.'],
    ['x'.repeat(17), 'Ensure this field has no more than 16 characters.'],
    [[], 'Not a valid string.'],
    [`${'x'.repeat(15)}\0`, 'Null characters are not allowed.'],
  ])('wants 16 characters, not %j', async (serial, words) => {
    expect(await provision(serial)).toMatchObject({ status: 400, body: { device_id: [words] } })
  })

  it('counts code points', async () => {
    expect((await provision('🦊'.repeat(15) + serials++)).status).toBe(201)
  })
  let serials = 0
})

describe('to register', () => {
  it('gives a token that works, once', async () => {
    const { serial, claimToken } = await aSticker()
    const { status, body } = await register(serial, claimToken)
    expect([status, Object.keys(body)]).toEqual([201, ['device_token', 'public_camera_id']])
    expect(body.device_token.slice(17)).toMatch(TOKEN)
    const access = await exchange(body.device_token)
    expect(read(access.body.access).claims.public_camera_id).toBe(body.public_camera_id)
    expect(await register(serial, claimToken)).toMatchObject(REGISTERED)
  })

  it('again gives another token while the first is unused, which is void then', async () => {
    const { serial, claimToken } = await aSticker()
    const [first, second] = [await register(serial, claimToken), await register(serial, claimToken)]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.public_camera_id).toBe(first.body.public_camera_id)
    expect((await exchange(first.body.device_token)).status).toBe(401)
    expect((await exchange(second.body.device_token)).status).toBe(200)
  })

  it('again is too late after ten minutes', async () => {
    const { serial, claimToken } = await aSticker()
    const first = await register(serial, claimToken)
    await sql`update devices set registered_at = now() - interval '601 seconds' where device_id = ${serial}`
    expect(await register(serial, claimToken)).toMatchObject(REGISTERED)
    expect((await exchange(first.body.device_token)).status).toBe(200)
  })

  it('may come after the claim: the owner scanned the sticker first', async () => {
    const owner = await aUser()
    const { serial, claimToken } = await aSticker()
    const claimed = await claim(owner, claimToken)
    const { status, body } = await register(serial, claimToken)
    expect([status, body.public_camera_id]).toEqual([201, claimed.body.public_camera_id])
  })

  it('tells a serial number that nobody knows by nothing', async () => {
    const known = await aSticker()
    const done = await aSticker()
    await register(done.serial, done.claimToken)
    const revoked = await aSticker()
    await sql`update devices set revoked_at = now() where device_id = ${revoked.serial}`
    const unknown = newSerial()
    for (const [serial, token] of [
      [unknown, `${unknown}_${'x'.repeat(32)}`],
      [known.serial, `${known.serial}_${'x'.repeat(32)}`],
      [known.serial, done.claimToken],
      [done.serial, 'x'],
      [revoked.serial, revoked.claimToken],
      [known.serial.toUpperCase().replace(/\d/, 'G'), known.claimToken],
    ] as const) {
      const { status, body, requestId } = await register(serial, token)
      expect({ status, body }).toEqual(NO_MATCH)
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
    expect((await register(known.serial, known.claimToken)).status).toBe(201)
  })

  it.each([
    ['device_id', { claim_token: 'x' }, 'This field is required.'],
    ['claim_token', { device_id: 'x'.repeat(16) }, 'This field is required.'],
    [
      'claim_token',
      { device_id: 'x'.repeat(16), claim_token: 'x'.repeat(129) },
      'Ensure this field has no more than 128 characters.',
    ],
  ])('wants a %s that can be one', async (field, json, words) => {
    expect(await send('POST', '/v1/cameras/register/', { json })).toMatchObject({
      status: 400,
      body: { [field]: [words] },
    })
  })

  describe('with limits on', () => {
    const limited = (address: string): Options => ({
      settings: { THROTTLE: 'on' },
      headers: { 'CF-Connecting-IP': address },
    })
    const wrong = (serial: string) => `${serial}_${'x'.repeat(32)}`

    it('closes a network out after ten failures, and never a camera with the right token', async () => {
      const options = limited(newAddress())
      for (let n = 0; n < 10; n++) expect((await register(newSerial(), 'wrong', options)).status).toBe(400)
      const late = await register(newSerial(), 'wrong', options)
      expect(late.status).toBe(429)
      expect(Number(late.headers.get('Retry-After'))).toBeGreaterThan(800)
      const { serial, claimToken } = await aSticker()
      expect((await register(serial, claimToken, options)).status).toBe(201)
      expect((await register(serial, claimToken, options)).status).toBe(201)
      expect((await register(newSerial(), 'wrong', limited(newAddress()))).status).toBe(400)
    })

    it('closes a serial number out, from wherever, and never its camera', async () => {
      const { serial, claimToken } = await aSticker()
      for (let n = 0; n < 10; n++)
        expect((await register(serial, wrong(serial), limited(newAddress()))).status).toBe(400)
      expect((await register(serial, wrong(serial), limited(newAddress()))).status).toBe(429)
      expect((await register(serial, claimToken, limited(newAddress()))).status).toBe(201)
    })

    it('writes no more of either than closes it out', async () => {
      const { settings, sql } = await aDatabase()
      const failures = () => sql`
        select account = 'failed registrations' as is_network, failures from sign_in_attempts order by account desc`
      const network = newAddress()
      const fail = async (serial: string, address: string) => {
        const options = limited(address)
        await register(serial, wrong(serial), { ...options, settings: { ...settings, ...options.settings } })
      }
      const times = (count: number) => Array.from({ length: count }, newSerial)

      await Promise.all(times(10).map((serial) => fail(serial, network)))
      const before = await failures()
      for (const serial of times(5)) await fail(serial, network)
      expect(await failures()).toEqual(before)
      expect(before.filter(({ is_network }) => is_network)).toEqual([{ is_network: true, failures: 10 }])
      expect(before).toHaveLength(11)

      await sql`delete from sign_in_attempts`
      const [serial] = times(1)
      for (let n = 0; n < 12; n++) await fail(serial!, newAddress())
      expect((await failures()).filter(({ is_network }) => !is_network)).toEqual([
        { is_network: false, failures: 10 },
      ])
      await sql`update sign_in_attempts set since = since - interval '15 minutes'`
      await fail(serial!, network)
      expect((await failures()).filter(({ is_network }) => !is_network)).toEqual([
        { is_network: false, failures: 1 },
      ])
    })

    it('counts no success: a factory registers as many as it makes', async () => {
      const options = limited(newAddress())
      for (let n = 0; n < 12; n++) {
        const { serial, claimToken } = await aSticker()
        expect((await register(serial, claimToken, options)).status).toBe(201)
      }
    })
  })
})

it('is erased what a camera that somebody built uploaded after it was deleted', async () => {
  const camera = await aCamera(await aUser())
  const { id: device } = await aDevice({ camera, isBuilt: true })
  const [{ id } = {}] = await sql`select public_camera_id as id from devices where id = ${device}`
  // As the older service does it, which schedules no erasure.
  await sql`delete from camera_camera where id = ${camera.id}`

  await forgetOldPairings(connect(env), Date.parse('2026-11-28T05:17:00Z'))

  expect(await sql`select from devices where id = ${device}`).toEqual([])
  expect(
    await sql`select distinct prefix from erasures where prefix like ${`%${id}%`} order by prefix`,
  ).toEqual(['clips', 'detection', 'preview'].map((folder) => ({ prefix: `${folder}/${id}/` })))
})

describe('to claim a camera', () => {
  it('makes it the viewer’s, under an id that was none’s', async () => {
    const owner = await aUser()
    const { serial, claimToken } = await aSticker()
    const { body: device } = await register(serial, claimToken)
    const { status, body } = await claim(owner, ` ${claimToken} `, ' Porch ')
    expect([status, body]).toEqual([200, { public_camera_id: expect.stringMatching(UUID) }])
    expect(body.public_camera_id).not.toBe(device.public_camera_id)
    expect(await send('GET', `/v1/cameras/${body.public_camera_id}/`, { token: owner.access })).toMatchObject(
      {
        status: 200,
        body: { location: 'Porch', owner: owner.email },
      },
    )
    const { access } = (await exchange(device.device_token)).body
    expect(read(access).claims.public_camera_id).toBe(body.public_camera_id)
  })

  it('erases what the camera uploaded while it was nobody’s, once', async () => {
    const owner = await aUser()
    const { serial, claimToken } = await aSticker()
    const { public_camera_id: own } = await rowOf(serial)
    for (let n = 0; n < 2; n++) await claim(owner, claimToken)
    const erasures = await sql`
      select prefix, count(*)::int from erasures where prefix like ${`%${own}%`} group by prefix order by prefix`
    expect(erasures).toEqual(
      ['clips', 'detection', 'preview'].map((folder) => ({ prefix: `${folder}/${own}/`, count: 2 })),
    )
  })

  it('again answers the same, and changes nothing', async () => {
    const owner = await aUser()
    const { claimToken } = await aSticker()
    const first = await claim(owner, claimToken)
    const again = await claim(owner, claimToken, 'Attic')
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(await sql`select location from camera_camera where owner_id = ${owner.id}`).toEqual([
      { location: 'Porch' },
    ])
  })

  it('is refused alike where it is unknown, wrong, another’s, built or revoked', async () => {
    const stranger = await aUser()
    const [theirs, wrong, revoked] = [await aSticker(), await aSticker(), await aSticker()]
    await claim(await aUser(), theirs.claimToken)
    await sql`update devices set revoked_at = now() where device_id = ${revoked.serial}`
    const built = await aDevice({ camera: await aCamera(await aUser()), isBuilt: true })
    for (const token of [
      `${newSerial()}_${'x'.repeat(32)}`,
      `${wrong.serial}_${'x'.repeat(32)}`,
      wrong.serial,
      theirs.claimToken,
      revoked.claimToken,
      built.claimToken,
      'x',
    ]) {
      const { status, body } = await claim(stranger, token)
      expect({ status, body }).toEqual(NO_MATCH)
    }
    expect(await sql`select from camera_camera where owner_id = ${stranger.id}`).toEqual([])
  })

  it('works with a serial number that holds _', async () => {
    const serial = `_${newSerial().slice(0, 14)}_`
    const { claim_token } = (await provision(serial)).body
    expect((await claim(await aUser(), claim_token)).status).toBe(200)
  })

  it.each([
    [
      'location',
      { claim_token: 'x', location: 'x'.repeat(51) },
      'Ensure this field has no more than 50 characters.',
    ],
    ['location', { claim_token: 'x', location: ' ' }, 'This field may not be blank.'],
    ['location', { claim_token: 'x' }, 'This field is required.'],
    ['claim_token', { location: 'x' }, 'This field is required.'],
    [
      'claim_token',
      { claim_token: 'x'.repeat(129), location: 'x' },
      'Ensure this field has no more than 128 characters.',
    ],
  ])('wants a %s that can be one', async (field, json, words) => {
    const { access: token } = await aUser()
    expect(await send('POST', '/v1/cameras/claim/', { token, json })).toMatchObject({
      status: 400,
      body: { [field]: [words] },
    })
  })
})

describe('to trade a device token', () => {
  it('gives an access token for 15 minutes, in one statement', async () => {
    const { deviceToken, publicCameraId } = await aDevice()
    const { status, body, requestId } = await exchange(deviceToken)
    expect([status, body]).toEqual([200, { access: expect.any(String), expires_in: 900 }])
    expect(read(body.access).claims).toMatchObject({ scope: 'camera', public_camera_id: publicCameraId })
    expect(await statementsOf(requestId)).toHaveLength(1)
    expect((await send('POST', '/v1/cameras/heartbeat/', { token: body.access })).status).toBe(200)
  })

  it.each(['device', 'DEVICE', 'Device'])('reads the scheme %s', async (scheme) => {
    expect((await exchange((await aDevice()).deviceToken, scheme)).status).toBe(200)
  })

  const NOTHING = 'Authentication credentials were not provided.'
  it.each([
    [undefined, NOTHING],
    ['', NOTHING],
    ['<token>', NOTHING],
    ['Bearer <token>', NOTHING],
    ['Devices <token>', NOTHING],
    ['Device', 'No device token provided.'],
    ['Device  ', 'No device token provided.'],
    ['Device <token> x', 'Device token header is malformed.'],
    ['Device <token>x', 'Invalid device token.'],
    ['Device x', 'Invalid device token.'],
  ])('is refused with the header %j', async (value, detail) => {
    const { deviceToken } = await aDevice()
    const headers: Record<string, string> =
      value === undefined ? {} : { Authorization: value.replace('<token>', deviceToken) }
    const answer = await send('POST', '/v1/cameras/auth/token/', { headers })
    expect([answer.status, answer.body]).toEqual([401, { detail }])
    expect(answer.headers.get('WWW-Authenticate')).toBe('Device')
  })

  it('is refused to what is no device token: a claim token, an access token', async () => {
    const { claimToken, access } = await aDevice()
    for (const token of [claimToken, access]) expect((await exchange(token)).status).toBe(401)
  })

  it('is refused to a revoked device, claimed or not', async () => {
    const camera = await aCamera(await aUser())
    for (const { id, deviceToken } of [await aDevice({ camera }), await aDevice()]) {
      await sql`update devices set revoked_at = now() where id = ${id}`
      expect(await exchange(deviceToken)).toMatchObject({
        status: 401,
        body: { detail: 'Device has been revoked.' },
      })
    }
  })

  it('is limited by the token, not by the address', async () => {
    const settings = { THROTTLE: 'on' }
    const trade = (token: string) =>
      send('POST', '/v1/cameras/auth/token/', { settings, headers: { Authorization: `Device ${token}` } })
    const devices = await Promise.all(Array.from({ length: 7 }, () => aDevice()))
    for (const { deviceToken } of devices)
      for (let n = 0; n < 20; n++) expect((await trade(deviceToken)).status).toBe(200)
  })
})

describe('a camera’s upload', () => {
  const sign = (token: string, query: string, type?: string, body?: string) =>
    send('POST', `/v1/cameras/presigned_upload_url/${query}`, {
      token,
      ...(body !== undefined && { body }),
      headers: type === undefined ? {} : { 'Content-Type': type },
    })
  const detectionOf = (camera: string) => `detection/${camera}/${crypto.randomUUID()}.jpg`

  it.each([
    ['?upload_type=DETECTION', 'image/jpeg', 'detection'],
    ['?upload_type=detection', 'image/jpeg', 'detection'],
    ['', undefined, 'detection'],
    ['', 'application/x-www-form-urlencoded', 'detection'],
    ['?upload_type=DETECTION', undefined, 'detection'],
    ['?upload_type=CAMERA_PREVIEW', 'image/jpeg', 'preview'],
    ['?upload_type=Camera_Preview', undefined, 'preview'],
  ])('is signed for %j with the type %s, without a statement', async (query, type, folder) => {
    const { access, publicCameraId } = await aDevice()
    const { status, body, requestId } = await sign(access, query, type)
    expect([status, Object.keys(body), body.expires_in]).toEqual([200, ['url', 'key', 'expires_in'], 300])
    const [first, camera, file] = body.key.split('/')
    expect([first, camera]).toEqual([folder, publicCameraId])
    if (folder === 'preview') expect(file).toBe('latest.jpg')
    else expect(file).toMatch(/^[\da-f-]{36}\.jpg$/)
    expect(await statementsOf(requestId)).toEqual([])
  })

  it('has a key that says when the picture was taken, where the camera does', async () => {
    const { access, publicCameraId } = await aDevice()
    const key = async (query: string) => (await sign(access, query, 'image/jpeg')).body.key as string
    const at = encodeURIComponent('2026-04-28T12:00:00.250+02:00')
    const first = await key(`?captured_at=${at}`)
    expect(first).toMatch(
      new RegExp(`^detection/${publicCameraId}/[\\da-f]{8}-[\\da-f]{4}-7[\\da-f]{3}-[89ab]`),
    )
    expect(momentOf(first.split('/').at(-1)!)).toBe('2026-04-28T10:00:00.250Z')
    expect(await key(`?captured_at=${at}`)).not.toBe(first)
    const times = ['1812-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'].map((at) => key(`?captured_at=${at}`))
    const said = (await Promise.all(times)).map((key) => momentOf(key.split('/').at(-1)!))
    expect(said).toEqual(['1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])
    for (const query of ['', '?captured_at='])
      expect(momentOf((await key(query)).split('/').at(-1)!)).toBeNull()
    expect(await sign(access, '?captured_at=yesterday', 'image/jpeg')).toMatchObject({
      status: 400,
      body: { captured_at: [expect.stringContaining('wrong format')] },
    })
  })

  it('is stored, with its type alone', async () => {
    const { access } = await aDevice()
    const { url } = (await sign(access, '?upload_type=DETECTION', 'image/jpeg')).body
    const put = (type: string) =>
      fetch(url, { method: 'PUT', headers: { 'Content-Type': type }, body: 'a picture' })
    expect((await put('video/mp4')).status).toBe(403)
    expect((await put('image/jpeg')).status).toBe(200)
  })

  it('of a clip has the name of its detection', async () => {
    const { access, publicCameraId } = await aDevice()
    const { key } = (await sign(access, '?upload_type=DETECTION', 'image/jpeg')).body
    const query = `?upload_type=VIDEO_CLIP&detection_key=${encodeURIComponent(key)}`
    const { status, body } = await sign(access, query, 'video/mp4')
    expect([status, body.key]).toEqual([200, key.replace('detection', 'clips').replace('.jpg', '.mp4')])
    expect(body.key.split('/')[1]).toBe(publicCameraId)
    const put = await fetch(body.url, {
      method: 'PUT',
      headers: { 'Content-Type': 'video/mp4' },
      body: 'a clip',
    })
    expect(put.status).toBe(200)
  })

  it.each([
    ['?upload_type=DETECTION', 'video/mp4'],
    ['?upload_type=CAMERA_PREVIEW', 'video/mp4'],
    ['?upload_type=DETECTION', 'image/png'],
    ['?upload_type=DETECTION', 'IMAGE/JPEG'],
    ['?upload_type=DETECTION', 'image/jpeg; charset=utf-8'],
    ['?upload_type=DETECTION', 'application/json'],
    ['?upload_type=VIDEO_CLIP', 'image/jpeg'],
    ['?upload_type=VIDEO_CLIP', undefined],
  ])('has a type that fits: %s as %s', async (query, type) => {
    expect(await sign((await aDevice()).access, query, type)).toMatchObject({
      status: 400,
      body: { detail: 'Unsupported content type' },
    })
  })

  it.each(['', 'CLIP', 'DETECTION%20', 'toString', '__proto__', 'DETECTION,VIDEO_CLIP'])(
    'is of a kind that there is, not %j',
    async (kind) => {
      const { status, body } = await sign((await aDevice()).access, `?upload_type=${kind}`, 'image/jpeg')
      expect([status, body]).toEqual([400, { detail: 'Unsupported upload type' }])
    },
  )

  it('of a clip names a detection of its own', async () => {
    const { access, publicCameraId: own } = await aDevice()
    const id = crypto.randomUUID()
    for (const key of [
      undefined,
      '',
      detectionOf((await aDevice()).publicCameraId),
      `preview/${own}/${id}.jpg`,
      `detection/${own}/latest.jpg`,
      `detection/${own}/${id}`,
      `detection/${own}/${id}.png`,
      `detection/${own}/${id}.jpg.jpg`,
      `detection/${own}/x/${id}.jpg`,
      `detection/${own}/../${id}.jpg`,
      `/detection/${own}/${id}.jpg`,
      ` detection/${own}/${id}.jpg`,
    ]) {
      const query = key === undefined ? '' : `&detection_key=${encodeURIComponent(key)}`
      const { status, body } = await sign(access, `?upload_type=VIDEO_CLIP${query}`, 'video/mp4')
      expect([key, status, body]).toEqual([key, 400, { detail: 'Invalid detection key' }])
    }
  })

  it('reads no body', async () => {
    const { access } = await aDevice()
    for (const body of ['', '{', 'x'.repeat(70_000)])
      expect((await sign(access, '?upload_type=DETECTION', 'image/jpeg', body)).status).toBe(200)
  })

  it('is nothing for users', async () => {
    expect((await sign((await aUser()).access, '', 'image/jpeg')).status).toBe(401)
  })

  it('needs settings that are good', async () => {
    const { access: token } = await aDevice()
    const settings = { ...env, S3_BUCKET: '' }
    expect((await send('POST', '/v1/cameras/presigned_upload_url/', { token, settings })).status).toBe(503)
  })
})
