import { describe, expect, it } from 'vitest'
import { send } from './support/client.ts'
import { aDevice, aNotification, aUser, newEmail, PASSWORD, sql } from './support/factories.ts'

/** The app's decoder for a value. It rejects the whole answer if a field is missing or has another type. */
type Decoder = (value: unknown, at: string) => void

const fail = (at: string, value: unknown): never => {
  throw new Error(`${at} cannot be decoded: ${JSON.stringify(value)}`)
}
const text: Decoder = (value, at) => void (typeof value === 'string' || fail(at, value))
const flag: Decoder = (value, at) => void (typeof value === 'boolean' || fail(at, value))
const maybe =
  (decode: Decoder): Decoder =>
  (value, at) =>
    value === null || value === undefined || decode(value, at)
const list =
  (decode: Decoder): Decoder =>
  (value, at) =>
    Array.isArray(value) ? value.forEach((one, i) => decode(one, `${at}[${i}]`)) : fail(at, value)
const object =
  (fields: Record<string, Decoder>): Decoder =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(at, value)
    for (const [name, decode] of Object.entries(fields))
      decode((value as Record<string, unknown>)[name], `${at}.${name}`)
  }

const CAMERA = object({
  public_camera_id: text,
  location: text,
  camera_preview_url: maybe(text),
  preview_updated_at: maybe(text),
})
const RULE = object({ public_rule_id: text, rule: text, rule_nickname: text, is_enabled: flag })
const PAGE = object({
  next: maybe(text),
  previous: maybe(text),
  results: list(
    object({
      public_notification_id: text,
      public_camera_id: text,
      rule_nicknames: list(text),
      detection_preview_url: maybe(text),
      video_clip_url: maybe(text),
      created_at: text,
    }),
  ),
})
/** Either `detail`, or texts by field: the app cannot show any other refusal. */
const REFUSAL: Decoder = (value, at) => {
  const body = value as Record<string, unknown>
  if ('detail' in body && Object.keys(body).length === 1) return text(body.detail, at)
  for (const [field, words] of Object.entries(body)) list(text)(words, `${at}.${field}`)
}

/** Sends the app's requests, and decodes the answers as it does. */
async function ask(
  method: string,
  path: string,
  token: string | undefined,
  json: object | undefined,
  decode: Decoder,
) {
  const headers = { Accept: '*/*', 'User-Agent': 'MagPieCam/1 CFNetwork/1568.300.101 Darwin/24.2.0' }
  const { status, body } = await send(method, path, {
    headers,
    ...(token !== undefined && { token }),
    ...(json && { json }),
  })
  const what = `${method} ${path}`
  // It reads only the status of a 401.
  if (status >= 300 && status !== 401) REFUSAL(body, what)
  else if (status < 300) decode(body, what)
  return { status, body }
}

const ANYTHING: Decoder = () => {}

describe('the app in the field', () => {
  it('goes through its day', async () => {
    const email = newEmail()
    const registration = { first_name: 'Jane', last_name: 'Doe', email, password: PASSWORD }
    const SESSION = object({
      user: object({ public_user_id: text, username: text }),
      access: text,
      refresh: text,
    })
    const PAIR = object({ access: text, refresh: text })
    expect((await ask('POST', '/v1/auth/register/', undefined, registration, SESSION)).status).toBe(201)
    const credentials = { email, username: email, password: PASSWORD }
    const { body: signedIn } = await ask('POST', '/v1/auth/token/', undefined, credentials, PAIR)
    const { refresh } = signedIn
    // The app refreshes several times at once with one token.
    const all = await Promise.all(
      [1, 2, 3].map(() =>
        ask('POST', '/v1/auth/token/refresh/', undefined, { refresh }, object({ access: text })),
      ),
    )
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200])
    const token = all[0]!.body.access as string

    expect((await ask('GET', '/v1/cameras/', token, undefined, list(CAMERA))).body).toEqual([])
    const { claimToken: claim_token } = await aDevice()
    const claim = { claim_token, location: 'Porch' }
    const claimed = await ask('POST', '/v1/cameras/claim/', token, claim, object({ public_camera_id: text }))
    const id = claimed.body.public_camera_id as string
    const path = `/v1/cameras/${id}/`
    await ask('PUT', path, token, { location: 'Garden' }, CAMERA)
    const cameras = await ask('GET', '/v1/cameras/', token, undefined, list(CAMERA))
    expect(cameras.body).toMatchObject([{ public_camera_id: id, location: 'Garden' }])

    const rule = { rule: 'a cat on the counter', rule_nickname: 'Cat', is_enabled: true }
    const added = await ask('POST', `${path}rules/`, token, rule, RULE)
    const rulePath = `${path}rules/${added.body.public_rule_id}/`
    await ask('PUT', rulePath, token, { ...rule, is_enabled: false }, RULE)
    const rules = await ask('GET', `${path}rules/`, token, undefined, list(RULE))
    expect(rules.body).toMatchObject([{ ...rule, is_enabled: false }])
    expect((await ask('DELETE', rulePath, token, undefined, ANYTHING)).status).toBe(204)

    const phone = { apns_device_id: crypto.randomUUID().replaceAll('-', '').repeat(2) }
    expect((await ask('POST', '/v1/users/apns_token/', token, phone, ANYTHING)).status).toBe(200)
    expect((await ask('GET', `${path}notifications/`, token, undefined, PAGE)).body.results).toEqual([])
    const [row] = await sql`select id::int, public_user_id, email from users where email = ${email}`
    const owner = { id: row!.id, publicUserId: row!.public_user_id, email, access: token, refresh }
    const camera = { id: 0, publicCameraId: id, location: 'Garden' }
    for (let i = 0; i < 11; i++) await aNotification(owner, camera)
    const first = await ask('GET', `${path}notifications/`, token, undefined, PAGE)
    const cursor = encodeURIComponent(first.body.next)
    const second = await ask('GET', `${path}notifications/?cursor=${cursor}`, token, undefined, PAGE)
    const loaded = [...first.body.results, ...second.body.results]
    expect(loaded).toHaveLength(11)
    const cleared = { public_notification_ids: loaded.map((one) => one.public_notification_id) }
    expect((await ask('POST', `${path}notifications/clear/`, token, cleared, ANYTHING)).status).toBe(200)
    expect((await ask('GET', `${path}notifications/`, token, undefined, PAGE)).body.results).toEqual([])
  })

  it('can show each refusal, and stays signed in but for the 401 of a refresh', async () => {
    const wrong = { email: newEmail(), password: 'wrong-password-7' }
    expect((await ask('POST', '/v1/auth/token/', undefined, wrong, ANYTHING)).status).toBe(401)
    const twice = { first_name: '', last_name: '', email: 'no address', password: '1234' }
    const refused = await ask('POST', '/v1/auth/register/', undefined, twice, ANYTHING)
    expect([refused.status, Object.keys(refused.body)]).toEqual([400, ['email', 'password']])
    const { status } = await ask('POST', '/v1/auth/token/refresh/', undefined, { refresh: 'over' }, ANYTHING)
    expect(status).toBe(401)
  })

  it('finds no live view, which it tries for a while', async () => {
    const { access: token } = await aUser()
    const path = '/v1/cameras/0195d1a0-0000-7000-8000-000000000001/streaming/start/'
    expect((await send('POST', path, { token })).status).toBe(404)
  })
})
