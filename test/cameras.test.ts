import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { settings } from '../src/settings.ts'
import { presignDownload, presignUpload } from '../src/storage/presign.ts'
import { send } from './support/client.ts'
import { aCamera, aDatabase, aRule, aUser, propertyOf, sql } from './support/factories.ts'
import { aMoment, aNumber, aPublicId, NEW_CAMERA, UNKNOWN_ID } from './support/shapes.ts'

const NO_CAMERA = { detail: 'No Camera matches the given query.' }

describe('the list of cameras', () => {
  it('is empty for someone who has none', async () => {
    const { access: token } = await aUser()
    const { status, body } = await send('GET', '/v1/cameras/', { token })
    expect([status, body]).toEqual([200, []])
  })

  it('holds the viewer’s own cameras in the order of their ids', async () => {
    const [owner, neighbour] = [await aUser(), await aUser()]
    const door = await aCamera(owner, 'Front Door')
    await aCamera(neighbour, 'Garage')
    const attic = await aCamera(owner, 'Attic')
    const { status, body } = await send('GET', '/v1/cameras/', { token: owner.access })
    expect(status).toBe(200)
    expect(body).toEqual([
      {
        id: door.id,
        public_camera_id: door.publicCameraId,
        owner: owner.email,
        location: 'Front Door',
        created_at: aMoment,
        ...NEW_CAMERA,
      },
      {
        id: attic.id,
        public_camera_id: attic.publicCameraId,
        owner: owner.email,
        location: 'Attic',
        created_at: aMoment,
        ...NEW_CAMERA,
      },
    ])
  })
})

describe('a new camera', () => {
  it('is answered as it is stored', async () => {
    const owner = await aUser()
    const { status, body } = await send('POST', '/v1/cameras/', {
      token: owner.access,
      json: { location: 'Front Door' },
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: aNumber,
      public_camera_id: aPublicId,
      owner: owner.email,
      location: 'Front Door',
      created_at: aMoment,
      ...NEW_CAMERA,
    })
    const { cameras } = await propertyOf(owner)
    expect(cameras).toEqual([
      expect.objectContaining({
        id: String(body.id),
        public_camera_id: body.public_camera_id,
        location: 'Front Door',
      }),
    ])
    expect((await send('GET', '/v1/cameras/', { token: owner.access })).body).toEqual([body])
  })

  it('is dated by the clock of the database', async () => {
    const { access: token } = await aUser()
    const [before] = await sql`select now()`
    const { body } = await send('POST', '/v1/cameras/', { token, json: { location: 'Attic' } })
    const [after] =
      await sql`select ${body.created_at}::timestamptz between ${before!.now} and now() as is_between`
    expect(after).toEqual({ is_between: true })
  })

  it('takes nothing but its location from the body', async () => {
    const [owner, neighbour] = [await aUser(), await aUser()]
    const { status, body } = await send('POST', '/v1/cameras/', {
      token: owner.access,
      json: {
        id: 1,
        public_camera_id: UNKNOWN_ID,
        owner: neighbour.email,
        owner_id: neighbour.id,
        location: 'Attic',
        created_at: '2001-01-01T00:00:00Z',
        colour: 'red',
      },
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: aNumber,
      public_camera_id: expect.not.stringMatching(UNKNOWN_ID),
      owner: owner.email,
      location: 'Attic',
      created_at: expect.not.stringMatching(/^2001/),
      ...NEW_CAMERA,
    })
    expect((await propertyOf(neighbour)).cameras).toEqual([])
  })

  it('needs a location', async () => {
    const owner = await aUser()
    const { status, body } = await send('POST', '/v1/cameras/', { token: owner.access, json: {} })
    expect([status, body]).toEqual([400, { location: ['This field is required.'] }])
    expect((await propertyOf(owner)).cameras).toEqual([])
  })
})

describe('a camera', () => {
  it('is shown to its owner, by their username', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner, 'Côté 🏠')
    await sql`update users set username = 'jane' where id = ${owner.id}`
    const { status, body } = await send('GET', `/v1/cameras/${camera.publicCameraId}/`, {
      token: owner.access,
    })
    expect(status).toBe(200)
    expect(body).toEqual({
      id: camera.id,
      public_camera_id: camera.publicCameraId,
      owner: 'jane',
      location: 'Côté 🏠',
      created_at: aMoment,
      ...NEW_CAMERA,
    })
  })

  it.each([
    ['2026-04-28T12:00:00Z', '2026-04-28T12:00:00Z'],
    ['2026-04-28T12:00:00.12Z', '2026-04-28T12:00:00.120000Z'],
    ['2026-04-28T12:00:00.000001Z', '2026-04-28T12:00:00.000001Z'],
    ['2026-04-28T23:59:59.999999Z', '2026-04-28T23:59:59.999999Z'],
    ['2026-04-28T01:30:00+02:00', '2026-04-27T23:30:00Z'],
    ['0099-01-01T00:00:00.5Z', '0099-01-01T00:00:00.500000Z'],
    // RFC 3339 has no years beyond 9999 or before 1.
    ['infinity', '9999-12-31T23:59:59.999999Z'],
    ['-infinity', '0001-01-01T00:00:00Z'],
    ['10000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z'],
    ['294276-12-31T23:59:59Z', '9999-12-31T23:59:59.999999Z'],
    ['0044-03-15T12:00:00Z BC', '0001-01-01T00:00:00Z'],
  ])('that was made at %s says %s', async (moment, words) => {
    const owner = await aUser()
    const { id, publicCameraId } = await aCamera(owner)
    await sql`update camera_camera set created_at = ${moment}::timestamptz where id = ${id}`
    const { body } = await send('GET', `/v1/cameras/${publicCameraId}/`, { token: owner.access })
    expect(body.created_at).toBe(words)
    const list = await send('GET', '/v1/cameras/', { token: owner.access })
    expect(list.body).toEqual([body])
  })

  it('is found by its id in capital letters', async () => {
    const owner = await aUser()
    const { publicCameraId } = await aCamera(owner)
    const { status, body } = await send('GET', `/v1/cameras/${publicCameraId.toUpperCase()}/`, {
      token: owner.access,
    })
    expect([status, body.public_camera_id]).toEqual([200, publicCameraId])
  })

  it.each(['PUT', 'PATCH'])('changes its location, and nothing else, by %s', async (method) => {
    const owner = await aUser()
    const [camera, other] = [await aCamera(owner, 'Front Door'), await aCamera(owner, 'Attic')]
    const path = `/v1/cameras/${camera.publicCameraId}/`
    const { body: before } = await send('GET', path, { token: owner.access })
    const { status, body } = await send(method, path, {
      token: owner.access,
      json: { location: 'Back Door', id: 7, owner: 'x', created_at: null, public_camera_id: false },
    })
    expect([status, body]).toEqual([200, { ...before, location: 'Back Door' }])
    expect((await send('GET', path, { token: owner.access })).body).toEqual(body)
    expect((await propertyOf(owner)).cameras).toContainEqual(
      expect.objectContaining({ id: String(other.id), location: 'Attic' }),
    )
  })

  it('stays as it is by an empty PATCH', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const before = await propertyOf(owner)
    const { status, body } = await send('PATCH', `/v1/cameras/${camera.publicCameraId}/`, {
      token: owner.access,
      json: {},
    })
    expect([status, body.location]).toEqual([200, camera.location])
    expect(await propertyOf(owner)).toEqual(before)
  })

  const SAID = { time_zone: 'Europe/Berlin', is_armed: false, snoozed_until: '2030-01-02T03:04:05Z' }

  it('keeps what a PUT does not say, and forgets what is null', async () => {
    const { access: token } = await aUser()
    const added = await send('POST', '/v1/cameras/', { token, json: { location: 'Attic', ...SAID } })
    const path = `/v1/cameras/${added.body.public_camera_id}/`
    expect([added.status, added.body]).toEqual([201, expect.objectContaining(SAID)])
    const put = await send('PUT', path, { token, json: { location: 'Loft' } })
    expect([put.status, put.body]).toEqual([200, { ...added.body, location: 'Loft' }])
    const patch = await send('PATCH', path, { token, json: { snoozed_until: null, time_zone: null } })
    expect(patch.body).toEqual({ ...put.body, snoozed_until: null, time_zone: null })
    expect((await send('GET', path, { token })).body).toEqual(patch.body)
  })

  it('has another URL for a picture that was taken since', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    async function urlAfter(ago: string) {
      await sql`update camera_camera set preview_updated_at = now() - ${ago}::interval where id = ${camera.id}`
      const { body } = await send('GET', `/v1/cameras/${camera.publicCameraId}/`, { token: owner.access })
      return new URL(body.camera_preview_url)
    }
    const [old, older, fresh] = [await urlAfter('2 hours'), await urlAfter('3 hours'), await urlAfter('0 s')]

    expect(old.href).toBe(older.href)
    expect(fresh.href).not.toBe(old.href)
    expect((await fetch(fresh)).status).toBe(404)
    // A fast clock must not sign a time in the future.
    const signed = (await urlAfter('-1 hour')).searchParams.get('X-Amz-Date')!
    expect(signed <= new Date().toISOString().replace(/[:-]|\.\d{3}/g, '')).toBe(true)
  })

  it('is online for 3 minutes after it was heard of', async () => {
    const owner = await aUser()
    const heard = async (ago: string) => {
      const { id, publicCameraId } = await aCamera(owner)
      await sql`update camera_camera set last_seen_at = now() - ${ago}::interval where id = ${id}`
      return (await send('GET', `/v1/cameras/${publicCameraId}/`, { token: owner.access })).body
    }
    expect(await heard('170 seconds')).toMatchObject({ is_online: true, last_seen_at: aMoment })
    expect(await heard('181 seconds')).toMatchObject({ is_online: false, last_seen_at: aMoment })
  })

  it('cannot be made to look online, seen or pictured by its owner', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const json = { is_online: true, last_seen_at: SAID.snoozed_until, preview_updated_at: SAID.snoozed_until }
    const { status, body } = await send('PATCH', `/v1/cameras/${camera.publicCameraId}/`, {
      token: owner.access,
      json,
    })
    expect([status, body]).toEqual([200, expect.objectContaining(NEW_CAMERA)])
  })

  it('shows its picture by a URL that stays the same for a while', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const key = `preview/${camera.publicCameraId}/latest.jpg`
    const type = { 'Content-Type': 'image/jpeg' }
    const put = await presignUpload(key, 'image/jpeg', settings(env, 'storage'))
    expect((await fetch(put, { method: 'PUT', body: 'a picture', headers: type })).status).toBe(200)
    await sql`update camera_camera set preview_updated_at = now() where id = ${camera.id}`

    const path = `/v1/cameras/${camera.publicCameraId}/`
    const { body } = await send('GET', path, { token: owner.access })
    const picture = await fetch(body.camera_preview_url)

    expect([picture.status, await picture.text()]).toEqual([200, 'a picture'])
    expect(picture.headers.get('Cache-Control')).toBe('no-cache')
    const [start, later] = [Date.UTC(2030, 0, 1, 12, 0), Date.UTC(2030, 0, 1, 12, 29, 59)]
    const signedAt = (now: number) => presignDownload(key, now, settings(env, 'storage'))
    expect(await signedAt(later)).toBe(await signedAt(start))
    expect(await signedAt(later + 1000)).not.toBe(await signedAt(start))
    expect((await send('GET', '/v1/cameras/', { token: owner.access })).body).toEqual([body])
  })

  it('shows staff that there are cameras of others, and pictures of their own only', async () => {
    const { settings, sql } = await aDatabase()
    const staff = await aUser({ isStaff: true, isSuperuser: true }, sql)
    const ids = [await aCamera(staff, 'Attic', sql), await aCamera(await aUser({}, sql), 'Porch', sql)]
    await sql`update camera_camera set preview_updated_at = now()`
    const { body } = await send('GET', '/v1/cameras/?all=true', { token: staff.access, settings })
    expect(body).toMatchObject([
      { public_camera_id: ids[0]!.publicCameraId, camera_preview_url: expect.stringContaining('X-Amz-') },
      { public_camera_id: ids[1]!.publicCameraId, camera_preview_url: null, preview_updated_at: aMoment },
    ])
  })

  it('shows no picture in a list of more than 50', async () => {
    const owner = await aUser()
    await sql`
      insert into camera_camera (owner_id, location, created_at, preview_updated_at)
      select ${owner.id}, 'Camera ' || i, now(), now() from generate_series(1, 51) i`
    const picturesOf = async (limit: number) => {
      const { body } = await send('GET', `/v1/cameras/?limit=${limit}`, { token: owner.access })
      return body.filter((camera: { camera_preview_url: string | null }) => camera.camera_preview_url)
    }
    expect(await picturesOf(51)).toHaveLength(0)
    expect(await picturesOf(50)).toHaveLength(50)
  })

  it('needs its location in a PUT', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const before = await propertyOf(owner)
    const { status, body } = await send('PUT', `/v1/cameras/${camera.publicCameraId}/`, {
      token: owner.access,
      json: {},
    })
    expect([status, body]).toEqual([400, { location: ['This field is required.'] }])
    expect(await propertyOf(owner)).toEqual(before)
  })

  it('goes with its rules, and leaves the others', async () => {
    const owner = await aUser()
    const [camera, other] = [await aCamera(owner), await aCamera(owner)]
    await aRule(owner, camera)
    const kept = await aRule(owner, other)
    const path = `/v1/cameras/${camera.publicCameraId}/`
    const { status, body } = await send('DELETE', path, { token: owner.access })
    expect([status, body]).toEqual([204, null])
    const { cameras, rules } = await propertyOf(owner)
    expect(cameras).toEqual([expect.objectContaining({ id: String(other.id) })])
    expect(rules).toEqual([expect.objectContaining({ id: String(kept.id) })])
    expect(await send('GET', path, { token: owner.access })).toMatchObject({ status: 404, body: NO_CAMERA })
    expect(await send('DELETE', path, { token: owner.access })).toMatchObject({
      status: 404,
      body: NO_CAMERA,
    })
  })
})

describe.each(['GET', 'PUT', 'PATCH', 'DELETE'])('%s of a camera', (method) => {
  const json = method === 'PUT' || method === 'PATCH' ? { json: { location: 'Mine now' } } : {}

  it.each([
    ['a stranger', {}],
    ['a stranger on the staff', { isStaff: true, isSuperuser: true }],
  ])('hides it from %s', async (_, account) => {
    const [owner, stranger] = [await aUser(), await aUser(account)]
    const camera = await aCamera(owner)
    const before = await propertyOf(owner)
    const { status, body } = await send(method, `/v1/cameras/${camera.publicCameraId}/`, {
      token: stranger.access,
      ...json,
    })
    expect([status, body]).toEqual([404, NO_CAMERA])
    expect(await propertyOf(owner)).toEqual(before)
  })

  it('does not find an unknown id', async () => {
    const { access: token } = await aUser()
    const { status, body } = await send(method, `/v1/cameras/${UNKNOWN_ID}/`, { token, ...json })
    expect([status, body]).toEqual([404, NO_CAMERA])
  })
})
