import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { check } from '../../clients/camera/src/commands/check.ts'
import { watch } from '../../clients/camera/src/commands/watch.ts'
import { readConfig, WrongSetting } from '../../clients/camera/src/config.ts'
import { schema } from '../../clients/camera/src/describe.ts'
import { pair } from '../../clients/camera/src/outbox/session.ts'
import { SETTINGS } from '../../clients/camera/src/settings.ts'
import { aService } from './service.ts'

const CLI = 'clients/camera/src/cli.ts'

async function aFile(content: unknown) {
  const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'camera.json')
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('settings', () => {
  it('are those of flags, else of variables, else of the file, else as they are', async () => {
    const path = await aFile({ $schema: './config.schema.json', fps: 3, width: 640, height: 480 })
    const env = { SCOUT_CAMERA_FPS: '4', SCOUT_CAMERA_WIDTH: '800', SCOUT_CAMERA_CONFIG: path }
    const { config, positionals } = await readConfig(['CODE', '--fps', '6'], env)
    expect([config.fps, config.width, config.height, config.settle]).toEqual([6, 800, 480, 1])
    expect(positionals).toEqual(['CODE'])
  })

  it.each([
    [['--fps', '31'], {}, '--fps must be a number from 1 to 30, a second. How many pictures to analyse.'],
    [[], { SCOUT_CAMERA_FPS: 'many' }, 'SCOUT_CAMERA_FPS must be a number from 1 to 30, a second.'],
    [['--masks', '[[[0, 0], [2, 0], [0, 1]]]'], {}, '--masks must be JSON like [[[0,0],[0.5,0],[0.5,1]]].'],
    [
      ['--labels', '{"cat": {"best": 1}}'],
      {},
      '--labels must be JSON like {"cat":{"best":0.6,"median":0.5}}.',
    ],
    [
      ['--service', 'scout.example.com'],
      {},
      '--service must be a string like http://localhost:8787. The address',
    ],
    [['--labels', '{}'], {}, '--labels must be JSON like {"cat":{"best":0.6,"median":0.5}}.'],
    [
      ['--labels', '{"cat": {"best": 1, "median": 1}, "people": {"best": 1, "median": 1}}'],
      {},
      '--labels names «people», which the detector does not know. It knows: person, bicycle, car,',
    ],
    [['--colour', 'red'], {}, "Unknown option '--colour'"],
  ])('of %j and %j are refused in words that say what to write', async (args, env, words) => {
    const refused = await readConfig(args, env).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(WrongSetting)
    expect((refused as Error).message).toContain(words)
  })

  it.each([
    [{ fps: '5' }, '«fps» in '],
    [{ colour: 'red' }, '«colour» in '],
    ['no JSON', 'camera.json cannot be read: '],
  ])('of the file %j are refused with its name', async (content, words) => {
    await expect(readConfig(['--config', await aFile(content)], {})).rejects.toThrow(words)
  })

  it('fit themselves', async () => {
    const { config } = await readConfig([], {})
    const defaults = Object.fromEntries(
      Object.entries(config).map(([name, value]) => [name, JSON.stringify(value)]),
    )
    const path = await aFile(config)
    const again = (await readConfig(['--config', path], {})).config
    expect(
      Object.fromEntries(Object.entries(again).map(([name, value]) => [name, JSON.stringify(value)])),
    ).toEqual(defaults)
  })

  it('are described for editors by the file that is shipped', async () => {
    const shipped = JSON.parse(await readFile('clients/camera/config.schema.json', 'utf8'))
    expect(
      shipped,
      'run: npm run -s camera -- schema > clients/camera/config.schema.json && npx prettier --write clients/camera',
    ).toEqual(schema())
    expect(Object.keys(shipped.properties)).toEqual(['$schema', ...Object.keys(SETTINGS)])
  })
})

describe('the command', () => {
  const never = new AbortController().signal
  const nowhere = ['--service', 'http://127.0.0.1:9', '--folder', join(tmpdir(), 'scout-no-camera')]
  const small = ['--width', '320', '--height', '180']
  const configOf = async (...args: string[]) => (await readConfig([...nowhere, ...small, ...args], {})).config

  it('says what it can do, with every setting', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, '--help'])
    for (const name of Object.keys(SETTINGS)) expect(stdout).toContain(`--${name}`)
  })

  it('says that it is not paired, and ends, also where nobody reads what it says', async () => {
    const child = spawn(process.execPath, [CLI, 'run', ...nowhere], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => (said += String(bytes)))
    const [code] = await once(child, 'close')
    expect([code, said]).toEqual([
      1,
      'This camera is not paired. With the code from the app, run `scout-camera pair CODE`, or `npm run camera -- pair CODE` in the repository.\n',
    ])
  })

  it('ends soon after it is told to, also while an upload hangs', { timeout: 40_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const service = createServer(() => {}).listen(0, '127.0.0.1')
    onTestFinished(() => service.closeAllConnections())
    onTestFinished(() => void service.close())
    await once(service, 'listening')
    const { port } = service.address() as AddressInfo
    const identity = { service: `http://127.0.0.1:${port}`, deviceToken: 'scd_0' }
    await writeFile(join(folder, 'device.json'), JSON.stringify(identity))
    const child = spawn(process.execPath, [CLI, 'run', '--folder', folder, ...small])
    await once(service, 'request')
    const from = performance.now()
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    expect(performance.now() - from).toBeLessThan(15_000)
  })

  it('goes on where nobody reads what it says', async () => {
    const child = spawn(process.execPath, [CLI, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => (said += String(bytes)))
    const [code] = await once(child, 'close')
    expect([code, said]).toEqual([0, ''])
  })

  it('checks part by part', async () => {
    const lines: string[] = []
    expect(await check(await configOf('--fps', '30'), (line) => lines.push(line), never)).toBe(false)
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'ok      source',
      'ok      detector',
      'FAILED  clock',
      'FAILED  service',
      'FAILED  storage',
    ])
  })

  it('checks the service that it is paired with, and uploads no private place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const { url, of } = await aService(() => 200)
    await pair(folder, url, 'K7QM3WPD', { model: 'Test', version: '1.0' })
    const all = '[[[0,0],[1,0],[1,1],[0,1]]]'
    const config = await configOf('--fps', '30', '--folder', folder, '--privacy', all)

    const lines: string[] = []
    expect(await check(config, (line) => lines.push(line), never), lines.join('\n')).toBe(true)

    const { channels } = await sharp(of('PUT')[0]!.bytes).greyscale().stats()
    expect(channels[0]!.max).toBeLessThan(10)
  })

  it('shows what it would send of a film, with a picture of each', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scout-camera-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const stop = new AbortController()
    const lines: string[] = []
    // Stop after the first person and the cat.
    const say = (line: string) => (lines.push(line) === 2 ? stop.abort() : undefined)
    await watch(
      await configOf('--width', '480', '--height', '270', '--fps', '4'),
      ['demo', folder],
      say,
      stop.signal,
    )
    expect(await readdir(folder)).toEqual(['001-person.jpg', '002-cat.jpg'])
    expect(lines.map((line) => line.replace(/^[\d.]+ s: |\d+ %, .*/g, ''))).toEqual([
      'person, ',
      'cat, ',
      '2 would be sent.',
    ])
  })
})
