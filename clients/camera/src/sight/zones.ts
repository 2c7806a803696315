import type { Box } from './box.ts'

/** Corners as shares of the picture. */
export type Polygon = readonly (readonly [x: number, y: number])[]

/** Whether a point is inside a polygon: a ray from it crosses an odd number of sides. */
export function isInside([x, y]: readonly [number, number], polygon: Polygon) {
  let inside = false
  polygon.forEach(([fromX, fromY], i) => {
    const [toX, toY] = polygon[(i + 1) % polygon.length]!
    if (fromY > y !== toY > y && x < fromX + ((toX - fromX) * (y - fromY)) / (toY - fromY)) inside = !inside
  })
  return inside
}

/** Whether a thing stands in one of the zones, by the middle of its feet; always true without zones. */
export const standsIn = ([left, top, width, height]: Box, zones: readonly Polygon[]) =>
  zones.length === 0 ||
  zones.some((zone) => isInside([left + width / 2, Math.min(top + height, 0.999)], zone))

/** Leaves out the regions whose centre lies under a mask. */
export const outside = (regions: readonly Box[], masks: readonly Polygon[]) =>
  regions.filter(
    ([left, top, width, height]) =>
      !masks.some((mask) => isInside([left + width / 2, top + height / 2], mask)),
  )
