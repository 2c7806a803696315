import { describe, expect, it } from 'vitest'
import { breakSql, newAddress, newRequestId, send } from '../support/client.ts'
import { aUser, newSerial, sql, type User } from '../support/factories.ts'
import { read } from '../support/tokens.ts'

/** The headers that libcurl sends with every request of the agent; each request uses a new connection. */
const LIBCURL = {
  'User-Agent': 'curl/8.14.1',
  Accept: '*/*',
  'Accept-Encoding': 'deflate, gzip, br, zstd',
  Connection: 'close',
}
const PUBLIC = { settings: { THROTTLE: 'on' } }

/** The agent of a camera in the field: its exact requests, and what it counts as success. */
function anAgent(serial: string, claimToken: string) {
  const address = newAddress()
  const ask = (method: string, path: string, headers: Record<string, string>, more: object = {}) =>
    send(method, path, {
      ...PUBLIC,
      headers: { ...LIBCURL, 'CF-Connecting-IP': address, ...headers },
      ...more,
    })
  const agent = {
    credentials: null as null | { device_token: string; public_camera_id: string },
    /** Once, at its first start; only 201 counts. */
    async register(requestId = newRequestId()) {
      const json = { device_id: serial, claim_token: claimToken }
      const answer = await ask('POST', '/v1/cameras/register/', { 'X-Request-Id': requestId }, { json })
      if (answer.status === 201) agent.credentials = answer.body
      return answer
    },
    token: () =>
      ask('POST', '/v1/cameras/auth/token/', {
        Authorization: `Device ${agent.credentials!.device_token}`,
        'Content-Type': 'application/json',
        'Content-Length': '0',
      }),
    async bearer() {
      const { status, body } = await agent.token()
      expect([status, typeof body.access]).toEqual([200, 'string'])
      return { Authorization: `Bearer ${body.access}` }
    },
    poll: async () => ask('GET', '/v1/cameras/streaming/command', await agent.bearer()),
    /** An empty POST whose type is the object's, then a PUT, of which only 200 counts. */
    async upload(type: 'image/jpeg' | 'video/mp4', query: string, bytes: string) {
      const headers = { ...(await agent.bearer()), 'Content-Type': type, 'Content-Length': '0' }
      const { status, body } = await ask('POST', `/v1/cameras/presigned_upload_url/?${query}`, headers)
      expect(status).toBe(200)
      const put = await fetch(body.url, { method: 'PUT', headers: { 'Content-Type': type }, body: bytes })
      expect(put.status).toBe(200)
      return body.key as string
    },
    preview: async () =>
      ask('POST', '/v1/cameras/update_preview_time/', {
        ...(await agent.bearer()),
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': '0',
      }),
  }
  return agent
}

/** A factory-new camera and its agent. */
async function aCameraInItsBox() {
  const serial = newSerial()
  const { access: token } = await aUser({ isStaff: true, isSuperuser: true })
  const { body } = await send('POST', '/v1/cameras/provision/', { token, json: { device_id: serial } })
  return { serial, claimToken: body.claim_token as string, agent: anAgent(serial, body.claim_token) }
}

const claim = ({ access: token }: User, claim_token: string) =>
  send('POST', '/v1/cameras/claim/', { token, json: { claim_token, location: 'Porch' } })
const folderOf = (key: string) => key.split('/').slice(0, 2).join('/')
const UNAVAILABLE = { detail: 'Service temporarily unavailable, try again later.' }

describe('the day of a camera in the field', () => {
  it('goes from its box to its clips, with the requests of its agent', async () => {
    const { agent, claimToken } = await aCameraInItsBox()
    const owner = await aUser()

    expect((await agent.register()).status).toBe(201)
    expect((await agent.poll()).body).toEqual({ command: 'none' })
    const early = await agent.upload('image/jpeg', 'upload_type=DETECTION', 'nobody’s')
    expect(folderOf(early)).toBe(`detection/${agent.credentials!.public_camera_id}`)

    const { body: camera } = await claim(owner, claimToken)
    const id = camera.public_camera_id as string
    expect(id).not.toBe(agent.credentials!.public_camera_id)
    expect((await agent.poll()).body).toEqual({ command: 'none' })

    expect(await agent.upload('image/jpeg', 'upload_type=CAMERA_PREVIEW', 'a preview')).toBe(
      `preview/${id}/latest.jpg`,
    )
    expect((await agent.preview()).status).toBe(200)
    const detection = await agent.upload('image/jpeg', 'upload_type=DETECTION', 'a person')
    const clip = await agent.upload(
      'video/mp4',
      `upload_type=VIDEO_CLIP&detection_key=${encodeURIComponent(detection)}`,
      'a clip',
    )
    expect([folderOf(detection), clip]).toEqual([
      `detection/${id}`,
      detection.replace('detection', 'clips').replace('.jpg', '.mp4'),
    ])
    expect(
      await sql`
        select beats, last_seen_at is not null as is_seen, preview_updated_at is not null as is_shown, location
        from camera_camera where public_camera_id = ${id}`,
    ).toEqual([{ beats: true, is_seen: true, is_shown: true, location: 'Porch' }])
  })

  it('begins again where the answer to its registration was lost, or the service was down', async () => {
    const { agent } = await aCameraInItsBox()
    for (const fault of ['drop-answer', 'reset'] as const) {
      const request = newRequestId()
      await breakSql({ fault, request })
      const lost = await agent.register(request)
      expect([lost.status, lost.body]).toEqual([503, UNAVAILABLE])
    }
    expect((await agent.register()).status).toBe(201)
    expect((await agent.poll()).status).toBe(200)
  })

  it('is not stopped by what others try: no 429 for its registration', async () => {
    const { agent, serial } = await aCameraInItsBox()
    const thief = anAgent(serial, `${serial}_${'x'.repeat(32)}`)
    const answers = []
    for (let n = 0; n < 11; n++) answers.push((await thief.register()).status)
    expect(answers).toEqual([...Array<number>(10).fill(400), 429])
    expect((await agent.register()).status).toBe(201)
  })

  it('ends where it is revoked: 401 for ever, and it never registers again', async () => {
    const { agent, claimToken } = await aCameraInItsBox()
    const owner = await aUser()
    await agent.register()
    const id = (await claim(owner, claimToken)).body.public_camera_id
    const bearer = await agent.bearer()
    await send('DELETE', `/v1/cameras/${id}/device/`, { token: owner.access })
    for (let n = 0; n < 3; n++)
      expect(await agent.token()).toMatchObject({
        status: 401,
        body: { detail: 'Device has been revoked.' },
      })
    expect(
      await send('GET', '/v1/cameras/streaming/command', { headers: { ...LIBCURL, ...bearer } }),
    ).toMatchObject({ status: 401, body: { message: 'Invalid token' } })
    expect((await agent.register()).status).toBe(400)
    // The sticker does not work either once the camera is deleted.
    await send('DELETE', `/v1/cameras/${id}/`, { token: owner.access })
    expect((await claim(await aUser(), claimToken)).status).toBe(400)
  })
})

describe('a camera that is released', () => {
  const deletions: [string, (owner: User, camera: string) => Promise<unknown>][] = [
    ['its owner', (owner, camera) => send('DELETE', `/v1/cameras/${camera}/`, { token: owner.access })],
    [
      'its owner, who leaves',
      (owner) => send('DELETE', `/v1/user/${owner.publicUserId}/`, { token: owner.access }),
    ],
    // The old service, an older Worker and psql know nothing of devices.
    ['anybody else', (_, camera) => sql`delete from camera_camera where public_camera_id = ${camera}`],
    ['who deletes accounts elsewhere', (owner) => sql`delete from users where id = ${owner.id}`],
  ]

  it.each(deletions)(
    'by %s keeps its token, is nobody’s, and is claimed anew under another id',
    async (_, release) => {
      const { agent, claimToken } = await aCameraInItsBox()
      const [before, after] = [await aUser(), await aUser()]
      const own = (await agent.register()).body.public_camera_id
      const first = (await claim(before, claimToken)).body.public_camera_id
      const old = await agent.bearer()
      const idNow = async () => read((await agent.token()).body.access).claims.public_camera_id
      expect(await idNow()).toBe(first)

      await release(before, first)
      expect(await idNow()).toBe(own)
      expect((await agent.poll()).status).toBe(200)
      expect((await send('POST', '/v1/cameras/heartbeat/', { headers: { ...LIBCURL, ...old } })).status).toBe(
        401,
      )

      const second = await claim(after, claimToken)
      expect(second.status).toBe(200)
      const id = second.body.public_camera_id
      expect([first, own]).not.toContain(id)
      expect(await idNow()).toBe(id)
      expect(folderOf(await agent.upload('image/jpeg', '', 'a person'))).toBe(`detection/${id}`)
      expect(await sql`select owner_id::int from camera_camera where public_camera_id = ${id}`).toEqual([
        { owner_id: after.id },
      ])
    },
  )

  it.each(deletions)('by %s and was built by its owner ends with its camera', async (_, release) => {
    const owner = await aUser()
    const { body } = await send('POST', '/v1/cameras/pairing_codes/', {
      token: owner.access,
      json: { location: 'Porch' },
    })
    const agent = anAgent(newSerial(), '')
    const json = { pairing_code: body.pairing_code, nonce: 'x'.repeat(43) }
    agent.credentials = (await send('POST', '/v1/cameras/pair/', { json })).body
    const bearer = await agent.bearer()
    await release(owner, agent.credentials!.public_camera_id)
    expect(await agent.token()).toMatchObject({ status: 401, body: { detail: 'Invalid device token.' } })
    const { status } = await send('POST', '/v1/cameras/heartbeat/', { headers: { ...LIBCURL, ...bearer } })
    expect(status).toBe(401)
  })

  it('stays the device that it is where staff give the camera to another', async () => {
    const { agent, claimToken } = await aCameraInItsBox()
    const [before, after] = [await aUser(), await aUser()]
    await agent.register()
    const id = (await claim(before, claimToken)).body.public_camera_id
    await sql`update camera_camera set owner_id = ${after.id} where public_camera_id = ${id}`
    expect((await claim(before, claimToken)).status).toBe(400)
    expect((await claim(after, claimToken)).body.public_camera_id).toBe(id)
    expect((await agent.poll()).status).toBe(200)
  })
})
