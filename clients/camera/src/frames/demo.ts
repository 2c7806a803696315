import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Act, type Film, film, type Moment, randomOf, stateOf } from './film.ts'
import { cutOut, jpegOf, type Raster, rasterOf } from './pixels.ts'
import { rainOn } from './rain.ts'
import type { Frame, Source } from './source.ts'

export type DemoOptions = {
  seed: number
  fps: number
  width: number
  height: number
  /** The time of the first frame, in milliseconds. Without `isRealTime` frames come as fast as possible. */
  start?: number
  isRealTime?: boolean
  acts?: readonly Act[]
}

/** The folders of the photographs: in a built package, and in the repository. */
const PHOTOS = ['../photos', '../../../../scripts/photos', '../../../../test/photos']
/** The boxes of the person, the cat and the car in their photographs, as shares. */
const PERSON = [0.03, 0.02, 0.73, 0.98] as const
const CAT = [0, 0, 0.9, 1] as const
const CAR = [0.36, 0.84, 0.23, 0.16] as const
/** Their heights in the scene, as shares. */
const HEIGHTS = { person: 0.95, cat: 0.45, leaf: 0.02, parked: 0.25 }

/** A scene drawn from photographs, the same for the same seed. */
export const demo =
  (options: DemoOptions): Source =>
  (stop) =>
    drawn(options, stop)

async function* drawn(options: DemoOptions, stop: AbortSignal): AsyncGenerator<Frame> {
  const { seed, fps, width, height, start = Date.now(), isRealTime = false } = options
  const scene = await rasterOf(await photo('bricks'), width, height)
  const things = {
    person: await cutOut(await photo('person'), PERSON, Math.round(height * HEIGHTS.person)),
    cat: await cutOut(await photo('cat'), CAT, Math.round(height * HEIGHTS.cat)),
    leaf: leaf(Math.round(height * HEIGHTS.leaf)),
    parked: await cutOut(await photo('cars'), CAR, Math.round(height * HEIGHTS.parked)),
  }
  const shown: Film = options.acts ? { acts: options.acts } : film(seed)
  const random = randomOf(seed + 1)
  const noise = Float32Array.from({ length: 65_537 }, () => (random() + random() + random() - 1.5) * 2)
  const length = Math.max(...shown.acts.map(({ to }) => to)) + 1
  for (let number = 0; number < length * fps && !stop.aborted; number++) {
    const state = stateOf(shown, number / fps)
    const at = start + (number * 1000) / fps
    yield { at, jpeg: await jpegOf(draw(scene, things, state, noise, Math.floor(random() * 65_537))) }
    if (isRealTime)
      await wait(Math.max(0, at + 1000 / fps - Date.now()), undefined, { signal: stop }).catch(() => {})
  }
}

/** Reads a photograph from the first folder that has it. */
function photo(name: string) {
  const paths = PHOTOS.map((folder) => join(import.meta.dirname, folder, `${name}.jpg`))
  return readFile(paths.find((path) => existsSync(path)) ?? paths[0]!)
}

type Things = Record<Moment['things'][number]['kind'], Raster>

function draw(scene: Raster, things: Things, state: Moment, noise: Float32Array, from: number): Raster {
  const picture = { ...scene, pixels: scene.pixels.slice() }
  for (const { kind, x, y } of state.things) lay(picture, things[kind], x, y)
  rainOn(picture, state.drops, from)
  const { pixels } = picture
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = pixels[at]! * state.light + noise[(from + at) % noise.length]! * state.noise
  return picture
}

/** Draws a thing into a picture: its centre at x, its feet at y, as shares. */
function lay(picture: Raster, thing: Raster, x: number, y: number) {
  const left = Math.round(x * picture.width - thing.width / 2)
  const top = Math.round(y * picture.height - thing.height)
  for (let row = Math.max(0, -top); row < Math.min(thing.height, picture.height - top); row++)
    for (let column = Math.max(0, -left); column < Math.min(thing.width, picture.width - left); column++) {
      const from = (row * thing.width + column) * 4
      const to = ((top + row) * picture.width + left + column) * 3
      const alpha = thing.pixels[from + 3]! / 255
      for (let colour = 0; colour < 3; colour++)
        picture.pixels[to + colour]! += (thing.pixels[from + colour]! - picture.pixels[to + colour]!) * alpha
    }
}

function leaf(side: number): Raster {
  const pixels = new Uint8ClampedArray(side * side * 4)
  for (let at = 0; at < pixels.length; at += 4) pixels.set([60, 110, 40, 255], at)
  return { width: side, height: side, pixels }
}
