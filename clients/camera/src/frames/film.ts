/** What happens from one second to another. */
export type Act = {
  kind: 'person' | 'cat' | 'leaf' | 'cloud' | 'lamp' | 'night'
  from: number
  to: number
  /** Where a thing comes in and where it leaves, in widths of the picture; the same where it only stands. */
  enter?: number
  leave?: number
  /** How long it stands half-way, in seconds. */
  stands?: number
}
export type Film = { acts: readonly Act[] }

/** A film at one moment: how bright, how noisy, and what is where: the centre and the feet, as shares. */
export type Moment = {
  light: number
  noise: number
  things: { kind: 'person' | 'cat' | 'leaf'; x: number; y: number }[]
}

const NOISE = 5
const CLOUD = 0.7
const LAMP = 1.35
const NIGHT = 0.25

/** A film by a seed: a person walks by, a cloud, a lamp, a cat that sits and leaves, a leaf, a person who stays a while. */
export function film(seed: number): Film {
  const random = randomOf(seed)
  const kinds: Act['kind'][] = ['person', 'cloud', 'lamp', 'cat', 'leaf', 'person']
  const acts: Act[] = []
  let at = 6
  for (const kind of kinds) {
    const [enter, leave] = random() < 0.5 ? [-0.3, 1.3] : [1.3, -0.3]
    const stands = kind === 'cat' || acts.length === 5 ? 4 + random() * 8 : 0
    const to = at + 7 + random() * 3 + stands
    acts.push({ kind, from: at, to, enter, leave, stands })
    at = to + 12 + random() * 4
  }
  return { acts }
}

/** What is to be seen at a second of a film. */
export function stateOf({ acts }: Film, second: number): Moment {
  const moment: Moment = { light: 1, noise: NOISE, things: [] }
  for (const act of acts) {
    if (second < act.from || second >= act.to) continue
    const share = (second - act.from) / (act.to - act.from)
    if (act.kind === 'cloud') moment.light *= 1 - (1 - CLOUD) * Math.sin(Math.PI * share)
    else if (act.kind === 'lamp') moment.light *= LAMP
    else if (act.kind === 'night') moment.light *= NIGHT
    else
      moment.things.push({
        kind: act.kind,
        x: placeOf(act, second),
        y: act.kind === 'leaf' ? 0.3 + share * 0.5 : 1,
      })
  }
  return moment
}

/** Walks to the middle, stands there, walks on. */
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
