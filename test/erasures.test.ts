import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, inject, it, vi } from 'vitest'
import worker from '../src/index.ts'
import { type Settings as Parts, settings } from '../src/settings.ts'
import { deleteAll } from '../src/storage/bucket.ts'
import { signedIn } from './support/browser.ts'
import { type Options, newAddress, newRequestId } from './support/client.ts'
import { aCamera, aDatabase, aDevice, aUser, type Camera, type User } from './support/factories.ts'
import { objectAt, storage } from './support/pictures.ts'

const put = async (keys: string[]) => {
  for (const key of keys)
    expect((await storage.fetch(objectAt(key), { method: 'PUT', body: 'a picture' })).ok).toBe(true)
}
/** The objects among these that exist. */
const left = async (keys: string[]) => {
  const answers = await Promise.all(keys.map((key) => storage.fetch(objectAt(key), { method: 'HEAD' })))
  return keys.filter((_, index) => answers[index]!.status === 200)
}

type Track = Awaited<ReturnType<typeof aDatabase>>

/** Sends a request, and waits for the work after its answer. */
async function sendAndWait(
  track: Track,
  method: string,
  path: string,
  user: User,
  changes: Options['settings'] = {},
) {
  const headers = {
    Authorization: `Bearer ${user.access}`,
    'CF-Connecting-IP': newAddress(),
    'X-Request-Id': newRequestId(),
  }
  const context = createExecutionContext()
  const request = new Request(new URL(path, 'https://scout.test'), { method, headers })
  const answer = await worker.fetch(request, { ...env, ...track.settings, ...changes } as Env, context)
  await waitOnExecutionContext(context)
  return answer.status
}

const picturesOf = ({ publicUserId }: User, { publicCameraId: id }: Camera) => [
  `detection/${id}/one.jpg`,
  `preview/${id}/latest.jpg`,
  `clips/${id}/one.mp4`,
  `uploads/${publicUserId}/${id}/one.jpeg`,
]

async function aHousehold() {
  const track = await aDatabase()
  const owner = await aUser({}, track.sql)
  const [camera, other] = [await aCamera(owner, 'Porch', track.sql), await aCamera(owner, 'Attic', track.sql)]
  const [gone, kept] = [picturesOf(owner, camera), picturesOf(owner, other)]
  await put([...gone, ...kept])
  const pending = () => track.sql`select prefix from erasures where done_at is null`
  return { track, owner, camera, gone, kept, pending }
}

const byTheClock = (track: Track, at = Date.now()) =>
  worker.scheduled(
    createScheduledController({ scheduledTime: at }),
    { ...env, ...track.settings } as Env,
    createExecutionContext(),
  )

it('erases the pictures of a camera that is deleted, at once and again when URLs for uploads are over', async () => {
  const { track, owner, camera, gone, kept, pending } = await aHousehold()

  expect(await sendAndWait(track, 'DELETE', `/v1/cameras/${camera.publicCameraId}/`, owner)).toBe(204)

  expect(await left([...gone, ...kept])).toEqual(kept)
  expect(await pending()).toHaveLength(5)
  await put(gone)
  await byTheClock(track)
  expect(await left(gone)).toEqual(gone)
  await track.sql`update erasures set due_at = now() where done_at is null`
  await byTheClock(track)
  expect(await left([...gone, ...kept])).toEqual(kept)
  expect(await pending()).toEqual([])
})

it('erases also those of a camera that only its events know: without its name in the key, or of an earlier owner', async () => {
  const { track, owner, camera, kept } = await aHousehold()
  const earlier = await aUser({}, track.sql)
  const folder = `uploads/${owner.publicUserId}`
  const [own, theirs] = [
    `${folder}/one.jpeg`,
    `uploads/${earlier.publicUserId}/${camera.publicCameraId}/one.jpeg`,
  ]
  const [others, unknown] = [`${folder}/other.jpeg`, `${folder}/unknown.jpeg`]
  await put([own, theirs, others, unknown])
  const told = async (key: string, of: string | null, user = owner) =>
    track.sql`insert into events (bucket, object_key, owner, camera, captured_at, received_at)
      values (${env.S3_BUCKET}, ${key}, ${user.publicUserId}, ${of}, now(), now())`
  await told(own, camera.publicCameraId)
  await told(theirs, camera.publicCameraId, earlier)
  await told(others, crypto.randomUUID())
  await told(unknown, null)

  expect(await sendAndWait(track, 'DELETE', `/v1/cameras/${camera.publicCameraId}/`, owner)).toBe(204)

  expect(await left([own, theirs, others, unknown, ...kept])).toEqual([others, unknown, ...kept])
})

it('erases whatever an account and its cameras uploaded when it is deleted', async () => {
  const { track, owner, gone, kept } = await aHousehold()
  const stranger = await aUser({}, track.sql)
  const [old, theirs] = [
    `uploads/${owner.publicUserId}/old.jpeg`,
    `uploads/${stranger.publicUserId}/old.jpeg`,
  ]
  await put([old, theirs])

  expect(await sendAndWait(track, 'DELETE', `/v1/user/${owner.publicUserId}/`, owner)).toBe(204)

  expect(await left([...gone, ...kept, old, theirs])).toEqual([theirs])
})

it('erases nothing where nothing was deleted', async () => {
  const { track, camera, gone, pending } = await aHousehold()
  const stranger = await aUser({}, track.sql)

  expect(await sendAndWait(track, 'DELETE', `/v1/cameras/${camera.publicCameraId}/`, stranger)).toBe(404)

  expect(await left(gone)).toEqual(gone)
  expect(await pending()).toEqual([])
})

it('erases once a day what cameras of nobody uploaded', async () => {
  const { track, owner, kept } = await aHousehold()
  const [{ publicCameraId }, { publicCameraId: claimed }] = [
    await aDevice({}, track.sql),
    await aDevice({ camera: await aCamera(owner, 'Loft', track.sql) }, track.sql),
  ]
  await track.sql`update devices set device_token_used_at = now()`
  const [gone, stays] = [`detection/${publicCameraId}/one.jpg`, `detection/${claimed}/one.jpg`]
  await put([gone, stays])
  await byTheClock(track, Date.UTC(2030, 0, 1, 4, 17))
  expect(await left([gone])).toEqual([gone])

  await byTheClock(track, Date.UTC(2030, 0, 1, 3, 17))
  await byTheClock(track, Date.UTC(2030, 0, 1, 4, 17))

  expect(await left([gone, stays, ...kept])).toEqual([stays, ...kept])
})

it('erases in the night what cameras of nobody uploaded before they were revoked, and does not go on for ever', async () => {
  const { track } = await aHousehold()
  const [lately, long] = [await aDevice({}, track.sql), await aDevice({}, track.sql)]
  await track.sql`update devices set revoked_at = now() - interval '20 hours' where id = ${lately.id}`
  await track.sql`update devices set revoked_at = now() - interval '3 days' where id = ${long.id}`

  await byTheClock(track, Date.UTC(2030, 0, 1, 3, 17))

  const erasures = await track.sql`select distinct prefix from erasures order by prefix`
  expect(erasures.map(({ prefix }) => prefix)).toEqual(
    ['clips', 'detection', 'preview'].map((folder) => `${folder}/${lately.publicCameraId}/`),
  )
})

it.each([
  ['cameras', '/admin/camera/camera/', 'camera', false],
  ['accounts', '/admin/users/user/', 'owner', true],
] as const)('erases pictures where staff delete %s', async (_, list, row, isAll) => {
  const { track, gone, kept, ...rows } = await aHousehold()
  const staff = await aUser({ isStaff: true, isSuperuser: true }, track.sql)
  const browser = await signedIn(staff, track.settings)

  expect((await browser.submit(`${list}${rows[row].id}/delete/`, { post: 'yes' })).status).toBe(302)

  await vi.waitUntil(async () => (await left(gone)).length === 0, { timeout: 10_000, interval: 50 })
  if (isAll)
    await vi.waitUntil(async () => (await left(kept)).length === 0, { timeout: 10_000, interval: 50 })
  else expect(await left(kept)).toEqual(kept)
})

it('is done later where the storage fails, and says so without a key', async () => {
  const { track, owner, camera, gone, pending } = await aHousehold()
  const logged = vi.spyOn(console, 'error').mockReturnValue()

  const path = `/v1/cameras/${camera.publicCameraId}/`
  expect(await sendAndWait(track, 'DELETE', path, owner, { AWS_SECRET_ACCESS_KEY: 'another' })).toBe(204)

  expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)))).toEqual(
    Array.from({ length: 4 }, () => ({ event: 'erasure_failed', name: 'Error', status: 403 })),
  )
  // No event names a picture in a folder of accounts: that one is done.
  expect(await pending()).toHaveLength(9)
  await track.sql`update erasures set due_at = now() where due_at > now() + interval '45 minutes'`
  await byTheClock(track)
  expect(await left(gone)).toEqual([])
  expect(await pending()).toHaveLength(5)
})

it('waits for no storage that never answers', async () => {
  const id = crypto.randomUUID()
  const script = JSON.stringify({ id, steps: [{ isSilent: true }] })
  await fetch(`${inject('receiver')}/script`, { method: 'POST', body: script })
  const silent = { ...env, S3_ENDPOINT: `${inject('receiver')}/${id}` }
  const storage = settings(silent, 'storage')
  await expect(deleteAll('preview/', storage, Date.now() + 500)).rejects.toMatchObject({
    name: 'TimeoutError',
  })
})

it('lets one prefix that fails keep nothing else waiting, and tries it again behind the others', async () => {
  const { track, gone } = await aHousehold()
  await track.sql`
    insert into erasures (prefix, due_at)
    select 'uploads/' || i || '/', now() - interval '1 day' from generate_series(1, 120) i`
  await track.sql`
    insert into erasures (prefix, due_at) values (${gone[0]!.replace('one.jpg', '')}, now() - interval '1 hour')`
  const logged = vi.spyOn(console, 'error').mockReturnValue()
  await worker.scheduled(
    createScheduledController(),
    {
      ...env,
      ...track.settings,
      AWS_SECRET_ACCESS_KEY: 'another',
    } as Env,
    createExecutionContext(),
  )
  const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)))
  expect(lines.filter(({ event }) => event === 'erasure_failed')).toHaveLength(121)
  expect(await track.sql`select from erasures where due_at <= now() and done_at is null`).toEqual([])
  await track.sql`update erasures set due_at = now() - interval '1 day'`

  await byTheClock(track)

  expect(await track.sql`select from erasures where done_at is null`).toEqual([])
  expect(await left([gone[0]!])).toEqual([])
})

it('says so where something has been due for more than a day, also where each hour tries it again', async () => {
  const { track } = await aHousehold()
  const logged = vi.spyOn(console, 'error').mockReturnValue()
  const linesOf = async () => {
    logged.mockClear()
    await byTheClock(track)
    return logged.mock.calls.map(([line]) => JSON.parse(String(line)))
  }
  const write = (prefix: string, due: string, done: string | null = null) => track.sql`
    insert into erasures (prefix, due_at, done_at)
    values (${prefix}, now() - ${due}::interval, now() - ${done}::interval)`

  await write('uploads/soon/', '23 hours')
  await write('uploads/later/', '-30 minutes')
  await write('uploads/done/', '2 days', '2 days')
  await track.sql`update erasures set id = id - 1000 where prefix = 'uploads/done/'`
  expect(await linesOf()).toEqual([])

  await write('uploads/never-taken/', '25 hours')
  expect(await linesOf()).toEqual([{ event: 'erasure_late', count: 1 }])
  expect(await linesOf()).toEqual([])

  await write('uploads/tried-each-hour/', '-30 minutes')
  await write('uploads/written-after-it/', '26 hours', '25 hours')
  // Two: what is due later, of the first lines, is by its number older than a day as well.
  expect(await linesOf()).toEqual([{ event: 'erasure_late', count: 2 }])
})

it('deletes more objects than one request lists, and none whose key only begins alike', async () => {
  const folder = `uploads/${crypto.randomUUID()}`
  const keys = Array.from({ length: 1_003 }, (_, i) => `${folder}/${i}.jpeg`)
  const alike = `${folder}-not/0.jpeg`
  for (let i = 0; i < keys.length; i += 100)
    await Promise.all(keys.slice(i, i + 100).map((url) => put([url])))
  await put([alike])
  const parts: Parts['storage'] = settings(env, 'storage')

  expect(await deleteAll(`${folder}/`, parts, Date.now() - 1)).toBe(false)
  expect(await left([keys[0]!])).toEqual([keys[0]!])
  expect(await deleteAll(`${folder}/`, parts, Date.now() + 30_000)).toBe(true)

  expect(await left([...keys.slice(0, 3), ...keys.slice(-3), alike])).toEqual([alike])
})
