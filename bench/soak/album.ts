import type { Client } from 'pg'
import { evidenceOf, planOf, RULES, verdictOf } from './script.ts'

/**
 * A picture and its faults. `isAccepted`: its announcement or the bucket's event got a 202. `looks`: how often it was read.
 */
export type Picture = {
  number: number
  key: string
  camera: string
  isAccepted: boolean
  met: Set<string>
  looks: number
}

/** Every picture that was put or announced. */
export function createAlbum() {
  const pictures = new Map<string, Picture>()
  const byNumber = new Map<number, Picture>()
  let held = 0
  return {
    pictures,
    open(number: number, key: string, camera: string) {
      const picture: Picture = { number, key, camera, isAccepted: false, met: new Set(), looks: 0 }
      pictures.set(key, picture)
      byNumber.set(number, picture)
      return picture
    },
    /** Counts that the judge delays an answer. */
    hold: () => void held++,
    held: () => held,
    meet: (number: number, failure: string) => void byNumber.get(number)?.met.add(failure),
  }
}

type Album = ReturnType<typeof createAlbum>
type Verdict = { word: string; verdict: string | null; skipped: string | null; evidence: string }
type Event = {
  object_key: string
  camera: string
  state: string
  failure: string | null
  attempts: number
  captured_at: Date
  is_open: boolean
  verdicts: Verdict[]
}
type Told = { camera: string; count: number; unjudged: number }

/** After this many attempts, a failure is final. */
const MOST_RETRIES = 7
const MOST_LOOKS = 4

/** Compares the album with the rows: `wrong` lists the faults of each row. */
export async function judgeAlbum({ pictures }: Album, cameras: string[], client: Client) {
  const { rows: events } = await client.query<Event>(
    `select object_key, camera, state, failure, attempts, captured_at, due_at is not null or lease is not null as is_open,
       array(select json_build_object('word', rule_nickname, 'verdict', verdict, 'skipped', skipped, 'evidence', evidence)
             from verdicts where event = public_event_id) as verdicts
     from events where camera = any($1)`,
    [cameras],
  )
  const { rows: told } = await client.query<Told>(
    `select camera, sum(count) filter (where kind = 'match')::int as count,
       count(*) filter (where kind <> 'match')::int as unjudged
     from notifications where camera = any($1) group by camera`,
    [cameras],
  )
  const wrong: string[] = []
  const found = new Map<string, Event[]>(Array.from(pictures.keys(), (key) => [key, []]))
  for (const event of events) {
    const list = found.get(event.object_key)
    if (list) list.push(event)
    else wrong.push(`${event.object_key}: nobody put it`)
  }
  let [lost, doubled] = [0, 0]
  for (const [key, list] of found) {
    const picture = pictures.get(key)!
    if (picture.isAccepted && list.length === 0) lost++
    if (list.length > 1) doubled++
    for (const event of list) wrong.push(...faultsOf(picture, event).map((fault) => `${key}: ${fault}`))
  }
  for (const camera of cameras) {
    const its = events.filter((event) => event.camera === camera)
    const matched = its.filter(({ verdicts }) => verdicts.some(hasTold)).length
    const { count = 0, unjudged = 0 } = told.find((one) => one.camera === camera) ?? {}
    lost += Math.max(0, matched - (count ?? 0))
    doubled += Math.max(0, (count ?? 0) - matched)
    if (unjudged > 0) wrong.push(`${camera}: was told of ${unjudged} that it did not want to be told of`)
    wrong.push(...coolingFaults(its).map((fault) => `${camera}: ${fault}`))
  }
  const inState = (state: string) => events.filter((event) => event.state === state).length
  return {
    pictures: pictures.size,
    accepted: Array.from(pictures.values()).filter(({ isAccepted }) => isAccepted).length,
    done: inState('done'),
    failed: inState('failed'),
    discarded: inState('discarded'),
    notified: told.reduce((sum, { count }) => sum + (count ?? 0), 0),
    lost,
    doubled,
    wrong,
  }
}

const hasTold = ({ verdict, skipped }: Verdict) => verdict === 'yes' && skipped === null

function faultsOf({ number, met }: Picture, event: Event) {
  const { state, failure, attempts, is_open, verdicts } = event
  if (is_open) return [`still ${state}, after ${attempts}, ${failure}`]
  const end = failure === null ? state : `${state}, ${failure}, after ${attempts}`
  const { fate } = planOf(number)
  if (fate === 'never_put') return end.startsWith('discarded, missing') ? [] : [end]
  if (fate === 'no_image') return end.startsWith('discarded, not_an_image') ? [] : [end]
  if (state === 'done') {
    if (fate === 'judge_down') return ['done, though nobody judged it']
    return RULES.flatMap(({ word }) =>
      verdictFaults(
        number,
        word,
        verdicts.filter((one) => one.word === word),
      ),
    )
  }
  const isWornOut =
    state === 'failed' &&
    ((attempts >= MOST_RETRIES && met.has(failure ?? '')) || (failure === 'interrupted' && attempts >= 10))
  const isMissed =
    state === 'discarded' && failure === 'missing' && attempts >= MOST_LOOKS && met.has('missing')
  return isWornOut || isMissed ? [] : [end]
}

function verdictFaults(number: number, word: string, [said, ...others]: Verdict[]) {
  if (!said || others.length > 0) return [`${others.length + (said ? 1 : 0)} verdicts of ${word}`]
  const { verdict, skipped, evidence } = said
  if (verdict === null) return skipped === 'cooling_down' && word === 'cat' ? [] : [`${word} ${skipped}`]
  const isSaid = verdict === verdictOf(number, word) && evidence === evidenceOf(number)
  const maySkip = word === 'cat' && verdict === 'yes' && skipped === 'cooling_down'
  return isSaid && (skipped === null || maySkip) ? [] : [`${word} ${verdict} ${skipped} ${evidence}`]
}

/**
 * Pictures that notified are at least a cool-down apart, by their own times; those that did not came less than one after one
 * that did.
 */
function coolingFaults(events: Event[]) {
  return RULES.flatMap(({ word, cooldown }) => {
    const timesOf = (isSo: (verdict: Verdict) => boolean) =>
      events
        .filter(({ verdicts }) => verdicts.some((one) => one.word === word && isSo(one)))
        .map(({ captured_at }) => captured_at.getTime() / 1000)
        .toSorted((a, b) => a - b)
    const told = timesOf(hasTold)
    const skipped = timesOf((one) => one.skipped === 'cooling_down')
    const tooSoon = told.filter((time, i) => i > 0 && time - told[i - 1]! < cooldown)
    const unfounded = skipped.filter((time) => (told.at(-1) ?? -Infinity) + cooldown <= time)
    return [
      ...tooSoon.map(() => `${word} told while it cooled down`),
      ...unfounded.map(() => `${word} skipped for nothing`),
    ]
  })
}
