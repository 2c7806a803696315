import { type Act, film } from '../../clients/camera/src/frames/film.ts'

type Time = 'day' | 'night'
/** A report on a film: the second of its picture, and the second of the report. */
export type Told = { label: string; second: number; toldAt: number }
export type Seen = { seed: number; time: Time; told: Told[] }
/**
 * The number of activities, of those reported, and of reports that were right; seconds from the entry to the report.
 */
export type Score = {
  acts: number
  told: number
  right: number
  latencies: number[]
  wrong: string[]
  missed: string[]
}

/** Half the width of a thing, in widths of the picture: its edge enters this far before its centre. */
const HALF: Record<string, number> = { person: 0.2, cat: 0.17 }

/** A seed's film by day, or the same film at night, without the film's own night. */
export function actsOf(seed: number, time: Time): Act[] {
  const { acts } = film(seed)
  const dusk = acts.find(({ kind }) => kind === 'night')!.from
  const byDay = acts.filter(({ kind, from }) => from < dusk && kind !== 'night')
  const to = Math.max(...byDay.filter(({ kind }) => kind !== 'parked').map((act) => act.to)) + 4
  const shown = byDay.map((act) => ({ ...act, to: Math.min(act.to, to) }))
  return time === 'day' ? shown : [{ kind: 'night', from: 0, to }, ...shown]
}

/** Compares the reports on films with what happens in them. */
export function scoreOf(seen: Seen[]): Score {
  const score: Score = { acts: 0, told: 0, right: 0, latencies: [], wrong: [], missed: [] }
  for (const { seed, time, told } of seen) {
    const acts = actsOf(seed, time).filter(({ kind }) => kind in HALF)
    const left = [...told]
    for (const act of acts) {
      const index = left.findIndex(
        ({ label, second }) => label === act.kind && second >= act.from && second <= act.to,
      )
      const where = `seed ${seed}, ${act.kind} from ${act.from.toFixed(0)} s`
      if (index < 0) {
        score.missed.push(where)
        continue
      }
      const [{ toldAt }] = left.splice(index, 1) as [Told]
      score.right += 1
      score.latencies.push(toldAt - entryOf(act))
    }
    score.acts += acts.length
    score.told += told.length
    for (const { label, second } of left) score.wrong.push(`seed ${seed}, ${label} at ${second.toFixed(1)} s`)
  }
  return score
}

/** The second in which the edge of a thing enters the picture. */
function entryOf({ kind, from, to, enter = 0.5, leave = 0.5, stands = 0 }: Act) {
  const speed = Math.abs(leave - enter) / (to - from - stands)
  const outside = enter < 0 ? -enter : enter - 1
  return from + Math.max(0, outside - HALF[kind]!) / speed
}
