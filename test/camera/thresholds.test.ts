import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { watch } from '../../clients/camera/src/camera.ts'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import type { Frame } from '../../clients/camera/src/frames/source.ts'
import { activityIn } from '../../clients/camera/src/sight/activity.ts'
import type { Box } from '../../clients/camera/src/sight/box.ts'
import { motionIn } from '../../clients/camera/src/sight/motion.ts'
import { learn, newScene, type Scene } from '../../clients/camera/src/sight/scene.ts'
import { follow, isCut, noTracks } from '../../clients/camera/src/sight/tracks.ts'

const SIDE = 60
/** A picture of columns with these shades and widths. */
const shades = (...columns: [count: number, shade: number][]) => {
  const row = columns.flatMap(([count, shade]) => Array<number>(count).fill(shade))
  return { width: row.length, height: SIDE, pixels: Uint8Array.from(Array<number[]>(SIDE).fill(row).flat()) }
}
const flat = (shade: number) => shades([SIDE, shade])
const aScene = (shade: number, variance?: number) => {
  const scene = newScene(1, 1, Float32Array.of(shade))
  if (variance) scene.variance.fill(variance)
  return scene
}
const isChanged = (scene: Scene, shade: number) => learn(scene, Float32Array.of(shade))[0] === 1

describe('a change', () => {
  it.each([
    [8.5, undefined, false],
    [10, undefined, true],
    [19, 25, false],
    [21, 25, true],
  ])('of %d shades where the flicker is %d: %s', (by, variance, changed) => {
    expect(isChanged(aScene(100, variance), 100 + by)).toBe(changed)
  })

  it('is background after twenty pictures, and what was there comes back at once', () => {
    const scene = aScene(100)
    const changes = Array.from({ length: 21 }, () => isChanged(scene, 150))
    expect(changes).toEqual([...Array<boolean>(20).fill(true), false])
    expect(isChanged(scene, 100)).toBe(false)
  })

  it('that is none is learned, slowly, and so is how much there is of it', () => {
    const scene = aScene(100)
    isChanged(scene, 104)
    expect(scene.background[0]).toBeCloseTo(100.2, 3)
    const still = aScene(100)
    for (let i = 0; i < 20; i++) isChanged(still, 100)
    expect(still.variance[0]).toBeCloseTo(4 * 0.98 ** 20, 3)
  })
})

describe('a scene', () => {
  /** Whether two pictures count as the same scene. */
  const isSame = (...pictures: ReturnType<typeof flat>[]) => {
    const [first, second] = pictures.map((picture) => () => motionIn(scene, picture))
    let scene: Scene | null = null
    scene = first!().scene
    return second!().scene === scene
  }

  it.each([
    [111, true],
    [113, false],
    [89, true],
    [87, false],
  ])('in the light of 100, then of %d, is the same: %s', (shade, same) => {
    expect(isSame(flat(100), flat(shade))).toBe(same)
  })

  it.each([
    [28, true],
    [30, false],
  ])('of which two times %d and an edge in 100 columns changed is the same: %s', (count, same) => {
    const changed = shades([count, 140], [100 - 2 * count, 100], [count, 60])
    expect(isSame(shades([100, 100]), changed)).toBe(same)
  })

  it.each([
    [15, true],
    [18, false],
  ])('whose most is of shade %d tells its light by that: %s', (dark, same) => {
    expect(isSame(shades([40, dark], [20, 100]), shades([40, dark + 5], [20, 100]))).toBe(same)
  })

  it('that is new is looked at from its fifth picture on', () => {
    let scene: Scene | null = null
    const moving = Array.from({ length: 7 }, (_, i) => {
      const motion = motionIn(scene, shades([8 * i, 100], [8, 160], [52 - 8 * i + (i > 6 ? 8 : 0), 100]))
      scene = motion.scene
      return motion.regions.length > 0
    })
    expect(moving.indexOf(true)).toBe(4)
  })
})

const certain = { best: 0.6, median: 0.5 }
const telling = { labels: { cat: certain }, settleInMs: 1_000, quietInMs: 10_000, againInMs: 60_000 }
type Look = { box?: Box; score?: number; isCovered?: boolean }
const HERE: Box = [0.1, 0.2, 0.2, 0.5]
const THERE: Box = [0.14, 0.2, 0.2, 0.5]

const tracksOf = (looks: Look[]) =>
  looks.reduce(
    (tracks, { box = HERE, score = 0.9, isCovered = false }, i) =>
      follow(tracks, {
        at: i * 200,
        picture: i,
        looked: [[0, 0, 1, 1]],
        // Otherwise there is motion at its edge alone.
        regions: [isCovered ? box : [box[0], box[1], box[2], box[3] / 10]],
        found: [{ label: 'cat', score, box }],
      }),
    noTracks<number>(),
  )
const isTold = (looks: Look[]) => activityIn([], tracksOf(looks), 60_000, telling).told.length > 0
const times = (count: number, look: Look) => Array<Look>(count).fill(look)

describe('a track', () => {
  it.each([
    [0.0817, 1],
    [0.0899, 2],
  ])('of a standing thing 0.2 wide goes on %d further: %d', (by, count) => {
    expect(tracksOf([{}, { box: [0.1 + by, 0.2, 0.2, 0.5] }]).list).toHaveLength(count)
  })

  it.each([
    ['moved in three looks', [{}, ...times(3, { box: THERE })], true],
    ['moved in two and was back', [{}, ...times(2, { box: THERE }), {}, {}], false],
    ['was covered twice', [...times(2, { isCovered: true }), {}], true],
    ['was covered once', [{ isCovered: true }, {}, {}], false],
    [
      'is certain in 13 of the last 25',
      [...times(40, { score: 0.4, isCovered: true }), ...times(13, {})],
      true,
    ],
    [
      'is certain in 12 of the last 25',
      [...times(40, { score: 0.4, isCovered: true }), ...times(12, {})],
      false,
    ],
  ])('that %s is told: %s', (_, looks, told) => {
    expect(isTold(looks)).toBe(told)
  })

  it.each([
    [0.009, true],
    [0.011, false],
  ])('%d from the edge is cut by it: %s', (by, cut) => {
    expect([isCut([by, 0, 0.2, 1]), isCut([0.8 - by, 0, 0.2, 1])]).toEqual([cut, cut])
  })

  it('waits a second for its best picture, two while the edge cuts it', () => {
    const at = (now: number, box: Box) =>
      activityIn([], tracksOf(times(3, { box, isCovered: true })), now, telling).told.length
    expect([at(999, HERE), at(1_000, HERE)]).toEqual([0, 1])
    const cut: Box = [0, 0.2, 0.2, 0.5]
    expect([at(1_999, cut), at(2_000, cut)]).toEqual([0, 1])
  })
})

describe('the whole picture is looked at', () => {
  const sight = { telling, masks: [], zones: [], privacy: [], size: [0, 1] as const }
  const asked: { at: number; threshold: number | undefined }[] = []
  /** The time of each look, and its score threshold. */
  async function looksAt(frames: AsyncIterable<Frame>, found: { label: string; score: number; box: Box }[]) {
    asked.length = 0
    let now = 0
    async function* clocked() {
      for await (const frame of frames) {
        now = frame.at
        yield frame
      }
    }
    const detect = async (_: Uint8Array, { threshold }: { threshold?: number } = {}) => {
      asked.push({ at: now, threshold })
      return found
    }
    for await (const _ of watch(clocked(), { detect } as never, sight));
    return asked.map(({ at }) => at)
  }
  const passing = () =>
    demo({
      seed: 1,
      fps: 20,
      width: 320,
      height: 180,
      start: 0,
      acts: [{ kind: 'person', from: 1, to: 4, enter: 0, leave: 1 }],
    })(new AbortController().signal)
  const pausesIn = (looks: number[]) => looks.slice(1).map((at, i) => at - looks[i]!)

  it('each half second while something moves, by what the network is a third sure of', async () => {
    const pauses = pausesIn((await looksAt(passing(), [])).filter((at) => at > 1_000 && at < 4_000))
    expect(pauses.length).toBeGreaterThan(3)
    expect(new Set(pauses)).toEqual(new Set([500]))
    expect(asked[0]!.threshold).toBe(0.35)
  })

  it('sooner while something is new', async () => {
    let looks = 0
    // A different thing each time, so it stays new.
    const found = {
      label: 'cat',
      score: 0.9,
      get box(): Box {
        return [(looks++ % 2) * 0.7, 0, 0.2, 0.2]
      },
    }
    const pauses = pausesIn((await looksAt(passing(), [found])).filter((at) => at > 1_500 && at < 3_000))
    expect(Math.min(...pauses)).toBe(350)
  })

  it('each minute for what stays', async () => {
    const jpeg = await sharp(await readFile('scripts/photos/cat.jpg'))
      .resize(320, 180, { fit: 'cover' })
      .jpeg()
      .toBuffer()
    async function* still() {
      for (const at of [0, 59_900, 60_000]) yield { at, jpeg }
    }
    expect(await looksAt(still(), [{ label: 'cat', score: 0.9, box: HERE }])).toEqual([0, 60_000])
  })
})
