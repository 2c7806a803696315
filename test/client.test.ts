import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { AwsClient } from 'aws4fetch'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type * as Scout from '../src/client.ts'
import { createClient, ScoutError } from '../src/client.ts'
import type { cameraJson } from '../src/cameras/json.ts'
import worker from '../src/index.ts'
import type { ruleJson } from '../src/rules/json.ts'
import { IMAGE_TYPES } from '../src/uploads/storage.ts'
import type { userJson } from '../src/users/json.ts'
import { newAddress } from './support/client.ts'
import { document } from './support/described.ts'
import { aCamera, aUser, newEmail, PASSWORD } from './support/factories.ts'

const baseUrl = 'https://scout.test'

/** A client of the Worker; `requests` tells what it sent, `answers` come in place of the Worker's, null for none. */
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

const refused = (status: number, headers: Record<string, string> = {}) =>
  Response.json({ detail: 'No.' }, { status, headers })

describe('the client', () => {
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

  it('has a method for each operation of the description', () => {
    const operations = Object.entries(document.paths as Record<string, object>)
      .filter(([path]) => path.startsWith('/v1/'))
      .flatMap(([, methods]) => Object.values(methods).map(({ operationId }) => operationId))

    expect(Object.keys(aClient().client)).toEqual(expect.arrayContaining(operations))
  })

  it('has the types of the service', () => {
    expectTypeOf<Scout.User>().toEqualTypeOf<ReturnType<typeof userJson>>()
    expectTypeOf<Scout.Camera>().toEqualTypeOf<ReturnType<typeof cameraJson>>()
    expectTypeOf<Scout.Rule>().toEqualTypeOf<ReturnType<typeof ruleJson>>()
    expectTypeOf<Scout.ImageType>().toEqualTypeOf<keyof typeof IMAGE_TYPES>()
  })

  it('reads a list to its end', async () => {
    const user = await aUser()
    const cameras = [await aCamera(user, 'A'), await aCamera(user, 'B'), await aCamera(user, 'C')]
    // The first page is asked for by its whole URL, so that it can be a small one.
    const { client, requests } = aClient({
      tokens: user,
      fetch: async (url, init) => {
        requests.push(url)
        const small = new URL(url)
        small.searchParams.set('limit', '1')
        return worker.fetch(new Request(small, init), env, createExecutionContext())
      },
    })

    const list = await client.listCameras()

    expect(list.map(({ public_camera_id }) => public_camera_id)).toEqual(
      cameras.map(({ publicCameraId }) => publicCameraId),
    )
    expect(requests).toHaveLength(3)
  })
})

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

    await expect(client.listCameras()).rejects.toThrow('no connection')
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
