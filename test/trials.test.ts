import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { judgeOf } from '../src/events/judge/openai.ts'
import { tryRule } from '../src/trials/trial.ts'
import { settings } from '../src/settings.ts'
import { send } from './support/client.ts'
import { aCamera, aUser } from './support/factories.ts'
import { aHouse } from './support/house.ts'
import { askedOf } from './support/judge.ts'
import { detectionOf } from './support/pictures.ts'

const FOX = 'Alert when a fox shows up'

/** A house with pictures that are not judged yet, and its owner's trials. */
async function aTrial({ pictures = 3, ...others } = {}) {
  const house = await aHouse()
  for (let i = 0; i < pictures; i++) await house.picture(others)
  const tryIt = (json: object = {}, changes: object = {}, token = house.owner.access) =>
    send('POST', `/v1/cameras/${house.camera.publicCameraId}/rules/try/`, {
      token,
      json: { rule: FOX, ...json },
      settings: { ...house.environment, ...changes },
    })
  return { ...house, tryIt }
}

describe('a rule that is tried', () => {
  test('is answered of the newest pictures, and tells nobody', async () => {
    const { tryIt, says, sql, model } = await aTrial()
    await says([
      { verdicts: ['yes'], evidence: 'a fox by the bin' },
      { verdicts: ['yes'], evidence: 'a fox by the bin' },
    ])
    const { status, body, headers } = await tryIt({ count: 2 })

    expect(status).toBe(200)
    expect(body).toEqual({
      reading: expect.objectContaining({ rest: FOX, hours: [], days: [] }),
      matched: 2,
      judged: 2,
      results: Array.from({ length: 2 }, () => ({
        public_event_id: expect.any(String),
        captured_at: expect.any(String),
        image_url: expect.stringMatching(/^http.+X-Amz-Signature=/),
        verdict: 'yes',
        skipped: null,
        evidence: 'a fox by the bin',
      })),
    })
    const newest = await sql`select public_event_id from events order by public_event_id desc limit 2`
    expect(body.results.map((one: { public_event_id: string }) => one.public_event_id)).toEqual(
      newest.map((event) => event.public_event_id),
    )
    expect(headers.get('Server-Timing')).toMatch(/desc="1"/)
    expect((await askedOf(model)).map(({ question }) => question.rules)).toEqual([
      [{ number: 1, description: FOX }],
      [{ number: 1, description: FOX }],
    ])
    expect(await sql`select from verdicts`).toEqual([])
    expect(await sql`select from notifications`).toEqual([])
    expect(await sql`select distinct state from events`).toEqual([{ state: 'received' }])
    const { body: picture } = await fetch(body.results[0].image_url)
    expect(picture).not.toBeNull()
  })

  test('is read without being judged where no picture is asked for, also without a judge', async () => {
    const { tryIt, used } = await aTrial()
    const { status, body } = await tryIt({ rule: 'a fox after 10pm', count: 0 }, { JUDGE_URL: '' })

    expect(status).toBe(200)
    expect(body).toEqual({
      reading: expect.objectContaining({ hours: [{ from: '22:00', to: '06:00' }], rest: 'a fox' }),
      matched: 0,
      judged: 0,
      results: [],
    })
    expect(await used()).toEqual({})
  })

  test('says which pictures are outside of its hours, and does not ask about them', async () => {
    const noon = new Date(new Date().setUTCHours(12, 0, 0, 0) - 86_400_000)
    const { tryIt, model, sql, camera } = await aTrial({ pictures: 2, at: noon } as object)
    await sql`update camera_camera set time_zone = 'UTC' where id = ${camera.id}`
    const { body } = await tryIt({ rule: 'a fox after 10pm' })

    expect(body).toMatchObject({ matched: 0, judged: 0 })
    expect(body.results).toHaveLength(2)
    for (const one of body.results)
      expect(one).toMatchObject({ verdict: null, skipped: 'hours', evidence: '' })
    expect(await askedOf(model)).toEqual([])
  })

  test('says which pictures are gone, and which were not answered', async () => {
    const { tryIt, says, tell, camera } = await aTrial({ pictures: 1 })
    await tell(detectionOf(camera), '0123456789abcdef0123456789abcdef')
    await says([{ status: 500 }])
    const { status, body } = await tryIt()

    expect(status).toBe(200)
    expect(body.results.map((one: { skipped: string }) => one.skipped)).toEqual(['no_picture', 'no_answer'])
    expect(body).toMatchObject({ matched: 0, judged: 0 })
  })

  test('answers with what it has when its time is over', async () => {
    const { says, picture, environment, sql } = await aTrial({ pictures: 0 })
    for (let i = 0; i < 6; i++) await picture()
    await says([{ verdicts: ['yes'] }, ...Array.from({ length: 5 }, () => ({ isHeld: true }))])
    const pictures = await sql`
      select public_event_id as "publicEventId", object_key as "objectKey", etag, captured_at::text as "capturedAt" from events`
    const { judge } = judgeOf(settings(environment as Env, 'judge'))!
    const start = Date.now()
    const tried = await tryRule(
      FOX,
      { location: 'Door', timeZone: 'UTC' },
      pictures as Parameters<typeof tryRule>[2],
      { judge, storage: settings(env, 'storage') },
      700,
    )

    expect(Date.now() - start).toBeLessThan(3_000)
    expect(tried.map(({ verdict }) => verdict).filter(Boolean)).toEqual(['yes'])
    expect(tried.filter(({ skipped }) => skipped === 'no_answer')).toHaveLength(5)
  })

  test('counts before it is judged: ten an hour, and each picture of the day', async () => {
    const { tryIt, sql, owner } = await aTrial({ pictures: 1 })
    const trials = await Promise.all(Array.from({ length: 12 }, () => tryIt()))

    expect(trials.map(({ status }) => status).sort()).toEqual([...Array(10).fill(200), 429, 429])
    const refused = trials.find(({ status }) => status === 429)!
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(3600)
    const [used] = await sql`
      select sum(tried)::int as tried, sum(judged)::int as judged from usage where subject = ${owner.publicUserId}`
    expect(used).toEqual({ tried: 10, judged: 10 })
  })

  test('judges no more than the day has left, and then waits for the next', async () => {
    const { tryIt, used } = await aTrial({ pictures: 3 })
    const budget = { JUDGEMENTS_PER_DAY: '2' }

    expect((await tryIt({}, budget)).body.results).toHaveLength(2)
    const { status, headers } = await tryIt({}, budget)
    expect(status).toBe(429)
    const untilMidnight = (new Date().setUTCHours(24, 0, 0, 0) - Date.now()) / 1000
    expect(Math.abs(Number(headers.get('Retry-After')) - untilMidnight)).toBeLessThan(5)
    expect(await used()).toMatchObject({ all: 2 })
  })

  test('counts nothing where there is no picture', async () => {
    const { tryIt, used } = await aTrial({ pictures: 0 })

    expect((await tryIt()).body).toMatchObject({ matched: 0, judged: 0, results: [] })
    expect(await used()).toEqual({ all: 0 })
  })

  test('is refused without a judge, of a stranger’s camera, and where it is no rule', async () => {
    const { tryIt, sql, used } = await aTrial({ pictures: 1 })
    const stranger = await aUser({}, sql)
    await aCamera(stranger, 'Elsewhere', sql)

    expect(await tryIt({}, { JUDGE_URL: '' })).toMatchObject({
      status: 503,
      body: { detail: 'This service is not set up to judge pictures.' },
    })
    for (const count of [0, 5])
      expect(await tryIt({ count }, {}, stranger.access)).toMatchObject({
        status: 403,
        body: { detail: 'Camera not found or does not belong to this user' },
      })
    expect(await tryIt({ rule: ' ', count: 21 })).toMatchObject({
      status: 400,
      body: {
        rule: ['This field may not be blank.'],
        count: ['Ensure this value is less than or equal to 20.'],
      },
    })
    expect(await used()).toEqual({ all: 0 })
  })
})
