import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDevice } from '@scout/client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { beat, preview } from '../../clients/camera/src/outbox/presence.ts'
import { sendAll } from '../../clients/camera/src/outbox/send.ts'
import { NotPaired, openDevice, pair, spoolIn } from '../../clients/camera/src/outbox/session.ts'
import { openSpool, type Upload } from '../../clients/camera/src/outbox/spool.ts'
import { aService } from './service.ts'

async function aFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
const labels = [{ label: 'cat', score: 0.9, box: [0, 0, 1, 1] }]
const item = (capturedAt: number, size = 100) => ({
  capturedAt,
  labels,
  jpeg: new Uint8Array(size).fill(capturedAt),
})
const silent = () => {}

describe('the spool', () => {
  it('gives what was put in, the oldest first, also to who opens it later', async () => {
    const folder = await aFolder()
    const spool = await openSpool(folder, 1e6, silent)
    for (const at of [3, 1, 2]) expect(await spool.add(item(at))).toBe(true)
    const again = await openSpool(folder, 1e6, silent)
    expect(await again.count()).toBe(3)
    const oldest = await again.oldest()
    expect(oldest).toMatchObject({ ...item(1), upload: null })
    const upload = { url: 'https://bucket/a/b.jpeg', key: 'a/b.jpeg', until: 1, isDone: false }
    await again.noteUpload(oldest!.name, upload)
    expect(await again.oldest()).toMatchObject({ name: oldest!.name, upload })
    await again.remove(oldest!.name)
    expect((await again.oldest())!.capturedAt).toBe(2)
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('drops the oldest where it would be too large, and says so', async () => {
    const said: string[] = []
    const spool = await openSpool(await aFolder(), 1_000, (words) => said.push(words))
    for (const at of [1, 2, 3]) await spool.add(item(at, 400))
    expect([await spool.count(), (await spool.oldest())!.capturedAt]).toEqual(
      [2, 2].map((n, i) => (i ? 2 : n)),
    )
    expect(said).toEqual([
      'The picture from 1970-01-01T00:00:00.001Z is dropped: the spool is full (0.001 MB).',
    ])
  })

  it('drops what cannot be read, and what was half written', async () => {
    const folder = await aFolder()
    const spool = await openSpool(folder, 1e6, silent)
    await writeFile(join(folder, `${'0'.repeat(15)}-x.item`), 'no JSON')
    await writeFile(join(folder, `${'0'.repeat(15)}-y.item.part`), '{')
    await writeFile(join(folder, `${'0'.repeat(15)}-z.item.upload`), '{}')
    await spool.add(item(5))
    expect((await spool.oldest())!.capturedAt).toBe(5)
    await openSpool(folder, 1e6, silent)
    expect(await readdir(folder)).toHaveLength(1)
  })

  it('says so where the folder is gone, and goes on', async () => {
    const said: string[] = []
    const folder = await aFolder()
    const spool = await openSpool(folder, 1e6, (words) => said.push(words))
    await rm(folder, { recursive: true })
    await writeFile(folder, '')
    expect(await spool.add(item(1))).toBe(false)
    expect(said).toEqual([expect.stringContaining('could not be saved: ENOTDIR')])
  })

  it('loses no picture that comes while others are sent', async () => {
    const said: string[] = []
    const spool = await openSpool(await aFolder(), 1e6, (words) => said.push(words))
    for (let at = 1; at <= 200; at++) await spool.add(item(at))
    async function sendThem() {
      for (let kept = await spool.oldest(); kept && kept.capturedAt <= 200; kept = await spool.oldest())
        await spool.remove(kept.name)
    }
    async function addMore() {
      for (let at = 201; at <= 260; at++) expect(await spool.add(item(at))).toBe(true)
    }
    await Promise.all([sendThem(), addMore()])
    expect([said, await spool.count()]).toEqual([[], 60])
  })

  it('has all that it said it has after KILL', async () => {
    const folder = await aFolder()
    const path = new URL('../../clients/camera/src/outbox/spool.ts', import.meta.url)
    const writer = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { openSpool } from '${path}'
const spool = await openSpool('${folder}', 1e9, () => {})
for (let at = 1; ; at++) { await spool.add({ capturedAt: at, labels: [], jpeg: new Uint8Array(50000) }); process.stdout.write(at + '\\n') }`,
    ])
    let text = ''
    writer.stdout.on('data', (bytes: Buffer) => (text += String(bytes)))
    await vi.waitFor(() => expect(text.split('\n').length).toBeGreaterThan(20), { timeout: 20_000 })
    const gone = new Promise((done) => writer.once('exit', done))
    writer.kill('SIGKILL')
    await gone
    const spool = await openSpool(folder, 1e9, silent)
    expect(await spool.count()).toBeGreaterThanOrEqual(text.trim().split('\n').length)
    expect((await spool.oldest())!.jpeg).toHaveLength(50_000)
  })
})

/** Sends the spool until it is empty or the test stops it. */
async function sent(
  answer: Parameters<typeof aService>[0],
  captured = [1, 2, 3],
  until = 0,
  noted?: (url: string) => Upload,
) {
  const said: string[] = []
  const spool = await openSpool(await aFolder(), 1e6, silent)
  for (const at of captured) await spool.add(item(at))
  const service = await aService(answer)
  if (noted) await spool.noteUpload((await spool.oldest())!.name, noted(service.url))
  const device = createDevice({ baseUrl: service.url, deviceToken: 'scd_x', wait: () => Promise.resolve() })
  const stop = new AbortController()
  const sending = sendAll(spool, device, {
    say: (words) => said.push(words),
    stop: stop.signal,
    pauses: [0.01],
    idleInMs: 5,
  })
  await vi.waitFor(async () => expect(await spool.count()).toBe(until), { timeout: 10_000 })
  if (until > 0) await vi.waitFor(() => expect(said).not.toEqual([]), { timeout: 10_000 })
  stop.abort()
  await sending
  const announced = service.of('POST /v1/events/').map(({ body }) => JSON.parse(body))
  return { said, service, announced }
}
const times = (announced: { captured_at: string }[]) =>
  announced.map(({ captured_at }) => Date.parse(captured_at))

describe('sending', () => {
  it('uploads and announces in order, with the true times and what was found', async () => {
    const { announced } = await sent(() => 200)
    expect(announced[0]).toEqual({ key: 'key-0', captured_at: '1970-01-01T00:00:00.001Z', labels })
    expect(times(announced)).toEqual([1, 2, 3])
  })

  it.each([400, 403, 404, 413, 422])(
    'drops one that is refused by %d, after a second try, and never the others',
    async (status) => {
      const { announced, said, service } = await sent((what) => (/put\/[01]$/.test(what) ? status : 200))
      expect(times(announced)).toEqual([2, 3])
      expect(said.at(-1)).toMatch(/^A picture was refused and is dropped/)
      expect(service.of('PUT')).toHaveLength(4)
    },
  )

  it('takes another URL where storage refused one, as after a jump of the clock', async () => {
    const { announced } = await sent((what) => (what === 'PUT /put/0' ? 403 : 200))
    expect(times(announced)).toEqual([1, 2, 3])
    expect(announced[0].key).toBe('key-1')
  })

  it.each([408, 425, 429, 500, 503])('loses nothing to %d', async (status) => {
    const { announced } = await sent((what, count) => (what.startsWith('PUT') || count > 4 ? 200 : status))
    expect(times(announced).slice(-3)).toEqual([1, 2, 3])
  })

  it('uploads once where only the announcement failed', async () => {
    const { service } = await sent(
      (what, count) => (what.startsWith('POST /v1/events') && count < 4 ? 503 : 200),
      [1],
    )
    expect(service.of('PUT')).toHaveLength(1)
    expect(new Set(service.of('POST /v1/events/').map(({ body }) => body)).size).toBe(1)
  })

  it('uploads to the same URL again where the answer was lost, or the camera was killed before it', async () => {
    const { service, announced } = await sent(
      (what, count) => (what.startsWith('PUT') && count < 6 ? 503 : 200),
      [1],
    )
    expect(service.of('POST /v1/cameras/presigned_upload_url/')).toHaveLength(1)
    expect(announced.map(({ key }) => key)).toEqual(['key-0'])

    const noted = { key: 'noted', until: Date.now() + 60_000, isDone: false }
    const killed = await sent(
      () => 200,
      [1],
      0,
      (url) => ({ ...noted, url: `${url}/put/noted` }),
    )
    expect(killed.service.of('PUT').map(({ what }) => what)).toEqual(['PUT /put/noted'])
    expect(killed.announced.map(({ key }) => key)).toEqual(['noted'])
  })

  it('does not upload again what was refused only when it was announced', async () => {
    const { service, said } = await sent((what) => (what.startsWith('POST /v1/events') ? 403 : 200), [1])
    expect(service.of('PUT')).toHaveLength(1)
    expect(service.of('POST /v1/events/')).toHaveLength(2)
    expect(said.at(-1)).toMatch(/refused/)
  })

  it.each([
    ['is there already', { isDone: true, until: 0 }, []],
    ['has a URL that expired', { isDone: false, until: 0 }, ['PUT /put/0']],
  ])('of a picture that %s', async (_, upload, put) => {
    const noted = (url: string) => ({ key: 'noted', url: `${url}/put/noted`, ...upload })
    const { service, announced } = await sent(() => 200, [1], 0, noted)
    expect(service.of('PUT').map(({ what }) => what)).toEqual(put)
    expect(announced.map(({ key }) => key)).toEqual([put.length > 0 ? 'key-0' : 'noted'])
  })

  it('keeps everything of a camera that was revoked', async () => {
    const { said, service } = await sent(() => 401, [1, 2], 2)
    expect(said).toEqual(['Sending failed, trying again later: no 401'])
    expect(service.of('PUT')).toEqual([])
  })
})

describe('pairing', () => {
  const about = { model: 'Test', version: '1.0' }

  it('keeps the token where only its own user reads it', async () => {
    const folder = await aFolder()
    const { url } = await aService(() => 201)
    await expect(openDevice(folder)).rejects.toThrow(NotPaired)
    expect(await pair(folder, url, 'K7QM3WPD', about)).toEqual({ public_camera_id: 'id', location: 'Door' })
    expect((await stat(join(folder, 'device.json'))).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(join(folder, 'device.json'), 'utf8')).deviceToken).toBe('scd_0')
  })

  it('shows the same nonce again where the answer was lost, and another to pair anew', async () => {
    const folder = await aFolder()
    const { url, of } = await aService((_, count) => (count === 0 ? 400 : 201))
    await expect(pair(folder, url, 'K7QM3WPD', about)).rejects.toThrow()
    await pair(folder, url, 'K7QM3WPD', about)
    await pair(folder, url, 'AAAA2222', about)
    const nonces = of('POST /v1/cameras/pair/').map(({ body }) => JSON.parse(body).nonce)
    expect(nonces[0]).toMatch(/^[\w-]{43}$/)
    expect([nonces[1] === nonces[0], nonces[2] === nonces[0]]).toEqual([true, false])
  })

  it('leaves no picture of the earlier owner to the next, also while the program runs', async () => {
    const [folder, said] = [await aFolder(), [] as string[]]
    const { url } = await aService((what, count) => (what.endsWith('/pair/') && count === 1 ? 400 : 201))
    await pair(folder, url, 'K7QM3WPD', about)
    const spool = await openSpool(spoolIn(folder), 1e6, (words) => said.push(words))
    await spool.add(item(1))
    await expect(pair(folder, url, 'WRONG222', about)).rejects.toThrow()
    expect(await spool.count()).toBe(1)
    await pair(folder, url, 'AAAA2222', about)
    expect([await spool.count(), await spool.oldest()]).toEqual([0, null])
    expect(await spool.add(item(2))).toBe(true)
    expect((await (await openSpool(spoolIn(folder), 1e6, silent)).oldest())!.capturedAt).toBe(2)
    expect(said).toEqual([])
  })

  it('leaves a paired camera its token where another code is refused', async () => {
    const folder = await aFolder()
    const { url } = await aService((what, count) => (what.endsWith('/pair/') && count > 0 ? 400 : 201))
    await pair(folder, url, 'K7QM3WPD', about)
    await expect(pair(folder, url, 'WRONG222', about)).rejects.toThrow()
    await (await openDevice(folder)).getDeviceAccess()
    expect(JSON.parse(await readFile(join(folder, 'device.json'), 'utf8')).deviceToken).toBe('scd_0')
  })
})

it('says that it is there, again and again, also after it could not', async () => {
  const { url, of } = await aService((what, count) => (what.includes('heartbeat') && count === 0 ? 400 : 200))
  const stop = new AbortController()
  const said: string[] = []
  const device = createDevice({ baseUrl: url, deviceToken: 'scd_x' })
  const beating = beat(device, async () => ({ version: '1.0', spooled: 2 }), {
    say: (words) => said.push(words),
    stop: stop.signal,
    everyInMs: 10,
  })
  await vi.waitFor(() => expect(of('POST /v1/cameras/heartbeat').length).toBeGreaterThan(2))
  stop.abort()
  await beating
  expect(JSON.parse(of('POST /v1/cameras/heartbeat')[1]!.body)).toMatchObject({ version: '1.0', spooled: 2 })
  expect(said).toEqual(['Heartbeat failed: no 400'])
})

describe('a camera', () => {
  const jpeg = new Uint8Array(100)

  it('says nothing and shows nothing while it has no pictures', async () => {
    const { url, of } = await aService(() => 200)
    const stop = new AbortController()
    const present = { say: silent, stop: stop.signal, everyInMs: 10 }
    const device = createDevice({ baseUrl: url, deviceToken: 'scd_x' })
    let isSeeing = false
    let asked = 0
    const beside = [
      beat(device, async () => (asked++, isSeeing ? { version: '1.0' } : null), present),
      preview(device, () => (isSeeing ? jpeg : null), present),
    ]
    await vi.waitFor(() => expect(asked).toBeGreaterThan(3))
    expect(of('')).toEqual([])
    isSeeing = true
    await vi.waitFor(() => expect(of('POST /v1/cameras/update_preview_time')).not.toEqual([]))
    expect(of('POST /v1/cameras/heartbeat')).not.toEqual([])
    stop.abort()
    await Promise.all(beside)
  })

  it('that was revoked says so once, not every minute', async () => {
    const { url } = await aService(() => 401)
    const stop = new AbortController()
    const said: string[] = []
    const present = { say: (words: string) => said.push(words), stop: stop.signal, everyInMs: 10 }
    const device = createDevice({ baseUrl: url, deviceToken: 'scd_x' })
    const beside = [
      beat(device, async () => ({ version: '1.0' }), present),
      preview(device, () => jpeg, present),
    ]
    await vi.waitFor(() => expect(said).toHaveLength(2))
    await new Promise((done) => setTimeout(done, 300))
    stop.abort()
    await Promise.all(beside)
    expect(said.sort()).toEqual(['Heartbeat failed: no 401', 'Preview failed: no 401'])
  })
})
