import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import { lasting } from '../../clients/camera/src/frames/lasting.ts'
import { sourceOf } from '../../clients/camera/src/frames/open.ts'
import type { Frame } from '../../clients/camera/src/frames/source.ts'
import { sayTo } from '../../clients/camera/src/log.ts'
import { type Auth, PASSWORD, startRtspCamera, type Temper } from './rtsp-camera.ts'

const CLI = 'clients/camera/src/cli.ts'
const picturing = { fps: 5, width: 480, height: 270, seed: 1 }
const [WIDTH, HEIGHT] = [320, 176]
const jpeg = await sharp(await readFile('scripts/photos/cat.jpg'))
  .resize(WIDTH, HEIGHT, { fit: 'cover' })
  .jpeg({ optimiseCoding: false, chromaSubsampling: '4:2:0' })
  .toBuffer()

async function aCamera(auth: Auth, ...tempers: Temper[]) {
  const camera = await startRtspCamera(jpeg, auth, ...tempers)
  onTestFinished(camera.stop)
  /** Whether an ffmpeg of this camera runs. */
  const isLeft = () => {
    try {
      execFileSync('pgrep', ['-f', `^ffmpeg .*:${camera.port}/`])
      return true
    } catch {
      return false
    }
  }
  return { ...camera, isLeft, toBeGone: () => vi.waitFor(() => expect(isLeft()).toBe(false), 5_000) }
}

async function framesOf(source: AsyncIterable<Frame>, most: number) {
  const frames: Frame[] = []
  for await (const frame of source) if (frames.push(frame) >= most) break
  return frames
}
const never = () => new AbortController().signal

describe('a camera in the network', () => {
  it.each<Auth>(['none', 'basic', 'digest'])(
    'with the password asked by %s gives its pictures',
    async (auth) => {
      const camera = await aCamera(auth)
      const frames = await framesOf(sourceOf(camera.url(), picturing).source(never()), 4)
      for (const { jpeg } of frames)
        expect(await sharp(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: WIDTH, height: HEIGHT })
      // The picture shows the whole cat.
      const { channels } = await sharp(frames[3]!.jpeg).stats()
      const { channels: shown } = await sharp(jpeg).stats()
      channels.forEach(({ mean }, i) => expect(Math.abs(mean - shown[i]!.mean)).toBeLessThan(5))
      await camera.toBeGone()
    },
  )

  it.each<Auth>(['basic', 'digest'])(
    'says that its password is wrong, by %s, and not which',
    async (auth) => {
      const camera = await aCamera(auth)
      const lines: string[] = []
      const say = sayTo((line) => lines.push(line))
      const source = lasting(sourceOf(camera.url('wr0ng-password'), picturing).source, {
        say,
        pauses: [0.05],
      })
      const stop = new AbortController()
      const opening = framesOf(source(stop.signal), 1)
      await vi.waitFor(() => expect(lines.length).toBeGreaterThan(3), 20_000)
      stop.abort()
      await opening
      expect(lines.join('')).toContain('401')
      expect(lines.join('')).not.toContain('wr0ng')
      await camera.toBeGone()
    },
  )

  it.each<[Temper, RegExp]>([
    ['stalls', /(No picture from the camera|wrote nothing) for 10 s/],
    ['dies', /The camera ended its stream|ffmpeg failed/],
  ])('that %s is opened again, and nothing is left of it', async (temper, words) => {
    const camera = await aCamera('digest', temper, 'steady')
    const lines: string[] = []
    const say = sayTo((line) => lines.push(line))
    const source = lasting(sourceOf(camera.url(), picturing).source, { say, pauses: [0.05] })
    const frames = await framesOf(source(never()), 12)
    expect(frames).toHaveLength(12)
    expect(lines.join('')).toMatch(words)
    expect(lines.join('')).not.toContain(PASSWORD)
    expect(camera.connections()).toBe(2)
    await camera.toBeGone()
  })

  it.each<Temper>(['steady', 'stalls'])(
    'that is %s leaves no ffmpeg where the program is killed',
    async (temper) => {
      const camera = await aCamera('basic', temper)
      const child = spawn(process.execPath, [CLI, 'watch', camera.url(), join(tmpdir(), 'scout-seen')])
      await vi.waitFor(() => expect(camera.isLeft()).toBe(true), 20_000)
      // Until the camera stalls.
      await new Promise((done) => setTimeout(done, 2_000))
      child.kill('SIGKILL')
      await once(child, 'exit')
      await camera.toBeGone()
    },
  )

  it('that nobody answers for is told, and opened again', async () => {
    const lines: string[] = []
    const say = sayTo((line) => lines.push(line))
    const { source } = sourceOf(`rtsp://admin:${PASSWORD}@127.0.0.1:9/stream1`, picturing)
    const stop = new AbortController()
    const opening = framesOf(lasting(source, { say, pauses: [0.05] })(stop.signal), 1)
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(3), 20_000)
    stop.abort()
    await opening
    expect(lines.join('')).toMatch(/ffmpeg failed: .*Connection refused/)
    expect(lines.join('')).not.toContain(PASSWORD)
  })
})

it('tells of a film what happens in it, and when', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-film-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const film = join(folder, 'film.mp4')
  const acts = [{ kind: 'person', from: 3, to: 11, enter: -0.3, leave: 1.3 } as const]
  const encoder = spawn(
    'ffmpeg',
    ['-loglevel', 'error', '-f', 'image2pipe', '-framerate', '5', '-c:v', 'mjpeg'].concat([
      '-i',
      '-',
      '-c:v',
      'mpeg4',
      '-q:v',
      '2',
      film,
    ]),
  )
  for await (const { jpeg } of demo({ ...picturing, start: 0, acts })(never())) encoder.stdin.write(jpeg)
  encoder.stdin.end()
  expect((await once(encoder, 'exit'))[0]).toBe(0)

  const { source, ends } = sourceOf(film, picturing)
  const frames = await Array.fromAsync(source(never()))
  expect([ends, frames.length]).toEqual([true, 60])
  expect(frames[59]!.at - frames[0]!.at).toBeCloseTo(11_800)

  const said = execFileSync(process.execPath, [CLI, 'watch', film, folder], { encoding: 'utf8' })
  expect(said).toMatch(/^[4-9]\.\d s: person, \d+ %, .*001-person\.jpg\n1 would be sent\.\n$/)
})
