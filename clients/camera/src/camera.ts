import type { Detector } from '@scout/detector'
import { shadesOf, withoutPrivate } from './frames/pixels.ts'
import type { Frame } from './frames/source.ts'
import { type Activities, activityIn, isNew, type Telling, type Told } from './sight/activity.ts'
import { type Box, inPicture, WHOLE } from './sight/box.ts'
import { cropsFor } from './sight/crops.ts'
import { type Health, healthOf, type Watched } from './sight/health.ts'
import { motionIn } from './sight/motion.ts'
import type { Scene } from './sight/scene.ts'
import { follow, type Found, noTracks } from './sight/tracks.ts'
import { outside, type Polygon, standsIn } from './sight/zones.ts'

export type Sight = {
  telling: Telling
  /** Motion under these is ignored. */
  masks: readonly Polygon[]
  /** Only things that stand in one of these count; everywhere if empty. */
  zones: readonly Polygon[]
  /** Blacked out in every picture that leaves this machine. */
  privacy: readonly Polygon[]
  /** The least and largest share of the picture that a thing may take. */
  size: readonly [least: number, largest: number]
}
export type Looked = { frame: Frame; regions: Box[]; told: Told<Frame>[]; health: Health | 'broken' }

/** The least score at which a thing is tracked at all. */
const FOLLOWED = 0.35
/** The least time between two looks at the whole picture; the same while something is new; and the interval for things that stay. */
const WHOLE_EVERY_IN_MS = 500
const NEW_EVERY_IN_MS = 350
const STILL_EVERY_IN_MS = 60_000
/** By more than this, times go back only where the clock is set. */
const SET_BACK_IN_MS = 1_000

/** Analyses each frame and yields what to report. A yielded picture has its private places blacked out. */
export async function* watch(frames: AsyncIterable<Frame>, detector: Pick<Detector, 'detect'>, sight: Sight) {
  let scene: Scene | null = null
  let watched: Watched | null = null
  let tracks = noTracks<Frame>()
  let going: Activities = []
  let whole = -Infinity
  let moved = -Infinity
  let now = 0
  for await (const { at, jpeg } of frames) {
    // The clock was set back: nothing would be new until it has caught up.
    if (at < now - SET_BACK_IN_MS) {
      tracks = noTracks()
      going = []
      watched = null
      whole = moved = -Infinity
    }
    now = at
    const read = await readableOf(jpeg, sight.privacy)
    if (!read) {
      yield { frame: { at, jpeg }, regions: [], told: [], health: 'broken' } satisfies Looked
      continue
    }
    const { shades, aspect } = read
    const frame = { at, jpeg: read.jpeg }
    const motion = motionIn(scene, shades)
    scene = motion.scene
    const regions = outside(motion.regions, sight.masks)
    if (regions.length > 0) moved = at
    const { health, watched: kept } = healthOf(watched, shades, at)
    watched = kept
    const looked = cropsToLookAt(regions, aspect)
    if (looked.includes(WHOLE)) whole = at
    if (looked.length > 0) {
      const found = (await foundIn(frame, looked, detector)).filter(counts)
      tracks = follow(tracks, { at, picture: frame, looked, regions, found })
    }
    const said = activityIn(going, tracks, at, sight.telling)
    going = said.going
    yield { frame, regions, told: said.told, health } satisfies Looked
  }
  const { told } = activityIn(going, tracks, now, sight.telling, true)
  for (const last of told)
    yield { frame: last.picture, regions: [], told: [last], health: 'fine' } satisfies Looked

  function cropsToLookAt(regions: Box[], aspect: number): Box[] {
    const crops = cropsFor(regions, aspect)
    const since = now - whole
    const every = tracks.list.some(isNew) ? NEW_EVERY_IN_MS : WHOLE_EVERY_IN_MS
    // The first look notes what stands there already, so that it is not new when something moves in front of it.
    if (since >= STILL_EVERY_IN_MS && (whole === -Infinity || tracks.list.length > 0)) return [WHOLE]
    // Find out whether a thing that stopped moving still stands there: the next one on the same way would be taken for it.
    const isOpen = tracks.list.some(({ missed, last }) => missed > 0 || last < moved)
    if (crops.length === 0 && isOpen && since >= every) return [WHOLE]
    return crops.includes(WHOLE) && since < every ? [] : crops
  }

  function counts({ label, box }: Found) {
    const size = box[2] * box[3]
    return (
      label in sight.telling.labels &&
      size >= sight.size[0] &&
      size <= sight.size[1] &&
      standsIn(box, sight.zones)
    )
  }
}

/** A picture without its private places; null if it is broken, for example by a bad connection. */
async function readableOf(jpeg: Uint8Array, privacy: readonly Polygon[]) {
  try {
    const seen = await withoutPrivate(jpeg, privacy)
    return { jpeg: seen, ...(await shadesOf(seen)) }
  } catch {
    return null
  }
}

async function foundIn({ jpeg }: Frame, looked: readonly Box[], { detect }: Pick<Detector, 'detect'>) {
  const found: Found[] = []
  for (const crop of looked) {
    const part = crop === WHOLE ? undefined : crop
    for (const { label, score, box } of await detect(jpeg, { threshold: FOLLOWED, part }))
      found.push({ label, score, box: inPicture(box, crop) })
  }
  return found
}
