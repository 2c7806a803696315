import { around, type Box, centreOf, commonArea, WHOLE } from './box.ts'

/** More crops than this cost more than one look at the whole picture. */
const MOST_CROPS = 2
/** The side of a crop relative to the moving region, so that head and feet are inside. */
const MARGIN = 1.35
/** The least side of a crop in picture heights: 240 of 720 pixels, about the network's input. */
const LEAST = 1 / 3

/** The squares to analyse where something moves: at most two, else the whole picture. `aspect` is width by height. */
export function cropsFor(regions: readonly Box[], aspect: number): Box[] {
  if (regions.length === 0) return []
  const crops = merged(
    regions.map((box) => square(box, aspect)),
    aspect,
  )
  return crops.length <= MOST_CROPS ? crops : [WHOLE]
}

/** Merges crops until none overlap. */
function merged(crops: Box[], aspect: number): Box[] {
  for (const [i, crop] of crops.entries()) {
    const j = crops.findIndex((other, at) => at > i && commonArea(crop, other) > 0)
    if (j < 0) continue
    const rest = crops.filter((_, at) => at !== i && at !== j)
    // Both crops have their margins already.
    return merged([...rest, square(around([crop, crops[j]!]), aspect, 1)], aspect)
  }
  return crops
}

/** A square around a box within the picture; the whole picture if the square would be larger. */
function square(box: Box, aspect: number, margin = MARGIN): Box {
  const side = Math.max(LEAST, margin * Math.max(box[2] * aspect, box[3]))
  if (side >= Math.min(1, aspect)) return WHOLE
  const [x, y] = centreOf(box)
  const width = side / aspect
  const within = (centre: number, size: number) => Math.min(Math.max(0, centre - size / 2), 1 - size)
  return [within(x, width), within(y, side), width, side]
}
