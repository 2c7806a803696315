import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import worker from '../../src/index.ts'
import { idOf } from '../../src/storage/moments.ts'
import { send, statementsOf } from '../support/client.ts'
import { aCamera, aDevice, aNotification, aUser, sql } from '../support/factories.ts'
import { detectionOf, record, say, STORAGE_SECRET, tell, uploadOf } from '../support/pictures.ts'
import { aPublicId } from '../support/shapes.ts'

const HEARD = { status: 202, body: {} }
const NOT_THEIRS = { status: 404, body: { detail: 'No Picture matches the given query.' } }
const eventOf = async (key: string) => (await sql`select * from events where object_key = ${key}`)[0]
const announce = (token: string, json: object) => send('POST', '/v1/events/', { token, json })

describe('the bucket says that an object was created', () => {
  it('and a picture of a camera is to be judged, in one statement', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const key = detectionOf(camera)
    const answer = await say({ Records: [record(key, 'abc123')] })
    expect(answer).toMatchObject(HEARD)
    expect(await statementsOf(answer.requestId)).toHaveLength(1)
    expect(await eventOf(key)).toMatchObject({
      bucket: env.S3_BUCKET,
      etag: 'abc123',
      owner: owner.publicUserId,
      camera: camera.publicCameraId,
      state: 'received',
      attempts: 0,
      lease: null,
      due_at: expect.any(Date),
    })
  })

  it('in Amazon EventBridge’s words', async () => {
    const key = detectionOf(await aCamera(await aUser()))
    const detail = { bucket: { name: env.S3_BUCKET }, object: { key, size: 9, etag: '"abc123"' } }
    const envelope = {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      time: '2026-04-28T12:00:00Z',
      detail,
    }
    expect(await say(envelope)).toMatchObject(HEARD)
    expect(await eventOf(key)).toMatchObject({ etag: 'abc123', state: 'received' })
  })

  it('in Cloudflare R2’s words, by a queue', async () => {
    const key = detectionOf(await aCamera(await aUser()))
    const body = {
      account: 'abc',
      action: 'PutObject',
      bucket: env.S3_BUCKET,
      object: { key, size: 9, eTag: 'abc123' },
      eventTime: '2026-04-28T12:00:00.000Z',
    }
    const batch = createMessageBatch<unknown>('scout-storage', [
      { id: '1', timestamp: new Date(), body, attempts: 1 },
      { id: '2', timestamp: new Date(), body: { ...body, action: 'DeleteObject' }, attempts: 1 },
      { id: '3', timestamp: new Date(), body: 'no word', attempts: 1 },
    ])
    const context = createExecutionContext()
    await worker.queue(batch, env, context)
    expect((await getQueueResult(batch, context)).outcome).toBe('ok')
    expect(await eventOf(key)).toMatchObject({ etag: 'abc123' })
  })

  it('twice, out of order and several at once, and each is one event', async () => {
    const camera = await aCamera(await aUser())
    const keys = [detectionOf(camera), detectionOf(camera)] as const
    const words = [keys, keys.toReversed(), [keys[0], keys[0]], [keys[1]]]
    const answers = await Promise.all(words.map((said) => tell(...said)))
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
    expect(await sql`select count(*)::int from events where camera = ${camera.publicCameraId}`).toEqual([
      { count: 2 },
    ])
  })

  it('with another tag than before, which changes nothing', async () => {
    const key = detectionOf(await aCamera(await aUser()))
    await say({ Records: [record(key, 'first')] })
    const before = await eventOf(key)
    expect(await say({ Records: [record(key, 'second')] })).toMatchObject(HEARD)
    expect(await eventOf(key)).toEqual(before)
  })

  it('of a picture that waited in the camera, and it is as old as the bucket says, at most a week', async () => {
    const camera = await aCamera(await aUser())
    const [hour, year, tomorrow] = [detectionOf(camera), detectionOf(camera), detectionOf(camera)]
    const times = {
      [hour]: Date.now() - 3_600_000,
      [year]: Date.now() - 365 * 86_400_000,
      [tomorrow]: Date.now() + 86_400_000,
    }
    const Records = Object.entries(times).map(([key, time]) =>
      record(key, 'abc', { eventTime: new Date(time).toISOString() }),
    )
    await say({ Records })
    const age = async (key: string) => {
      const { received_at, captured_at } = (await eventOf(key))!
      return Math.round((received_at.getTime() - captured_at.getTime()) / 1000)
    }
    expect(Math.abs((await age(hour)) - 3_600)).toBeLessThan(10)
    expect(await age(year)).toBe(7 * 86_400)
    expect(await age(tomorrow)).toBe(-60)
  })

  it.each([
    [
      'another bucket',
      ({ own }) => record(own, 'abc', { s3: { bucket: { name: 'other' }, object: { key: own, eTag: 'a' } } }),
    ],
    ['a deletion', ({ own }) => record(own, 'abc', { eventName: 'ObjectRemoved:Delete' })],
    ['a test', () => ({ Service: 'Amazon S3', Event: 's3:TestEvent' })],
    ['nothing', () => null],
    ['a key with a way up', ({ camera }) => record(`detection/${camera}/../${crypto.randomUUID()}.jpg`)],
    ['a key in upper case', ({ own }) => record(own.toUpperCase())],
    [
      'a key that cannot be unescaped',
      ({ own }) =>
        record(own, 'abc', {
          s3: { bucket: { name: env.S3_BUCKET }, object: { key: '%E0%A4%A', eTag: 'a' } },
        }),
    ],
    ['a camera that is none', () => record(detectionOf({ publicCameraId: crypto.randomUUID() }))],
    ['a tag with NUL', ({ own }) => record(own, 'a\0')],
    ['a tag of half a character', ({ own }) => record(own, '\ud800')],
    ['a tag without end', ({ own }) => record(own, 'a'.repeat(200))],
    ['a long key', () => record(`detection/${'a'.repeat(2_000)}`)],
  ] satisfies [string, (mine: { own: string; camera: string }) => object | null][])(
    '%s is ignored',
    async (_, word) => {
      const camera = await aCamera(await aUser())
      const own = detectionOf(camera)
      const before = await sql`select count(*)::int from events where camera = ${camera.publicCameraId}`
      expect(await say({ Records: [word({ own, camera: camera.publicCameraId })] })).toMatchObject(HEARD)
      expect(await sql`select count(*)::int from events where camera = ${camera.publicCameraId}`).toEqual(
        before,
      )
      expect(await eventOf(own)).toBeUndefined()
    },
  )

  it.each(['0000-01-01T00:00:00Z', '2026-04-28T12:00:00+23:59', 'yesterday', 5, null])(
    'with a time that is none, %j, and it is of now or of what can be read',
    async (eventTime) => {
      const key = detectionOf(await aCamera(await aUser()))
      expect(await say({ Records: [record(key, 'abc', { eventTime })] })).toMatchObject(HEARD)
      expect(await eventOf(key)).toMatchObject({ state: 'received' })
    },
  )

  it('and what is another person’s camera in a person’s folder is ignored', async () => {
    const [mallory, owner] = [await aUser(), await aUser()]
    const key = uploadOf(mallory, await aCamera(owner))
    expect(await tell(key)).toMatchObject(HEARD)
    expect(await eventOf(key)).toBeUndefined()
  })

  it('of what names no camera: it is of the one that its owner has, or of none of several', async () => {
    const [one, several] = [await aUser(), await aUser()]
    const camera = await aCamera(one)
    await aCamera(several)
    await aCamera(several)
    const [ofOne, ofSeveral] = [uploadOf(one), uploadOf(several)]
    await tell(ofOne, ofSeveral)
    expect(await eventOf(ofOne)).toMatchObject({ camera: camera.publicCameraId, state: 'received' })
    expect(await eventOf(ofSeveral)).toMatchObject({
      camera: null,
      owner: several.publicUserId,
      state: 'received',
    })
  })

  it('of a camera that is revoked, or of an account that is inactive: it is not judged', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const { id } = await aDevice({ camera })
    await sql`update devices set revoked_at = now() where id = ${id}`
    const [key, own] = [detectionOf(camera), uploadOf(owner, camera)]
    await tell(key, own)
    expect(await eventOf(key)).toMatchObject({ state: 'discarded', failure: 'device_revoked', due_at: null })
    expect(await eventOf(own)).toMatchObject({ state: 'received' })
    await sql`update users set is_active = false where id = ${owner.id}`
    const late = uploadOf(owner, camera)
    await tell(late)
    expect(await eventOf(late)).toBeUndefined()
  })

  it('of a camera that was revoked after it announced the picture: it says so', async () => {
    const camera = await aCamera(await aUser())
    const { id, access } = await aDevice({ camera })
    const key = detectionOf(camera)
    await announce(access, { key })
    await sql`update events set failure = 'missing', due_at = now() + interval '1 minute' where object_key = ${key}`
    await sql`update devices set revoked_at = now() where id = ${id}`
    await tell(key)
    expect(await eventOf(key)).toMatchObject({ state: 'discarded', failure: 'device_revoked', due_at: null })
  })

  it('of a preview: the camera has a new one', async () => {
    const camera = await aCamera(await aUser())
    expect(await tell(`preview/${camera.publicCameraId}/latest.jpg`)).toMatchObject(HEARD)
    const [row] = await sql`select preview_updated_at from camera_camera where id = ${camera.id}`
    expect(Date.now() - row!.preview_updated_at.getTime()).toBeLessThan(60_000)
  })

  it('of a clip: it is of its picture’s event, and alone makes nothing due', async () => {
    const camera = await aCamera(await aUser())
    const key = detectionOf(camera)
    const clip = key.replace('detection/', 'clips/').replace('.jpg', '.mp4')
    await tell(clip)
    expect(await eventOf(key)).toMatchObject({ state: 'received', due_at: null, etag: null, clip_key: clip })
    await tell(key)
    expect(await eventOf(key)).toMatchObject({ state: 'received', due_at: expect.any(Date), clip_key: clip })
  })

  it('of a clip after its picture was told: the notification has it too', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const key = detectionOf(camera)
    const clip = key.replace('detection/', 'clips/').replace('.jpg', '.mp4')
    await tell(key)
    const notification = await aNotification(owner, camera, { event: (await eventOf(key))!.public_event_id })
    await tell(key, clip)
    const [row] = await sql`select clip_key from notifications where public_notification_id = ${notification}`
    expect(row).toEqual({ clip_key: clip })
  })
})

describe('whoever speaks for the bucket', () => {
  const key = crypto.randomUUID()
  it.each([
    ['nothing', {}],
    ['another secret', { Authorization: 'x'.repeat(64) }],
    ['a part of it', { Authorization: STORAGE_SECRET.slice(0, -1) }],
    ['it twice', { Authorization: `${STORAGE_SECRET} ${STORAGE_SECRET}` }],
    ['it as a password', { Authorization: `Basic ${STORAGE_SECRET}` }],
  ])('is refused with %s', async (_, headers) => {
    expect(await say({ Records: [record(key)] }, { headers })).toMatchObject({
      status: 401,
      body: { detail: 'Invalid storage secret.' },
    })
  })

  it('shows the secret alone or as a bearer, or the one before it', async () => {
    const before = 'the secret before this one, of 40 bytes '
    const settings = { STORAGE_SECRET_PREVIOUS: before.trim() }
    for (const Authorization of [`Bearer ${STORAGE_SECRET}`, `bearer  ${STORAGE_SECRET}`, before.trim()])
      expect(await say({}, { headers: { Authorization }, settings })).toMatchObject(HEARD)
  })

  it('is not heard where there is no secret', async () => {
    const answer = await say({}, { settings: { STORAGE_SECRET: undefined } })
    expect(answer).toMatchObject({
      status: 503,
      body: { detail: 'This service is not set up to hear from its storage.' },
    })
  })

  it('guesses no more often than an address may', async () => {
    const headers = { Authorization: 'x'.repeat(64), 'CF-Connecting-IP': '2001:db8:77:1::1' }
    const settings = { THROTTLE: 'on' }
    const answers = await Promise.all(Array.from({ length: 130 }, () => say({}, { headers, settings })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]))
    expect((await say({}, { headers: { ...headers, Authorization: STORAGE_SECRET }, settings })).status).toBe(
      202,
    )
  })
})

describe('a camera or its owner announces a picture', () => {
  it('and gets its event, the same again however often and by whomever', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const { access } = await aDevice({ camera })
    const key = detectionOf(camera)
    const first = await announce(access, { key })
    expect(first).toMatchObject({ status: 202, body: { public_event_id: aPublicId, state: 'received' } })
    expect(await announce(access, { key })).toMatchObject({ status: 202, body: first.body })
    expect(await announce(owner.access, { key })).toMatchObject({ status: 202, body: first.body })
    await say({ Records: [record(key, 'abc123')] })
    expect(await eventOf(key)).toMatchObject({ public_event_id: first.body.public_event_id, etag: 'abc123' })
  })

  it('in one statement', async () => {
    const { access, publicCameraId } = await aDevice({ camera: await aCamera(await aUser()) })
    const { requestId } = await announce(access, { key: detectionOf({ publicCameraId }) })
    expect(await statementsOf(requestId)).toHaveLength(1)
  })

  it('and is there, as its owner sees', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const { access } = await aDevice({ camera })
    const seenAt = async () =>
      (await sql`select last_seen_at from camera_camera where id = ${camera.id}`)[0]!.last_seen_at
    await announce(owner.access, { key: detectionOf(camera) })
    expect(await seenAt()).toBeNull()
    await announce(access, { key: detectionOf(camera) })
    const first = await seenAt()
    expect(Date.now() - first.getTime()).toBeLessThan(60_000)
    await sql`update camera_camera set last_seen_at = date_trunc('minute', now()) where id = ${camera.id}`
    await announce(access, { key: detectionOf(camera) })
    expect((await seenAt()).getSeconds()).toBe(0)
  })

  it('with the time and what it found, which count until it is judged', async () => {
    const camera = await aCamera(await aUser())
    const { access } = await aDevice({ camera })
    const key = detectionOf(camera)
    await tell(key)
    const labels = [{ label: 'person', score: 0.93, box: [0, 0.25, 0.5, 1] }]
    const at = new Date(Date.now() - 60_000).toISOString()
    await announce(access, { key, captured_at: at, labels })
    expect(await eventOf(key)).toMatchObject({ captured_at: new Date(at), labels })
    await announce(access, { key })
    expect(await eventOf(key)).toMatchObject({ captured_at: new Date(at), labels })
    await sql`update events set state = 'done', due_at = null where object_key = ${key}`
    await announce(access, { key, captured_at: '2026-11-26T00:00:00Z', labels: [] })
    expect(await eventOf(key)).toMatchObject({ captured_at: new Date(at), labels, state: 'done' })
  })

  it.each([
    ['before the bucket', ['camera', 'bucket', 'judge']],
    ['while it is uploaded, and again', ['camera', 'bucket', 'camera', 'judge']],
    ['after the bucket', ['bucket', 'camera', 'judge']],
    ['after the bucket, when it is judged', ['bucket', 'judge', 'camera']],
    ['and no bucket', ['camera', 'judge']],
  ])('%s: its time and what was found count, and it waits for nobody', async (_, order) => {
    const { access, publicCameraId } = await aDevice({ camera: await aCamera(await aUser()) })
    const at = new Date(Date.now() - 3_600_000)
    const key = `detection/${publicCameraId}/${idOf(at.toISOString())}.jpg`
    const labels = [{ label: 'person', score: 0.93, box: [0, 0.25, 0.5, 1] }]
    const step = {
      bucket: () => tell(key),
      camera: () => announce(access, { key, captured_at: at.toISOString(), labels }),
      judge: () => sql`update events set state = 'done', due_at = null where object_key = ${key}`,
    }
    for (const [i, name] of order.entries()) {
      await step[name as keyof typeof step]()
      const { captured_at, due_at } = (await eventOf(key))!
      expect(captured_at).toEqual(at)
      if (i < order.indexOf('judge')) expect(due_at.getTime()).toBeLessThanOrEqual(Date.now() + 1_000)
    }
    expect(await eventOf(key)).toMatchObject({ state: 'done', labels })
  })

  it.each([
    ['ffffffff-ffff-7fff-bfff-ffffffffffff', 0],
    ['00000000-0000-7000-8000-000000000000', 7],
  ])('by a key of no time, %s, and it is %d days old', async (id, days) => {
    const { access, publicCameraId } = await aDevice({ camera: await aCamera(await aUser()) })
    const key = `detection/${publicCameraId}/${id}.jpg`
    await announce(access, { key })
    const { captured_at, received_at } = (await eventOf(key))!
    expect((received_at.getTime() - captured_at.getTime()) / 86_400_000).toBe(days)
  })

  it('by a clock that is wrong, which is believed for a week back and a minute ahead', async () => {
    const { access, publicCameraId } = await aDevice({ camera: await aCamera(await aUser()) })
    const ages = ['1970-01-01T00:00:00Z', '2999-01-01T00:00:00Z'].map(async (captured_at) => {
      const key = detectionOf({ publicCameraId })
      await announce(access, { key, captured_at })
      const row = (await eventOf(key))!
      return (row.received_at.getTime() - row.captured_at.getTime()) / 1000
    })
    expect(await Promise.all(ages)).toEqual([7 * 86_400, -60])
  })

  it('that is not theirs, and hears that there is none', async () => {
    const [owner, other] = [await aUser(), await aUser()]
    const [camera, second] = [await aCamera(owner), await aCamera(owner)]
    const { access } = await aDevice({ camera })
    const unclaimed = await aDevice()
    for (const key of [
      detectionOf(second),
      detectionOf(await aCamera(other)),
      uploadOf(owner, camera),
      'detection/..',
      '',
      `preview/${camera.publicCameraId}/latest.jpg`,
    ])
      if (key) expect(await announce(access, { key })).toMatchObject(NOT_THEIRS)
    expect(await announce(other.access, { key: detectionOf(camera) })).toMatchObject(NOT_THEIRS)
    expect(await announce(other.access, { key: uploadOf(owner) })).toMatchObject(NOT_THEIRS)
    expect(await announce(unclaimed.access, { key: detectionOf(unclaimed) })).toMatchObject(NOT_THEIRS)
    expect(await sql`select count(*)::int from events where owner = ${owner.publicUserId}`).toEqual([
      { count: 0 },
    ])
  })

  it('too early to be found, and the bucket’s first word brings it back, no second one', async () => {
    const camera = await aCamera(await aUser())
    const { access } = await aDevice({ camera })
    const key = detectionOf(camera)
    await announce(access, { key })
    const discard = () =>
      sql`update events set state = 'discarded', failure = 'missing', attempts = 4, due_at = null where object_key = ${key}`
    await discard()
    await announce(access, { key })
    expect(await eventOf(key)).toMatchObject({ state: 'discarded' })
    await say({ Records: [record(key, 'abc123')] })
    expect(await eventOf(key)).toMatchObject({
      state: 'received',
      attempts: 0,
      failure: null,
      due_at: expect.any(Date),
    })
    await discard()
    await say({ Records: [record(key, 'abc123')] })
    expect(await eventOf(key)).toMatchObject({ state: 'discarded', due_at: null })
  })

  it.each<[object, object]>([
    [{}, { key: ['This field is required.'] }],
    [{ key: 5, captured_at: 'today' }, { captured_at: [expect.stringContaining('wrong format')] }],
    [{ key: 'a', labels: 'person' }, { labels: ['Expected a list of items but got type "string".'] }],
    ...[
      { label: '', score: 1, box: [0, 0, 1, 1] },
      { label: 'a', score: 1.1, box: [0, 0, 1, 1] },
      { label: 'a', score: 1, box: [0, 0, 1] },
      { label: 'a', score: 1, box: [0, 0, 1, 2] },
      { label: 'a\0', score: 1, box: [0, 0, 1, 1] },
    ].map((label): [object, object] => [
      { key: 'a', labels: [label] },
      { labels: ['A label has a name, a score from 0 to 1, and a box of four numbers from 0 to 1.'] },
    ]),
  ])('%j is refused', async (json, faults) => {
    const { access } = await aDevice({ camera: await aCamera(await aUser()) })
    expect(await announce(access, json)).toMatchObject({ status: 400, body: faults })
  })
})
