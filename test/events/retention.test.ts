import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import {
  aCamera,
  aDatabase,
  anEvent,
  aNotification,
  aRule,
  aUser,
  aVerdict,
  type Camera,
  type User,
} from '../support/factories.ts'
import { objectAt, put, storage } from '../support/pictures.ts'
import { UNKNOWN_ID } from '../support/shapes.ts'

type Track = Awaited<ReturnType<typeof aDatabase>>

const isThere = async (key: string) => (await storage.fetch(objectAt(key), { method: 'HEAD' })).ok
const hourly = (track: Track, changes: object = {}) =>
  worker.scheduled(
    createScheduledController(),
    { ...env, ...track.settings, ...changes } as Env,
    { waitUntil: () => {} } as unknown as ExecutionContext,
  )
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

async function aHousehold(db?: Track) {
  const track = db ?? (await aDatabase())
  const owner = await aUser({}, track.sql)
  const camera = await aCamera(owner, 'Porch', track.sql)
  return { track, owner, camera, rule: await aRule(owner, camera, 'A fox', 'Fox', track.sql) }
}

/** An event this many days old, with its picture and clip in the bucket. */
async function anOldEvent(track: Track, owner: User, camera: Camera, days: number, columns: object = {}) {
  const id = crypto.randomUUID()
  const [picture, clip] = [
    `detection/${camera.publicCameraId}/${id}.jpg`,
    `clips/${camera.publicCameraId}/${id}.mp4`,
  ]
  await put(picture, 'a picture')
  await put(clip, 'a clip', 'video/mp4')
  const dates = { received_at: ago(days), captured_at: ago(days), clip_at: ago(days) }
  const event = await anEvent(
    owner,
    camera,
    { object_key: picture, clip_key: clip, ...dates, ...columns },
    track.sql,
  )
  return { event, picture, clip, keys: [picture, clip] }
}
const left = async ({ sql }: Track) =>
  (
    await sql`
      select array(select public_event_id from events order by id) as events,
        array(select event from verdicts order by event) as verdicts,
        array(select public_notification_id from notifications order by id) as notifications`
  )[0]

describe('each hour', () => {
  it('forgets what is older than it is kept, with verdicts, notifications and objects', async () => {
    const { track, owner, camera, rule } = await aHousehold()
    const [old, young] = [
      await anOldEvent(track, owner, camera, 30.1),
      await anOldEvent(track, owner, camera, 29.9),
    ]
    for (const { event } of [old, young]) await aVerdict(event, rule, {}, track.sql)
    await aNotification(owner, camera, { event: old.event, created_at: ago(30.1) }, track.sql)
    const kept = await aNotification(owner, camera, { event: young.event, created_at: ago(29.9) }, track.sql)
    for (const days of [30.1, 29.9])
      await track.sql`
        insert into deliveries (notification, target, owner, kind, state, created_at)
        values (${kept}, uuidv7(), ${owner.publicUserId}, 'ntfy', 'sent', ${ago(days)})`

    await hourly(track)
    expect(await track.sql`select from deliveries where owner = ${owner.publicUserId}`).toHaveLength(1)

    expect(await left(track)).toEqual({
      events: [young.event],
      verdicts: [young.event],
      notifications: [kept],
    })
    expect(await Promise.all([...old.keys, ...young.keys].map(isThere))).toEqual([false, false, true, true])
  })

  it('goes by how long this deployment keeps them', async () => {
    const { track, owner, camera } = await aHousehold()
    const { event } = await anOldEvent(track, owner, camera, 5)
    await hourly(track, { EVENT_RETENTION_DAYS: '6' })
    expect(await left(track)).toMatchObject({ events: [event] })
    await hourly(track, { EVENT_RETENTION_DAYS: '4' })
    expect(await left(track)).toMatchObject({ events: [] })
  })

  it('forgets no row whose objects could not be deleted, and does it in the next', async () => {
    const { track, owner, camera, rule } = await aHousehold()
    const { event, keys } = await anOldEvent(track, owner, camera, 31)
    await aVerdict(event, rule, {}, track.sql)
    const logged = vi.spyOn(console, 'error').mockReturnValue()

    await expect(hourly(track, { AWS_SECRET_ACCESS_KEY: 'another' })).rejects.toThrow('scheduled work failed')

    expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual([
      { event: 'scheduled_failed', work: 'retention', name: 'Error' },
    ])
    expect(await left(track)).toMatchObject({ events: [event], verdicts: [event] })
    await hourly(track)
    expect(await left(track)).toMatchObject({ events: [], verdicts: [] })
    expect(await Promise.all(keys.map(isThere))).toEqual([false, false])
  })

  it('forgets more than go at once', async () => {
    const { track, owner, camera } = await aHousehold()
    await track.sql`
      insert into events (bucket, object_key, owner, camera, captured_at, received_at, state)
      select ${env.S3_BUCKET}, 'detection/' || ${camera.publicCameraId} || '/' || i, ${owner.publicUserId}, ${camera.publicCameraId},
        now() - interval '40 days', now() - interval '40 days', 'done'
      from generate_series(1, 1203) i`
    await hourly(track)
    expect(await left(track)).toMatchObject({ events: [] })
  })

  it('leaves objects of another bucket, which was this service’s once', async () => {
    const { track, owner, camera } = await aHousehold()
    const { keys } = await anOldEvent(track, owner, camera, 31, { bucket: 'another' })
    await hourly(track)
    expect(await left(track)).toMatchObject({ events: [] })
    expect(await Promise.all(keys.map(isThere))).toEqual([true, true])
  })

  it('forgets events and notifications of accounts that are gone, whoever deleted them', async () => {
    const home = await aHousehold()
    const { track } = home
    const away = await aHousehold(track)
    const [stays, goes, waits] = [
      await anOldEvent(track, home.owner, home.camera, 0),
      await anOldEvent(track, away.owner, away.camera, 0),
      await anOldEvent(track, away.owner, away.camera, 0, { state: 'received', due_at: ago(0) }),
    ]
    for (const { event } of [stays, goes]) await aVerdict(event, home.rule, {}, track.sql)
    const kept = await aNotification(home.owner, home.camera, {}, track.sql)
    const lost = await aNotification(away.owner, away.camera, {}, track.sql)
    await track.sql`
      insert into deliveries (notification, target, owner, kind, state, created_at)
      select id, uuidv7(), ${home.owner.publicUserId}, 'ntfy', 'sent', now() from unnest(${[kept, lost]}::uuid[]) as id`
    // As the former service does it.
    await track.sql`delete from users where id = ${away.owner.id}`

    await hourly(track)

    expect(await left(track)).toEqual({
      events: [stays.event],
      verdicts: [stays.event],
      notifications: [kept],
    })
    expect(await track.sql`select notification from deliveries`).toEqual([{ notification: kept }])
    expect(await Promise.all([...goes.keys, ...waits.keys, ...stays.keys].map(isThere))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ])
  })

  it('finds accounts that are gone among many, however many events each has', async () => {
    const { track, owner } = await aHousehold()
    await track.sql`
      insert into events (bucket, object_key, owner, captured_at, received_at, state)
      select 'another', i::text || '/' || j, case when i % 3 = 0 then ${owner.publicUserId}::uuid
        else ('0195d1a0-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid end, now(), now(), 'done'
      from generate_series(1, 30) i, generate_series(1, 40) j`
    await hourly(track)
    const [counted] = await track.sql`select count(*)::int, count(distinct owner)::int as owners from events`
    expect(counted).toEqual({ count: 400, owners: 1 })
  })

  it('forgets clips of a day ago that told nobody, and keeps those of what did', async () => {
    const { track, owner, camera, rule } = await aHousehold()
    const events = {
      untold: await anOldEvent(track, owner, camera, 1.1),
      fresh: await anOldEvent(track, owner, camera, 0.9),
      told: await anOldEvent(track, owner, camera, 1.1),
      joined: await anOldEvent(track, owner, camera, 1.1),
      coolingDown: await anOldEvent(track, owner, camera, 1.1),
      waiting: await anOldEvent(track, owner, camera, 1.1, { state: 'received', due_at: ago(0) }),
      clipAlone: await anOldEvent(track, owner, camera, 1.1, { state: 'received' }),
    }
    await aNotification(owner, camera, { event: events.told.event, clip_key: events.told.clip }, track.sql)
    await aVerdict(events.joined.event, rule, {}, track.sql)
    await aVerdict(events.coolingDown.event, rule, { skipped: 'cooling_down' }, track.sql)

    await hourly(track)

    const rows =
      await track.sql`select public_event_id, clip_key, clip_at is null as is_forgotten from events`
    for (const [name, { event, clip, picture }] of Object.entries(events)) {
      const isKept = ['fresh', 'told', 'joined', 'waiting'].includes(name)
      expect([name, await isThere(clip), await isThere(picture)]).toEqual([name, isKept, true])
      expect([name, rows.find(({ public_event_id: id }) => id === event)]).toEqual([
        name,
        { public_event_id: event, clip_key: isKept ? clip : null, is_forgotten: !isKept },
      ])
    }
  })

  it('forgets how many pictures were judged two days ago', async () => {
    const { track } = await aHousehold()
    await track.sql`
      insert into usage (subject, since, judged)
      select ${UNKNOWN_ID}::uuid, now() - i * interval '1 day', i from unnest(array[1.9, 2.1]) i`
    await hourly(track)
    expect(await track.sql`select judged from usage`).toEqual([{ judged: 2 }])
  })

  it('deletes nothing where the storage is not set up right', async () => {
    const { track, owner, camera } = await aHousehold()
    const { event } = await anOldEvent(track, owner, camera, 31)
    vi.spyOn(console, 'error').mockReturnValue()
    await hourly(track, { S3_BUCKET: '' })
    expect(await left(track)).toMatchObject({ events: [event] })
  })
})
