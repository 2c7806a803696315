/** A place in a picture: left, top, width and height, as shares of the picture. */
export type Box = readonly [left: number, top: number, width: number, height: number]

export const WHOLE: Box = [0, 0, 1, 1]

export const areaOf = ([, , width, height]: Box) => width * height

export const centreOf = ([left, top, width, height]: Box) => [left + width / 2, top + height / 2] as const

/** The intersection of two boxes, as a share of the picture. */
export function commonArea(one: Box, other: Box) {
  const along = (axis: 0 | 1) => {
    const from = Math.max(one[axis], other[axis])
    return Math.max(0, Math.min(one[axis] + one[axis + 2]!, other[axis] + other[axis + 2]!) - from)
  }
  return along(0) * along(1)
}

/** Intersection over union: 0 for disjoint boxes, 1 for the same box. */
export function overlap(one: Box, other: Box) {
  const common = commonArea(one, other)
  return common === 0 ? 0 : common / (areaOf(one) + areaOf(other) - common)
}

/** The distance of the centres, in widths and heights of the larger box. */
export function distance(one: Box, other: Box) {
  const [x, y] = centreOf(one)
  const [otherX, otherY] = centreOf(other)
  return Math.hypot((x - otherX) / Math.max(one[2], other[2]), (y - otherY) / Math.max(one[3], other[3]))
}

/** The smallest box around all of them. */
export function around(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map((box) => box[0]))
  const top = Math.min(...boxes.map((box) => box[1]))
  const right = Math.max(...boxes.map((box) => box[0] + box[2]))
  const bottom = Math.max(...boxes.map((box) => box[1] + box[3]))
  return [left, top, right - left, bottom - top]
}

/** Converts a box in a crop to a box in the whole picture. */
export const inPicture = ([left, top, width, height]: Box, crop: Box): Box => [
  crop[0] + left * crop[2],
  crop[1] + top * crop[3],
  width * crop[2],
  height * crop[3],
]
