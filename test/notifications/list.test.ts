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
    const event = crypto.randomUUID()
    const rule = crypto.randomUUID()
    const columns = {
      event,
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
})
