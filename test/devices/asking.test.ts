import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { deviceWrites } from '../../src/auth/device.ts'
import { connect } from '../../src/db/client.ts'
import { oneOf } from '../../src/db/statement.ts'
import { sql as query } from 'drizzle-orm'
import { send, statementsOf } from '../support/client.ts'
import { aCamera, aDevice, aUser, sql } from '../support/factories.ts'
import { aToken, claimsOf, deviceClaimsOf, read } from '../support/tokens.ts'

const NOT_AUTHENTICATED = { detail: 'Authentication credentials were not provided.' }
const TWO_WORDS = {
  detail: 'Authorization header must contain two space-delimited values',
  code: 'bad_authorization_header',
}
const refused = (detail: string) => ({ detail, message: 'Invalid token' })
const ID = '0195d1a0-0000-7000-8000-000000000001'

const beat = (token: string) => send('POST', '/v1/cameras/heartbeat/', { token })

/** A user's camera and its device. */
async function aClaimedDevice() {
  const owner = await aUser()
  const camera = await aCamera(owner)
  return { owner, camera, device: await aDevice({ camera }) }
}

describe('a device’s access token', () => {
  it('names its camera, for 15 minutes, and nobody', async () => {
    const { access, publicCameraId } = await aDevice()
    const { header, claims } = read(access)
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(claims).toEqual({
      token_type: 'access',
      exp: claims.iat + 900,
      iat: expect.any(Number),
      jti: expect.stringMatching(/^[\da-f]{32}$/),
      scope: 'camera',
      public_camera_id: publicCameraId,
    })
  })

  it.each([
    ['none', undefined, NOT_AUTHENTICATED],
    ['the scheme in small letters', 'bearer <token>', NOT_AUTHENTICATED],
    ['the scheme of device tokens', 'Device <token>', NOT_AUTHENTICATED],
    ['Bearer alone', 'Bearer', TWO_WORDS],
    ['Bearer and two words', 'Bearer <token> x', TWO_WORDS],
  ])('is wanted where the header is %s', async (_, value, words) => {
    const { access } = await aDevice()
    const headers: Record<string, string> = {}
    if (value) headers.Authorization = value.replace('<token>', access)
    const { status, body, headers: answered } = await send('POST', '/v1/cameras/heartbeat/', { headers })
    expect([status, body]).toEqual([401, words])
    expect(answered.get('WWW-Authenticate')).toBe('Bearer realm="api"')
  })

  it.each<[string, object, string]>([
    ['is over', { exp: 1 }, 'Token is expired'],
    ['has no end', { exp: undefined }, "Token has no 'exp' claim"],
    ['has no id', { jti: undefined }, 'Token has no id'],
    ['has no type', { token_type: undefined }, 'Token has no type'],
    ['is for refreshing', { token_type: 'refresh' }, 'Token has wrong type'],
    ['is of the future', { iat: Date.now() }, 'Token is invalid'],
    ['has no scope', { scope: undefined }, 'Token has wrong type'],
    ['has another scope', { scope: 'cameras' }, 'Token has wrong type'],
    ['has scopes', { scope: ['camera'] }, 'Token has wrong type'],
    ['names no camera', { public_camera_id: undefined }, 'Token is invalid'],
    ['names no UUID', { public_camera_id: "' or true--" }, 'Token is invalid'],
    ['names a number', { public_camera_id: 7 }, 'Token is invalid'],
    ['speaks for a user besides', { user_id: '1' }, 'Token is invalid'],
    ['speaks for nobody besides', { user_id: null }, 'Token is invalid'],
  ])('is refused, without a statement, where it %s', async (_, changes, words) => {
    const { publicCameraId } = await aDevice()
    const { status, body, requestId } = await beat(await aToken(deviceClaimsOf(publicCameraId, changes)))
    expect([status, body]).toEqual([401, refused(words)])
    expect(await statementsOf(requestId)).toEqual([])
  })

  it('is refused where another key signed it', async () => {
    const { publicCameraId } = await aDevice()
    const token = await aToken(deviceClaimsOf(publicCameraId), { secret: 'a third key of at least 32 bytes' })
    expect(await beat(token)).toMatchObject({ status: 401, body: refused('Token is invalid') })
  })

  it('is read in capitals, and without iat', async () => {
    const { publicCameraId } = await aDevice()
    const changes = { public_camera_id: publicCameraId.toUpperCase(), iat: undefined }
    expect((await beat(await aToken(deviceClaimsOf(publicCameraId, changes)))).status).toBe(200)
  })

  it.each(['GET', 'DELETE'])('opens nothing of its owner’s: %s', async (method) => {
    const { camera, device } = await aClaimedDevice()
    for (const path of [`/v1/cameras/${camera.publicCameraId}/`, '/v1/users/', '/v1/cameras/'])
      expect(await send(method, path, { token: device.access })).toMatchObject({
        status: 401,
        body: {
          detail: 'Token contained no recognizable user identification',
          code: 'token_not_valid',
        },
      })
    expect(await sql`select from camera_camera where id = ${camera.id}`).toHaveLength(1)
  })
})

describe('a user’s token', () => {
  it('opens nothing of a device’s', async () => {
    const { owner, device } = await aClaimedDevice()
    expect(await beat(owner.access)).toMatchObject({ status: 401, body: refused('Token has wrong type') })
    const named = await aToken(claimsOf(owner, 'access', { public_camera_id: device.publicCameraId }))
    expect(await beat(named)).toMatchObject({ status: 401, body: refused('Token has wrong type') })
  })

  it.each(['camera', '', null, ['admin']])('is refused everywhere with the scope %j', async (scope) => {
    const user = await aUser()
    const [access, refresh] = await Promise.all([
      aToken(claimsOf(user, 'access', { scope })),
      aToken(claimsOf(user, 'refresh', { scope })),
    ])
    const words = { detail: 'Given token not valid for any token type', code: 'token_not_valid' }
    for (const [method, path] of [
      ['GET', '/v1/cameras/'],
      ['POST', '/v1/uploads/presign'],
    ] as const)
      expect(await send(method, path, { token: access })).toMatchObject({ status: 401, body: words })
    expect(await send('POST', '/v1/auth/token/refresh/', { json: { refresh } })).toMatchObject({
      status: 401,
      body: { detail: 'Token is invalid' },
    })
    expect((await beat(access)).status).toBe(401)
  })
})

describe('a statement of a device', () => {
  const whoAsks = deviceWrites(() => ({
    answers: {
      device: oneOf<{ id: number }>(query`select id from device`),
      camera: oneOf<{ id: number; owner_id: number }>(query`select id, owner_id from camera`),
    },
  }))
  const ask = (publicCameraId: string) => whoAsks(connect(env).endIn(), { publicCameraId })

  it('sees its camera, and no other', async () => {
    const { owner, camera, device } = await aClaimedDevice()
    await aCamera(owner)
    expect(await ask(device.publicCameraId)).toMatchObject({
      device: { id: device.id },
      camera: { id: camera.id, owner_id: owner.id },
    })
  })

  it('sees no camera while it is unclaimed', async () => {
    const device = await aDevice()
    expect(await ask(device.publicCameraId)).toMatchObject({ device: { id: device.id }, camera: null })
  })

  it('is refused where it is revoked, claimed or not', async () => {
    const devices = [(await aClaimedDevice()).device, await aDevice()]
    for (const { id, publicCameraId, access } of devices) {
      await sql`update devices set revoked_at = now() where id = ${id}`
      await expect(ask(publicCameraId)).rejects.toMatchObject({ status: 401 })
      expect(await beat(access)).toMatchObject({ status: 401, body: refused('Device has been revoked.') })
    }
  })

  it.each([
    ['no device ever had the id', async () => ID],
    ['a camera that is no device has it', async () => (await aCamera(await aUser())).publicCameraId],
    [
      'the camera is gone',
      async () => {
        const { camera, device } = await aClaimedDevice()
        await sql`delete from camera_camera where id = ${camera.id}`
        return device.publicCameraId
      },
    ],
    [
      'the device has been claimed since',
      async () => {
        const { id, publicCameraId } = await aDevice()
        const camera = await aCamera(await aUser())
        await sql`update devices set camera_id = ${camera.id} where id = ${id}`
        return publicCameraId
      },
    ],
    [
      'somebody built it, and its camera is gone',
      async () => {
        const camera = await aCamera(await aUser())
        const { id } = await aDevice({ camera, isBuilt: true })
        await sql`delete from camera_camera where id = ${camera.id}`
        const [row] = await sql`select public_camera_id from devices where id = ${id}`
        return row!.public_camera_id as string
      },
    ],
  ])('is refused where %s', async (_, publicCameraIdOf) => {
    const token = await aToken(deviceClaimsOf(await publicCameraIdOf()))
    expect(await beat(token)).toMatchObject({ status: 401, body: refused('Token is invalid') })
  })
})

describe('a device whose owner is inactive', () => {
  it('does nothing, and gets no access token', async () => {
    const { owner, device } = await aClaimedDevice()
    await sql`update users set is_active = false where id = ${owner.id}`

    const { status, body } = await beat(device.access)
    expect([status, body]).toEqual([401, refused('User is inactive')])
    const headers = { Authorization: `Device ${device.deviceToken}` }
    const traded = await send('POST', '/v1/cameras/auth/token/', { headers })
    expect([traded.status, traded.body]).toEqual([401, { detail: 'User is inactive' }])
    await sql`update users set is_active = true where id = ${owner.id}`
    expect((await beat(device.access)).status).toBe(200)
  })
})
