import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type * as Scout from '@scout/client'
import { createClient, createDevice, ScoutError, UnreachableError } from '@scout/client'
import { AwsClient } from 'aws4fetch'
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest'
import type { cameraJson } from '../src/cameras/json.ts'
import worker from '../src/index.ts'
import type { ruleJson } from '../src/rules/json.ts'
import type { sessionJson } from '../src/sessions/json.ts'
import { IMAGE_TYPES } from '../src/storage/presign.ts'
import type { userJson } from '../src/users/json.ts'
import { momentOf } from '../src/storage/moments.ts'
import { newAddress } from './support/client.ts'
import { document } from './support/described.ts'
import { aCamera, aNotification, aReset, aUser, newEmail, newNonce, PASSWORD } from './support/factories.ts'
import { UNKNOWN_ID } from './support/shapes.ts'

const baseUrl = 'https://scout.test'

/** A client of the Worker. `requests` records what it sends; `answers` replace the Worker's, null for no answer. */
function aClient(options: Partial<Scout.ClientOptions> = {}, answers: (Response | null)[] = []) {
  const requests: string[] = []
  const waits: number[] = []
  const kept: (Scout.Tokens | null)[] = []
  const address = newAddress()
  const client = createClient({
    baseUrl,
    wait: async (milliseconds) => waits.push(milliseconds),
    onTokens: (tokens) => kept.push(tokens),
    fetch: async (url, init) => {
      const { pathname } = new URL(url)
      requests.push(`${init.method} ${pathname}`)
      const answer = answers.shift()
      if (answer === null) throw new TypeError('no connection')
      if (answer) return answer
      if (!url.startsWith(baseUrl)) return fetch(url, init)
      const request = new Request(url, init)
      request.headers.set('CF-Connecting-IP', address)
      return worker.fetch(request, env, createExecutionContext())
    },
    ...options,
  })
  return { client, requests, waits, kept }
}

/** A browser with a page of the service: it keeps the cookie and sends the page's origin. */
function aBrowser() {
  const requests: string[] = []
  const address = newAddress()
  let cookie = ''
  return {
    requests,
    cookie: () => cookie,
    async fetch(url: string, init: RequestInit) {
      const request = new Request(url, init)
      const { pathname } = new URL(url)
      requests.push(`${init.method} ${pathname}`)
      request.headers.set('CF-Connecting-IP', address)
      request.headers.set('Origin', env.PUBLIC_URL)
      if (pathname.startsWith('/app/session')) request.headers.set('Cookie', cookie)
      const answer = await worker.fetch(request, env, createExecutionContext())
      const set = answer.headers.get('Set-Cookie')
      if (set) cookie = set.includes('Max-Age=0') ? '' : set.split(';')[0]!
      return answer
    },
  }
}

const refused = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ detail: 'No.' }, { status, headers })

describe('the client', () => {
  it('lists and clears what a camera told, and has a phone told', async () => {
    const user = await aUser()
    const { client, requests } = aClient({ tokens: { access: user.access, refresh: user.refresh } })
    const camera = await aCamera(user)
    for (let i = 0; i < 11; i++) await aNotification(user, camera)

    const first = await client.listCameraNotifications(camera.publicCameraId)
    const rest = await client.listCameraNotifications(camera.publicCameraId, { cursor: first.next! })
    const [oldest] = rest.results

    expect([first.results.length, rest.results.length, rest.next]).toEqual([10, 1, null])
    const id = oldest!.public_notification_id
    expect(await client.getCameraNotification(camera.publicCameraId, id)).toEqual(oldest)
    expect(await client.clearCameraNotifications(camera.publicCameraId, [id])).toEqual({ cleared_count: 1 })
    expect(await client.registerApnsToken(id.replaceAll('-', ''))).toMatchObject({
      message: expect.any(String),
    })
    expect(requests).toHaveLength(5)
  })

  it('of a camera pairs once its token is stored, and not where it could not be', async () => {
    const user = await aUser()
    const { client } = aClient({ tokens: { access: user.access, refresh: user.refresh } })
    const order: string[] = []
    const aDevice = (onDeviceToken: () => Promise<unknown>) =>
      createDevice({
        baseUrl,
        onDeviceToken,
        fetch: async (url, init) => worker.fetch(new Request(url, init), env, createExecutionContext()),
      })
    const slow = aDevice(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      order.push('stored')
    })
    const full = aDevice(() => Promise.reject(new Error('disk full')))
    const pairing = async () => ({
      pairing_code: (await client.createPairingCode({ location: 'Porch' })).pairing_code,
      nonce: newNonce(),
    })

    await slow.pairDevice(await pairing())
    order.push('paired')

    expect(order).toEqual(['stored', 'paired'])
    await expect(full.pairDevice(await pairing())).rejects.toThrow('disk full')
  })

  it('of a camera pairs, and does what a camera does', async () => {
    const user = await aUser()
    const { client } = aClient({ tokens: { access: user.access, refresh: user.refresh } })
    const { pairing_code } = await client.createPairingCode({ location: 'Porch' })
    const kept: string[] = []
    const sent: string[] = []
    const device = createDevice({
      baseUrl,
      onDeviceToken: (token) => kept.push(token),
      fetch: async (url, init) => {
        if (!url.startsWith(baseUrl)) return fetch(url, init)
        sent.push(new URL(url).pathname)
        const request = new Request(url, init)
        request.headers.set('CF-Connecting-IP', newAddress())
        return worker.fetch(request, { ...env, POLL_HOLD_IN_SECONDS: '0' }, createExecutionContext())
      },
    })
    await expect(device.sendHeartbeat()).rejects.toThrow('neither registered nor paired')

    const paired = await device.pairDevice({ pairing_code, nonce: newNonce() })
    await device.sendHeartbeat({ version: '1.0' })
    const capturedAt = new Date(Date.now() - 60_000)
    const { key } = await device.uploadMedia('DETECTION', new Uint8Array([1, 2, 3]), { capturedAt })
    expect(momentOf(key.split('/').at(-1)!)).toBe(capturedAt.toISOString())
    await device.uploadMedia('VIDEO_CLIP', new Uint8Array([4]), { detectionKey: key })
    await device.uploadMedia('CAMERA_PREVIEW', new Uint8Array([5]))
    await device.notePreview()

    expect(await device.pollCommand()).toEqual({ command: 'none' })
    expect(kept).toEqual([paired.device_token])
    expect(sent.filter((path) => path.endsWith('/auth/token/'))).toHaveLength(1)
    const [camera] = await client.listCameras()
    expect(camera).toMatchObject({ public_camera_id: paired.public_camera_id, is_online: true })
    expect(await (await fetch(camera!.camera_preview_url!)).arrayBuffer()).toHaveProperty('byteLength', 1)
    expect(await client.getDevice(paired.public_camera_id)).toMatchObject({ version: '1.0' })
    await client.revokeDevice(paired.public_camera_id)
    await expect(device.sendHeartbeat()).rejects.toMatchObject({ status: 401 })
  })

  it('does the main job', async () => {
    const { client } = aClient()
    const email = newEmail()

    const { public_user_id } = await client.register({ email, password: PASSWORD, first_name: 'Jane' })
    const camera = await client.createCamera({ location: 'Front Door' })
    const rule = await client.createRule(camera.public_camera_id, {
      rule: 'A cat comes',
      rule_nickname: 'Cat',
    })
    const { key } = await client.uploadImage(new Uint8Array([0xff, 0xd8, 1, 2, 3]), 'image/jpeg')

    expect(await client.getUser(public_user_id)).toMatchObject({ email, first_name: 'Jane' })
    expect(await client.listCameras()).toEqual([camera])
    expect(await client.listRules(camera.public_camera_id)).toEqual([rule])
    const off = await client.updateRule(camera.public_camera_id, rule.public_rule_id, { is_enabled: false })
    expect(off).toEqual({ ...rule, is_enabled: false })
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
    const aws = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: env.S3_REGION })
    const stored = await aws.fetch(`${env.S3_ENDPOINT}/${env.S3_BUCKET}/${key}`)
    expect([...new Uint8Array(await stored.arrayBuffer())]).toEqual([0xff, 0xd8, 1, 2, 3])

    await client.deleteUser(public_user_id)
    expect(client.tokens).toBeNull()
    await expect(client.signIn({ email, password: PASSWORD })).rejects.toMatchObject({ status: 401 })
  })

  it('has a method for each operation of the description but what the storage says', () => {
    const operations = Object.entries(document.paths as Record<string, object>)
      .filter(([path]) => path.startsWith('/v1/'))
      .flatMap(([, methods]) => Object.values(methods).map(({ operationId }) => operationId))

    const methods = [...Object.keys(aClient().client), ...Object.keys(createDevice({ baseUrl }))]
    expect(methods).toEqual(expect.arrayContaining(operations.filter((id) => id !== 'hearStorage')))
  })

  it('has the types of the service', () => {
    expectTypeOf<Scout.User>().toEqualTypeOf<ReturnType<typeof userJson>>()
    expectTypeOf<Scout.Camera>().toEqualTypeOf<ReturnType<typeof cameraJson>>()
    expectTypeOf<Scout.Rule>().toEqualTypeOf<ReturnType<typeof ruleJson>>()
    expectTypeOf<Scout.Session>().toEqualTypeOf<ReturnType<typeof sessionJson>>()
    expectTypeOf<Scout.ImageType>().toEqualTypeOf<keyof typeof IMAGE_TYPES>()
  })

  it('reads a list to its end', async () => {
    const { client, cameras, urls } = await aReaderOf('A', 'B', 'C')

    const list = await client.listCameras({ pageSize: 1 })

    expect(list.map(({ public_camera_id }) => public_camera_id)).toEqual(cameras)
    expect(urls).toEqual([
      '/v1/cameras/?limit=1',
      `/v1/cameras/?limit=1&after=${cameras[0]}`,
      `/v1/cameras/?limit=1&after=${cameras[1]}`,
    ])
  })

  it('asks for a page when the one before it is through, and for no more than are wanted', async () => {
    const { client, urls } = await aReaderOf('A', 'B', 'C', 'D')
    const seen: [string, number][] = []

    for await (const { location } of client.eachCamera({ pageSize: 2 })) {
      seen.push([location, urls.length])
      if (location === 'C') break
    }

    expect(seen).toEqual([
      ['A', 1],
      ['B', 1],
      ['C', 2],
    ])
    expect(urls).toHaveLength(2)
  })

  it('lists users and rules by the page, too', async () => {
    const { client, owner, cameras, urls } = await aReaderOf('A')
    const [camera = ''] = cameras
    for (const name of ['1', '2']) await client.createRule(camera, { rule: 'A cat', rule_nickname: name })
    urls.length = 0

    const rules = await client.listRules(camera, { pageSize: 1 })
    const names: string[] = []
    for await (const { rule_nickname } of client.eachRule(camera)) names.push(rule_nickname)
    for await (const { email } of client.eachUser({ pageSize: 7 })) names.push(email)

    expect(names).toEqual(['1', '2', owner])
    expect(rules.map(({ rule_nickname }) => rule_nickname)).toEqual(['1', '2'])
    expect(urls).toEqual([
      `/v1/cameras/${camera}/rules/?limit=1`,
      expect.stringMatching(/rules\/\?limit=1&after=/),
      `/v1/cameras/${camera}/rules/`,
      '/v1/users/?limit=7',
    ])
  })

  it('keeps what else is asked from page to page', async () => {
    const { client, urls } = await aReaderOf('A', 'B')

    expect(await client.listCameras({ all: true, pageSize: 1 })).toHaveLength(2)
    expect(urls[0]).toBe('/v1/cameras/?all=true&limit=1')
    expect(urls[1]).toMatch(/^\/v1\/cameras\/\?all=true&limit=1&after=/)
  })

  it('tells of a failure between two pages', async () => {
    const { client, cameras } = await aReaderOf('A', 'B')
    const first = await client.getCamera(cameras[0]!)
    const link = { Link: '</v1/cameras/?limit=1&after=1>; rel="next"' }
    const broken = aClient({}, [Response.json([first], { headers: link }), refused(403)])
    const seen: Scout.Camera[] = []

    const reading = (async () => {
      for await (const camera of broken.client.eachCamera({ pageSize: 1 })) seen.push(camera)
    })()

    await expect(reading).rejects.toMatchObject({ status: 403 })
    expect(seen).toEqual([first])
  })
})

/** A client of a user with cameras at these locations, in this order, and the URLs it requests. */
async function aReaderOf(...locations: string[]) {
  const user = await aUser()
  const cameras: string[] = []
  for (const location of locations) cameras.push((await aCamera(user, location)).publicCameraId)
  const urls: string[] = []
  const { client } = aClient({
    tokens: { access: user.access, refresh: user.refresh },
    fetch: async (url, init) => {
      urls.push(url.slice(baseUrl.length))
      return worker.fetch(new Request(url, init), env, createExecutionContext())
    },
  })
  return { client, owner: user.email, cameras, urls }
}

describe('a refusal', () => {
  it('names the faults of each field', async () => {
    const { client, requests } = aClient()

    const error = await client.register({ email: 'no', password: 'qX7-v' }).catch((error: unknown) => error)

    expect(error).toBeInstanceOf(ScoutError)
    expect(error).toMatchObject({
      status: 400,
      detail: '',
      code: null,
      fields: {
        email: ['Enter a valid email address.'],
        password: ['This password is too short. It must contain at least 8 characters.'],
      },
    })
    expect(requests).toHaveLength(1)
  })

  it('has its words, its code, and the id of the request', async () => {
    const { client } = aClient({ tokens: { access: 'no', refresh: 'no' } })

    const error = await client.listCameras().catch((error: unknown) => error)

    expect(error).toMatchObject({
      name: 'ScoutError',
      message: 'Token is invalid',
      status: 401,
      detail: 'Token is invalid',
      code: 'token_not_valid',
      fields: {},
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
    })
  })

  it('is one of the storage, too', async () => {
    const { access, refresh } = await aUser()
    const { client } = aClient({ tokens: { access, refresh } }, [
      Response.json({ url: `${env.S3_ENDPOINT}/${env.S3_BUCKET}/unsigned.jpeg`, key: 'unsigned.jpeg' }),
    ])

    await expect(client.uploadImage(new Uint8Array(1))).rejects.toMatchObject({
      status: 403,
      detail: 'The storage answered 403.',
    })
  })

  it('has words where what stands in front of the service has none for a program', async () => {
    const { client } = aClient({}, [new Response('<h1>Bad gateway</h1>', { status: 502 })])

    await expect(client.createCamera({ location: 'Shed' })).rejects.toMatchObject({
      message: 'answered 502',
      status: 502,
      detail: '',
      fields: {},
    })
  })
})

describe('the session', () => {
  it('is refreshed before the access token is over', async () => {
    let clock = Date.now()
    const { email } = await aUser()
    const { client, requests, kept } = aClient({ now: () => clock })
    const { access, refresh } = await client.signIn({ email, password: PASSWORD })

    clock += 269_000
    await client.listCameras()
    expect(client.tokens).toEqual({ access, refresh })
    clock += 2_000
    await client.listCameras()

    expect(client.tokens!.access).not.toBe(access)
    expect(client.tokens!.refresh).toBe(refresh)
    expect(kept).toEqual([{ access, refresh }, client.tokens])
    expect(requests.slice(1)).toEqual([
      'GET /v1/cameras/',
      'POST /v1/auth/token/refresh/',
      'GET /v1/cameras/',
    ])
  })

  it('goes on with the token at hand where the service cannot refresh it just then', async () => {
    let clock = Date.now()
    const { email } = await aUser()
    const answers: (Response | null)[] = []
    const { client, requests } = aClient({ now: () => clock }, answers)
    await client.signIn({ email, password: PASSWORD })

    clock += 280_000
    answers.push(null, refused(503), refused(500))

    expect(await client.listCameras()).toEqual([])
    expect(requests).toHaveLength(1 + 3 + 1)
  })

  it.each(['..', '.', ''])('is never asked about what is no id (%o)', async (id) => {
    const { access, refresh } = await aUser()
    const { client, requests } = aClient({ tokens: { access, refresh } })

    await expect(async () => client.deleteCamera(id)).rejects.toThrow(TypeError)
    await expect(client.deleteCamera('../user/1')).rejects.toMatchObject({ status: 404 })
    expect(requests).toEqual(['DELETE /v1/cameras/..%2Fuser%2F1/'])
  })

  it('is refreshed once for many calls whose token was refused', async () => {
    const { refresh } = await aUser()
    const { client, requests, kept } = aClient({ tokens: { access: 'stale', refresh } })

    const lists = await Promise.all(Array.from({ length: 8 }, () => client.listCameras()))

    expect(lists).toEqual(Array.from({ length: 8 }, () => []))
    expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
    expect(kept).toHaveLength(1)
  })

  it('of somebody who signed out meanwhile is not taken for their call', async () => {
    const { access, refresh } = await aUser()
    const stale = Response.json({ detail: 'No.', code: 'token_not_valid' }, { status: 401 })
    const { client, requests } = aClient({ tokens: { access, refresh } }, [stale])

    const call = client.deleteCamera('019731a2-1234-7abc-8def-000000000002')
    client.signOut()

    await expect(call).rejects.toMatchObject({ status: 401 })
    expect(requests).toHaveLength(1)
  })

  it('is over where the refresh token is refused', async () => {
    const { client, requests, kept } = aClient({ tokens: { access: 'stale', refresh: 'stale' } })

    await expect(client.createCamera({ location: 'Shed' })).rejects.toMatchObject({ status: 401 })
    expect(kept).toEqual([null])
    await expect(client.listCameras()).rejects.toMatchObject({
      detail: 'Authentication credentials were not provided.',
    })
    expect(requests).toHaveLength(3)
  })

  it('is not refreshed for a refusal that a fresh token would meet, too', async () => {
    const { access, refresh } = await aUser({ isActive: false })
    const { client, requests } = aClient({ tokens: { access, refresh } })

    await expect(client.listCameras()).rejects.toMatchObject({ code: 'user_inactive' })
    expect(requests).toEqual(['GET /v1/cameras/'])
  })

  it('of a phone is refreshed by its secret, and kept as one that was told', async () => {
    let clock = Date.now()
    const { email } = await aUser()
    const { client, requests, kept } = aClient({ now: () => clock })
    const started = await client.startSession({ email, password: PASSWORD, name: 'Phone' })

    clock += 271_000
    expect(await client.listCameras()).toEqual([])

    const { access, ...rest } = started
    expect(kept).toEqual([started, { access: expect.any(String), ...rest }])
    expect(kept[1]!.access).not.toBe(access)
    expect(requests.slice(1)).toEqual(['POST /v1/auth/sessions/refresh/', 'GET /v1/cameras/'])
    const again = aClient({ tokens: { ...kept[1]!, access: 'stale' } })
    expect(await again.client.listSessions()).toEqual([
      expect.objectContaining({ name: 'Phone', is_current: true }),
    ])
    expect(again.requests).toEqual([
      'GET /v1/auth/sessions/',
      'POST /v1/auth/sessions/refresh/',
      'GET /v1/auth/sessions/',
    ])
  })

  it('of a phone goes on after a new password, and others end', async () => {
    const { email, publicUserId } = await aUser()
    const [phone, tablet] = [aClient(), aClient()]
    const { session } = await phone.client.startSession({ email, password: PASSWORD, name: 'Phone' })
    await tablet.client.startSession({ email, password: PASSWORD, name: 'Tablet' })

    await phone.client.updateUser(publicUserId, { password: 'calm-harbour-83', current_password: PASSWORD })

    expect(phone.client.tokens).toMatchObject({ session })
    expect(phone.client.tokens).not.toHaveProperty('refresh')
    await phone.client.refreshSession()
    expect(await phone.client.listCameras()).toEqual([])
    await expect(tablet.client.listCameras()).rejects.toMatchObject({ status: 401 })
    expect(tablet.kept.at(-1)).toBeNull()
  })

  it('of the service’s own page is kept by its cookie, from one load of the page to the next', async () => {
    const { email } = await aUser()
    const browser = aBrowser()
    const page = aClient({ isOwnPage: true, fetch: browser.fetch })
    const { public_session_id } = await page.client.startSession({
      email,
      password: PASSWORD,
      name: 'Firefox',
    })
    expect(page.kept).toEqual([{ access: expect.any(String), public_session_id }])
    expect(browser.cookie()).toContain('scs_')

    const loaded = aClient({ isOwnPage: true, fetch: browser.fetch, tokens: { access: '' } })
    expect(await Promise.all([loaded.client.listCameras(), loaded.client.listSessions()])).toEqual([
      [],
      [expect.objectContaining({ public_session_id, is_current: true })],
    ])
    expect(browser.requests).toEqual([
      'POST /app/session',
      'POST /app/session/refresh',
      'GET /v1/cameras/',
      'GET /v1/auth/sessions/',
    ])

    await loaded.client.endOwnSession()
    expect([loaded.client.tokens, browser.cookie()]).toEqual([null, ''])
    const later = aClient({ isOwnPage: true, fetch: browser.fetch, tokens: { access: '' } })
    await expect(later.client.listCameras()).rejects.toMatchObject({ status: 401 })
    expect([later.client.tokens, later.kept]).toEqual([null, [null]])
  })

  it('is forgotten where it ends itself, and stays where it ends another', async () => {
    const { email } = await aUser()
    const { client } = aClient()
    const other = await aClient().client.startSession({ email, password: PASSWORD, name: 'Tablet' })
    const { public_session_id } = await client.startSession({ email, password: PASSWORD, name: 'Phone' })

    await client.endSession(other.public_session_id)
    expect(client.tokens).not.toBeNull()
    expect(await client.listSessions()).toHaveLength(1)
    await client.endSession(public_session_id)
    expect(client.tokens).toBeNull()
  })

  it('begins by the token of a mail', async () => {
    const user = await aUser()
    const { client, kept } = aClient()
    await client.requestPasswordReset({ email: user.email })
    await expect(
      client.confirmPasswordReset({ token: 'x', password: 'calm-harbour-83' }),
    ).rejects.toMatchObject({
      status: 400,
      fields: { token: ['This link is not valid any more. Ask for a new one.'] },
    })
    const tokens = await client.confirmPasswordReset({
      token: await aReset(user),
      password: 'calm-harbour-83',
    })
    expect(kept).toEqual([tokens])
    expect(await client.listCameras()).toEqual([])
  })

  it('does not begin again by the answer to a new password', async () => {
    const { publicUserId, access, refresh } = await aUser()
    const { client, kept } = aClient({ tokens: { access, refresh } })

    const changing = client.updateUser(publicUserId, {
      password: 'another-long-one',
      current_password: PASSWORD,
    })
    client.signOut()
    await changing

    expect([client.tokens, kept]).toEqual([null, [null]])
  })

  it('goes on after a new password', async () => {
    const { email, publicUserId } = await aUser()
    const { client } = aClient()
    const before = await client.signIn({ email, password: PASSWORD })

    await client.updateUser(publicUserId, { password: 'another-long-one', current_password: PASSWORD })

    expect(client.tokens!.refresh).not.toBe(before.refresh)
    expect(await client.listCameras()).toEqual([])
  })
})

describe('a failure that passes', () => {
  it('is waited out where the call is safe to repeat', async () => {
    const { access, refresh } = await aUser()
    const { client, requests, waits } = aClient({ tokens: { access, refresh } }, [null, refused(503)])

    expect(await client.listCameras()).toEqual([])
    expect(requests).toHaveLength(3)
    expect(waits[0]).toBeGreaterThanOrEqual(250)
    expect(waits[1]).toBeGreaterThan(waits[0]! - 250)
  })

  it('is told after three tries', async () => {
    const { client, requests } = aClient({}, [null, null, null])

    const error = await client.listCameras().catch((error: unknown) => error)

    expect(error).toBeInstanceOf(UnreachableError)
    expect(error).toMatchObject({
      name: 'UnreachableError',
      message: 'https://scout.test cannot be reached',
      reason: 'unreachable',
      cause: { message: 'no connection' },
    })
    expect(requests).toHaveLength(3)
  })

  it('is told at once where a repetition could do the work twice', async () => {
    const { client, requests } = aClient({}, [refused(503)])

    await expect(client.createCamera({ location: 'Shed' })).rejects.toMatchObject({ status: 503 })
    expect(requests).toHaveLength(1)
  })

  it('is waited out as long as the service says, unless that is long', async () => {
    const soon = aClient({}, [refused(429, { 'Retry-After': '3' }), Response.json([])])
    const late = aClient({}, [refused(429, { 'Retry-After': '60' })])

    expect(await soon.client.listCameras()).toEqual([])
    expect(soon.waits).toEqual([3000])
    await expect(late.client.listCameras()).rejects.toMatchObject({ status: 429, retryAfterInSeconds: 60 })
  })
})

describe('a service that is not reached', () => {
  it.each([
    ['says nothing', silence],
    ['says nothing after the head of its answer', unfinished('')],
    ['stops in the middle of its answer', unfinished('[{"id":')],
  ])('has timed out where it %s', async (_, fetch) => {
    const { client } = aClient({ timeoutInMs: 20, fetch })

    await expect(client.createCamera({ location: 'Shed' })).rejects.toMatchObject({
      name: 'UnreachableError',
      message: 'https://scout.test did not answer in time',
      reason: 'timed_out',
      cause: { name: 'AbortError' },
    })
  })

  it('has longer to try a rule on pictures', async () => {
    const fetch = (_: string, { signal }: RequestInit) =>
      new Promise<Response>((resolve, reject) => {
        setTimeout(() => resolve(Response.json({ matched: 0 })), 100)
        signal!.addEventListener('abort', () => reject(signal!.reason))
      })
    const { client } = aClient({ timeoutInMs: 20, fetch })

    expect(await client.tryRule(UNKNOWN_ID, { rule: 'a fox' })).toEqual({ matched: 0 })
    await expect(client.updateCamera(UNKNOWN_ID, {})).rejects.toMatchObject({ reason: 'timed_out' })
  })

  it('is asked again where its answer broke off', async () => {
    const { client, requests } = aClient({}, [broken(), Response.json([])])

    expect(await client.listCameras()).toEqual([])
    expect(requests).toHaveLength(2)
  })

  it('is not taken for one that answers with a page, as a hotel does', async () => {
    const page = () =>
      new Response('<h1>Welcome to the hotel</h1>', { headers: { 'Content-Type': 'text/html' } })
    const { client, kept } = aClient({}, [page(), page(), new Response('')])

    const words = { name: 'UnreachableError', reason: 'unreachable' }
    await expect(client.signIn({ email: newEmail(), password: PASSWORD })).rejects.toMatchObject(words)
    await expect(client.listCameras()).rejects.toMatchObject(words)
    await expect(client.deleteCamera(UNKNOWN_ID)).rejects.toMatchObject(words)
    expect(kept).toEqual([])
  })

  it('leaves the session as it was', async () => {
    const { access, refresh } = await aUser()
    const { client, kept } = aClient({ tokens: { access, refresh } }, [null, null, null])

    await expect(client.refreshToken()).rejects.toBeInstanceOf(UnreachableError)
    expect(client.tokens).toEqual({ access, refresh })
    expect(kept).toEqual([])
  })
})

describe('an upload', () => {
  const presigned = (url = 'https://bucket.test/a.jpeg?X-Amz-Signature=secret') =>
    Response.json({ url, key: 'a.jpeg', expires_in: 300 })

  /** A client whose storage gives scripted answers. */
  function anUploader(
    storage: NonNullable<Scout.ClientOptions['fetch']>,
    options: Partial<Scout.ClientOptions>,
  ) {
    const tries: string[] = []
    const { client } = aClient({
      fetch: async (url, init) => {
        if (url.startsWith(baseUrl)) return presigned()
        tries.push(url)
        return storage(url, init)
      },
      ...options,
    })
    return { client, tries }
  }

  const bytes = new Uint8Array(16_000)
  it.each([
    ['a Uint8Array', bytes],
    ['an ArrayBuffer', bytes.buffer],
    ['a Blob', new Blob([bytes])],
  ])('of %s has time for its bytes on a slow line', async (_, image) => {
    const { client, tries } = anUploader(
      async (_url, { signal }) => (await heldFor(200, signal!), new Response()),
      { timeoutInMs: 20 },
    )

    expect(await client.uploadImage(image)).toEqual({ key: 'a.jpeg' })
    expect(tries).toHaveLength(1)
  })

  it('has timed out where the storage stays silent, and tells nothing of its URL', async () => {
    const { client, tries } = anUploader(silence, { timeoutInMs: 20 })

    const error: Error = await client.uploadImage(new Uint8Array(80)).catch((error) => error)

    expect(error).toMatchObject({
      name: 'UnreachableError',
      message: 'https://bucket.test did not answer in time',
      reason: 'timed_out',
    })
    expect(tries).toHaveLength(3)
  })

  it('is not tried again when its URL is over, which the storage would refuse', async () => {
    let clock = Date.now()
    const { client, tries } = anUploader(
      async () => {
        clock += 160_000
        throw new TypeError('no connection')
      },
      { now: () => clock },
    )

    await expect(client.uploadImage(bytes)).rejects.toMatchObject({ reason: 'unreachable' })
    expect(tries).toHaveLength(2)
  })
})

describe('where there is little but fetch, as in React Native', () => {
  const MISSING = [
    'AbortSignal',
    'URL',
    'URLSearchParams',
    'Headers',
    'Request',
    'Response',
    'ReadableStream',
  ]
  const MISSING_TOO = [
    'TextEncoder',
    'TextDecoder',
    'atob',
    'btoa',
    'crypto',
    'structuredClone',
    'performance',
  ]

  /** The Worker as `fetch`; its answer is complete, so no body is streamed. */
  const bare: NonNullable<Scout.ClientOptions['fetch']> = async (url, init) => {
    vi.unstubAllGlobals()
    try {
      const response = url.startsWith(baseUrl)
        ? await worker.fetch(new Request(url, init), env, createExecutionContext())
        : await fetch(url, init)
      const text = await response.text()
      const { ok, status, headers } = response
      return {
        ok,
        status,
        headers: { get: (name: string) => headers.get(name) },
        text: async () => text,
      } as Response
    } finally {
      bar()
    }
  }
  const bar = () => [...MISSING, ...MISSING_TOO].forEach((name) => vi.stubGlobal(name, undefined))

  it('does the main job, reads a list to its end and refreshes the session in time', async () => {
    let clock = Date.now()
    const [email, wait] = [newEmail(), async () => {}]
    onTestFinished(() => void vi.unstubAllGlobals())
    bar()

    const client = createClient({ baseUrl, fetch: bare, wait, now: () => clock })
    const { access } = await client.register({ email, password: PASSWORD })
    const cameras = [
      await client.createCamera({ location: 'A' }),
      await client.createCamera({ location: 'B' }),
    ]
    const { key } = await client.uploadImage(new Uint8Array([0xff, 0xd8]))
    clock += 271_000
    const list = await client.listCameras({ pageSize: 1 })
    const error = await client.createCamera({ location: '' }).catch((error: unknown) => error)
    vi.unstubAllGlobals()

    expect(list).toEqual(cameras)
    expect(key).toMatch(/\.jpeg$/)
    expect(client.tokens!.access).not.toBe(access)
    expect(error).toMatchObject({ fields: { location: ['This field may not be blank.'] } })
  })
})

/** Rejects like `fetch` when its signal is aborted. */
const abortOf = (signal: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
  )

/** Waits this many milliseconds, unless the signal is aborted. */
const heldFor = (milliseconds: number, signal: AbortSignal) =>
  Promise.race([new Promise((done) => setTimeout(done, milliseconds)), abortOf(signal)])

/** Never answers. */
function silence(_url: string, { signal }: RequestInit): Promise<Response> {
  return abortOf(signal!)
}

/** Sends half an answer, then nothing. */
function unfinished(half: string) {
  return async (_url: string, { signal }: RequestInit) =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(half))
          abortOf(signal!).catch((error) => controller.error(error))
        },
      }),
    )
}

/** Sends half an answer, then closes the connection. */
const broken = () =>
  new Response(
    new ReadableStream({ pull: (controller) => controller.error(new TypeError('connection lost')) }),
  )
