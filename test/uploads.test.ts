import { AwsV4Signer } from 'aws4fetch'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { issueTokens } from '../src/auth/tokens.ts'
import { settings } from '../src/settings.ts'
import { presignUpload } from '../src/storage/presign.ts'
import { type Options, send, statementsOf } from './support/client.ts'
import { aUser, sql, type User } from './support/factories.ts'
import { UNKNOWN_ID } from './support/shapes.ts'
import { aToken, claimsOf } from './support/tokens.ts'
import { objectAt, storage } from './support/pictures.ts'

const PATH = '/v1/uploads/presign'
const UUID_V4 = '[\\da-f]{8}-[\\da-f]{4}-4[\\da-f]{3}-[89ab][\\da-f]{3}-[\\da-f]{12}'

const stored = (key: string) => storage.fetch(objectAt(key))

/** Bytes that are not text, like an image's. */
const anImage = () => crypto.getRandomValues(new Uint8Array(2048))

const upload = async (url: string | URL, headers: Record<string, string>, body = anImage()) =>
  (await fetch(url, { method: 'PUT', headers, body })).status

/** An access token of the former service, which has no public id; or one with another subject. */
const anOldToken = (user: User, sub?: unknown) => aToken(claimsOf(user, 'access', { sub }))

/** Requests a URL from a Worker with changed settings. */
async function presignWith(settings: Options['settings'] & object) {
  const { access: token } = await aUser()
  const { status, body } = await send('POST', PATH, { token, settings })
  expect(status).toBe(200)
  return { url: new URL(body.url), key: body.key as string }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('presign', () => {
  it('names the camera whose picture it is, in no statement', async () => {
    const { access: token, publicUserId } = await aUser()
    const camera = UNKNOWN_ID.toUpperCase()
    const { status, body, requestId } = await send('POST', PATH, { token, json: { camera } })
    expect([status, body.key]).toEqual([
      200,
      expect.stringMatching(`^uploads/${publicUserId}/${UNKNOWN_ID}/${UUID_V4}\\.jpeg$`),
    ])
    expect(await statementsOf(requestId)).toEqual([])
  })

  it.each(['', 'a/../b', `${UNKNOWN_ID}/..`, 5, true, []])('refuses %j as a camera', async (camera) => {
    const { access: token } = await aUser()
    expect(await send('POST', PATH, { token, json: { camera } })).toMatchObject({
      status: 400,
      body: { camera: ['Must be a valid UUID.'] },
    })
  })

  it.each([
    ['image/jpeg', 'jpeg'],
    ['image/png', 'png'],
  ])('answers a URL and a key for %s', async (type, ending) => {
    const { access: token, publicUserId } = await aUser()
    const { status, body, requestId } = await send('POST', PATH, { token, json: { 'content-type': type } })
    expect(status).toBe(200)
    expect(body).toEqual({
      url: expect.any(String),
      key: expect.stringMatching(`^uploads/${publicUserId}/${UUID_V4}\\.${ending}$`),
      expires_in: 300,
    })
    const url = new URL(body.url)
    expect(url.origin + url.pathname).toBe(`${env.S3_ENDPOINT}/${env.S3_BUCKET}/${body.key}`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': expect.stringMatching(
        `^${env.AWS_ACCESS_KEY_ID}/\\d{8}/us-east-1/s3/aws4_request$`,
      ),
      'X-Amz-Date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
      'X-Amz-Expires': '300',
      'X-Amz-SignedHeaders': 'content-type;host',
      'X-Amz-Signature': expect.stringMatching(/^[\da-f]{64}$/),
    })
    expect(await statementsOf(requestId)).toEqual([])
  })

  it('makes a new key each time', async () => {
    const { access: token } = await aUser()
    const [one, other] = [await send('POST', PATH, { token }), await send('POST', PATH, { token })]
    expect(one.body.key).not.toBe(other.body.key)
  })

  it.each([
    ['no body', {}],
    ['an empty JSON body', { body: '', headers: { 'Content-Type': 'application/json' } }],
    ['an empty body of another type', { body: '', headers: { 'Content-Type': 'text/plain' } }],
    ['an empty object', { json: {} }],
    ['unknown fields only', { json: { content_type: 'image/png', 'Content-Type': 'image/png' } }],
    ['an empty form', { body: new URLSearchParams() }],
    [
      'a field that only its prototype has',
      { json: JSON.parse('{"__proto__":{"content-type":"image/png"}}') },
    ],
  ])('takes %s for image/jpeg', async (_, options) => {
    const { access: token } = await aUser()
    const { status, body } = await send('POST', PATH, { token, ...options })
    expect([status, body.key]).toEqual([200, expect.stringMatching(/\.jpeg$/)])
  })

  it('reads the type from a form', async () => {
    const { access: token } = await aUser()
    const body = new URLSearchParams({ 'content-type': 'image/png' })
    const { status, body: answer } = await send('POST', PATH, { token, body })
    expect([status, answer.key]).toEqual([200, expect.stringMatching(/\.png$/)])
  })

  it.each([
    'image/gif',
    'IMAGE/JPEG',
    'Image/png',
    ' image/jpeg',
    'image/jpeg ',
    'image/jpeg; charset=utf-8',
    'image/jpg',
    'toString',
    '__proto__',
    'image/jpeg\0',
    '\ud800',
    '',
    null,
    0,
    1.5,
    true,
    false,
    ['image/jpeg'],
    [],
    {},
    { 'image/jpeg': 1 },
  ])('refuses %j as a content type', async (type) => {
    const { access: token } = await aUser()
    const { status, body, requestId } = await send('POST', PATH, { token, json: { 'content-type': type } })
    expect([status, body]).toEqual([400, { detail: 'Unsupported content type' }])
    expect(await statementsOf(requestId)).toEqual([])
  })

  it('refuses a file as a content type', async () => {
    const { access: token } = await aUser()
    const body = new FormData()
    body.set('content-type', new File(['image/png'], 'type.txt'))
    const { status, body: answer } = await send('POST', PATH, { token, body })
    expect([status, answer]).toEqual([400, { detail: 'Unsupported content type' }])
  })
})

describe('the account a key belongs to', () => {
  it('is looked up, in one statement, for a token of the service before this one', async () => {
    const user = await aUser()
    const { status, body, requestId } = await send('POST', PATH, { token: await anOldToken(user) })
    expect(status).toBe(200)
    expect(body.key).toMatch(new RegExp(`^uploads/${user.publicUserId}/${UUID_V4}\\.jpeg$`))
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it.each([
    'me',
    '',
    7,
    null,
    ['0195d1a0-0000-7000-8000-000000000000'],
    '../../etc',
    '{0195d1a0-0000-7000-8000-000000000000}',
  ])('is looked up where the token’s subject is %j', async (sub) => {
    const user = await aUser()
    const { status, body, requestId } = await send('POST', PATH, { token: await anOldToken(user, sub) })
    expect([status, body.key]).toEqual([200, expect.stringContaining(`/${user.publicUserId}/`)])
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('is written in small letters', async () => {
    const user = await aUser()
    const token = await anOldToken(user, user.publicUserId.toUpperCase())
    const { body, requestId } = await send('POST', PATH, { token })
    expect(body.key).toContain(`/${user.publicUserId}/`)
    expect(await statementsOf(requestId)).toEqual([])
  })

  it('must still be there for a token of the service before this one', async () => {
    const user = await aUser()
    await sql`delete from users where id = ${user.id}`
    const { status, body } = await send('POST', PATH, { token: await anOldToken(user) })
    expect([status, body]).toEqual([401, { detail: 'User not found', code: 'user_not_found' }])
  })

  it('must be active for a token of the service before this one', async () => {
    const user = await aUser({ isActive: false })
    const { status, body } = await send('POST', PATH, { token: await anOldToken(user) })
    expect([status, body]).toEqual([401, { detail: 'User is inactive', code: 'user_inactive' }])
  })
})

describe('a presigned URL', () => {
  it.each(['image/jpeg', 'image/png'])('lets an image of the type %s in', async (type) => {
    const { access: token } = await aUser()
    const { body } = await send('POST', PATH, { token, json: { 'content-type': type } })
    const image = anImage()
    expect(await upload(body.url, { 'Content-Type': type }, image)).toBe(200)
    const object = await stored(body.key)
    expect(object.headers.get('Content-Type')).toBe(type)
    expect(new Uint8Array(await object.arrayBuffer())).toEqual(image)
  })

  it.each([
    ['another type', { 'Content-Type': 'image/png' }],
    ['a type with a parameter', { 'Content-Type': 'image/jpeg; charset=utf-8' }],
    ['a page', { 'Content-Type': 'text/html' }],
    ['no type', {}],
  ])('refuses %s', async (_, headers) => {
    const { access: token } = await aUser()
    const { body } = await send('POST', PATH, { token })
    expect(await upload(body.url, headers)).toBe(403)
    expect((await stored(body.key)).status).toBe(404)
  })

  it('refuses another key', async () => {
    const [{ access: token }, neighbour] = [await aUser(), await aUser()]
    const { body } = await send('POST', PATH, { token })
    const key = `uploads/${neighbour.publicUserId}/${crypto.randomUUID()}.jpeg`
    expect(await upload(body.url.replace(body.key, key), { 'Content-Type': 'image/jpeg' })).toBe(403)
    expect((await stored(key)).status).toBe(404)
  })

  it('refuses to be made to last longer', async () => {
    const { access: token } = await aUser()
    const { body } = await send('POST', PATH, { token })
    const url = body.url.replace('X-Amz-Expires=300', 'X-Amz-Expires=3000')
    expect(url).not.toBe(body.url)
    expect(await upload(url, { 'Content-Type': 'image/jpeg' })).toBe(403)
    expect((await stored(body.key)).status).toBe(404)
  })

  it.each(['GET', 'DELETE'])('refuses a %s', async (method) => {
    const { access: token } = await aUser()
    const { body } = await send('POST', PATH, { token })
    await upload(body.url, { 'Content-Type': 'image/jpeg' })
    const { status } = await fetch(body.url, { method, headers: { 'Content-Type': 'image/jpeg' } })
    expect(status).toBe(403)
    expect((await stored(body.key)).status).toBe(200)
  })

  // The S3 server uses its own clock, so the Worker's clock is set back.
  it.each([
    ['is good', 200, 200],
    ['has expired', 301, 403],
  ])('%s %i seconds later', async (_, age, status) => {
    const user = await aUser()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - age * 1000 })
    const { access } = await issueTokens(user, settings(env, 'tokens'), Date.now())
    const { body } = await send('POST', PATH, { token: access, settings: {} })
    vi.useRealTimers()
    expect(await upload(body.url, { 'Content-Type': 'image/jpeg' })).toBe(status)
    expect((await stored(body.key)).status).toBe(status === 200 ? 200 : 404)
  })
})

describe('the signature of a presigned URL', () => {
  const aws = { ...env, S3_BUCKET: 'photos', S3_ENDPOINT: '', AWS_SESSION_TOKEN: '' }
  const key = 'uploads/019731a2-1234-7abc-8def-000000000001/5f0c2e9e-3b51-4d1e-9a53-6c1f0f3d7a10.jpeg'

  /** The URL as aws4fetch signs it with a new signer. */
  async function signedAlone(bucket: string, type: string, settings: typeof aws) {
    const signer = new AwsV4Signer({
      method: 'PUT',
      url: `${bucket}/${key}?X-Amz-Expires=300`,
      headers: { 'content-type': type },
      service: 's3',
      region: settings.S3_REGION,
      accessKeyId: settings.AWS_ACCESS_KEY_ID,
      secretAccessKey: settings.AWS_SECRET_ACCESS_KEY,
      ...(settings.AWS_SESSION_TOKEN && { sessionToken: settings.AWS_SESSION_TOKEN }),
      signQuery: true,
      allHeaders: true,
    })
    return (await signer.sign()).url.href
  }

  const atAws = 'https://s3.amazonaws.com/photos'
  const endpoint = 'https://storage.example.com:9000/a%20b/(c)'
  it.each([
    ['AWS', atAws, {}],
    ['another region', 'https://s3.eu-central-1.amazonaws.com/photos', { S3_REGION: 'eu-central-1' }],
    ['another bucket', 'https://s3.amazonaws.com/a.bucket-2', { S3_BUCKET: 'a.bucket-2' }],
    ['an endpoint with a path of its own', `${endpoint}/photos`, { S3_ENDPOINT: endpoint }],
    ['temporary credentials', atAws, { AWS_SESSION_TOKEN: 'to/ken+with=signs and spaces==' }],
    ['another access key', atAws, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' }],
    ['another secret', atAws, { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }],
  ])('is that of a signer that was made for it alone, for %s', async (_, bucket, changes) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    for (const type of ['image/jpeg', 'image/png'] as const) {
      const all = { ...aws, ...changes }
      expect(await presignUpload(key, type, settings(all, 'storage'))).toBe(
        await signedAlone(bucket, type, all),
      )
    }
  })

  it('is its own where many are asked for at once', async () => {
    const { access: token } = await aUser()
    const types = Array.from({ length: 12 }, (_, index) => (index % 2 ? 'image/png' : 'image/jpeg'))
    const uploads = await Promise.all(
      types.map(async (type) => {
        const { body } = await send('POST', PATH, { token, json: { 'content-type': type } })
        return upload(body.url, { 'Content-Type': type })
      }),
    )
    expect(uploads).toEqual(types.map(() => 200))
  })

  it('is made with the day’s own key, also by a Worker that was there the day before', async () => {
    for (const now of [Date.UTC(2026, 10, 24, 23, 59, 59), Date.UTC(2026, 10, 25)]) {
      vi.useFakeTimers({ toFake: ['Date'], now })
      const url = await presignUpload(key, 'image/jpeg', settings(aws, 'storage'))
      expect(url).toContain(`%2F${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}%2F`)
      expect(url).toBe(await signedAlone(atAws, 'image/jpeg', aws))
    }
  })
})

describe('the host of a presigned URL', () => {
  it.each([
    ['us-east-1', 'https://s3.amazonaws.com'],
    ['eu-central-1', 'https://s3.eu-central-1.amazonaws.com'],
    ['ap-southeast-2', 'https://s3.ap-southeast-2.amazonaws.com'],
  ])('is that of AWS in %s', async (S3_REGION, origin) => {
    const { url, key } = await presignWith({ S3_REGION, S3_BUCKET: 'photos', S3_ENDPOINT: '' })
    expect(url.origin + url.pathname).toBe(`${origin}/photos/${key}`)
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(
      new RegExp(`^${env.AWS_ACCESS_KEY_ID}/\\d{8}/${S3_REGION}/s3/aws4_request$`),
    )
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-type;host')
    expect(url.searchParams.get('X-Amz-Expires')).toBe('300')
    expect(url.searchParams.has('X-Amz-Security-Token')).toBe(false)
  })

  it.each([
    ['auto', 'https://account.r2.example.com'],
    ['eu-central-1', 'https://account.r2.example.com/'],
  ])('is the endpoint that is set, also in the region %s (%s)', async (S3_REGION, S3_ENDPOINT) => {
    const { url, key } = await presignWith({ S3_REGION, S3_ENDPOINT })
    expect(url.origin + url.pathname).toBe(`https://account.r2.example.com/${env.S3_BUCKET}/${key}`)
  })

  it('gets a signature for its own region', async () => {
    const { url, key } = await presignWith({ S3_REGION: 'eu-central-1' })
    expect(await upload(url, { 'Content-Type': 'image/jpeg' })).toBe(200)
    expect((await stored(key)).status).toBe(200)
  })
})

describe('a session token', () => {
  it('is signed in', async () => {
    const { url, key } = await presignWith({ AWS_SESSION_TOKEN: 'to/ken+with=signs==' })
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('to/ken+with=signs==')
    expect(await upload(url, { 'Content-Type': 'image/jpeg' })).toBe(200)
    expect((await stored(key)).status).toBe(200)
  })

  it('cannot be exchanged', async () => {
    const { url, key } = await presignWith({ AWS_SESSION_TOKEN: 'one' })
    url.searchParams.set('X-Amz-Security-Token', 'other')
    expect(await upload(url, { 'Content-Type': 'image/jpeg' })).toBe(403)
    expect((await stored(key)).status).toBe(404)
  })
})
