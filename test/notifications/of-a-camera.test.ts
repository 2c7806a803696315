import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { settings } from '../../src/settings.ts'
import { presignUpload } from '../../src/storage/presign.ts'
import { send } from '../support/client.ts'
import { aCamera, aNotification, aUser, sql } from '../support/factories.ts'
import { aMoment, UNKNOWN_ID } from '../support/shapes.ts'

const NO_CAMERA = { detail: 'No Camera matches the given query.' }
const NO_NOTIFICATION = { detail: 'No Notification matches the given query.' }

async function aHousehold() {
  const owner = await aUser()
  const camera = await aCamera(owner)
  return { owner, camera, token: owner.access, path: `/v1/cameras/${camera.publicCameraId}/notifications/` }
}

/** A strict app's decoder of a page: the fields it names with their types, or null where allowed. */
function decode({ next, previous, results }: any) {
  for (const cursor of [next, previous]) if (cursor !== null) expect(cursor).toEqual(expect.any(String))
  for (const result of results) {
    const { public_notification_id, public_camera_id, rule_nicknames, created_at, ...urls } = result
    for (const text of [public_notification_id, public_camera_id, created_at])
      expect(text).toEqual(expect.any(String))
    expect(rule_nicknames.every((name: unknown) => typeof name === 'string')).toBe(true)
    for (const url of [urls.detection_preview_url, urls.video_clip_url])
      if (url !== null) expect(url).toEqual(expect.any(String))
  }
  return { next, ids: results.map((result: any) => result.public_notification_id) }
}

describe('the notifications of a camera', () => {
  it('are none at first', async () => {
    const { token, path } = await aHousehold()
    const { status, body } = await send('GET', path, { token })
    expect([status, body]).toEqual([200, { next: null, previous: null, results: [] }])
  })

  it('are listed ten at a time, the newest first, and stay so while new ones come', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const ids: string[] = []
    for (let i = 0; i < 21; i++) ids.unshift(await aNotification(owner, camera))
    const first = decode((await send('GET', path, { token })).body)
    await aNotification(owner, camera)
    const second = decode((await send('GET', `${path}?cursor=${first.next}`, { token })).body)
    const third = decode((await send('GET', `${path}?cursor=${second.next}`, { token })).body)
    expect([first.ids, second.ids, third.ids]).toEqual([ids.slice(0, 10), ids.slice(10, 20), ids.slice(20)])
    expect(third.next).toBe(null)
  })

  it('are answered as they are stored, their picture and clip by URLs that can be read', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const [image_key, clip_key] = [
      `detection/${camera.publicCameraId}/a.jpg`,
      `clips/${camera.publicCameraId}/a.mp4`,
    ]
    for (const [key, type] of [
      [image_key, 'image/jpeg'],
      [clip_key, 'video/mp4'],
    ] as const) {
      const url = await presignUpload(key, type, settings(env, 'storage'))
      expect((await fetch(url, { method: 'PUT', body: key, headers: { 'Content-Type': type } })).ok).toBe(
        true,
      )
    }
    const id = await aNotification(owner, camera, {
      image_key,
      clip_key,
      rule_nicknames: ['Fox', 'Füchse 🦊'],
    })
    const { body } = await send('GET', path, { token })
    expect(body.results).toEqual([
      {
        public_notification_id: id,
        public_camera_id: camera.publicCameraId,
        rule_nicknames: ['Fox', 'Füchse 🦊'],
        detection_preview_url: expect.stringMatching(/\.jpg\?/),
        video_clip_url: expect.stringMatching(/\.mp4\?/),
        created_at: aMoment,
        public_event_id: null,
        public_event_ids: [],
        kind: 'match',
        title: camera.location,
        body: 'Fox',
        public_rule_ids: [],
        count: 1,
        importance: 'normal',
        captured_at: null,
        seen_at: null,
      },
    ])
    const [result] = body.results
    expect(await (await fetch(result.detection_preview_url)).text()).toBe(image_key)
    expect(await (await fetch(result.video_clip_url)).text()).toBe(clip_key)
    expect((await send('GET', `${path}${id}/`, { token })).body).toEqual(result)
  })

  it('are only newer ones than `since`', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const [old, newer] = [await aNotification(owner, camera), await aNotification(owner, camera)]
    expect(decode((await send('GET', `${path}?since=${old}`, { token })).body).ids).toEqual([newer])
    expect(decode((await send('GET', `${path}?since=${newer}`, { token })).body).ids).toEqual([])
  })

  it.each(['yesterday', '', '1', `${UNKNOWN_ID}x`])('have no cursor and no beginning of %j', async (text) => {
    const { token, path } = await aHousehold()
    const cursor = await send('GET', `${path}?cursor=${text}`, { token })
    expect([cursor.status, cursor.body]).toEqual([404, { detail: 'Invalid cursor' }])
    const since = await send('GET', `${path}?since=${text}`, { token })
    expect([since.status, since.body]).toEqual([400, { detail: 'Invalid since parameter.' }])
  })

  it('come with a tag, by which nothing comes again where nothing changed', async () => {
    const { owner, camera, token, path } = await aHousehold()
    await aNotification(owner, camera)
    const { headers } = await send('GET', path, { token })
    expect(headers.get('Cache-Control')).toBe('private, no-cache')
    const ask = () => send('GET', path, { token, headers: { 'If-None-Match': headers.get('ETag')! } })
    const again = await ask()
    expect([again.status, again.body]).toEqual([304, null])
    await aNotification(owner, camera)
    expect((await ask()).status).toBe(200)
  })

  it('are not those of whoever had it before', async () => {
    const { owner, camera, path } = await aHousehold()
    const id = await aNotification(owner, camera)
    const next = await aUser()
    await sql`update camera_camera set owner_id = ${next.id} where id = ${camera.id}`
    expect(decode((await send('GET', path, { token: next.access })).body).ids).toEqual([])
    expect((await send('GET', `${path}${id}/`, { token: next.access })).body).toEqual(NO_NOTIFICATION)
    expect((await send('GET', path, { token: owner.access })).body).toEqual(NO_CAMERA)
  })
})

describe('a camera of somebody else, or none,', () => {
  it.each([
    ['GET', ''],
    ['GET', `${UNKNOWN_ID}/`],
    ['POST', 'clear/'],
  ])('has no notifications for %s %s', async (method, rest) => {
    const { owner, camera, path } = await aHousehold()
    const id = await aNotification(owner, camera)
    const { access: token } = await aUser({ isStaff: true, isSuperuser: true })
    const json = method === 'POST' ? { json: { public_notification_ids: [id] } } : {}
    for (const at of [path, `/v1/cameras/${UNKNOWN_ID}/notifications/`]) {
      const { status, body } = await send(method, at + rest, { token, ...json })
      expect([status, body]).toEqual([404, NO_CAMERA])
    }
    expect(decode((await send('GET', path, { token: owner.access })).body).ids).toEqual([id])
  })
})

describe('clearing', () => {
  const clear = ({ path, token }: { path: string; token: string }, public_notification_ids: unknown) =>
    send('POST', `${path}clear/`, { token, json: { public_notification_ids } })

  it('takes notifications off the list, and counts those that were off it too', async () => {
    const household = await aHousehold()
    const { owner, camera, token, path } = household
    const [one, two, kept] = [
      await aNotification(owner, camera),
      await aNotification(owner, camera),
      await aNotification(owner, camera),
    ]
    const foreign = await aNotification(owner, await aCamera(owner))
    expect((await clear(household, [one])).body).toEqual({ cleared_count: 1 })
    const { status, body } = await clear(household, [one, two, two.toUpperCase(), UNKNOWN_ID, foreign])
    expect([status, body]).toEqual([200, { cleared_count: 2 }])
    expect(decode((await send('GET', path, { token })).body).ids).toEqual([kept])
    expect((await send('GET', `${path}${one}/`, { token })).body).toEqual(NO_NOTIFICATION)
    expect(
      await sql`select from notifications where public_notification_id = ${foreign} and cleared_at is null`,
    ).toHaveLength(1)
  })

  it.each([
    [undefined, 'This field is required.'],
    [null, 'This field may not be null.'],
    [[], 'This list may not be empty.'],
    ['all', 'Expected a list of items but got type "string".'],
    [{}, 'Expected a list of items but got type "object".'],
    [[UNKNOWN_ID, 'x'], 'Must be a valid UUID.'],
    [[null], 'This field may not be null.'],
    [[[UNKNOWN_ID]], 'Must be a valid UUID.'],
  ])('refuses %j', async (ids, words) => {
    const { status, body } = await clear(await aHousehold(), ids)
    expect([status, body]).toEqual([400, { public_notification_ids: [words] }])
  })

  it('refuses more than a thousand', async () => {
    const { status, body } = await clear(
      await aHousehold(),
      Array.from({ length: 1001 }, () => UNKNOWN_ID),
    )
    const words = ['Ensure this field has no more than 1000 elements.']
    expect([status, body]).toEqual([400, { public_notification_ids: words }])
  })
})

describe('an iPhone', () => {
  const aPhone = () => crypto.randomUUID().replaceAll('-', '').repeat(2)
  const register = (token: string, apns_device_id: unknown) =>
    send('POST', '/v1/users/apns_token/', { token, json: { apns_device_id } })
  const phonesOf = async (id: number) =>
    (await sql`select address from push_targets where owner_id = ${id} and kind = 'apns' order by id`).map(
      ({ address }) => address,
    )

  it('belongs to the account that registered it last, once', async () => {
    const [first, second] = [await aUser(), await aUser()]
    const phone = aPhone()
    for (const user of [first, first, second, second]) {
      const { status, body } = await register(user.access, user === second ? phone.toUpperCase() : phone)
      expect([status, body]).toEqual([200, { message: 'APNs token updated successfully' }])
    }
    expect([await phonesOf(first.id), await phonesOf(second.id)]).toEqual([[], [phone]])
  })

  it('is one of several, and of more than 20 the one that registered longest ago makes room', async () => {
    const user = await aUser()
    const phones = Array.from({ length: 22 }, aPhone)
    for (const phone of phones) expect((await register(user.access, phone)).status).toBe(200)
    expect(await phonesOf(user.id)).toEqual(phones.slice(2))
  })

  it('is none where the app has no token yet', async () => {
    const user = await aUser()
    expect((await register(user.access, null)).status).toBe(200)
    expect(await phonesOf(user.id)).toEqual([])
  })

  it.each([
    ['', 'This field may not be blank.'],
    ['not hexadecimal', 'Enter a valid value.'],
    ['a'.repeat(256), 'Ensure this field has no more than 255 characters.'],
    [true, 'Not a valid string.'],
  ])('is refused: %j', async (token, words) => {
    const { status, body } = await register((await aUser()).access, token)
    expect([status, body]).toEqual([400, { apns_device_id: [words] }])
  })

  it('goes with its account', async () => {
    const user = await aUser()
    await register(user.access, aPhone())
    expect((await send('DELETE', `/v1/user/${user.publicUserId}/`, { token: user.access })).status).toBe(204)
    expect(await phonesOf(user.id)).toEqual([])
  })
})
