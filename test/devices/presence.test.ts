import { describe, expect, it } from 'vitest'
import { send, statementsOf } from '../support/client.ts'
import { aCamera, aDevice, aUser, sql } from '../support/factories.ts'

/** A user's camera whose device sent its last heartbeat this long ago. */
async function aCameraSeen(ago: string | null = null) {
  const camera = await aCamera(await aUser())
  const device = await aDevice({ camera })
  await sql`update camera_camera set last_seen_at = now() - ${ago}::interval where id = ${camera.id}`
  return { camera, device, row: () => rowOf(camera.id) }
}

async function rowOf(id: number) {
  const [row] = await sql`
    select beats, last_seen_at::text as seen, last_seen_at > now() - interval '10 seconds' as is_fresh,
      preview_updated_at::text as shown, preview_updated_at > now() - interval '5 seconds' as is_shown,
      location, xmin::text as version
    from camera_camera where id = ${id}`
  return row!
}

const asks = {
  heartbeat: (token: string) => send('POST', '/v1/cameras/heartbeat/', { token }),
  poll: (token: string) => send('GET', '/v1/cameras/streaming/command', { token }),
}

describe.each(['heartbeat', 'poll'] as const)('a %s', (kind) => {
  it.each([null, '2 minutes', '1 year'])('says that a camera last seen %s ago is there', async (ago) => {
    const { device, row } = await aCameraSeen(ago)
    expect((await asks[kind](device.access)).status).toBe(200)
    expect(await row()).toMatchObject({ beats: true, is_fresh: true })
  })

  it('is written once in a minute of the clock', async () => {
    const { device, row, camera } = await aCameraSeen()
    await sql`
      update camera_camera set last_seen_at = date_trunc('minute', now()), beats = true where id = ${camera.id}`
    const before = await row()
    for (let n = 0; n < 3; n++) expect((await asks[kind](device.access)).status).toBe(200)
    const [{ is_same } = {}] =
      await sql`select date_trunc('minute', now()) = ${before.seen}::timestamptz as is_same`
    // A new minute may have started meanwhile.
    if (is_same) expect(await row()).toEqual(before)
  })

  it('is written of a camera that was seen in this minute and never asked before', async () => {
    const { device, row, camera } = await aCameraSeen()
    await sql`update camera_camera set last_seen_at = now(), beats = false where id = ${camera.id}`
    expect((await asks[kind](device.access)).status).toBe(200)
    expect(await row()).toMatchObject({ beats: true })
  })

  it('is taken from a device that nobody has claimed', async () => {
    expect((await asks[kind]((await aDevice()).access)).status).toBe(200)
  })

  it('touches no other camera of its owner', async () => {
    const owner = await aUser()
    const [camera, other] = [await aCamera(owner), await aCamera(owner)]
    const before = await rowOf(other.id)
    await asks[kind]((await aDevice({ camera })).access)
    expect(await rowOf(other.id)).toEqual(before)
  })
})

describe('a heartbeat', () => {
  it.each<[string, object, string | null]>([
    ['nothing', {}, null],
    ['its version', { version: ' 1.4.0 ' }, '1.4.0'],
    ['all', { version: '1', fps: 4.8, spooled: 0, temperature: 51.5 }, '1'],
    ['measures that it can’t take', { version: '1', fps: null, temperature: 'n/a' }, '1'],
    ['what nobody knows', { version: '1', uptime: { days: 3 } }, '1'],
  ])('may tell %s', async (_, json, version) => {
    const { access, id } = await aDevice()
    const { status, body } = await send('POST', '/v1/cameras/heartbeat/', { token: access, json })
    expect([status, body]).toEqual([200, {}])
    expect(await sql`select version from devices where id = ${id}`).toEqual([{ version }])
  })

  it('keeps the version where it tells none', async () => {
    const { access, id } = await aDevice()
    await sql`update devices set version = '1' where id = ${id}`
    await asks.heartbeat(access)
    expect(await sql`select version from devices where id = ${id}`).toEqual([{ version: '1' }])
  })

  it('that tells two versions by turns is written once in a minute', async () => {
    const { device, camera } = await aCameraSeen()
    const versionAndRow = () => sql`
      select version, xmin::text from devices where id = ${device.id}`
    const tell = (version: string) =>
      send('POST', '/v1/cameras/heartbeat/', { token: device.access, json: { version } })
    await tell('1')
    // A minute that does not end during the test.
    await sql`update camera_camera set last_seen_at = now() + interval '1 hour' where id = ${camera.id}`
    const before = await versionAndRow()
    for (const version of ['2', '1', '2', '1', '2']) expect((await tell(version)).status).toBe(200)
    expect(await versionAndRow()).toEqual(before)
    await sql`update camera_camera set last_seen_at = now() - interval '1 minute' where id = ${camera.id}`
    await tell('2')
    expect(await versionAndRow()).toMatchObject([{ version: '2' }])
  })

  it('of a device that nobody has claimed tells its first version', async () => {
    const { access, id } = await aDevice()
    for (const version of ['1', '2'])
      await send('POST', '/v1/cameras/heartbeat/', { token: access, json: { version } })
    expect(await sql`select version from devices where id = ${id}`).toEqual([{ version: '1' }])
  })

  it('is refused with a version that is none', async () => {
    const { access: token } = await aDevice()
    for (const [version, words] of [
      ['1'.repeat(101), 'Ensure this field has no more than 100 characters.'],
      [{}, 'Not a valid string.'],
    ])
      expect(await send('POST', '/v1/cameras/heartbeat/', { token, json: { version } })).toMatchObject({
        status: 400,
        body: { version: [words] },
      })
  })
})

describe('a poll', () => {
  it('is told none, with a slash and without', async () => {
    const { access: token } = await aDevice()
    for (const path of ['/v1/cameras/streaming/command', '/v1/cameras/streaming/command/']) {
      const { status, body, requestId } = await send('GET', path, { token })
      expect([status, body]).toEqual([200, { command: 'none' }])
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
  })

  it('is held as long as the settings say, after its statement', async () => {
    const { device, row } = await aCameraSeen()
    const start = Date.now()
    let isAnswered = false
    const settings = { POLL_HOLD_IN_SECONDS: '2' }
    const answer = send('GET', '/v1/cameras/streaming/command', { token: device.access, settings }).then(
      (answer) => {
        isAnswered = true
        return answer
      },
    )
    while (!(await row()).is_fresh) expect(isAnswered).toBe(false)
    expect((await answer).body).toEqual({ command: 'none' })
    expect(Date.now() - start).toBeGreaterThanOrEqual(1_990)
  })

  it('of a revoked device is answered at once', async () => {
    const { access: token, id } = await aDevice()
    await sql`update devices set revoked_at = now() where id = ${id}`
    const start = Date.now()
    const settings = { POLL_HOLD_IN_SECONDS: '25' }
    const { status, body } = await send('GET', '/v1/cameras/streaming/command', { token, settings })
    expect([status, body.message]).toEqual([401, 'Invalid token'])
    expect(Date.now() - start).toBeLessThan(20_000)
  })
})

describe('a new preview', () => {
  const note = (token: string, headers = {}) =>
    send('POST', '/v1/cameras/update_preview_time/', { token, headers })

  it.each<[string, Record<string, string>]>([
    ['no type', {}],
    ['a form’s type', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['an image’s type', { 'Content-Type': 'image/jpeg' }],
    ['nonsense for a type', { 'Content-Type': 'x' }],
  ])('is dated, with %s', async (_, headers) => {
    const { device, row } = await aCameraSeen()
    const before = await row()
    const { status, body } = await note(device.access, headers)
    expect([status, body]).toEqual([200, null])
    expect(await row()).toEqual({
      ...before,
      is_shown: true,
      shown: expect.any(String),
      version: expect.any(String),
    })
  })

  it('is dated anew after 10 seconds, not before', async () => {
    const { device, row, camera } = await aCameraSeen()
    await sql`update camera_camera set preview_updated_at = now() - interval '6 seconds' where id = ${camera.id}`
    const before = await row()
    await note(device.access)
    // A busy machine may have used up the remaining seconds.
    if ((await row()).is_shown)
      expect(
        await sql`select now() >= ${before.shown}::timestamptz + interval '10 seconds' as is_late`,
      ).toEqual([{ is_late: true }])
    await sql`update camera_camera set preview_updated_at = now() - interval '11 seconds' where id = ${camera.id}`
    await note(device.access)
    expect(await row()).toMatchObject({ is_shown: true })
  })

  it('is taken from a device that nobody has claimed, and from no revoked one', async () => {
    const { access, id } = await aDevice()
    expect((await note(access)).status).toBe(200)
    await sql`update devices set revoked_at = now() where id = ${id}`
    expect((await note(access)).status).toBe(401)
  })
})
