import { LABELS, type Label } from './labels.ts'

/** A detection: its label, its score, and its box (left, top, width, height) as shares of the picture. */
export type Detection = {
  label: Label
  score: number
  box: [left: number, top: number, width: number, height: number]
}

/** One layer's output for each of its boxes, by channels: four numbers for the place, 91 for the class. */
export type Head = { places: Float32Array; classes: Float32Array }

/** The grid sizes of the network's layers, from fine to coarse, and the scale of each layer's boxes as a share of the picture. */
const GRIDS = [19, 10, 5, 3, 2, 1]
const SCALES = [0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1]
/** The aspect ratios (width by height) that the network was trained with. */
const RATIOS = [1, 2, 0.5, 3, 0.3333]
/** COCO's 90 class numbers, and 0 for the background. */
const CLASSES = 91
/** The scale factors of the network's box encoding, for centres and for sides. */
const CENTRE = 10
const SIDE = 5
/** Two boxes with a larger overlap show the same thing. */
const SAME_THING = 0.5

type Anchor = { x: number; y: number; width: number; height: number }

/** The widths and heights of a layer's boxes at one point: SSD's (Liu et al., 2016), with fewer in the first layer. */
function shapesAt(layer: number) {
  const scale = SCALES[layer]!
  const shape = (scale: number, ratio: number) => ({
    width: scale * Math.sqrt(ratio),
    height: scale / Math.sqrt(ratio),
  })
  if (layer === 0) return [shape(0.1, 1), shape(scale, 2), shape(scale, 1 / 2)]
  const between = Math.sqrt(scale * SCALES[layer + 1]!)
  return [...RATIOS.map((ratio) => shape(scale, ratio)), shape(between, 1)]
}

/** The anchors: each layer's boxes before the network moves them, in its order: rows, points, shapes. */
export const ANCHORS: Anchor[][] = GRIDS.map((grid, layer) =>
  Array.from({ length: grid * grid }, (_, point) => ({
    x: ((point % grid) + 0.5) / grid,
    y: (Math.floor(point / grid) + 0.5) / grid,
  })).flatMap((centre) => shapesAt(layer).map((shape) => ({ ...centre, ...shape }))),
)

/** Decodes the network's output: detections of at least this score, the most certain first, without duplicates of a label. */
export function detectionsIn(heads: Head[], threshold: number): Detection[] {
  const found = heads.flatMap((head, layer) => foundIn(head, ANCHORS[layer]!, GRIDS[layer]! ** 2, threshold))
  const kept: Detection[] = []
  for (const one of found.toSorted((a, b) => b.score - a.score))
    if (!kept.some((other) => other.label === one.label && overlap(other.box, one.box) > SAME_THING))
      kept.push(one)
  return kept
}

function foundIn({ places, classes }: Head, anchors: Anchor[], points: number, threshold: number) {
  const least = Math.log(threshold / (1 - threshold))
  const shapes = anchors.length / points
  const found: Detection[] = []
  for (let shape = 0; shape < shapes; shape++)
    for (const [number, label] of LABELS)
      for (let point = 0; point < points; point++) {
        const said = classes[(shape * CLASSES + number) * points + point]!
        if (said < least) continue
        const [y, x, height, width] = [0, 1, 2, 3].map((one) => places[(shape * 4 + one) * points + point]!)
        const box = boxOf(anchors[point * shapes + shape]!, x!, y!, width!, height!)
        found.push({ label, score: 1 / (1 + Math.exp(-said)), box })
      }
  return found
}

/** An anchor as moved by the network, clipped to the picture. */
function boxOf(anchor: Anchor, x: number, y: number, width: number, height: number): Detection['box'] {
  const [left, right] = edges(anchor.x + (x / CENTRE) * anchor.width, Math.exp(width / SIDE) * anchor.width)
  const [top, bottom] = edges(
    anchor.y + (y / CENTRE) * anchor.height,
    Math.exp(height / SIDE) * anchor.height,
  )
  return [left, top, right - left, bottom - top]
}

const within = (share: number) => Math.min(Math.max(share, 0), 1)
const edges = (centre: number, side: number) =>
  [within(centre - side / 2), within(centre + side / 2)] as const

/** The intersection over union of two boxes. */
function overlap(one: Detection['box'], other: Detection['box']) {
  const common = [0, 1].map((axis) => {
    const end = Math.min(one[axis]! + one[axis + 2]!, other[axis]! + other[axis + 2]!)
    return Math.max(0, end - Math.max(one[axis]!, other[axis]!))
  })
  const both = common[0]! * common[1]!
  return both / (one[2] * one[3] + other[2] * other[3] - both)
}
