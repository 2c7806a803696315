import { beforeAll, describe, expect, it } from 'vitest'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import type { Act } from '../../clients/camera/src/frames/film.ts'
import { shadesOf } from '../../clients/camera/src/frames/pixels.ts'
import type { Box } from '../../clients/camera/src/sight/box.ts'
import { motionIn } from '../../clients/camera/src/sight/motion.ts'
import { regionsIn } from '../../clients/camera/src/sight/regions.ts'
import { healthOf } from '../../clients/camera/src/sight/health.ts'
import type { Scene } from '../../clients/camera/src/sight/scene.ts'

const FPS = 5

type Shown = { second: number; regions: Box[] }

/** The moving regions in each picture of a film. */
async function motionOf(acts: Act[]): Promise<Shown[]> {
  const shown: Shown[] = []
  let scene: Scene | null = null
  const frames = demo({ seed: 7, fps: FPS, width: 320, height: 180, start: 0, acts })
  for await (const { at, jpeg } of frames(new AbortController().signal)) {
    const motion = motionIn(scene, (await shadesOf(jpeg)).shades)
    scene = motion.scene
    shown.push({ second: at / 1000, regions: motion.regions })
  }
  return shown
}

const across = { enter: -0.2, leave: 1.2 }
const day: Act[] = [
  { kind: 'person', from: 4, to: 12, ...across },
  { kind: 'cloud', from: 14, to: 22 },
  { kind: 'lamp', from: 24, to: 30 },
  { kind: 'cat', from: 34, to: 52, stands: 10, ...across },
  { kind: 'leaf', from: 54, to: 58, enter: 0.2, leave: 0.5 },
]
const night: Act[] = [{ kind: 'night', from: 0, to: 60 }, ...day.filter(({ kind }) => kind !== 'lamp')]

/** A time span, what happens in it, and the least and largest share of pictures with motion. */
const truth = [
  [0, 4, 'nothing', 0, 0],
  [5, 11, 'a person walks by', 1, 1],
  [12.4, 22, 'it is gone, a cloud comes', 0, 0],
  [22, 33.8, 'a lamp is switched on and off', 0, 0],
  [35, 37, 'a cat comes in', 1, 1],
  [39, 47.8, 'it sits', 0, 0.1],
  [48.6, 51, 'it leaves', 1, 1],
  [52.4, 60, 'it is gone, a leaf falls', 0, 0],
] as const

describe.each([
  ['by day', day],
  ['at night', night],
])('motion %s', (name, acts) => {
  let shown: Shown[]
  beforeAll(async () => {
    shown = await motionOf(acts)
  }, 60_000)

  it.each(truth)('from %d to %d s: %s', (from, to, _, least, most) => {
    const of = shown.filter(({ second }) => second >= from && second < to)
    const share = of.filter(({ regions }) => regions.length > 0).length / of.length
    expect(share).toBeGreaterThanOrEqual(least)
    expect(share).toBeLessThanOrEqual(most)
  })

  it('is where the thing is', () => {
    if (name === 'at night') return
    const [box] = shown.find(({ second }) => second === 8)!.regions
    expect(box!.map((share) => share.toFixed(2))).toEqual(WALKING)
  })
})

/** The person in the middle of the picture. */
const WALKING = ['0.30', '0.07', '0.40', '0.93']

describe('a region', () => {
  const [width, height] = [40, 20]
  /** A picture with this many changed pixels in each of the first cells of a row. */
  const cells = (count: number, pixels: number) => {
    const changed = new Uint8Array(width * height)
    for (let cell = 0; cell < count; cell++)
      for (let pixel = 0; pixel < pixels; pixel++)
        changed[Math.floor(pixel / 4) * width + cell * 4 + (pixel % 4)] = 1
    return changed
  }

  it.each([
    [4, 6, 1],
    [3, 16, 0],
    [4, 5, 0],
    [10, 7, 1],
  ])('of %d cells with %d pixels each is counted %d times', (count, pixels, regions) => {
    const changed = cells(count, pixels)
    expect(regionsIn(width, height, changed, changed)).toHaveLength(regions)
  })

  it.each([
    [7, 1],
    [5, 0],
  ])('of 100 pixels of which %d move is counted %d times', (pixels, regions) => {
    const changed = cells(10, 10)
    const moving = cells(1, pixels)
    expect(regionsIn(width, height, changed, moving)).toHaveLength(regions)
  })

  it('has the box of its cells, and those that touch by a corner are one', () => {
    const changed = new Uint8Array(width * height)
    for (const [column, row] of [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ] as const)
      for (let pixel = 0; pixel < 16; pixel++)
        changed[(row * 4 + (pixel >> 2)) * width + column * 4 + (pixel % 4)] = 1
    expect(regionsIn(width, height, changed, changed)).toEqual([[0.1, 0.2, 0.4, 0.8]])
  })
})

describe('the health of a picture', () => {
  const shades = (...pixels: number[]) => ({ width: 2, height: 1, pixels: new Uint8Array(pixels) })

  it.each([
    [5, 'black'],
    [7, 'fine'],
  ])('of shade %d is %s', (shade, health) => {
    expect(healthOf(null, shades(shade, shade), 0).health).toBe(health)
  })

  it('is frozen once it stayed the same for 30 s', () => {
    const { watched } = healthOf(null, shades(90, 91), 0)
    expect(healthOf(watched, shades(90, 91), 29_999).health).toBe('fine')
    expect(healthOf(watched, shades(90, 91), 30_000).health).toBe('frozen')
    expect(healthOf(watched, shades(90, 92), 30_000).health).toBe('fine')
  })
})
