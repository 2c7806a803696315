import type { Client } from 'pg'
import { type Ring, startPhones } from '../kit/phones.ts'

/** How long a push service thinks that is slow: long enough to be killed in the middle. */
const SLOW_IN_MS = 600
/** What a service answers, one after the other; null: nothing, until whoever asks gives up. */
const ANSWERS = [
  { status: 200 },
  { status: 500 },
  { status: 200, delayInMs: SLOW_IN_MS },
  { status: 429, headers: { 'Retry-After': '1' } },
  { status: 200 },
  { status: 503 },
  null,
  { status: 200, delayInMs: SLOW_IN_MS },
]
/** A phone that is gone says so from its third push on. */
const GONE_AFTER = 2

/** Phones of people, whose push services time out, are busy and fail, and some of which are gone. */
export async function startFaultyPhones() {
  const rings: Ring[] = []
  const asked = new Map<string, number>()
  const leaving = new Set<string>()
  const targets: { name: string; email: string; isLeaving: boolean }[] = []
  let slow = 0
  const phones = await startPhones((ring) => rings.push(ring), answer)
  return { ...phones, addTo, slow: () => slow, judge }

  function answer(target: string) {
    const count = asked.get(target) ?? 0
    asked.set(target, count + 1)
    if (leaving.has(target)) return { status: count < GONE_AFTER ? 200 : 410 }
    const how = ANSWERS[(count + target.charCodeAt(0)) % ANSWERS.length]!
    if (how?.delayInMs) slow++
    return how
  }

  /** A webhook, an iPhone, and one of them that will be gone. */
  async function addTo(client: Client, email: string) {
    for (const [kind, isLeaving] of [
      ['webhook', false],
      ['apns', false],
      ['webhook', true],
    ] as const) {
      const name = await phones.add(client, email, kind)
      targets.push({ name, email, isLeaving })
      if (isLeaving) leaving.add(name)
    }
  }

  /** What came, held against what was told: on each phone that is there, what came last of a notification is what it is at the end. */
  async function judge(client: Client) {
    const { rows } = await client.query<{ id: string; count: number; email: string }>(
      `select public_notification_id as id, count, email from notifications join users on public_user_id = owner
       where email = any($1)`,
      [[...new Set(targets.map(({ email }) => email))]],
    )
    const shown = Map.groupBy(rings, ({ target, notification }) => `${target} ${notification}`)
    const wrong: string[] = []
    let lost = 0
    for (const { name, email } of targets.filter(({ isLeaving }) => !isLeaving))
      for (const { id, count } of rows.filter((row) => row.email === email)) {
        const last = shown.get(`${name} ${id}`)?.at(-1)
        if (!last) lost++
        else if (last.count !== null && last.count !== count)
          wrong.push(`${id} is of ${count} pictures, and the last push of it says ${last.count}`)
      }
    const known = new Set(rows.map(({ id }) => id))
    const stay = await client.query<{ count: number }>(
      `select count(*)::int as count from push_targets where split_part(address, '/', 4) = any($1)`,
      [[...leaving]],
    )
    // After collapsing a phone shows one for each id: what is doubled is under an id that is none.
    const phantoms = rings.filter(({ notification }) => !known.has(notification)).length
    return {
      'pushes that were accepted': rings.length,
      'after collapsing': shown.size,
      'phones that are gone and not forgotten': stay.rows[0]!.count,
      lost,
      doubled: phantoms,
      wrong,
    }
  }
}
