import { readFile } from 'node:fs/promises'
import { crc32, deflateSync } from 'node:zlib'
import { type Detection, type Detector, openDetector, UnreadablePicture } from '@scout/detector'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import recorded from './recorded.json' with { type: 'json' }

let detector: Detector
beforeAll(async () => {
  detector = await openDetector()
})
afterAll(() => detector.close())

const cat = await readFile('scripts/photos/cat.jpg')

/** Compares detections: the same labels, with scores and boxes to two decimals. */
function expectSame(found: Detection[], expected: { label: string; score: number; box: number[] }[]) {
  expect(found.map(({ label }) => label)).toEqual(expected.map(({ label }) => label))
  found.forEach(({ score, box }, i) => {
    const { score: right, box: place } = expected[i]!
    const numbers = [right, ...place]
    for (const [at, number] of [score, ...box].entries()) expect(number).toBeCloseTo(numbers[at]!, 2)
  })
}

describe('a detector', () => {
  it('runs on code of this machine', () => {
    expect([detector.runtime, detector.note]).toEqual(['native', null])
  })

  it.each(Object.entries(recorded))('finds in %s what TensorFlow.js finds', async (path, expected) => {
    expectSame(await detector.detect(await readFile(path), { threshold: 0.3 }), expected)
  })

  it('finds the same where it runs as WebAssembly', async () => {
    const slow = await openDetector({ runtime: 'wasm' })
    for (const [path, expected] of Object.entries(recorded))
      expectSame(await slow.detect(await readFile(path), { threshold: 0.3 }), expected)
    expect(slow.runtime).toBe('wasm')
    await slow.close()
  })

  it('leaves out what is less certain than it was asked for', async () => {
    const cup = await readFile('scripts/photos/cup.jpg')
    const labels = async (threshold?: number) =>
      (await detector.detect(cup, threshold === undefined ? {} : { threshold })).map(({ label }) => label)
    expect(await labels()).toEqual(['cup', 'dining table'])
    expect(await labels(0.9)).toEqual(['cup'])
    expect(await labels(0.99)).toEqual([])
  })

  it('looks at a part of a picture, also of one that EXIF turns', async () => {
    // A cat in the lower right quarter, and gray around it.
    const { width = 0, height = 0 } = await sharp(cat).metadata()
    const gray = { channels: 3, background: 'gray' } as const
    const quarter = sharp({ create: { width: 2 * width, height: 2 * height, ...gray } }).composite([
      { input: cat, left: width, top: height },
    ])
    const png = await quarter.png().toBuffer()
    const turned = await sharp(png)
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer()
    const { box } = recorded['scripts/photos/cat.jpg'][0]!

    for (const picture of [png, turned]) {
      const [found, ...others] = await detector.detect(picture, { part: [0.5, 0.5, 0.5, 0.5] })
      expect([found!.label, others]).toEqual(['cat', []])
      found!.box.forEach((side, at) => expect(side).toBeCloseTo(box[at]!, 1))
      expect(await detector.detect(picture, { part: [0, 0, 1, 0.5] })).toEqual([])
      expect(await detector.detect(picture, { part: [0, 0, 0.5, 1] })).toEqual([])
      await expect(detector.detect(picture, { part: [0.6, 0, 0.5, 1] })).rejects.toThrow(RangeError)
    }
  })

  it.each([
    ['a PNG', () => sharp(cat).png()],
    ['a PNG of 16 bits', () => sharp(cat).toColourspace('rgb16').png()],
    ['a PNG with holes', () => sharp(cat).ensureAlpha(0.99).png()],
    [
      'a JPEG that EXIF turns',
      () => sharp(cat).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }),
    ],
    [
      'a JPEG that EXIF mirrors',
      () => sharp(cat).flop().withMetadata({ orientation: 2 }).jpeg({ quality: 100 }),
    ],
    ['a JPEG of four inks', () => sharp(cat).toColourspace('cmyk').jpeg()],
  ])('sees %s as a person does', async (_, make) => {
    const [found, ...others] = await detector.detect(await make().toBuffer())
    expect(others).toEqual([])
    expect(found!.label).toBe('cat')
    const { box } = recorded['scripts/photos/cat.jpg'][0]!
    found!.box.forEach((side, at) => expect(side).toBeCloseTo(box[at]!, 1))
  })

  it('sees the shades of gray of a picture without colours', async () => {
    const gray = await sharp(cat).toColourspace('b-w').png().toBuffer()
    expect(await detector.detect(gray)).toMatchObject([{ label: 'cat' }])
  })
})

const NEITHER = 'The picture is neither JPEG nor PNG.'
const BROKEN = 'The picture is broken.'
const LARGE = 'The picture has too many pixels: 64 million at most.'

/** A PNG with a size in its header and no rows. */
function png(width: number, height: number) {
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  size.set([8, 2], 8)
  const chunks = [chunk('IHDR', size), chunk('IDAT', deflateSync('')), chunk('IEND')]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks])
}

function chunk(name: string, content: Uint8Array = new Uint8Array()) {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(name), content, Buffer.alloc(4)])
  bytes.writeUInt32BE(content.length, 0)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4)
  return bytes
}

describe('bytes that are no picture', () => {
  it.each([
    ['nothing', Buffer.alloc(0), NEITHER],
    ['words', Buffer.from('no picture'), NEITHER],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), NEITHER],
    ['a WebP', () => sharp(cat).webp().toBuffer(), NEITHER],
    ['the beginning of a JPEG', cat.subarray(0, 3), BROKEN],
    ['a JPEG that was cut off', cat.subarray(0, cat.length / 2), BROKEN],
    ['the beginning of a PNG', png(300, 300), BROKEN],
    ['a PNG without size', png(0, 0), BROKEN],
    ['a PNG of ten gigapixels', png(100_000, 100_000), LARGE],
    [
      'a JPEG of four gigapixels',
      () => {
        const bytes = Buffer.from(cat)
        const at = bytes.indexOf(Buffer.from([0xff, 0xc0])) + 5
        bytes.set([0xfd, 0xe8, 0xfd, 0xe8], at)
        return bytes
      },
      LARGE,
    ],
  ])('are refused, as %s', async (_, bytes, words) => {
    const picture = typeof bytes === 'function' ? await bytes() : bytes
    const error = await detector.detect(picture).catch((error: Error) => error)
    expect(error).toBeInstanceOf(UnreadablePicture)
    expect(error).toMatchObject({ message: words })
  })

  it('and do not keep it from the next picture', async () => {
    expect(await detector.detect(cat)).toMatchObject([{ label: 'cat' }])
  })
})
