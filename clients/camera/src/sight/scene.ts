/** A small picture in shades of grey, by rows. */
export type Shades = { width: number; height: number; pixels: Uint8Array }

/**
 * The still scene. Each pixel has two backgrounds: the current one, and the former one, which comes back at once when a thing leaves, so
 * that its old place is not seen as motion.
 */
export type Scene = {
  width: number
  height: number
  background: Float32Array
  /** The former background, NaN if there was none. */
  former: Float32Array
  /** The candidate for the background, and for how many frames it has been stable. */
  candidate: Float32Array
  stable: Uint8Array
  /** How much the background flickers, in squared shades. */
  variance: Float32Array
  /** The light on the scene, 1 when it was learned. */
  light: number
  /** The last two frames, normalised to the light of the background, older first. */
  before: Float32Array[]
  /** Frames still to skip, since the scene is new. */
  silence: number
}

/** Frames after which a still thing becomes background: 4 s at 5 a second. */
const STABLE = 20
/** Frames to skip after a new scene. */
const SILENCE = 3
/** The learning rates of the background and its flicker, per frame. */
const LEARNING = 0.05
const LEARNING_FLICKER = 0.02
/** The flicker of a good camera by day, in squared shades after the blur. */
const FIRST_VARIANCE = 4
/** A pixel has changed beyond this many shades, and this many standard deviations of the flicker. */
const LEAST_CHANGE = 9
const DEVIATIONS = 4
const LEAST_VARIANCE = (LEAST_CHANGE / DEVIATIONS) ** 2

/** Learns a scene from its first frame. */
export function newScene(width: number, height: number, frame: Float32Array): Scene {
  const pixels = width * height
  return {
    width,
    height,
    background: frame.slice(),
    former: new Float32Array(pixels).fill(NaN),
    candidate: new Float32Array(pixels),
    stable: new Uint8Array(pixels),
    variance: new Float32Array(pixels).fill(FIRST_VARIANCE),
    light: 1,
    before: [],
    silence: SILENCE,
  }
}

/** How many shades a pixel may differ without counting as changed. A root is slow, and most pixels flicker little. */
export const tolerance = (scene: Scene, at: number) => {
  const variance = scene.variance[at]!
  return variance > LEAST_VARIANCE ? DEVIATIONS * Math.sqrt(variance) : LEAST_CHANGE
}

/** Learns from a frame in the light of the background, and returns 1 for each changed pixel. */
export function learn(scene: Scene, frame: Float32Array): Uint8Array {
  const { background, former, candidate, stable, variance } = scene
  const changed = new Uint8Array(frame.length)
  for (let at = 0; at < frame.length; at++) {
    const shade = frame[at]!
    const allowed = tolerance(scene, at)
    if (Math.abs(shade - former[at]!) <= allowed && Math.abs(shade - background[at]!) > allowed)
      swap(scene, at)
    const difference = shade - background[at]!
    if (Math.abs(difference) <= allowed) {
      background[at]! += LEARNING * difference
      variance[at]! += LEARNING_FLICKER * (difference * difference - variance[at]!)
      stable[at] = 0
      continue
    }
    changed[at] = 1
    const isSame = stable[at]! > 0 && Math.abs(shade - candidate[at]!) <= allowed
    candidate[at] = isSame ? candidate[at]! + (shade - candidate[at]!) / 4 : shade
    stable[at] = isSame ? stable[at]! + 1 : 1
    if (stable[at]! < STABLE) continue
    former[at] = background[at]!
    background[at] = candidate[at]!
    stable[at] = 0
  }
  return changed
}

function swap({ background, former, stable }: Scene, at: number) {
  const shade = background[at]!
  background[at] = former[at]!
  former[at] = shade
  stable[at] = 0
}
