import type { Client } from 'pg'
import { type Ring, startPhones } from '../kit/phones.ts'

/** The time of a slow push service: long enough to be killed in the middle. */
const SLOW_IN_MS = 600
/** The answers of a service in turn; null: nothing, until the caller gives up. */
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

/** Phones whose push services time out, are busy and fail, and some of which are gone. */
export async function startFaultyPhones() {
  const rings: Ring[] = []
  const asked = new Map<string, number>()
  const leaving = new Set<string>()
  const targets: { name: string; email: string; isLeaving: boolean }[] = []
  let slow = 0
  const phones = await startPhones((ring) => rings.push(ring), answer)
  return { ...phones, addTo, slow: () => slow, judge }

  /** Each notification goes through the answers by itself: several on one phone would otherwise fail in step with each other. */
  function answer({ target, notification }: Ring) {
    const isLeaving = leaving.has(target)
    const of = isLeaving ? target : `${target} ${notification}`
    const count = asked.get(of) ?? 0
    asked.set(of, count + 1)
    if (isLeaving) return { status: count < GONE_AFTER ? 200 : 410 }
    const how = ANSWERS[(count + Number.parseInt(notification.slice(-2), 16)) % ANSWERS.length]!
    if (how?.delayInMs) slow++
    return how
  }

  /** Adds a webhook, an iPhone, and a webhook that will be gone. */
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

  /**
   * Compares the pushes with the notifications: on each remaining phone, the last push of a notification is its final state.
   */
  async function judge(client: Client) {
    const { rows } = await client.query<{ id: string; count: number; email: string; ends: string[] }>(
      `select public_notification_id as id, count, email, array(
         select concat_ws(' ', kind, state, reason, status, 'after', attempts, 'attempts') from deliveries where notification = public_notification_id) as ends
       from notifications join users on public_user_id = owner where email = any($1)`,
      [[...new Set(targets.map(({ email }) => email))]],
    )
    const shown = Map.groupBy(rings, ({ target, notification }) => `${target} ${notification}`)
    const wrong: string[] = []
    let lost = 0
    for (const { name, email } of targets.filter(({ isLeaving }) => !isLeaving))
      for (const { id, count, ends } of rows.filter((row) => row.email === email)) {
        const last = shown.get(`${name} ${id}`)?.at(-1)
        if (!last) {
          lost++
          wrong.push(`${id} never rang on ${name}: ${ends.join(', ')}`)
        } else if (last.count !== null && last.count !== count)
          wrong.push(`${id} is of ${count} pictures, and the last push of it says ${last.count}`)
      }
    const known = new Set(rows.map(({ id }) => id))
    const stay = await client.query<{ count: number }>(
      `select count(*)::int as count from push_targets where split_part(address, '/', 4) = any($1)`,
      [[...leaving].filter((target) => (asked.get(target) ?? 0) > GONE_AFTER)],
    )
    // After collapsing, a phone shows one per id: a duplicate would have an unknown id.
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
