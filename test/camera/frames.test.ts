import { execFileSync, spawn } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import { jpegsIn } from '../../clients/camera/src/frames/jpegs.ts'
import { lasting } from '../../clients/camera/src/frames/lasting.ts'
import { mjpeg } from '../../clients/camera/src/frames/mjpeg.ts'
import { sourceOf } from '../../clients/camera/src/frames/open.ts'
import { shadesOf, withoutPrivate } from '../../clients/camera/src/frames/pixels.ts'
import { atMost } from '../../clients/camera/src/frames/pace.ts'
import type { Frame } from '../../clients/camera/src/frames/source.ts'
import { mask, sayTo } from '../../clients/camera/src/log.ts'
import { outputOf } from '../../clients/camera/src/programs/output.ts'
import { pauseAfter } from '../../clients/camera/src/programs/pauses.ts'
import { listen } from '../../stack/net.ts'

const never = () => new AbortController().signal
const cat = await readFile('scripts/photos/cat.jpg')
const cup = await readFile('scripts/photos/cup.jpg')

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
async function collected<T>(stream: AsyncIterable<T>, most = Infinity) {
  const all: T[] = []
  for await (const one of stream) if (all.push(one) >= most) break
  return all
}

describe('the splitter', () => {
  const progressive = () => sharp(cat).jpeg({ progressive: true }).toBuffer()
  /** A JPEG with a thumbnail in its header, as some cameras make them. */
  const thumbnailed = async () => {
    const small = await sharp(cat).resize(40).jpeg().toBuffer()
    const head = Buffer.from([0xff, 0xe1, (small.length + 2) >> 8, (small.length + 2) & 255])
    return Buffer.concat([cat.subarray(0, 2), head, small, cat.subarray(2)])
  }

  it.each([1, 7, 1_000, 1_000_000])('gives each picture whole from pieces of %d bytes', async (size) => {
    const pictures = [cat, await progressive(), await thumbnailed(), cup]
    const between = Buffer.from('\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n')
    const few = size === 1 ? pictures.map((picture) => picture).slice(2, 3) : pictures
    const stream = Buffer.concat(few.flatMap((picture) => [between, picture]))
    const found = await collected(jpegsIn(inPieces(stream, size)))
    expect(found.map((one) => Buffer.from(one).equals(few[found.indexOf(one)]!))).toEqual(few.map(() => true))
  })

  it.each([
    ['broken', Buffer.from([0xff, 0xd8, 1, 2, 3, 4, 5])],
    ['without a length', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0])],
    ['cut in its head', cat.subarray(0, 10)],
  ])('goes on behind one that is %s', async (_, broken) => {
    const found = await collected(jpegsIn(inPieces(Buffer.concat([broken, cat, cup, cup]), 4_096)))
    expect(Buffer.from(found.at(-1)!).equals(cup)).toBe(true)
  })

  it('gives nothing of a picture without its end', async () => {
    expect(await collected(jpegsIn(inPieces(cat.subarray(0, -2), 999)))).toEqual([])
  })
})

describe('a program', () => {
  /** A unique sleep time that identifies the test's processes. */
  let mark = 0
  const isLeft = () => {
    try {
      execFileSync('pgrep', ['-f', `sleep ${mark}$`])
      return true
    } catch {
      return false
    }
  }
  const script = (text: string) => [
    '/bin/sh',
    '-c',
    text.replaceAll('MARK', String((mark = 10_000 + (mark % 1_000) + process.pid))),
  ]
  afterEach(async () => {
    if (mark) await vi.waitFor(() => expect(isLeft()).toBe(false), 5_000)
    mark = 0
  })

  it('gives what it writes, and ends', async () => {
    expect(
      String(Buffer.concat(await collected(outputOf(script('echo one; echo two'), 5_000, never())))),
    ).toBe('one\ntwo\n')
  })

  it.each([
    ['is silent', 'echo one; sleep MARK', /^\/bin\/sh wrote nothing for 0.3 s\.$/],
    [
      'is silent with a child that hears nothing',
      "trap '' TERM HUP; sleep MARK & sleep MARK",
      /wrote nothing for 0.3 s/,
    ],
    ['ends by a fault', 'echo bad luck >&2; exit 3', /^\/bin\/sh failed: bad luck$/],
  ])('that %s is told, and leaves nothing', async (_, text, words) => {
    await expect(collected(outputOf(script(text), 300, never()))).rejects.toThrow(words)
  })

  it('that is missing is told', async () => {
    await expect(collected(outputOf(['no-such-program'], 5_000, never()))).rejects.toMatchObject({
      message: 'no-such-program is not installed.',
      isMissing: true,
    })
  })

  it('leaves nothing when the reader leaves', async () => {
    expect(
      await collected(outputOf(script('echo one; sleep MARK & sleep MARK'), 60_000, never()), 1),
    ).toHaveLength(1)
  })

  it('leaves nothing when it is stopped, and that is no fault', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 200)
    expect(await collected(outputOf(script('sleep MARK'), 60_000, stop.signal))).toEqual([])
  })

  it('leaves nothing when this process is killed', async () => {
    const [, , text] = script('echo one; sleep MARK')
    const path = new URL('../../clients/camera/src/programs/output.ts', import.meta.url)
    const parent = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { outputOf } from '${path}'
for await (const bytes of outputOf(['/bin/sh', '-c', '${text}'], 60000, new AbortController().signal)) process.stdout.write(bytes)`,
    ])
    await new Promise((done) => parent.stdout.once('data', done))
    expect(isLeft()).toBe(true)
    parent.kill('SIGKILL')
  })
})

describe('a camera over HTTP', () => {
  /** A server that answers each request with the next of these; the last one repeats. */
  async function serving(...answers: ((response: ServerResponse, authorization?: string) => unknown)[]) {
    let asked = 0
    const server = createServer((request, response) =>
      answers[Math.min(asked++, answers.length - 1)]!(response, request.headers.authorization),
    )
    const port = await listen(server, 0)
    onTestFinished(() => void (server.close(), server.closeAllConnections()))
    return `127.0.0.1:${port}`
  }
  const stream =
    (...pictures: Uint8Array[]) =>
    (response: ServerResponse) => {
      response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' })
      for (const picture of pictures) response.write(Buffer.concat([Buffer.from('--b\r\n\r\n'), picture]))
      return response
    }

  it('gives its pictures as they are, to who has the password', async () => {
    const host = await serving((response, authorization) =>
      authorization === `Basic ${btoa('me:p@ss')}`
        ? stream(cat, cup)(response).end()
        : response.writeHead(401).end(),
    )
    const frames = await collected(mjpeg(`http://me:p%40ss@${host}/video`)(never()))
    expect(frames.map(({ jpeg }) => jpeg.length)).toEqual([cat.length, cup.length])
    await expect(collected(mjpeg(`http://${host}/`)(never()))).rejects.toThrow(
      `${host} needs a user and a password, or different ones.`,
    )
  })

  it('is opened again when it ends, fails, refuses or is silent', async () => {
    const host = await serving(
      (response) => stream(cat)(response).end(),
      (response) => setTimeout((answer: ServerResponse) => answer.destroy(), 100, stream(cat)(response)),
      (response) => response.writeHead(503).end(),
      (response) => stream(cat)(response),
      (response) => stream(cup)(response),
    )
    const said: string[] = []
    const source = lasting(mjpeg(`http://${host}/`), {
      say: (words) => said.push(words),
      silenceInMs: 400,
      pauses: [0.01],
    })
    const frames: Frame[] = await collected(source(never()), 4)
    expect(frames.map(({ jpeg }) => jpeg.length)).toEqual([cat, cat, cat, cup].map(({ length }) => length))
    expect(said).toContain('The camera ended its stream.')
    expect(said).toContain(`${host} answered 503.`)
    expect(said).toContain('No picture from the camera for 0.4 s.')
  })

  it('gives at most as many pictures a second as asked for', async () => {
    const host = await serving((response) => stream(cat, cup, cat)(response).end())
    const { source } = sourceOf(`http://${host}/`, { fps: 1, width: 320, height: 180, seed: 1 })
    expect((await collected(source(never()))).length).toBeLessThan(3)
  })

  it.each([5, 50])('that sends 50 a second is read %d times a second', async (fps) => {
    async function* fifty() {
      for (let sent = 0; sent < 50; sent++) {
        await new Promise((done) => setTimeout(done, 20))
        yield { at: 0, jpeg: cat }
      }
    }
    const from = performance.now()
    const { length } = await collected(atMost(fps, fifty)(never()))
    const due = (fps * (performance.now() - from)) / 1000
    expect(length).toBeLessThan(due + 1.5)
    expect(length).toBeGreaterThanOrEqual(fps)
  })

  it('waits longer after each failure in a row', () => {
    expect([1, 2, 3, 4, 9].map((failures) => pauseAfter([1, 5, 10, 60], failures, 0.5))).toEqual([
      1e3, 5e3, 1e4, 6e4, 6e4,
    ])
    expect([pauseAfter([10], 1, 0), pauseAfter([10], 1, 1)].map(Math.round)).toEqual([9_000, 11_000])
  })
})

describe('a source', () => {
  const picturing = { fps: 5, width: 320, height: 180, seed: 1 }

  it('says what to write where its address is of no kind', () => {
    expect(() => sourceOf('ftp://x', picturing)).toThrow(/Unknown source «ftp:\/\/x»\. Use rtsp:/)
  })

  it.each(['rtsp://127.0.0.1:9/x', './none.mp4', '/dev/video99'])(
    'of %s needs ffmpeg, and says so',
    async (address) => {
      const path = process.env.PATH
      process.env.PATH = ''
      onTestFinished(() => void (process.env.PATH = path))
      await expect(collected(sourceOf(address, picturing).source(never()))).rejects.toThrow(
        'ffmpeg is not installed. Install it: sudo apt-get install ffmpeg',
      )
    },
  )

  it('draws the same scene for the same seed', async () => {
    const first = async (seed: number) =>
      Buffer.from((await collected(demo({ ...picturing, seed, start: 0 })(never()), 1))[0]!.jpeg)
    expect((await first(1)).equals(await first(1))).toBe(true)
    expect((await first(1)).equals(await first(2))).toBe(false)
  })

  it('is black where nobody may see', async () => {
    const half = [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
      [0, 1],
    ] as const
    const { data, info } = await sharp(await withoutPrivate(cat, [half]))
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const shade = (x: number) => data[Math.floor(info.height / 2) * info.width + Math.floor(x * info.width)]!
    expect([shade(0.1) < 5, shade(0.4) < 5, shade(0.6) > 20]).toEqual([true, true, true])
    expect(await withoutPrivate(cat, [])).toBe(cat)
  })

  it('is where the picture stands upright, if EXIF turns it', async () => {
    const upright = sharp({ create: { width: 90, height: 160, channels: 3, background: 'white' } })
    const turned = await sharp(await upright.png().toBuffer())
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const top = [
      [0, 0],
      [1, 0],
      [1, 0.5],
      [0, 0.5],
    ] as const

    const { shades, aspect } = await shadesOf(await withoutPrivate(turned, [top]))

    const shade = (y: number) =>
      shades.pixels[Math.floor(y * shades.height) * shades.width + shades.width / 2]!
    expect([(await shadesOf(turned)).aspect, aspect].map((one) => one.toFixed(2))).toEqual(['0.56', '0.56'])
    expect([shade(0.1) < 5, shade(0.4) < 5, shade(0.6) > 250, shade(0.9) > 250]).toEqual(Array(4).fill(true))
  })
})

describe('the log', () => {
  it.each([
    ['rtsp://admin:s3cret@10.0.0.5/1: refused', 'rtsp://***@10.0.0.5/1: refused'],
    ['rtsp://admin:s3c/r@et@10.0.0.5/1', 'rtsp://***@10.0.0.5/1'],
    ['http://10.0.0.5/v?user=a&password=s3cret&x=1', 'http://10.0.0.5/v?user=a&password=***&x=1'],
    [`token scd_${'a'.repeat(43)} was`, 'token *** was'],
    ['https://s3/x?X-Amz-Signature=abc&X-Amz-Date=1', 'https://s3/x?X-Amz-Signature=***&X-Amz-Date=***'],
  ])('says %s without its secret', (words, masked) => {
    expect(mask(words)).toBe(masked)
  })

  it('is a line each', () => {
    const lines: string[] = []
    sayTo(
      (line) => lines.push(line),
      () => new Date(0),
    )('one\ntwo')
    expect(lines).toEqual(['1970-01-01T00:00:00.000Z one two\n'])
  })
})
