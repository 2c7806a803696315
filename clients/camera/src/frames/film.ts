type Thing = 'person' | 'cat' | 'leaf' | 'parked'
/** One event of a film, in seconds. */
export type Act = {
  kind: Thing | 'cloud' | 'lamp' | 'rain' | 'night'
  from: number
  to: number
  /** Where a thing enters and leaves, in widths of the picture; equal if it only stands. */
  enter?: number
  leave?: number
  /** How long it stands half-way, in seconds. */
  stands?: number
}
export type Film = { acts: readonly Act[] }

/** A film at one moment: brightness, noise, and the centre and feet of each thing, as shares. */
export type Moment = {
  light: number
  noise: number
  /** The number of visible rain drops. */
  drops: number
  things: { kind: Thing; x: number; y: number }[]
}

const NOISE = 5
const CLOUD = 0.7
const LAMP = 1.35
const NIGHT = 0.25
/** Seconds of quiet before the person at night, so that the camera reports that person too; night falls halfway through. */
const DUSK = 10
const DROPS = 150
/** The position of the parked car. */
const PARKED = { x: 0.82, y: 0.97 }

/**
 * Makes a film from a seed: beside a parked car come a person who walks by, a cloud, a lamp, a cat that sits and leaves, a leaf, rain, a
 * person who stays a while, and a person who walks by at night.
 */
export function film(seed: number): Film {
  const random = randomOf(seed)
  const kinds: Act['kind'][] = ['person', 'cloud', 'lamp', 'cat', 'leaf', 'rain', 'person', 'person']
  const acts: Act[] = []
  let at = 6
  for (const [number, kind] of kinds.entries()) {
    const [enter, leave] = random() < 0.5 ? [-0.3, 1.3] : [1.3, -0.3]
    const stands = kind === 'cat' || number === 6 ? 4 + random() * 8 : 0
    const to = at + 7 + random() * 3 + stands
    acts.push({ kind, from: at, to, enter, leave, stands })
    at = to + 4 + random() * 3
    if (number === 6) at += DUSK
  }
  const night = acts.at(-1)!
  const parked: Act = { kind: 'parked', from: 0, to: night.to + 1 }
  return { acts: [parked, ...acts, { kind: 'night', from: night.from - DUSK / 2, to: night.to + 1 }] }
}

/** The state of a film at a second. */
export function stateOf({ acts }: Film, second: number): Moment {
  const moment: Moment = { light: 1, noise: NOISE, drops: 0, things: [] }
  for (const act of acts) {
    if (second < act.from || second >= act.to) continue
    const share = (second - act.from) / (act.to - act.from)
    if (act.kind === 'cloud') moment.light *= 1 - (1 - CLOUD) * Math.sin(Math.PI * share)
    else if (act.kind === 'lamp') moment.light *= LAMP
    else if (act.kind === 'night') moment.light *= NIGHT
    else if (act.kind === 'rain') moment.drops = DROPS * Math.sin(Math.PI * share)
    else if (act.kind === 'parked') moment.things.push({ kind: act.kind, ...PARKED })
    else
      moment.things.push({
        kind: act.kind,
        x: placeOf(act, second),
        y: act.kind === 'leaf' ? 0.3 + share * 0.5 : 1,
      })
  }
  return moment
}

/** The position on a walk to the middle, a stop there, and a walk out. */
function placeOf({ from, to, enter = 0.5, leave = 0.5, stands = 0 }: Act, second: number) {
  const walks = (to - from - stands) / 2
  const walked = Math.min(second - from, walks) + Math.max(0, second - from - walks - stands)
  return enter + ((leave - enter) * walked) / (2 * walks)
}

/** Numbers from 0 to 1, the same for the same seed: mulberry32. */
export function randomOf(seed: number) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
