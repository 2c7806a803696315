import { expect, it } from 'vitest'
import { connect } from '../../src/db/client.ts'
import { conclude } from '../../src/events/conclude.ts'
import { ARROWS, STATES, type State } from '../../src/events/life.ts'
import { giveUp, postpone } from '../../src/events/postpone.ts'
import { take, type Taken } from '../../src/events/take.ts'
import { aHouse, BUDGETS } from '../support/house.ts'

const CAUSE = { failure: 'judge_busy', attempts: 1, judge: 'a judge' } as const
const LEASE = crypto.randomUUID()
const ALL = [...STATES]

/** An event in a state, with a due time if the state needs one. */
async function anEvent(house: Awaited<ReturnType<typeof aHouse>>, state: State) {
  const key = await house.picture()
  await house.sql`
    update events set state = ${state}, etag = null, failure = ${state === 'discarded' ? 'missing' : null},
      lease = ${state === 'judging' ? LEASE : null}, due_at = case when ${state} in ('received', 'judging') then now() end`
  const { public_event_id: publicEventId } = await house.event(key)
  return {
    key,
    event: {
      publicEventId,
      lease: LEASE,
      camera: house.camera.publicCameraId,
      attempts: 1,
      etag: null,
      takenOn: '2026-11-26T00:00:00Z',
      rules: [],
    } as unknown as Taken,
  }
}

const VERBS = {
  take: async (house, { event }) => {
    const { taken } = await take(connect(house.environment), BUDGETS, 4, 50)
    return taken.some(({ publicEventId }) => publicEventId === event.publicEventId)
  },
  conclude: async (house, { event }) =>
    (await conclude(connect(house.environment), event, [], [], null)) !== null,
  postpone: async (house, { event }) =>
    (await postpone(connect(house.environment), event, 5, CAUSE)) !== null,
  giveUp: async (house, { event }) =>
    (await giveUp(connect(house.environment), event, 'failed', CAUSE)) !== null,
  receive: async (house, { key }) => {
    const { state } = await house.event(key)
    await house.tell(key, 'abc')
    return (await house.event(key)).state !== state
  },
} satisfies Record<
  string,
  (house: Awaited<ReturnType<typeof aHouse>>, made: Awaited<ReturnType<typeof anEvent>>) => Promise<boolean>
>

it.each(Object.keys(VERBS) as (keyof typeof VERBS)[])(
  '%s does what its arrow says, from every state',
  async (verb) => {
    const house = await aHouse()
    for (const state of ALL) {
      await house.sql`truncate events`
      const made = await anEvent(house, state)
      const did = await VERBS[verb](house, made)
      const { state: after } = await house.event(made.key)
      const { from, to } = ARROWS[verb] as { from: State[]; to: State[] }
      expect([state, did]).toEqual([state, from.includes(state)])
      expect(did ? to : [state]).toContain(after)
    }
  },
)

it.each(['conclude', 'postpone', 'giveUp'] as const)(
  '%s does nothing with the lease of another',
  async (verb) => {
    const house = await aHouse()
    const { key, event } = await anEvent(house, 'judging')
    const before = await house.event(key)
    expect(await VERBS[verb](house, { key, event: { ...event, lease: crypto.randomUUID() } })).toBe(false)
    expect(await house.event(key)).toEqual(before)
  },
)

it.each([
  `update events set state = 'lost'`,
  `update events set state = 'judging'`,
  `update events set lease = gen_random_uuid()`,
  `update events set state = 'done'`,
  `insert into verdicts (event, rule, rule_text, rule_nickname) values (gen_random_uuid(), gen_random_uuid(), 'a', 'a')`,
])('a row cannot lie: %s', async (lie) => {
  const house = await aHouse()
  await house.picture()
  await expect(house.sql.query(lie)).rejects.toMatchObject({ code: '23514' })
})

it('takes the first picture of a camera before the second of another that brought 10,000 at once', async () => {
  const house = await aHouse()
  await house.sql`
    insert into events (bucket, object_key, owner, camera, captured_at, received_at, state, due_at)
    select 'b', 'crowd ' || i, uuidv7(), ${house.camera.publicCameraId}, now(), now(), 'received', now() - interval '1 minute'
    from generate_series(1, 10000) as i`
  await house.sql`
    insert into events (bucket, object_key, owner, camera, captured_at, received_at, state, due_at)
    select 'b', 'neighbour', uuidv7(), uuidv7(), now(), now(), 'received', now()`
  const { taken } = await take(connect(house.environment), BUDGETS, 2, 50)
  expect(taken.map(({ objectKey }) => objectKey)).toContain('neighbour')
})

it('takes some of 10,000 where Postgres has counted that nearly all events are done', async () => {
  const house = await aHouse()
  await house.sql`
    insert into events (bucket, object_key, owner, camera, captured_at, received_at, state)
    select 'b', 'done ' || i, uuidv7(), uuidv7(), now(), now(), 'done' from generate_series(1, 40000) as i`
  await house.sql`vacuum analyze events`
  await house.sql`
    insert into events (bucket, object_key, owner, camera, captured_at, received_at, state, due_at)
    select 'b', 'crowd ' || i, ${house.owner.publicUserId}, ${house.camera.publicCameraId}, now(), now(), 'received', now()
    from generate_series(1, 10000) as i`
  expect((await take(connect(house.environment), BUDGETS, 4, 50)).taken).toHaveLength(4)
})

it('takes a neighbour’s first before another’s next, however few are taken at once', async () => {
  const house = await aHouse()
  await house.sql`
    insert into events (bucket, object_key, owner, camera, captured_at, received_at, state, due_at)
    select 'b', 'loud ' || i, ${house.owner.publicUserId}, ${house.camera.publicCameraId}, now(), now(), 'received',
      now() - interval '1 minute'
    from generate_series(1, 20) as i
    union all select 'b', 'neighbour', uuidv7(), uuidv7(), now(), now(), 'received', now()`
  const one = async () => (await take(connect(house.environment), BUDGETS, 1, 50)).taken[0]!.objectKey
  expect([await one(), await one(), await one()]).toEqual(['loud 1', 'neighbour', 'loud 2'])
})

it('gives each event to one of many who take at once', async () => {
  const house = await aHouse()
  for (let count = 0; count < 12; count++) await house.picture()
  const taken = await Promise.all(
    Array.from({ length: 6 }, () => take(connect(house.environment), BUDGETS, 3, 50)),
  )
  const ids = taken.flatMap(({ taken }) => taken.map(({ publicEventId }) => publicEventId))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toHaveLength(12)
})
