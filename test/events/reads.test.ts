import { describe, expect, it } from 'vitest'
import { send, statementsOf } from '../support/client.ts'
import { aCamera, anEvent, aRule, aUser, aVerdict, type Rule, sql, type User } from '../support/factories.ts'
import { put } from '../support/pictures.ts'
import { aMoment, aPublicId, UNKNOWN_ID } from '../support/shapes.ts'

const NO_EVENT = { detail: 'No Event matches the given query.' }
const NO_RULE = { detail: 'No Rule matches the given query.' }

/** Lists a user's events and returns their ids. */
async function idsOf({ access: token }: User, query = '') {
  const { status, body } = await send('GET', `/v1/events/${query}`, { token })
  expect([query, status]).toEqual([query, 200])
  return (body as { public_event_id: string }[]).map((event) => event.public_event_id)
}
/** Inserts this many events, oldest first. */
async function someEvents(owner: User, count: number, columns: (index: number) => object = () => ({})) {
  const camera = await aCamera(owner)
  const ids: string[] = []
  for (let index = 0; index < count; index++) ids.push(await anEvent(owner, camera, columns(index)))
  return ids
}

describe('an event', () => {
  it('says what became of a picture, and why of each rule', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const [fox, cat] = [await aRule(owner, camera), await aRule(owner, camera, 'A cat comes', 'Cat')]
    const id = await anEvent(owner, camera, {
      captured_at: '2026-04-28T12:00:00Z',
      received_at: '2026-04-28T12:00:01.25Z',
      labels: [{ label: 'dog', score: 0.5, box: [0, 0, 1, 1] }],
      caption: 'A fox in a yard.',
      judge: 'judge.example a-model',
      judged_at: '2026-04-28T12:00:03.000001Z',
      judge_in_ms: 1750,
      tokens_in: 1204,
      tokens_out: 61,
    })
    await aVerdict(id, fox)
    await aVerdict(id, cat, { verdict: null, skipped: 'hours', evidence: '' })

    const answer = await send('GET', `/v1/events/${id}/`, { token: owner.access })
    const verdict = { verdict: 'yes', skipped: null, evidence: 'A fox stands there.', feedback: null }
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        public_event_id: id,
        public_camera_id: camera.publicCameraId,
        captured_at: '2026-04-28T12:00:00Z',
        received_at: '2026-04-28T12:00:01.250000Z',
        state: 'done',
        failure: null,
        attempts: 1,
        labels: [{ label: 'dog', score: 0.5, box: [0, 0, 1, 1] }],
        caption: 'A fox in a yard.',
        judge: 'judge.example a-model',
        judged_at: '2026-04-28T12:00:03.000001Z',
        judge_in_ms: 1750,
        tokens_in: 1204,
        tokens_out: 61,
        image_url: expect.stringMatching(/^http.*\/detection\/.*X-Amz-Expires=7200&/),
        clip_url: null,
        verdicts: [
          { public_rule_id: fox.publicRuleId, rule: fox.rule, rule_nickname: 'Fox', ...verdict },
          {
            public_rule_id: cat.publicRuleId,
            rule: cat.rule,
            rule_nickname: 'Cat',
            verdict: null,
            skipped: 'hours',
            evidence: '',
            feedback: null,
          },
        ],
      },
    ])
    const list = await send('GET', '/v1/events/', { token: owner.access })
    expect([list.status, list.body]).toEqual([200, [answer.body]])
    expect(await statementsOf(list.requestId)).toHaveLength(1)
  })

  it('of an upload that names no camera has none, and its picture', async () => {
    const owner = await aUser()
    await anEvent(owner, null, { state: 'received', due_at: new Date().toISOString(), attempts: 0 })
    const { body } = await send('GET', '/v1/events/', { token: owner.access })
    expect(body).toEqual([
      expect.objectContaining({
        public_event_id: aPublicId,
        public_camera_id: null,
        captured_at: aMoment,
        state: 'received',
        image_url: expect.any(String),
        judged_at: null,
        verdicts: [],
      }),
    ])
  })

  it('is its owner’s alone', async () => {
    const [owner, stranger] = [await aUser(), await aUser({ isStaff: true, isSuperuser: true })]
    const [id] = await someEvents(owner, 1)
    const { access: token } = stranger
    for (const event of [id, UNKNOWN_ID]) {
      const answer = await send('GET', `/v1/events/${event}/`, { token })
      expect([answer.status, answer.body]).toEqual([404, NO_EVENT])
    }
    expect(await idsOf(stranger)).toEqual([])
    expect(await idsOf(stranger, `?camera=${(await aCamera(owner)).publicCameraId}`)).toEqual([])
  })

  it('stays its owner’s when the camera moves, and the new owner has none of it', async () => {
    const [owner, next] = [await aUser(), await aUser()]
    const camera = await aCamera(owner)
    const id = await anEvent(owner, camera, { clip_key: `clips/${camera.publicCameraId}/${UNKNOWN_ID}.mp4` })
    await sql`update camera_camera set owner_id = ${next.id} where id = ${camera.id}`
    expect(await idsOf(next, `?camera=${camera.publicCameraId}`)).toEqual([])
    const { body } = await send('GET', `/v1/events/${id}/`, { token: owner.access })
    expect(body).toMatchObject({
      public_camera_id: camera.publicCameraId,
      image_url: null,
      clip_url: null,
    })
  })

  it('shows its picture and its clip while its camera is there', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const key = `detection/${camera.publicCameraId}/${UNKNOWN_ID}.jpg`
    const clip = `clips/${camera.publicCameraId}/${UNKNOWN_ID}.mp4`
    await put(key, 'a picture')
    await put(clip, 'a clip', 'video/mp4')
    const id = await anEvent(owner, camera, { object_key: key, clip_key: clip })
    const read = async () => (await send('GET', `/v1/events/${id}/`, { token: owner.access })).body
    const { image_url, clip_url } = await read()
    expect(await (await fetch(image_url)).text()).toBe('a picture')
    expect(await (await fetch(clip_url)).text()).toBe('a clip')

    await send('DELETE', `/v1/cameras/${camera.publicCameraId}/`, { token: owner.access })
    expect(await read()).toMatchObject({ public_event_id: id, image_url: null, clip_url: null })
  })

  it('shows no picture where none was found', async () => {
    const owner = await aUser()
    await someEvents(owner, 1, () => ({ state: 'discarded', failure: 'missing' }))
    const { body } = await send('GET', '/v1/events/', { token: owner.access })
    expect(body).toMatchObject([{ failure: 'missing', image_url: null }])
  })
})

describe('a list of events', () => {
  it('is paged, the newest first', async () => {
    const owner = await aUser()
    const newestFirst = (await someEvents(owner, 5)).toReversed()
    const seen: string[] = []
    let path: string | undefined = '/v1/events?limit=2'
    const statements: number[] = []
    while (path) {
      const { body, headers, requestId } = await send('GET', path, { token: owner.access })
      seen.push(...(body as { public_event_id: string }[]).map((event) => event.public_event_id))
      statements.push((await statementsOf(requestId)).length)
      path = /<([^>]+)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1]
    }
    expect([seen, statements]).toEqual([newestFirst, [1, 1, 1]])
  })

  it('goes on where it was when the row that it stood at is gone, and other rows came', async () => {
    const owner = await aUser()
    const ids = await someEvents(owner, 4)
    const [first, second, third] = ids as [string, string, string]
    await sql`delete from events where public_event_id = ${third}`
    await someEvents(owner, 1)
    expect(await idsOf(owner, `?after=${third}`)).toEqual([second, first])
    expect(await idsOf(owner, `?after=${third.toUpperCase()}&limit=1`)).toEqual([second])
    expect(await idsOf(owner, `?after=${first}`)).toEqual([])
  })

  it.each(['0', '-1', 'x', '1.5', ''])('ignores a limit that cannot be read: %s', async (limit) => {
    const owner = await aUser()
    const ids = await someEvents(owner, 2)
    expect(await idsOf(owner, `?limit=${limit}`)).toEqual(ids.toReversed())
  })

  it.each(['x', '7', UNKNOWN_ID.replace('-7', '-4'), 'ffffffff-ffff-ffff-ffff-ffffffffffff'])(
    'begins at the start after what is no event’s id: %s',
    async (after) => {
      const owner = await aUser()
      const ids = await someEvents(owner, 2)
      expect(await idsOf(owner, `?after=${after}`)).toEqual(ids.toReversed())
    },
  )

  it('shows pictures on pages of fifty at most', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    await Promise.all(Array.from({ length: 51 }, () => anEvent(owner, camera)))
    const urlsOf = async (query: string) => {
      const { body } = await send('GET', `/v1/events/${query}`, { token: owner.access })
      return (body as { image_url: string | null }[]).map((event) => typeof event.image_url)
    }
    expect(new Set(await urlsOf(''))).toEqual(new Set(['object']))
    expect(await urlsOf('?limit=50')).toEqual(Array(50).fill('string'))
  })

  it('answers 304 where nothing changed, and may be kept by who asked', async () => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const id = await anEvent(owner, camera)
    for (const path of ['/v1/events/', `/v1/events/${id}/`]) {
      const ask = (headers = {}) => send('GET', path, { token: owner.access, headers })
      const { headers } = await ask()
      const tag = { 'If-None-Match': headers.get('ETag')! }
      expect(headers.get('Cache-Control')).toBe('private, no-cache')
      expect(await ask(tag)).toMatchObject({ status: 304, body: null })
    }
    const tag = (await send('GET', '/v1/events/', { token: owner.access })).headers.get('ETag')!
    await aVerdict(id, await aRule(owner, camera))
    const changed = await send('GET', '/v1/events/', {
      token: owner.access,
      headers: { 'If-None-Match': tag },
    })
    expect(changed.status).toBe(200)
  })
})

describe('filters', () => {
  /** Events of two cameras with different verdicts of several rules. */
  async function aWeek() {
    const owner = await aUser()
    const [door, yard] = [await aCamera(owner), await aCamera(owner)]
    const [fox, cat] = [await aRule(owner, door), await aRule(owner, yard)]
    const day = (number: number) => ({ captured_at: `2026-04-0${number}T12:00:00Z` })
    const events = {
      one: await anEvent(owner, door, day(1)),
      two: await anEvent(owner, yard, day(2)),
      three: await anEvent(owner, door, { ...day(3), state: 'failed', failure: 'judge_refused' }),
      four: await anEvent(owner, null, day(4)),
    }
    await aVerdict(events.one, fox)
    await aVerdict(events.two, cat, { verdict: 'no' })
    await aVerdict(events.four, fox, { verdict: 'unsure' })
    await aVerdict(events.four, cat)
    return { owner, door, yard, fox, cat, events }
  }
  type Week = Awaited<ReturnType<typeof aWeek>>

  it.each<[string, (week: Week) => string, (keyof Week['events'])[]]>([
    ['none', () => '', ['four', 'three', 'two', 'one']],
    ['empty ones', () => 'camera=&rule=&state=&verdict=&from=&to=', ['four', 'three', 'two', 'one']],
    ['others', () => 'colour=red&page=2', ['four', 'three', 'two', 'one']],
    ['a camera', ({ door }) => `camera=${door.publicCameraId}`, ['three', 'one']],
    ['a camera in capitals', ({ door }) => `camera=${door.publicCameraId.toUpperCase()}`, ['three', 'one']],
    ['an unknown camera', () => `camera=${UNKNOWN_ID}`, []],
    ['a state', () => 'state=failed', ['three']],
    ['a rule', ({ fox }) => `rule=${fox.publicRuleId}`, ['four', 'one']],
    ['a verdict', () => 'verdict=yes', ['four', 'one']],
    ['a rule and its verdict', ({ fox }) => `rule=${fox.publicRuleId}&verdict=yes`, ['one']],
    ['an unknown rule', () => `rule=${UNKNOWN_ID}`, []],
    ['from then on', () => 'from=2026-04-03T12:00:00Z', ['four', 'three']],
    ['in another time zone', () => 'from=2026-04-03T14:00:00%2B02:00', ['four', 'three']],
    ['before', () => 'to=2026-04-03T12:00:00Z', ['two', 'one']],
    ['between', () => 'from=2026-04-02T00:00:00Z&to=2026-04-04T00:00Z', ['three', 'two']],
    [
      'from the beginning of time to its end',
      () => 'from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
      ['four', 'three', 'two', 'one'],
    ],
    ['of two the last', () => 'state=done&state=failed', ['three']],
    [
      'several at once',
      ({ door }) => `camera=${door.publicCameraId}&state=done&to=2026-04-02T00:00Z`,
      ['one'],
    ],
    ['with a page', () => 'verdict=yes&limit=1', ['four']],
  ])('%s', async (_, query, expected) => {
    const week = await aWeek()
    // Set the time of receipt to the time of the picture.
    await sql`
      update events set received_at = captured_at,
        public_event_id = overlay(public_event_id::text placing
          overlay(lpad(to_hex((extract(epoch from captured_at) * 1000)::bigint), 12, '0') placing '-' from 9 for 0) from 1 for 13)::uuid
      where owner = ${week.owner.publicUserId}`
    await sql`
      update verdicts set event = moved.public_event_id from events as moved
      where right(verdicts.event::text, 20) = right(moved.public_event_id::text, 20) and moved.owner = ${week.owner.publicUserId}`
    const ids = await idsOf(week.owner, `?${query(week)}`)
    const names = Object.entries(week.events)
    const nameOf = (id: string) => names.find(([, other]) => other.slice(-20) === id.slice(-20))?.[0]
    expect(ids.map(nameOf)).toEqual(expected)
  })

  it('by time find what came late, and what a camera with a fast clock sent', async () => {
    const owner = await aUser()
    const [now, minute, day] = [Date.now(), 60_000, 86_400_000]
    const at = (milliseconds: number) => new Date(milliseconds).toISOString()
    const late = await anEvent(owner, await aCamera(owner), { captured_at: at(now - 7 * day) })
    const early = await anEvent(owner, await aCamera(owner), { captured_at: at(now + minute) })
    expect(await idsOf(owner, `?to=${at(now - 6 * day)}`)).toEqual([late])
    expect(await idsOf(owner, `?from=${at(now + minute - 1)}`)).toEqual([early])
  })

  const NOT_AN_ID = ['Must be a valid UUID.']
  const NO_CHOICE = (word: string) => [`"${word}" is not a valid choice.`]
  const NO_MOMENT = [
    'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
  ]
  it.each<[string, object]>([
    ['camera=1', { camera: NOT_AN_ID }],
    ['rule=null', { rule: NOT_AN_ID }],
    ['state=Done', { state: NO_CHOICE('Done') }],
    ['verdict=skipped', { verdict: NO_CHOICE('skipped') }],
    ['from=yesterday', { from: NO_MOMENT }],
    ['to=2026-04-03', { to: NO_MOMENT }],
    ['to=2026-04-03T12:00:00', { to: NO_MOMENT }],
    ['from=2026-04-03T14:00:00+02:00', { from: NO_MOMENT }],
    ['state=%00', { state: NO_CHOICE('\u0000') }],
    ['camera=%ff&state=done&limit=x', { camera: NOT_AN_ID }],
    [
      'camera=x&rule=x&state=x&verdict=x&from=x&to=x',
      {
        camera: NOT_AN_ID,
        rule: NOT_AN_ID,
        state: NO_CHOICE('x'),
        verdict: NO_CHOICE('x'),
        from: NO_MOMENT,
        to: NO_MOMENT,
      },
    ],
  ])('are refused where they cannot be read: %s', async (query, faults) => {
    const { access: token } = await aUser()
    const { status, body, requestId } = await send('GET', `/v1/events/?${query}`, { token })
    expect([status, body]).toEqual([400, faults])
    expect(await statementsOf(requestId)).toEqual([])
  })
})

describe('feedback', () => {
  async function aJudgedEvent() {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const [rule, other] = [await aRule(owner, camera), await aRule(owner, camera)]
    const id = await anEvent(owner, camera)
    await aVerdict(id, rule)
    await aVerdict(id, other, { verdict: null, skipped: 'snoozed', evidence: '' })
    return { owner, rule, other, id }
  }
  const give = (
    { access: token }: User,
    id: string,
    { publicRuleId }: Pick<Rule, 'publicRuleId'>,
    feedback: string,
  ) => send('POST', `/v1/events/${id}/feedback/`, { token, json: { public_rule_id: publicRuleId, feedback } })
  const verdictsOf = (id: string) =>
    sql`select rule, feedback, feedback_at is not null as is_dated from verdicts where event = ${id} order by rule`

  it('is kept with the verdict, and the last word counts', async () => {
    const { owner, rule, other, id } = await aJudgedEvent()
    for (const feedback of ['wrong', 'right', 'right']) {
      const { status, body, requestId } = await give(owner, id, rule, feedback)
      expect([status, body]).toEqual([
        200,
        {
          public_rule_id: rule.publicRuleId,
          rule: rule.rule,
          rule_nickname: rule.nickname,
          verdict: 'yes',
          skipped: null,
          evidence: 'A fox stands there.',
          feedback,
        },
      ])
      expect(await statementsOf(requestId)).toHaveLength(1)
    }
    expect(await verdictsOf(id)).toEqual([
      { rule: rule.publicRuleId, feedback: 'right', is_dated: true },
      { rule: other.publicRuleId, feedback: null, is_dated: false },
    ])
  })

  it.each<
    [string, (home: Awaited<ReturnType<typeof aJudgedEvent>>) => Promise<[User, string, string]>, object]
  >([
    ['a rule that was not asked', async ({ owner, id, other }) => [owner, id, other.publicRuleId], NO_RULE],
    ['a rule that is none', async ({ owner, id }) => [owner, id, UNKNOWN_ID], NO_RULE],
    ['a stranger', async ({ id, rule }) => [await aUser(), id, rule.publicRuleId], NO_EVENT],
    ['an event that is none', async ({ owner, rule }) => [owner, UNKNOWN_ID, rule.publicRuleId], NO_EVENT],
  ])('is refused: %s', async (_, of, words) => {
    const home = await aJudgedEvent()
    const [who, id, publicRuleId] = await of(home)
    const { status, body } = await give(who, id, { publicRuleId }, 'right')
    expect([status, body]).toEqual([404, words])
    expect((await verdictsOf(home.id)).map(({ feedback }) => feedback)).toEqual([null, null])
  })

  it.each<[object, object]>([
    [{}, { public_rule_id: ['This field is required.'], feedback: ['This field is required.'] }],
    [
      { public_rule_id: 'x', feedback: 'maybe' },
      { public_rule_id: ['Must be a valid UUID.'], feedback: ['"maybe" is not a valid choice.'] },
    ],
    [
      { public_rule_id: null, feedback: null },
      { public_rule_id: ['This field may not be null.'], feedback: ['This field may not be null.'] },
    ],
  ])('is refused with its faults: %j', async (json, faults) => {
    const { owner, id } = await aJudgedEvent()
    const { status, body } = await send('POST', `/v1/events/${id}/feedback/`, { token: owner.access, json })
    expect([status, body]).toEqual([400, faults])
  })
})
