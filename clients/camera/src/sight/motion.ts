import type { Box } from './box.ts'
import { regionsIn } from './regions.ts'
import { learn, newScene, type Scene, type Shades, tolerance } from './scene.ts'

export type Motion = { scene: Scene; regions: Box[] }

/** If a larger share changes at once, the camera was turned or its infrared lamp came on. A person at the lens covers half. */
const NEW_SCENE = 0.6
/** If the light changes by more than this between two frames, a lamp was switched. A cloud takes longer. */
const NEW_LIGHT = 0.12
/** The light is measured at every sixth pixel each way, except where it is too dark. */
const SPARSE = 6
const DARK = 16

/** Returns the moving regions of a frame, and the updated scene. It writes to the arrays of the given scene. */
export function motionIn(known: Scene | null, { width, height, pixels }: Shades): Motion {
  const frame = blurred(width, height, pixels)
  if (!known || known.width !== width || known.height !== height)
    return { scene: newScene(width, height, frame), regions: [] }
  const light = lightOn(known, frame)
  if (Math.abs(light / known.light - 1) > NEW_LIGHT)
    return { scene: newScene(width, height, frame), regions: [] }
  known.light = light
  for (let at = 0; at < frame.length; at++) frame[at]! /= light
  const changed = learn(known, frame)
  if (shareOf(changed) > NEW_SCENE)
    return { scene: newScene(width, height, blurred(width, height, pixels)), regions: [] }
  const [older] = known.before
  const moving = older ? movingIn(known, frame, older) : new Uint8Array(frame.length)
  known.before = [...known.before.slice(-1), frame]
  if (known.silence > 0) {
    known.silence--
    return { scene: known, regions: [] }
  }
  return { scene: known, regions: regionsIn(width, height, changed, moving) }
}

/** The mean of each pixel and its eight neighbours: half a camera's noise. */
function blurred(width: number, height: number, pixels: Uint8Array) {
  const rows = new Float32Array(pixels.length)
  const frame = new Float32Array(pixels.length)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++)
      rows[at] = (pixels[x > 0 ? at - 1 : at]! + pixels[at]! + pixels[x < width - 1 ? at + 1 : at]!) / 3
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++)
      frame[at] = (rows[y > 0 ? at - width : at]! + rows[at]! + rows[y < height - 1 ? at + width : at]!) / 3
  return frame
}

/** The brightness of a frame relative to the background: the median of a sample, which a thing in the foreground does not shift. */
function lightOn({ width, height, background, light }: Scene, frame: Float32Array) {
  const ratios: number[] = []
  for (let y = 0; y < height; y += SPARSE)
    for (let x = 0; x < width; x += SPARSE) {
      const at = y * width + x
      if (background[at]! > DARK) ratios.push(frame[at]! / background[at]!)
    }
  return ratios.length > 0 ? ratios.sort((a, b) => a - b)[ratios.length >> 1]! || light : light
}

/** 1 for each pixel that also differs from two frames ago; the others stand still. */
function movingIn(scene: Scene, frame: Float32Array, older: Float32Array) {
  const moving = new Uint8Array(frame.length)
  for (let at = 0; at < frame.length; at++)
    if (Math.abs(frame[at]! - older[at]!) > tolerance(scene, at)) moving[at] = 1
  return moving
}

function shareOf(changed: Uint8Array) {
  let count = 0
  for (let at = 0; at < changed.length; at++) count += changed[at]!
  return count / changed.length
}
