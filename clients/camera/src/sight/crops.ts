import { around, type Box, centreOf, commonArea, WHOLE } from './box.ts'

/** More looks than this cost more than one at the whole picture. */
const MOST_CROPS = 2
/** The side of a crop in that of what moves, so that its head and feet are in. */
const MARGIN = 1.35
/** The least side of a crop in heights of the picture: 240 of 720 pixels, as large as the network sees. */
const LEAST = 1 / 3

/** The squares to look at, where something moves: at most two, or else the whole picture. `aspect` is its width by its height. */
export function cropsFor(regions: readonly Box[], aspect: number): Box[] {
  if (regions.length === 0) return []
  const crops = merged(
    regions.map((box) => square(box, aspect)),
    aspect,
  )
  return crops.length <= MOST_CROPS ? crops : [WHOLE]
}

/** A crop for each that shares a place with no other. */
function merged(crops: Box[], aspect: number): Box[] {
  for (const [i, crop] of crops.entries()) {
    const j = crops.findIndex((other, at) => at > i && commonArea(crop, other) > 0)
    if (j < 0) continue
    const rest = crops.filter((_, at) => at !== i && at !== j)
    // Margins are in both already.
    return merged([...rest, square(around([crop, crops[j]!]), aspect, 1)], aspect)
  }
  return crops
}

/** A square round a box within the picture; the whole picture where that is not as high. */
function square(box: Box, aspect: number, margin = MARGIN): Box {
  const side = Math.max(LEAST, margin * Math.max(box[2] * aspect, box[3]))
  if (side >= 1) return WHOLE
  const [x, y] = centreOf(box)
  const width = side / aspect
  const within = (centre: number, size: number) => Math.min(Math.max(0, centre - size / 2), 1 - size)
  return [within(x, width), within(y, side), width, side]
}
