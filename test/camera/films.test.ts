import { readFile } from 'node:fs/promises'
import { type Detector, openDetector } from '@scout/detector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { watch } from '../../clients/camera/src/camera.ts'
import { demo } from '../../clients/camera/src/frames/demo.ts'
import type { Act } from '../../clients/camera/src/frames/film.ts'

const certain = { best: 0.6, median: 0.5 }
const telling = {
  labels: { person: certain, cat: certain, dog: certain, bird: certain },
  settleInMs: 2_000,
  quietInMs: 10_000,
  againInMs: 60_000,
}

describe('activities in a film', () => {
  let detector: Detector
  beforeAll(async () => {
    detector = await openDetector()
  })
  afterAll(() => detector.close())

  /** The reports of a film, with their times. */
  async function toldOf(acts: Act[]) {
    const sight = { telling, masks: [], zones: [], privacy: [], size: [0.001, 1] as const }
    const frames = demo({ seed: 3, fps: 5, width: 480, height: 270, start: 0, acts })
    const all: { label: string; second: number }[] = []
    for await (const { frame, told } of watch(frames(new AbortController().signal), detector, sight))
      all.push(...told.map(({ label }) => ({ label, second: frame.at / 1000 })))
    return all
  }

  it('tells each of them once, and neither cloud, lamp, leaf, rain nor what is parked', async () => {
    const told = await toldOf([
      { kind: 'parked', from: 0, to: 40 },
      { kind: 'person', from: 2, to: 9, enter: -0.3, leave: 1.3 },
      { kind: 'cloud', from: 10, to: 14 },
      { kind: 'lamp', from: 15, to: 17 },
      { kind: 'cat', from: 18, to: 28, enter: 1.3, leave: -0.3, stands: 4 },
      { kind: 'leaf', from: 29, to: 31, enter: 0.2, leave: 0.5 },
      { kind: 'rain', from: 31, to: 35 },
    ])
    expect(told.map(({ label }) => label)).toEqual(['person', 'cat'])
    // Each thing is visible half a second after it enters.
    expect(told[0]!.second - 2).toBeLessThan(5)
    expect(told[1]!.second - 18).toBeLessThan(5)
  })

  it('tells of who comes by the way that another left', async () => {
    const told = await toldOf([
      { kind: 'person', from: 2, to: 8, enter: 1.3, leave: -0.3 },
      { kind: 'person', from: 20, to: 26, enter: -0.3, leave: 1.3 },
    ])
    expect(told.map(({ label, second }) => [label, second > 15])).toEqual([
      ['person', false],
      ['person', true],
    ])
  })

  it('goes on where the clock is set back', async () => {
    const acts: Act[] = [{ kind: 'person', from: 1, to: 7, enter: -0.3, leave: 1.3 }]
    const film = (start: number) =>
      demo({ seed: 3, fps: 5, width: 480, height: 270, start, acts })(AbortSignal.timeout(60_000))
    async function* frames() {
      for (const start of [7_200_000, 0]) yield* film(start)
    }
    const sight = { telling, masks: [], zones: [], privacy: [], size: [0.001, 1] as const }
    const at = []
    for await (const { told } of watch(frames(), detector, sight)) at.push(...told.map((one) => one.at))
    expect(at.map((one) => one < 7_200_000)).toEqual([false, true])
  })

  it('goes on behind a broken picture, and lets no private place through', async () => {
    const cat = new Uint8Array(await readFile('scripts/photos/cat.jpg'))
    const cut = cat.slice(0, 20_000)
    async function* frames() {
      for (const [at, jpeg] of [cut, cat, cut, cat].entries()) yield { at, jpeg }
    }
    const privacy = [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    ] as const
    const sight = { telling, masks: [], zones: [], privacy, size: [0.001, 1] as const }
    const seen = await Array.fromAsync(watch(frames(), detector, sight))
    expect(seen.map(({ health }) => health)).toEqual(['broken', 'black', 'broken', 'black'])
    expect(seen.flatMap(({ told }) => told)).toEqual([])
  })

  it('tells nothing of what was there all the time', async () => {
    expect(await toldOf([{ kind: 'cat', from: 0, to: 8 }])).toEqual([])
  })
})
