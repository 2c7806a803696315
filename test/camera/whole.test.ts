import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@scout/client'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, it, onTestFinished, vi } from 'vitest'
import { makeOwner, startBucketAndJudge } from '../../bench/kit/pictures.ts'
import { PASSWORD } from '../../bench/kit/world.ts'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import type { Act } from '../../clients/camera/src/frames/film.ts'
import { freePorts, listen } from '../../stack/net.ts'
import { startTelling } from '../../stack/object-created.ts'
import { startWorker } from '../../stack/worker.ts'

const WORD_AFTER_IN_MS = 2_000

const bindings = inject('bindings')
const name = `camera_${randomUUID().replaceAll('-', '')}`
const url = new URL(`/${name}`, bindings.DATABASE_URL).href
const server = new Client({ connectionString: new URL('/postgres', bindings.DATABASE_URL).href })
const database = new Client({ connectionString: url })
const [port = 0] = await freePorts(1)
let parts: Awaited<ReturnType<typeof startBucketAndJudge>>
let telling: ReturnType<typeof startTelling>
let variables: Record<string, string>
let end: () => Promise<unknown>

/** Starts the Worker, always at the same place; `end` ends it. */
async function start() {
  const stopping = new AbortController()
  const worker = await startWorker({ port, variables, signal: stopping.signal })
  end = () => (stopping.abort(), worker.exited)
  return worker
}

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
    // As Amazon's word does, it comes after the camera's own, which says when the picture was taken.
    (document) => void setTimeout(() => void telling.tell(document), WORD_AFTER_IN_MS),
    () => ({ verdicts: ['yes'] }),
  )
  variables = { ...bindings, ...parts.bindings, DATABASE_URL: url }
  telling = startTelling(parts.bindings.STORAGE_SECRET)
  telling.to((await start()).url)
}, 60_000)

afterAll(async () => {
  await end()
  await telling.stop()
  await parts[Symbol.asyncDispose]()
  await database.end()
  await server.query(`drop database ${name} with (force)`)
  await server.end()
}, 30_000)

/** A camera in the network before which a person walks by, and then a cat; then it has no more pictures. */
async function aCamera(acts: Act[]) {
  let isOver = false
  const server = createServer(async (_, response) => {
    response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' })
    const stop = new AbortController()
    response.on('close', () => stop.abort())
    if (isOver) return
    for await (const { jpeg } of demo({ seed: 1, fps: 5, width: 640, height: 360, isRealTime: true, acts })(
      stop.signal,
    ))
      response.write(Buffer.concat([Buffer.from('--b\r\n\r\n'), jpeg]))
    isOver = true
  })
  onTestFinished(() => void (server.close(), server.closeAllConnections()))
  return `http://127.0.0.1:${await listen(server, 0)}/`
}

/** The camera's own program. */
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
  { timeout: 120_000 },
  async () => {
    const service = `http://localhost:${port}`
    const { email } = await makeOwner(service, [])
    const owner = createClient({ baseUrl: service })
    await owner.signIn({ email, password: PASSWORD })
    const { pairing_code: code } = await owner.createPairingCode({ location: 'Garden' })
    const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const source = await aCamera([
      { kind: 'person', from: 6, to: 14, enter: -0.3, leave: 1.3 },
      { kind: 'cat', from: 17, to: 27, enter: 1.3, leave: -0.3 },
    ])

    const paired = camera('pair', code, '--service', service, '--folder', folder)
    expect(await paired.exited).toBe(0)
    expect(paired.said()).toBe('This is the camera «Garden» now.\n')
    const running = camera('run', '--source', source, '--folder', folder)
    const seen = () =>
      database.query(`select beats, preview_updated_at from camera_camera where location = 'Garden'`)
    await vi.waitFor(
      async () =>
        expect((await seen()).rows[0]).toMatchObject({ beats: true, preview_updated_at: expect.anything() }),
      {
        timeout: 30_000,
        interval: 200,
      },
    )

    await end()
    await vi.waitFor(() => expect(running.said()).toMatch(/A person, \d+ % certain[^]*Sending waits/), {
      timeout: 60_000,
    })
    expect(await readdir(join(folder, 'spool'))).not.toEqual([])
    await start()

    const events = () => database.query('select state, labels, captured_at from events order by captured_at')
    await vi.waitFor(
      async () => {
        const { rows } = await events()
        expect(rows.map(({ state }) => state)).toEqual(['done', 'done'])
        expect(rows.map(({ labels }) => labels[0].label)).toEqual(['person', 'cat'])
      },
      { timeout: 80_000, interval: 500 },
    )
    // As the log says it when it was seen.
    for (const { captured_at } of (await events()).rows)
      expect(running.said()).toContain(captured_at.toISOString())
    running.kill()
    expect(await running.exited).toBe(0)
    expect(await readdir(join(folder, 'spool'))).toEqual([])
  },
)
