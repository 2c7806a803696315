import { describe, expect, it } from 'vitest'
import { send } from '../support/client.ts'
import { aCamera, aNotification, aUser, sql } from '../support/factories.ts'
import { aMoment, UNKNOWN_ID } from '../support/shapes.ts'

const PATH = '/v1/notifications/'

async function aHousehold() {
  const owner = await aUser()
  return {
    owner,
    door: await aCamera(owner, 'Door'),
    yard: await aCamera(owner, 'Yard'),
    token: owner.access,
  }
}
const idsOf = (list: { public_notification_id: string }[]) => list.map((one) => one.public_notification_id)

describe('the notifications of all cameras', () => {
  it('are listed with all that is known of them, the newest first', async () => {
    const { owner, door, yard, token } = await aHousehold()
    const old = await aNotification(owner, yard, { image_key: `detection/${yard.publicCameraId}/a.jpg` })
    const [event, other] = [crypto.randomUUID(), crypto.randomUUID()]
    const rule = crypto.randomUUID()
    const columns = {
      event,
      event_ids: [other, event],
      rule_ids: [rule],
      importance: 'time_sensitive',
      count: 3,
      captured_at: new Date(),
    }
    const newest = await aNotification(owner, door, columns)
    const ofNone = await aNotification(owner, door, { camera: null, kind: 'limited', title: 'Scout' })
    await aNotification(await aUser(), yard)
    const { status, body, headers } = await send('GET', PATH, { token })

    expect(status).toBe(200)
    expect(idsOf(body)).toEqual([ofNone, newest, old])
    expect(body[1]).toEqual({
      public_notification_id: newest,
      public_camera_id: door.publicCameraId,
      rule_nicknames: ['Fox'],
      detection_preview_url: null,
      video_clip_url: null,
      created_at: aMoment,
      public_event_id: event,
      public_event_ids: [other, event],
      kind: 'match',
      title: 'Door',
      body: 'Fox',
      public_rule_ids: [rule],
      count: 3,
      importance: 'time_sensitive',
      captured_at: aMoment,
      seen_at: null,
    })
    expect(body[0]).toMatchObject({ public_camera_id: null, kind: 'limited' })
    expect(body[2].detection_preview_url).toMatch(/\.jpg\?.*X-Amz-Signature=/)
    const again = await send('GET', PATH, { token, headers: { 'If-None-Match': headers.get('ETag')! } })
    expect([again.status, again.body]).toEqual([304, null])
  })

  it('are paged, and narrowed by camera and kind', async () => {
    const { owner, door, yard, token } = await aHousehold()
    const doors: string[] = []
    for (let i = 0; i < 3; i++) doors.unshift(await aNotification(owner, door))
    const offline = await aNotification(owner, yard, { kind: 'offline' })
    const first = await send('GET', `${PATH}?limit=2`, { token })
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(first.headers.get('Link')!)!
    const second = await send('GET', next, { token })

    expect([idsOf(first.body), idsOf(second.body)]).toEqual([[offline, doors[0]], doors.slice(1)])
    expect(second.headers.get('Link')).toBe(null)
    expect(idsOf((await send('GET', `${PATH}?camera=${door.publicCameraId}`, { token })).body)).toEqual(doors)
    expect(idsOf((await send('GET', `${PATH}?kind=offline&camera=`, { token })).body)).toEqual([offline])
    expect(await send('GET', `${PATH}?kind=loud`, { token })).toMatchObject({
      status: 400,
      body: { kind: ['"loud" is not a valid choice.'] },
    })
  })

  it('show no picture of a camera that is another’s now, nor on a page of more than 50', async () => {
    const { owner, door, token } = await aHousehold()
    const image_key = `detection/${door.publicCameraId}/a.jpg`
    await aNotification(owner, door, { image_key })
    const pictures = async () =>
      (await send('GET', PATH, { token })).body.map(
        (one: { detection_preview_url: string }) => one.detection_preview_url,
      )
    expect(await pictures()).toEqual([expect.stringContaining(image_key)])
    const other = await aUser()
    await sql`update camera_camera set owner_id = ${other.id} where id = ${door.id}`
    expect(await pictures()).toEqual([null])
    await sql`update camera_camera set owner_id = ${owner.id} where id = ${door.id}`
    for (let i = 0; i < 50; i++) await aNotification(owner, door, { image_key })
    expect(new Set(await pictures())).toEqual(new Set([null]))
  })

  it('are seen and cleared by their ids, a stranger’s not', async () => {
    const { owner, door, token } = await aHousehold()
    const ids = [await aNotification(owner, door), await aNotification(owner, door)]
    const stranger = await aUser()
    const strange = await aNotification(stranger, door)
    const json = { public_notification_ids: [...ids, strange, UNKNOWN_ID] }

    expect(await send('POST', `${PATH}seen/`, { token, json })).toMatchObject({ body: { seen_count: 2 } })
    const list = (await send('GET', PATH, { token })).body
    expect(list.map((one: { seen_at: string }) => one.seen_at)).toEqual([aMoment, aMoment])
    expect(await send('POST', `${PATH}seen/`, { token, json })).toMatchObject({ body: { seen_count: 2 } })
    expect((await send('GET', PATH, { token })).body).toEqual(list)
    expect(await send('POST', `${PATH}clear/`, { token, json })).toMatchObject({ body: { cleared_count: 2 } })
    expect((await send('GET', PATH, { token })).body).toEqual([])
    const [untouched] = await sql`
      select seen_at, cleared_at from notifications where public_notification_id = ${strange}`
    expect(untouched).toEqual({ seen_at: null, cleared_at: null })
  })

  it('are narrowed by rule, by whether they were seen, and by when they were told', async () => {
    const { owner, door, yard, token } = await aHousehold()
    const [fox, parcel] = [crypto.randomUUID(), crypto.randomUUID()]
    const at = (time: string) => ({ public_notification_id: aV7(time), created_at: time })
    const seen_at = new Date()
    const old = await aNotification(owner, door, { ...at('2026-04-26T12:00:00Z'), rule_ids: [fox], seen_at })
    const mid = await aNotification(owner, door, { ...at('2026-04-27T12:00:00Z'), rule_ids: [parcel, fox] })
    const new_ = await aNotification(owner, yard, { ...at('2026-04-28T12:00:00Z'), rule_ids: [parcel] })
    const listed = async (query: string) => idsOf((await send('GET', `${PATH}?${query}`, { token })).body)

    expect(await listed(`rule=${fox}`)).toEqual([mid, old])
    expect(await listed(`rule=${fox}&camera=${yard.publicCameraId}`)).toEqual([])
    expect(await listed(`rule=${crypto.randomUUID()}`)).toEqual([])
    expect(await listed('unseen=true')).toEqual([new_, mid])
    expect(await listed('unseen=false')).toEqual([old])
    expect(await listed(`unseen=true&rule=${fox}&limit=1`)).toEqual([mid])
    expect(await listed('from=2026-04-27T12:00:00Z')).toEqual([new_, mid])
    expect(await listed('to=2026-04-27T12:00:00Z')).toEqual([old])
    expect(await listed('from=2026-04-27T14:00:00%2B02:00&to=2026-04-28T12:00:00Z')).toEqual([mid])
    expect(await send('GET', `${PATH}?from=monday&unseen=perhaps&rule=fox`, { token })).toMatchObject({
      status: 400,
      body: {
        from: [expect.stringMatching('^Datetime has wrong format')],
        unseen: ['Must be a valid boolean.'],
        rule: ['Must be a valid UUID.'],
      },
    })
  })

  it('are unseen among the newest 1,000, those of others aside', async () => {
    const { owner, door, token } = await aHousehold()
    const stranger = await aUser()
    const [oldest] = [await aNotification(owner, door), await aNotification(owner, door)]
    await sql`
      insert into notifications (owner, camera, kind, rule_ids, rule_nicknames, title, body, created_at, seen_at)
      select case when n > 998 then ${stranger.publicUserId}::uuid else ${owner.publicUserId}::uuid end, ${door.publicCameraId},
        'match', '{}', '{}', 'Door', '', now(), now() from generate_series(1, 1500) as n`
    const unseen = async () => idsOf((await send('GET', `${PATH}?unseen=true`, { token })).body)

    expect(await unseen()).toHaveLength(2)
    const newest = await aNotification(owner, door)
    expect(await unseen()).toEqual([newest, expect.not.stringContaining(oldest)])
  })
})

describe('one notification', () => {
  it('is found by its id alone, as the list has it', async () => {
    const { owner, door, token } = await aHousehold()
    const id = await aNotification(owner, door, { image_key: `detection/${door.publicCameraId}/a.jpg` })
    const { status, body, headers } = await send('GET', `${PATH}${id}/`, { token })

    expect([status, headers.get('Cache-Control')]).toEqual([200, 'private, no-cache'])
    expect([body]).toEqual((await send('GET', PATH, { token })).body)
    expect(body.detection_preview_url).toMatch(/\.jpg\?.*X-Amz-Signature=/)
    const again = await send('GET', `${PATH}${id}/`, {
      token,
      headers: { 'If-None-Match': headers.get('ETag')! },
    })
    expect([again.status, again.body]).toEqual([304, null])
  })

  it('is not found where it is a stranger’s, was cleared, or never was', async () => {
    const { owner, door, token } = await aHousehold()
    const strange = await aNotification(await aUser(), door)
    const cleared = await aNotification(owner, door, { cleared_at: new Date() })
    for (const id of [strange, cleared, UNKNOWN_ID])
      expect(await send('GET', `${PATH}${id}/`, { token })).toMatchObject({
        status: 404,
        body: { detail: 'No Notification matches the given query.' },
      })
  })

  it('has no picture of a camera that is another’s now', async () => {
    const { owner, door, token } = await aHousehold()
    const id = await aNotification(owner, door, { image_key: `detection/${door.publicCameraId}/a.jpg` })
    await sql`update camera_camera set owner_id = ${(await aUser()).id} where id = ${door.id}`
    const { body } = await send('GET', `${PATH}${id}/`, { token })

    expect(body).toMatchObject({ public_notification_id: id, title: 'Door', detection_preview_url: null })
  })
})

/** An id as Postgres generates it at that time. */
const aV7 = (time: string) => {
  const moment = Date.parse(time).toString(16).padStart(12, '0')
  return `${moment.slice(0, 8)}-${moment.slice(8)}-7000-${crypto.randomUUID().slice(19)}`
}
