import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { issueActionToken } from '../../src/notifications/action-token.ts'
import { settings } from '../../src/settings.ts'
import { send, type Settings } from '../support/client.ts'
import { aCamera, anEvent, aNotification, aRule, aUser, aVerdict, sql } from '../support/factories.ts'
import { aMoment } from '../support/shapes.ts'

const secrets = settings(env, 'tokens')
const DAY_IN_MS = 24 * 60 * 60 * 1000
const HOUR_IN_MS = 60 * 60 * 1000

/** A user with notifications about two pictures of their camera, each judged by two rules. */
async function told() {
  const owner = await aUser()
  const camera = await aCamera(owner)
  const [yes, no] = [await aRule(owner, camera), await aRule(owner, camera)]
  const events = [await anEvent(owner, camera), await anEvent(owner, camera)]
  for (const event of events) {
    await aVerdict(event, yes)
    await aVerdict(event, no, { verdict: 'no' })
  }
  const elsewhere = await anEvent(owner, camera)
  await aVerdict(elsewhere, yes)
  const id = await aNotification(owner, camera, { event: events[1], event_ids: events })
  const token = await issueActionToken(id, secrets, Date.now())
  const act = (json: object, options: { token?: string; settings?: Settings } = {}, of = id) =>
    send('POST', `/v1/notifications/${of}/actions/`, { json, ...options })
  const state = async () => ({
    ...(await sql`select seen_at from notifications where public_notification_id = ${id}`)[0],
    ...(await sql`select snoozed_until from camera_camera where id = ${camera.id}`)[0],
    wrong: (
      await sql`select event, rule from verdicts where event = any(${[...events, elsewhere]}) and feedback = 'wrong'`
    ).length,
  })
  return { owner, camera, id, token, act, state, elsewhere, events, yes }
}
const UNTOUCHED = { seen_at: null, snoozed_until: null, wrong: 0 }

describe('a button of a notification', () => {
  it('snoozes its camera for an hour, by the token of the push alone', async () => {
    const { token, act, state, camera } = await told()
    const { status, body } = await act({ token, action: 'snooze_1h' })

    expect([status, body]).toEqual([200, { snoozed_until: aMoment }])
    expect(Date.parse(body.snoozed_until)).toBeGreaterThan(Date.now() + HOUR_IN_MS - 10_000)
    expect(Date.parse(body.snoozed_until)).toBeLessThan(Date.now() + HOUR_IN_MS + 10_000)
    expect(await state()).toEqual({ seen_at: expect.anything(), snoozed_until: expect.anything(), wrong: 0 })
    // A longer snooze is not shortened.
    await sql`update camera_camera set snoozed_until = now() + interval '1 day' where id = ${camera.id}`
    const longer = (await act({ token, action: 'snooze_1h' })).body.snoozed_until
    expect(Date.parse(longer)).toBeGreaterThan(Date.now() + 20 * HOUR_IN_MS)
  })

  it('says that each of its own yes verdicts was wrong', async () => {
    const { token, act, state, events, yes, elsewhere } = await told()

    expect(await act({ token, action: 'not_this' })).toMatchObject({
      status: 200,
      body: { snoozed_until: null },
    })
    expect(await state()).toMatchObject({ wrong: 2, snoozed_until: null })
    const wrong = await sql`
      select event, rule from verdicts where event = any(${[...events, elsewhere]}) and feedback = 'wrong' order by event`
    expect(wrong).toEqual(events.toSorted().map((event) => ({ event, rule: yes.publicRuleId })))
  })

  it('says that it was seen', async () => {
    const { token, act, state } = await told()

    expect((await act({ token, action: 'seen' })).status).toBe(200)
    expect(await state()).toEqual({ ...UNTOUCHED, seen_at: expect.anything() })
  })

  it('is pressed in the app by whoever is signed in, on their own alone', async () => {
    const { owner, act, state } = await told()
    const stranger = await aUser()

    expect(await act({ action: 'not_this' }, { token: stranger.access })).toMatchObject({
      status: 404,
      body: { detail: 'No Notification matches the given query.' },
    })
    expect(await state()).toEqual(UNTOUCHED)
    expect((await act({ action: 'not_this' }, { token: owner.access })).status).toBe(200)
    expect(await state()).toMatchObject({ wrong: 2 })
  })

  it('does not silence a camera that is another’s now', async () => {
    const { token, act, state, camera } = await told()
    const other = await aUser()
    await sql`update camera_camera set owner_id = ${other.id} where id = ${camera.id}`

    expect(await act({ token, action: 'snooze_1h' })).toMatchObject({
      status: 200,
      body: { snoozed_until: null },
    })
    expect(await state()).toEqual({ ...UNTOUCHED, seen_at: expect.anything() })
  })

  it('needs a token of this notification, of the last day, by a secret of ours', async () => {
    const { token, id, owner, camera, act, state } = await told()
    const other = await aNotification(owner, camera)
    const [end, signature = ''] = token.split('.')
    const ago = (milliseconds: number) => issueActionToken(id, secrets, Date.now() - milliseconds)
    const refused = {
      'another’s': await issueActionToken(other, secrets, Date.now()),
      'an old one': await ago(DAY_IN_MS + 1_000),
      'one that was made to last': `${Number(end) + 1}.${signature}`,
      'one by another secret': await issueActionToken(
        id,
        { JWT_SECRET: 'x'.repeat(40), JWT_SECRET_PREVIOUS: '' },
        Date.now(),
      ),
      'an access token': owner.access.slice(0, 64),
      'half of one': token.slice(0, -1),
      garbage: '9999999999.',
    }
    for (const [which, token] of Object.entries(refused)) {
      const { status, body } = await act({ token, action: 'snooze_1h' })
      expect([which, status, body]).toEqual([which, 401, { detail: 'Invalid action token.' }])
    }
    expect(await act({ action: 'snooze_1h' })).toMatchObject({
      status: 401,
      body: { detail: 'Authentication credentials were not provided.' },
    })
    expect(await state()).toEqual(UNTOUCHED)
    expect((await act({ token: await ago(DAY_IN_MS - 60_000), action: 'seen' })).status).toBe(200)
  })

  it('is believed while the secret is rolled, and no longer', async () => {
    const { token, act } = await told()
    const rolled = { JWT_SECRET: 'a new secret of at least 32 bytes!', JWT_SECRET_PREVIOUS: env.JWT_SECRET }

    expect((await act({ token, action: 'seen' }, { settings: rolled })).status).toBe(200)
    const done = { ...rolled, JWT_SECRET_PREVIOUS: '' }
    expect((await act({ token, action: 'seen' }, { settings: done })).status).toBe(401)
  })

  it('opens nothing else: it is no access token', async () => {
    const { token, id } = await told()

    for (const [method, path] of [
      ['GET', '/v1/notifications/'],
      ['GET', '/v1/cameras/'],
      ['POST', `/v1/notifications/${id}/actions/`],
    ] as const) {
      const { status } = await send(method, path, {
        token,
        json: method === 'POST' ? { action: 'seen' } : undefined,
      })
      expect([path, status]).toEqual([path, 401])
    }
  })

  it('answers of one that is gone as of none, and of another word as of none', async () => {
    const { token, id, act } = await told()
    expect(await act({ token, action: 'explode' })).toMatchObject({
      status: 400,
      body: { action: ['"explode" is not a valid choice.'] },
    })
    await sql`delete from notifications where public_notification_id = ${id}`
    expect((await act({ token, action: 'seen' })).status).toBe(404)
  })
})
