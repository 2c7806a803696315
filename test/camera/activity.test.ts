import { describe, expect, it } from 'vitest'
import { type Activities, activityIn } from '../../clients/camera/src/sight/activity.ts'
import type { Box } from '../../clients/camera/src/sight/box.ts'
import { cropsFor } from '../../clients/camera/src/sight/crops.ts'
import { follow, noTracks } from '../../clients/camera/src/sight/tracks.ts'
import { isInside, outside, standsIn } from '../../clients/camera/src/sight/zones.ts'

const certain = { best: 0.6, median: 0.5 }
const telling = {
  labels: { person: certain, cat: certain, dog: certain, bird: certain },
  settleInMs: 2_000,
  quietInMs: 10_000,
  againInMs: 60_000,
}

/** Looks at one thing in consecutive boxes, five a second; `cover` is the share of it with motion. */
function trackOf(boxes: Box[], { score = 0.8, cover = 0.1, label = 'person' } = {}) {
  return boxes.reduce(
    (tracks, box, i) =>
      follow(tracks, {
        at: i * 200,
        picture: i,
        looked: [[0, 0, 1, 1]],
        regions: [[box[0], box[1], box[2] * cover, box[3]]],
        found: [{ label, score, box }],
      }),
    noTracks<number>(),
  )
}
const walk = (count: number, step: number): Box[] =>
  Array.from({ length: count }, (_, i) => [0.1 + i * step, 0.2, 0.2, 0.5] as const)
/** A thing that another one passes in front of, from right to left. */
const hidden: Box[] = [0.2, 0.2, 0.16, 0.12, 0.12, 0.12, 0.16, 0.2, 0.2, 0.2].map((width, i) => [
  i > 5 ? 0.3 - width : 0.1,
  0.2,
  width,
  0.5,
])
const isTold = (tracks: ReturnType<typeof trackOf>, now = 10_000, going: Activities = []) =>
  activityIn(going, tracks, now, telling).told.map(({ picture }) => picture)

/** A thing and one that passes in front of it, five looks a second. Each region counts for the thing it fits best. */
const passed = (found: { label: string; score: number; box: Box }[]) =>
  [0, 1, 2, 3].reduce(
    (tracks, i) =>
      follow(tracks, {
        at: i * 200,
        picture: i,
        looked: [[0, 0, 1, 1]],
        regions: [[0.1, 0.2, 0.3, 0.6]],
        found,
      }),
    noTracks<number>(),
  )

describe('a track', () => {
  it.each([
    ['walks', walk(5, 0.06), {}, true],
    ['stands', walk(5, 0), {}, false],
    ['is found beside its place, without motion there', walk(5, 0.06), { cover: 0 }, false],
    [
      'trembles',
      walk(5, 0).map(([left, ...rest], i) => [left + (i % 2) * 0.025, ...rest] as const),
      {},
      false,
    ],
    ['is hidden bit by bit, and shown again', hidden, {}, false],
    ['is covered by motion', walk(3, 0), { cover: 1 }, true],
    ['was found twice', walk(2, 0.06), { cover: 1 }, false],
    ['is never certain', walk(5, 0.06), { score: 0.59 }, false],
    ['is certain', walk(5, 0.06), { score: 0.61 }, true],
    ['has a label that is not wanted', walk(5, 0.06), { label: 'cup' }, false],
  ])('that %s is told: %s', (_, boxes, options, told) => {
    expect(isTold(trackOf(boxes as Box[], options)).length > 0).toBe(told)
  })

  it('that stands is not told of what moves before it', () => {
    const car = { label: 'dog', score: 0.9, box: [0.1, 0.4, 0.4, 0.4] as Box }
    const person = { label: 'person', score: 0.9, box: [0.1, 0.2, 0.28, 0.6] as Box }
    const told = (found: Parameters<typeof passed>[0]) =>
      activityIn([], passed(found), 10_000, telling).told.map(({ label }) => label)
    expect([told([car]), told([car, person])]).toEqual([['dog'], ['person']])
  })

  it.each([
    [0.032, true],
    [0.028, false],
  ])('of a thing 0.2 wide that went by %d came: %s', (by, told) => {
    const [here, there] = [walk(1, 0), walk(2, by).slice(1)]
    expect(isTold(trackOf([...here, ...there, ...there, ...there])).length > 0).toBe(told)
  })

  it.each([
    [0.42, true],
    [0.38, false],
  ])('of which motion covers %d is covered: %s', (cover, told) => {
    expect(isTold(trackOf(walk(3, 0), { cover })).length > 0).toBe(told)
  })

  it.each([
    [0.14, 1],
    [0.16, 2],
  ])('of a walking thing 0.2 wide goes on %d further: %d', (by, count) => {
    const boxes: Box[] = [...walk(3, 0), [0.1 + by, 0.2, 0.2, 0.5]]
    expect(trackOf(boxes, { cover: 1 }).list).toHaveLength(count)
  })

  it.each([
    [0.12, 2],
    [0.1, 0],
  ])('shows what is whole and %d wide, or what is cut and 0.3 wide: picture %d', (width, picture) => {
    const [cut, whole]: Box[] = [
      [0, 0.2, 0.3, 0.5],
      [0.1, 0.2, width, 0.5],
    ]
    expect(isTold(trackOf([cut!, cut!, whole!, whole!], { cover: 1 }))).toEqual([picture])
  })

  it('stays one while its thing walks, and is another for a thing elsewhere', () => {
    expect(trackOf(walk(8, 0.06)).list).toHaveLength(1)
    expect(trackOf([...walk(2, 0), [0.7, 0.2, 0.2, 0.5]]).list).toHaveLength(2)
  })

  it('is gone after eight looks that miss it, and never by looks elsewhere', () => {
    const missing = (count: number, looked: Box) =>
      Array.from({ length: count }).reduce<ReturnType<typeof trackOf>>(
        (tracks) => follow(tracks, { at: 0, picture: 0, looked: [looked], regions: [], found: [] }),
        trackOf(walk(3, 0)),
      ).list
    expect(missing(7, [0, 0, 1, 1])).toHaveLength(1)
    expect(missing(8, [0, 0, 1, 1])).toHaveLength(0)
    expect(missing(20, [0.5, 0, 0.5, 1])).toHaveLength(1)
  })

  it('shows its best picture: certain, large, and not cut by the edge', () => {
    const at = (left: number, width: number): Box => [left, 0.2, width, 0.5]
    expect(isTold(trackOf([at(0, 0.3), at(0.1, 0.3), at(0.2, 0.2), at(0.3, 0.2)], { cover: 1 }))).toEqual([1])
  })
})

describe('an activity', () => {
  const tracks = trackOf(walk(5, 0.06))

  it('waits for its best picture, but not longer than it takes', () => {
    expect(isTold(tracks, 1_999)).toEqual([])
    expect(isTold(tracks, 2_000)).toHaveLength(1)
    expect(activityIn([], tracks, 900, telling, true).told).toHaveLength(1)
  })

  it('is told once, however long its thing stays', () => {
    const { going } = activityIn([], tracks, 2_000, telling)
    expect(isTold(tracks, 1_000_000, going)).toEqual([])
  })

  it.each([
    ['a second that comes at once', 2_000, 20_000, 0],
    ['a second after a quiet time', 12_000, 20_000, 1],
    ['a second after a minute of coming and going', 2_000, 62_001, 1],
  ])('of %s is told', (_, first, now, count) => {
    const { going } = activityIn([], tracks, 2_000, telling)
    const other = { ...tracks.list[0]!, id: 2, first, last: first }
    expect(isTold({ next: 3, list: [tracks.list[0]!, other] }, now, going)).toHaveLength(count)
  })
})

describe('crops', () => {
  const aspect = 16 / 9
  const rounded = (regions: Box[]) =>
    cropsFor(regions, aspect).map((box) => box.map((share) => share.toFixed(2)))

  it('are square, at least a third of the height, and within the picture', () => {
    expect(rounded([[0, 0, 0.02, 0.02]])).toEqual([['0.00', '0.00', '0.19', '0.33']])
    expect(rounded([[0.4, 0.4, 0.1, 0.4]])).toEqual([['0.30', '0.33', '0.30', '0.54']])
    expect(rounded([])).toEqual([])
  })

  it('are within a picture that is higher than wide', () => {
    const portrait = 9 / 16
    expect(cropsFor([[0.4, 0.3, 0.3, 0.5]], portrait)).toEqual([[0, 0, 1, 1]])
    for (const size of [0.05, 0.2, 0.3, 0.4, 0.41, 0.42, 0.6, 1])
      for (const [left, top, width, height] of cropsFor([[0, 0.3, 0.1, size]], portrait)) {
        expect(Math.min(left, top, width, height)).toBeGreaterThanOrEqual(0)
        expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(1)
      }
  })

  it('are one for things that are near, and the whole picture for more than two', () => {
    expect(
      rounded([
        [0.1, 0.5, 0.05, 0.05],
        [0.2, 0.5, 0.05, 0.05],
      ]),
    ).toHaveLength(1)
    const far: Box[] = [
      [0, 0, 0.02, 0.02],
      [0.5, 0.5, 0.02, 0.02],
      [0.9, 0.9, 0.02, 0.02],
    ]
    expect(rounded(far.slice(1))).toHaveLength(2)
    expect(cropsFor(far, aspect)).toEqual([[0, 0, 1, 1]])
  })
})

describe('a zone', () => {
  const left = [
    [0, 0],
    [0.5, 0],
    [0.5, 1],
    [0, 1],
  ] as const

  it('has a thing by the middle of its feet, a mask motion by its centre', () => {
    expect([isInside([0.2, 0.5], left), isInside([0.6, 0.5], left)]).toEqual([true, false])
    expect([standsIn([0.3, 0.5, 0.3, 0.5], [left]), standsIn([0.4, 0.5, 0.3, 0.5], [left])]).toEqual([
      true,
      false,
    ])
    expect(standsIn([0.9, 0, 0.1, 0.1], [])).toBe(true)
    expect(
      outside(
        [
          [0.1, 0, 0.1, 0.1],
          [0.8, 0, 0.1, 0.1],
        ],
        [left],
      ),
    ).toEqual([[0.8, 0, 0.1, 0.1]])
  })
})
