import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeModel, readGraph } from '../../clients/detector/src/model.ts'
import { networkOf } from '../../clients/detector/src/graph.ts'
import { ANCHORS, detectionsIn } from '../../clients/detector/src/ssd.ts'

it('has the anchors that the graph brings', async () => {
  const { constants } = await readGraph()
  const { shape, values } = constants.get('Postprocessor/ExpandDims')!
  const anchors = ANCHORS.flat()
  expect(shape).toEqual([1, anchors.length, 4])
  anchors.forEach(({ x, y, width, height }, i) => {
    const [top, left, bottom, right] = values.subarray(4 * i)
    expect(y).toBeCloseTo((top! + bottom!) / 2, 5)
    expect(x).toBeCloseTo((left! + right!) / 2, 5)
    expect(height).toBeCloseTo(bottom! - top!, 5)
    expect(width).toBeCloseTo(right! - left!, 5)
  })
})

it('is the same file each time it is made', async () => {
  const hash = createHash('sha256').update(await makeModel())
  expect(hash.digest('hex')).toBe('f5d6a5e4ef1434805ec58207f116e2ea0aa0269129a36d9216a2076bdcf838e7')
})

it('is not made of operators that it does not know', () => {
  const graph = { nodes: [{ name: 'out', op: 'Softmax', input: ['in'] }], constants: new Map() }
  expect(() => networkOf(graph, 'in', [1], ['out'])).toThrow(
    'The graph has an operator that is not known here, Softmax.',
  )
})

/** The network's output for an empty picture, except for some boxes of its last layer, each with a class number and a certainty. */
function headsWith(seen: { shape: number; number: number; said: number }[]) {
  return ANCHORS.map((anchors, layer) => {
    const classes = new Float32Array(anchors.length * 91).fill(-20)
    if (layer === 5) for (const { shape, number, said } of seen) classes[shape * 91 + number] = said
    return { places: new Float32Array(anchors.length * 4), classes }
  })
}
const labels = (heads: ReturnType<typeof headsWith>, threshold = 0.5) =>
  detectionsIn(heads, threshold).map(({ label }) => label)

it('finds a thing once where two of its boxes have more than half in common', () => {
  // The shapes of a layer: of ratio 1, 2, 1/2, 3, 1/3.
  const person = (shape: number) => ({ shape, number: 1, said: 3 })
  expect(labels(headsWith([person(1), person(2)]))).toEqual(['person'])
  expect(labels(headsWith([person(1), person(4)]))).toEqual(['person', 'person'])
})

it('finds two things in the same place, and none of background or of numbers without a name', () => {
  const seen = [1, 18, 0, 12].map((number) => ({ shape: 0, number, said: number === 1 ? 2 : 3 }))
  expect(labels(headsWith(seen))).toEqual(['dog', 'person'])
})

it('has no box that leaves the picture', () => {
  const heads = headsWith([{ shape: 5, number: 1, said: 3 }])
  heads[5]!.places.set([30, -30, 9, 9], 5 * 4)
  const { box } = detectionsIn(heads, 0.5)[0]!
  expect(box.every((side) => side >= 0 && side <= 1)).toBe(true)
  expect(box[0] + box[2]).toBeLessThanOrEqual(1)
})
