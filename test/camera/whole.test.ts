import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, createDevice, type DeviceOptions } from '@scout/client'
import { Client } from 'pg'
import { unstable_readConfig as readConfig } from 'wrangler'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { makeOwner, startBucketAndJudge } from '../../bench/kit/pictures.ts'
import { PASSWORD } from '../../bench/kit/world.ts'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import type { Act } from '../../clients/camera/src/frames/film.ts'
import { sendAll } from '../../clients/camera/src/outbox/send.ts'
import { openSpool } from '../../clients/camera/src/outbox/spool.ts'
import { buildWorker } from '../../stack/bundle.ts'
import { freePorts, listen } from '../../stack/net.ts'
import { startTelling } from '../../stack/object-created.ts'
import { startWorkerd } from '../../stack/workerd.ts'

const bindings = inject('bindings')
const name = `camera_${randomUUID().replaceAll('-', '')}`
const url = new URL(`/${name}`, bindings.DATABASE_URL).href
const server = new Client({ connectionString: new URL('/postgres', bindings.DATABASE_URL).href })
const database = new Client({ connectionString: url })
const [port = 0] = await freePorts(1)
const service = `http://127.0.0.1:${port}`
let parts: Awaited<ReturnType<typeof startBucketAndJudge>>
let telling: ReturnType<typeof startTelling>
/** Whether the bucket notifies at once after a put, before the camera announces it. */
let isTelling = true
let judged = 0
let start: () => Promise<void>
let end: () => Promise<void>

beforeAll(async () => {
  await server.connect()
  await server.query(`create database ${name} template scout_empty strategy file_copy`)
  await database.connect()
  const storage = {
    S3_BUCKET: bindings.S3_BUCKET!,
    AWS_ACCESS_KEY_ID: bindings.AWS_ACCESS_KEY_ID!,
    AWS_SECRET_ACCESS_KEY: bindings.AWS_SECRET_ACCESS_KEY!,
  }
  parts = await startBucketAndJudge(
    storage,
    (document) => void (isTelling && telling.tell(document)),
    () => (judged++, { verdicts: ['yes'] }),
  )
  telling = startTelling(parts.bindings.STORAGE_SECRET)
  telling.to(service)
  const { script } = await buildWorker('camera')
  const { vars } = readConfig({ config: 'wrangler.toml' })
  const own = { ...parts.bindings, DATABASE_URL: url, THROTTLE: 'off' }
  const scout = { script, port, bindings: { ...vars, ...bindings, ...own } }
  // Always at the same position.
  start = async () => {
    const worker = await startWorkerd({ scout })
    end = () => worker[Symbol.asyncDispose]()
  }
  await start()
}, 60_000)

afterAll(async () => {
  await end()
  await telling.stop()
  await parts[Symbol.asyncDispose]()
  await database.end()
  await server.query(`drop database ${name} with (force)`)
  await server.end()
}, 30_000)

/** A user with a pairing code. */
async function anOwner(location: string) {
  const { email } = await makeOwner(service, [])
  const owner = createClient({ baseUrl: service })
  await owner.signIn({ email, password: PASSWORD })
  return { owner, code: (await owner.createPairingCode({ location })).pairing_code }
}

const anyone = { rule: 'Alert when anyone shows up', rule_nickname: 'Anyone', cooldown_in_seconds: 0 }

async function aFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const eventsOf = async (camera: string) =>
  (
    await database.query(
      'select state, attempts, labels, captured_at from events where camera = $1 order by captured_at',
      [camera],
    )
  ).rows

/** A network camera that shows an empty scene until `play`, then the film, then no more pictures. */
async function aCamera(acts: Act[]) {
  const played = new AbortController()
  let isOver = false
  const options = { seed: 1, fps: 5, width: 640, height: 360, isRealTime: true }
  const server = createServer(async (_, response) => {
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' })
    const stop = new AbortController()
    response.on('close', () => stop.abort())
    async function show(acts: Act[], until: AbortSignal) {
      for await (const { jpeg } of demo({ ...options, acts })(until))
        response.write(Buffer.concat([Buffer.from('--b\r\n\r\n'), jpeg]))
    }
    if (isOver) return
    await show([{ kind: 'lamp', from: 600, to: 600 }], AbortSignal.any([stop.signal, played.signal]))
    await show(acts, stop.signal)
    isOver = true
  })
  onTestFinished(() => void (server.close(), server.closeAllConnections()))
  return { source: `http://127.0.0.1:${await listen(server, 0)}/`, play: () => played.abort() }
}

/** Runs the camera program. */
function camera(...args: string[]) {
  const child = spawn(process.execPath, ['clients/camera/src/cli.ts', ...args])
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (said += String(bytes)))
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    said: () => said,
    exited: new Promise((done) => child.once('exit', done)),
    kill: () => child.kill('SIGTERM'),
  }
}

it(
  'sends who comes by to be judged, and loses nothing while the service is down',
  {
    timeout: 120_000,
  },
  async () => {
    const { owner, code } = await anOwner('Garden')
    const folder = await aFolder()
    const { source, play } = await aCamera([
      { kind: 'person', from: 1, to: 6, enter: -0.3, leave: 1.3 },
      { kind: 'cat', from: 7, to: 12, enter: 1.3, leave: -0.3 },
    ])

    const paired = camera('pair', code, '--service', service, '--folder', folder)
    expect(await paired.exited).toBe(0)
    expect(paired.said()).toBe('Paired as camera «Garden». If the program is running, restart it.\n')
    const { public_camera_id: id } = (await owner.listCameras()).find(
      ({ location }) => location === 'Garden',
    )!
    await owner.createRule(id, anyone)
    const running = camera('run', '--source', source, '--folder', folder)
    const seen = () =>
      database.query('select beats, preview_updated_at from camera_camera where public_camera_id = $1', [id])
    await vi.waitFor(
      async () =>
        expect((await seen()).rows[0]).toMatchObject({ beats: true, preview_updated_at: expect.anything() }),
      { timeout: 30_000, interval: 100 },
    )

    await end()
    play()
    await vi.waitFor(() => expect(running.said()).toMatch(/A person, \d+ % certain[^]*Sending failed/), {
      timeout: 60_000,
    })
    expect(await readdir(join(folder, 'spool'))).not.toEqual([])
    await start()

    await vi.waitFor(
      async () => {
        const events = await eventsOf(id)
        expect(events.map(({ state }) => state)).toEqual(['done', 'done'])
        expect(events.map(({ labels }) => labels[0]?.label)).toEqual(['person', 'cat'])
      },
      { timeout: 80_000, interval: 200 },
    )
    // The log has the times of the pictures, and each was judged at the first attempt.
    for (const { captured_at, attempts } of await eventsOf(id)) {
      expect(running.said()).toContain(captured_at.toISOString())
      expect(attempts).toBe(1)
    }
    running.kill()
    expect(await running.exited).toBe(0)
    expect(await readdir(join(folder, 'spool'))).toEqual([])
  },
)

describe('a picture of an hour ago', () => {
  const HOUR_AGO = Date.now() - 3_600_000
  const labels = [{ label: 'person', score: 0.9, box: [0.1, 0.2, 0.3, 0.6] }]

  /** Sends an item through a simulated network and returns the result. */
  async function sent(through: DeviceOptions['fetch']) {
    const { owner, code } = await anOwner('Yard')
    const folder = await aFolder()
    const said: string[] = []
    const spool = await openSpool(folder, 1e7, (words) => said.push(words))
    const device = createDevice({ baseUrl: service, fetch: through!, wait: () => Promise.resolve() })
    const nonce = randomUUID().replaceAll('-', '').padEnd(43, 'A')
    const { public_camera_id: id } = await device.pairDevice({ pairing_code: code, nonce })
    await owner.createRule(id, anyone)
    await spool.add({ capturedAt: HOUR_AGO, labels, jpeg: await readFile('scripts/photos/person.jpg') })
    const stop = new AbortController()
    const before = judged
    const sending = sendAll(spool, device, {
      say: (words) => said.push(words),
      stop: stop.signal,
      pauses: [0.05],
      idleInMs: 5,
    })
    const from = performance.now()
    await vi.waitFor(
      async () => expect((await eventsOf(id)).at(-1)).toMatchObject({ state: 'done', labels }),
      {
        timeout: 20_000,
        interval: 20,
      },
    )
    const tookInMs = performance.now() - from
    await vi.waitFor(async () => expect(await spool.count()).toBe(0))
    stop.abort()
    await sending
    return {
      events: await eventsOf(id),
      notifications: await owner.listNotifications(),
      said,
      tookInMs,
      judged: judged - before,
    }
  }
  const isPut = (init: RequestInit = {}) => init.method === 'PUT'
  /** A network that handles the first uploads in a given way, and the others normally. */
  const firstUploads = (count: number, instead: (url: string, init: RequestInit) => Promise<Response>) => {
    let uploads = 0
    return async (url: string, init: RequestInit) =>
      isPut(init) && uploads++ < count ? instead(url, init) : fetch(url, init)
  }
  const once = {
    events: [{ state: 'done', attempts: 1, captured_at: new Date(HOUR_AGO), labels }],
    notifications: [{ kind: 'match' }],
    judged: 1,
  }

  it.each([
    ['whose bucket tells at once', true],
    ['whose bucket never tells', false],
  ])('%s is judged once, of its time, and waits for no second look', async (_, tells) => {
    isTelling = tells
    onTestFinished(() => void (isTelling = true))
    const went = await sent(fetch)
    expect(went).toMatchObject({ ...once, said: [] })
    expect(went.tookInMs).toBeLessThan(4_000)
  })

  it('that the bucket tells of before its camera can is judged of its time', async () => {
    const went = await sent(async (url, init) => {
      if (new URL(url).pathname === '/v1/events/')
        await vi.waitFor(async () => expect(judged).toBeGreaterThan(0))
      return fetch(url, init)
    })
    expect(went).toMatchObject(once)
  })

  it('outlives a storage that answers 503', async () => {
    const went = await sent(firstUploads(8, async () => new Response('SlowDown', { status: 503 })))
    expect(went).toMatchObject(once)
    expect(went.said[0]).toMatch(/^Sending failed, /)
  })

  it('gets another URL where its own is over, as after a jump of the clock', async () => {
    const statuses: number[] = []
    const went = await sent(
      firstUploads(1, async (url, init) => {
        const late = new URL(url)
        const signed = late.searchParams.get('X-Amz-Date')!
        const hour = (Number(signed.slice(9, 11)) + 23) % 24
        late.searchParams.set(
          'X-Amz-Date',
          `${signed.slice(0, 9)}${String(hour).padStart(2, '0')}${signed.slice(11)}`,
        )
        const answer = await fetch(late, init)
        statuses.push(answer.status)
        return answer
      }),
    )
    expect(statuses).toEqual([403])
    expect(went).toMatchObject(once)
  })
})
