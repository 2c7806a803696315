import { describe, expect, it } from 'vitest'
import { hashPassword } from '../src/auth/passwords.ts'
import { type Answer, breakSql, newRequestId, type Options, send, statementsOf } from './support/client.ts'
import {
  aCamera,
  aDatabase,
  aReset,
  aRule,
  aSession,
  aUser,
  newEmail,
  PASSWORD,
  propertyOf,
  sql,
  type User,
} from './support/factories.ts'
import { atOnce } from './support/race.ts'

const TAKEN = { email: ['A user with that email already exists.'] }
const GONE = { detail: 'User not found', code: 'user_not_found' }
const NO_USER = { detail: 'No User matches the given query.' }
const NO_CAMERA = { detail: 'No Camera matches the given query.' }
const NO_RULE = { detail: 'No Rule matches the given query.' }
const NOT_YOURS = { detail: 'Camera not found or does not belong to this user' }
const RULE = { rule: 'Alert after 11pm', rule_nickname: 'Night' }

type Request = () => Promise<Answer>

/** A user with a camera and a rule in a separate database, and the means to race requests there. */
async function aRaceTrack() {
  const { settings, sql } = await aDatabase()
  const ask = (method: string, path: string, options: Options = {}) =>
    send(method, path, { ...options, settings })

  const together = (requests: Request[]) => atOnce(sql, 'users', requests)

  return {
    sql,
    ask,
    atOnce: together,
    /** Races one request against others; in each round it starts at another position. */
    async race(round: number, one: Request, others: Request[]) {
      const place = round % (others.length + 1)
      const answers = await together([...others.slice(0, place), one, ...others.slice(place)])
      return { first: answers[place]!, others: answers.filter((_, n) => n !== place) }
    },
    async aHousehold() {
      const owner = await aUser({}, sql)
      const camera = await aCamera(owner, 'Front Door', sql)
      const rule = await aRule(owner, camera, 'Alert when a fox shows up', 'Fox', sql)
      const user = `/v1/user/${owner.publicUserId}/`
      const cameraPath = `/v1/cameras/${camera.publicCameraId}/`
      const rulesPath = `${cameraPath}rules/`
      return {
        owner,
        token: owner.access,
        user,
        camera: cameraPath,
        rules: rulesPath,
        rule: `${rulesPath}${rule.publicRuleId}/`,
      }
    },
    property: (owner: User) => propertyOf(owner, sql),
  }
}

/** Repeats a race, with new users in each round. */
const rounds = (count: number) => Array.from({ length: count }, (_, round) => round)
const times = (count: number, request: Request) => Array.from({ length: count }, () => request)
const plain = ({ status, body }: Answer) => ({ status, body })
const sortedStatuses = (answers: Answer[]) => answers.map(({ status }) => status).sort()

/** Asserts that each answer is a success or one of these refusals. */
function expectEach(answers: Answer[], success: number, refusals: object[]) {
  const late = answers.filter(({ status }) => status !== success).map(plain)
  for (const answer of late) expect(refusals).toContainEqual(answer)
}

describe('of registrations of one address', () => {
  it('one wins, whatever its letter case', async () => {
    const { sql, ask, atOnce } = await aRaceTrack()
    for (const _ of rounds(4)) {
      const email = newEmail()
      const spellings = [email, email.toUpperCase(), ` ${email}`, email]
      const answers = await atOnce(
        spellings.map(
          (spelling) => () =>
            ask('POST', '/v1/auth/register/', { json: { email: spelling, password: PASSWORD } }),
        ),
      )
      expect(sortedStatuses(answers)).toEqual([201, 400, 400, 400])
      expectEach(answers, 201, [{ status: 400, body: TAKEN }])
      const winner = answers.find(({ status }) => status === 201)!.body
      expect(
        await sql`select public_user_id, email, username from users where lower(email) = ${email}`,
      ).toEqual([{ public_user_id: winner.public_user_id, email, username: email }])
      expect((await ask('GET', '/v1/users/', { token: winner.access })).status).toBe(200)
    }
  })
})

describe('of accounts that take one address', () => {
  it('one wins', async () => {
    const { sql, ask, atOnce, property } = await aRaceTrack()
    for (const _ of rounds(10)) {
      const email = newEmail()
      const people = [await aUser({}, sql), await aUser({}, sql), await aUser({}, sql)]
      const answers = await atOnce(
        people.map(
          ({ access: token, publicUserId }) =>
            () =>
              ask('PATCH', `/v1/user/${publicUserId}/`, { token, json: { email, first_name: 'Jane' } }),
        ),
      )
      expect(sortedStatuses(answers)).toEqual([200, 400, 400])
      for (const [n, person] of people.entries()) {
        const { status, body } = answers[n]!
        const hasWon = status === 200
        const kept = hasWon ? { email, first_name: 'Jane' } : { email: person.email, first_name: '' }
        expect(body).toEqual(hasWon ? { ...kept, last_name: '', public_user_id: person.publicUserId } : TAKEN)
        const { account } = await property(person)
        expect(account).toEqual([expect.objectContaining({ ...kept, username: kept.email })])
      }
    }
  })

  it('one wins, a registration among them', async () => {
    const { sql, ask, race } = await aRaceTrack()
    for (const round of rounds(6)) {
      const email = newEmail()
      const { access: token, publicUserId } = await aUser({}, sql)
      const { first, others } = await race(
        round,
        () => ask('POST', '/v1/auth/register/', { json: { email, password: PASSWORD } }),
        [() => ask('PATCH', `/v1/user/${publicUserId}/`, { token, json: { email } })],
      )
      expect([
        [201, 400],
        [400, 200],
      ]).toContainEqual([first.status, others[0]!.status])
      expectEach([first], 201, [{ status: 400, body: TAKEN }])
      expectEach(others, 200, [{ status: 400, body: TAKEN }])
      expect(await sql`select from users where email = ${email}`).toHaveLength(1)
    }
  })
})

describe('a camera that is deleted', () => {
  it('takes the rules with it that are being added', async () => {
    const { ask, race, aHousehold, property } = await aRaceTrack()
    for (const round of rounds(20)) {
      const { owner, token, camera, rules } = await aHousehold()
      const { first, others } = await race(
        round,
        () => ask('DELETE', camera, { token }),
        times(4, () => ask('POST', rules, { token, json: RULE })),
      )
      expect(plain(first)).toEqual({ status: 204, body: null })
      expectEach(others, 201, [{ status: 403, body: NOT_YOURS }])
      expect(await property(owner)).toEqual({ account: [expect.anything()], cameras: [], rules: [] })
    }
  })

  it('takes the rules with it that are being changed or deleted', async () => {
    const { ask, race, aHousehold, property } = await aRaceTrack()
    for (const round of rounds(20)) {
      const { owner, token, camera, rule } = await aHousehold()
      const { first, others } = await race(round, () => ask('DELETE', camera, { token }), [
        ...times(2, () => ask('PATCH', rule, { token, json: RULE })),
        () => ask('PUT', rule, { token, json: RULE }),
      ])
      expect(plain(first)).toEqual({ status: 204, body: null })
      expectEach(others, 200, [
        { status: 403, body: NOT_YOURS },
        { status: 404, body: NO_RULE },
      ])
      expect(await property(owner)).toEqual({ account: [expect.anything()], cameras: [], rules: [] })
    }
  })

  it('is deleted once', async () => {
    const { ask, atOnce, aHousehold, property } = await aRaceTrack()
    for (const _ of rounds(10)) {
      const { owner, token, camera } = await aHousehold()
      const answers = await atOnce(times(3, () => ask('DELETE', camera, { token })))
      expect(sortedStatuses(answers)).toEqual([204, 404, 404])
      expectEach(answers, 204, [{ status: 404, body: NO_CAMERA }])
      expect((await property(owner)).cameras).toEqual([])
    }
  })

  it('is changed before, or not found', async () => {
    const { ask, race, aHousehold, property } = await aRaceTrack()
    for (const round of rounds(10)) {
      const { owner, token, camera } = await aHousehold()
      const { first, others } = await race(
        round,
        () => ask('DELETE', camera, { token }),
        times(3, () => ask('PUT', camera, { token, json: { location: 'Attic' } })),
      )
      expect(plain(first)).toEqual({ status: 204, body: null })
      expectEach(others, 200, [{ status: 404, body: NO_CAMERA }])
      expect((await property(owner)).cameras).toEqual([])
    }
  })
})

describe('an account that is deleted', () => {
  it('takes everything with it that is being added', async () => {
    const { ask, race, aHousehold, property } = await aRaceTrack()
    for (const round of rounds(20)) {
      const { owner, token, user, rules } = await aHousehold()
      const { first, others } = await race(round, () => ask('DELETE', user, { token }), [
        ...times(3, () => ask('POST', '/v1/cameras/', { token, json: { location: 'Attic' } })),
        ...times(3, () => ask('POST', rules, { token, json: RULE })),
      ])
      expect(plain(first)).toEqual({ status: 204, body: null })
      expectEach(others, 201, [
        { status: 401, body: GONE },
        { status: 403, body: NOT_YOURS },
      ])
      expect(await property(owner)).toEqual({ account: [], cameras: [], rules: [] })
    }
  })

  it('takes everything with it that is being changed or deleted', async () => {
    const { ask, race, aHousehold, property } = await aRaceTrack()
    for (const round of rounds(20)) {
      const { owner, token, user, camera, rule } = await aHousehold()
      const { first, others } = await race(round, () => ask('DELETE', user, { token }), [
        () => ask('PATCH', user, { token, json: { email: newEmail() } }),
        () => ask('PATCH', camera, { token, json: { location: 'Attic' } }),
        () => ask('PATCH', rule, { token, json: { is_enabled: false } }),
        () => ask('DELETE', rule, { token }),
        () => ask('DELETE', camera, { token }),
      ])
      expect(plain(first)).toEqual({ status: 204, body: null })
      expectEach(
        others.filter(({ status }) => status !== 204),
        200,
        [
          { status: 401, body: GONE },
          { status: 403, body: NOT_YOURS },
          { status: 404, body: NO_USER },
          { status: 404, body: NO_CAMERA },
          { status: 404, body: NO_RULE },
        ],
      )
      expect(await property(owner)).toEqual({ account: [], cameras: [], rules: [] })
    }
  })

  it('is deleted once', async () => {
    const { ask, atOnce, aHousehold, property } = await aRaceTrack()
    for (const _ of rounds(10)) {
      const { owner, token, user } = await aHousehold()
      const answers = await atOnce(times(3, () => ask('DELETE', user, { token })))
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
      expectEach(answers, 204, [{ status: 401, body: GONE }])
      expect((await property(owner)).account).toEqual([])
    }
  })

  it('signs nobody in any more', async () => {
    const { ask, race, aHousehold, property } = await aRaceTrack()
    for (const round of rounds(5)) {
      const { owner, token, user } = await aHousehold()
      const { first, others } = await race(round, () => ask('DELETE', user, { token }), [
        () => ask('POST', '/v1/auth/token/', { json: { email: owner.email, password: PASSWORD } }),
        () => ask('POST', '/v1/auth/token/refresh/', { json: { refresh: owner.refresh } }),
      ])
      expect(plain(first)).toEqual({ status: 204, body: null })
      expectEach(others, 200, [
        { status: 401, body: { detail: 'No active account found with the given credentials' } },
        { status: 401, body: { detail: 'No active account found for the given token.' } },
      ])
      expect((await property(owner)).account).toEqual([])
    }
  })
})

describe('a password that changes', () => {
  const NEW_PASSWORD = 'calmer-waters-12'
  const LATER = 'rougher-waters-34'
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

  it('ends the other sessions that are being refreshed or begun by the old one', async () => {
    const { sql, ask, race, aHousehold } = await aRaceTrack()
    for (const round of rounds(8)) {
      const { owner, user } = await aHousehold()
      const [phone, tablet] = [await aSession(owner, 'Phone', sql), await aSession(owner, 'Tablet', sql)]
      const json = { password: NEW_PASSWORD, current_password: PASSWORD }
      const refresh = (session: string) => ask('POST', '/v1/auth/sessions/refresh/', { json: { session } })
      const { first, others } = await race(round, () => ask('PATCH', user, { token: phone.access, json }), [
        () => refresh(tablet.session),
        () => refresh(phone.session),
        () =>
          ask('POST', '/v1/auth/sessions/', {
            json: { email: owner.email, password: PASSWORD, name: 'Thief' },
          }),
      ])
      expect(first.status).toBe(200)
      const [tabletAnswer, phoneAnswer, thief] = others as [Answer, Answer, Answer]
      expectEach([tabletAnswer], 200, [
        { status: 401, body: { detail: 'Token is invalid', code: 'token_not_valid' } },
      ])
      expect(phoneAnswer.status).toBe(200)
      // Whatever the answers were, the token no longer works.
      for (const { body } of [tabletAnswer, thief])
        if (body.access) expect((await ask('GET', '/v1/cameras/', { token: body.access })).status).toBe(401)
      for (const secret of [tablet.session, thief.body.session ?? ''])
        expect((await refresh(secret)).status).not.toBe(200)
      expect((await refresh(phone.session)).status).toBe(200)
    }
  })

  describe('ends the tokens of a sign-in by the old one', () => {
    const slow = (request: string, millisecondsAfter: number) =>
      breakSql({ fault: 'delay', request, times: 1, millisecondsAfter })
    const signIn = (owner: User, request = newRequestId()) =>
      send('POST', '/v1/auth/token/', {
        json: { email: owner.email, password: PASSWORD },
        headers: { 'X-Request-Id': request },
      })
    const isDead = async ({ status, body: { access, refresh } }: Answer) => {
      const answers = [
        await send('GET', '/v1/cameras/', { token: access }),
        await send('POST', '/v1/auth/token/refresh/', { json: { refresh } }),
      ]
      expect([status, ...answers.map(({ status }) => status)]).toEqual([200, 401, 401])
    }
    const change = (owner: User, request = newRequestId()) =>
      send('PATCH', `/v1/user/${owner.publicUserId}/`, {
        token: owner.access,
        json: { password: NEW_PASSWORD, current_password: PASSWORD },
        headers: { 'X-Request-Id': request },
      })
    const reset = async (owner: User, request = newRequestId()) =>
      send('POST', '/v1/auth/password_reset/confirm/', {
        json: { token: await aReset(owner), password: NEW_PASSWORD },
        headers: { 'X-Request-Id': request },
      })

    it.concurrent.each([
      ['a change', change],
      ['a reset', reset],
    ])('that ends after %s', async (_name, setPassword) => {
      const [owner, request] = [await aUser(), newRequestId()]
      await slow(request, 2_500)
      const signingIn = signIn(owner, request)
      await wait(1_200)
      expect((await setPassword(owner)).status).toBe(200)
      await isDead(await signingIn)
    })

    it.concurrent.each([
      ['a change', change],
      ['a reset', reset],
    ])('that begins and ends in the midst of %s', async (_name, setPassword) => {
      const [owner, request] = [await aUser(), newRequestId()]
      await slow(request, 2_500)
      const setting = setPassword(owner, request)
      await wait(1_100)
      const thief = await signIn(owner)
      const { status, body } = await setting
      expect(status).toBe(200)
      await isDead(thief)
      expect((await send('GET', '/v1/cameras/', { token: body.access })).status).toBe(200)
    })
  })

  it.concurrent('is changed though a sign-in hashes the old one anew meanwhile', async () => {
    const [owner, request] = [await aUser(), newRequestId()]
    // The first, the one that takes back the guess, and the one that changes are late: the hash changes between them.
    await breakSql({ fault: 'delay', request, times: 3, milliseconds: 1_000 })
    const changing = send('PATCH', `/v1/user/${owner.publicUserId}/`, {
      token: owner.access,
      json: { password: NEW_PASSWORD, current_password: PASSWORD },
      headers: { 'X-Request-Id': request },
    })
    await wait(1_500)
    await sql`update users set password = ${await hashPassword(PASSWORD, 11)} where id = ${owner.id}`

    expect(await changing).toMatchObject({ status: 200, body: { email: owner.email } })
    // It has tried once more.
    expect((await statementsOf(request)).length).toBeGreaterThan(3)
    const signIn = (password: string) =>
      send('POST', '/v1/auth/token/', { json: { email: owner.email, password } })
    expect([(await signIn(PASSWORD)).status, (await signIn(NEW_PASSWORD)).status]).toEqual([401, 200])
  })

  it('lets one of two sessions win that change it at once, and ends the other', async () => {
    const { sql, ask, atOnce, aHousehold } = await aRaceTrack()
    for (const _ of rounds(8)) {
      const { owner, user } = await aHousehold()
      const sessions = [await aSession(owner, 'Phone', sql), await aSession(owner, 'Tablet', sql)]
      const answers = await atOnce(
        [NEW_PASSWORD, LATER].map(
          (password, n) => () =>
            ask('PATCH', user, {
              token: sessions[n]!.access,
              json: { password, current_password: PASSWORD },
            }),
        ),
      )
      expect(sortedStatuses(answers)).toEqual([200, 401])
      for (const [n, { session }] of sessions.entries()) {
        const { status } = await ask('POST', '/v1/auth/sessions/refresh/', { json: { session } })
        expect(status).toBe(answers[n]!.status)
      }
    }
  })

  it('is set by one of two who have the same mail, or two mails', async () => {
    const { sql, ask, atOnce, aHousehold } = await aRaceTrack()
    for (const round of rounds(12)) {
      const { owner } = await aHousehold()
      const token = await aReset(owner, sql)
      const tokens = [token, round % 2 === 0 ? token : await aReset(owner, sql)]
      const answers = await atOnce(
        [NEW_PASSWORD, LATER].map(
          (password, n) => () =>
            ask('POST', '/v1/auth/password_reset/confirm/', { json: { token: tokens[n], password } }),
        ),
      )
      expect(sortedStatuses(answers)).toEqual([200, 400])
      expectEach(answers, 200, [
        { status: 400, body: { token: ['This link is not valid any more. Ask for a new one.'] } },
      ])
      const winner = answers.findIndex(({ status }) => status === 200)
      for (const [n, password] of [NEW_PASSWORD, LATER].entries()) {
        const { status } = await ask('POST', '/v1/auth/token/', { json: { email: owner.email, password } })
        expect(status).toBe(n === winner ? 200 : 401)
      }
    }
  })

  it('by a session and by a mail at once does no harm: the last one counts, and the mail ends the session', async () => {
    const { sql, ask, race, aHousehold } = await aRaceTrack()
    for (const round of rounds(8)) {
      const { owner, user } = await aHousehold()
      const phone = await aSession(owner, 'Phone', sql)
      const token = await aReset(owner, sql)
      const { first, others } = await race(
        round,
        () => ask('POST', '/v1/auth/password_reset/confirm/', { json: { token, password: NEW_PASSWORD } }),
        [
          () =>
            ask('PATCH', user, {
              token: phone.access,
              json: { password: LATER, current_password: PASSWORD },
            }),
        ],
      )
      expect([
        [200, 401],
        [400, 200],
      ]).toContainEqual([first.status, others[0]!.status])
      const { status } = await ask('POST', '/v1/auth/sessions/refresh/', { json: { session: phone.session } })
      expect(status).toBe(others[0]!.status)
    }
  })
})

describe('a session that is ended', () => {
  it('is ended once, and refreshed before or refused', async () => {
    const { sql, ask, atOnce, aHousehold } = await aRaceTrack()
    for (const _ of rounds(8)) {
      const { owner, token } = await aHousehold()
      const { session, publicSessionId } = await aSession(owner, 'Phone', sql)
      const end = () => ask('DELETE', `/v1/auth/sessions/${publicSessionId}/`, { token })
      const refresh = () => ask('POST', '/v1/auth/sessions/refresh/', { json: { session } })
      const [one, other, refreshed] = (await atOnce([end, end, refresh])) as [Answer, Answer, Answer]
      expect(sortedStatuses([one, other])).toEqual([204, 404])
      if (refreshed.status === 200)
        expect((await ask('GET', '/v1/cameras/', { token: refreshed.body.access })).status).toBe(401)
      else expect(refreshed.status).toBe(401)
    }
  })
})

describe('additions of one person', () => {
  it('all succeed', async () => {
    const { ask, atOnce, aHousehold, property } = await aRaceTrack()
    const { owner, token, rules } = await aHousehold()
    const answers = await atOnce([
      ...times(7, () => ask('POST', '/v1/cameras/', { token, json: { location: 'Attic' } })),
      ...times(7, () => ask('POST', rules, { token, json: RULE })),
    ])
    expect(new Set(sortedStatuses(answers))).toEqual(new Set([201]))
    const kept = await property(owner)
    expect([kept.cameras.length, kept.rules.length]).toEqual([8, 8])
  })
})

describe('the last superusers', () => {
  it('do not all leave at once', async () => {
    const { sql, ask, atOnce } = await aRaceTrack()
    for (const _ of rounds(40)) {
      const people = [await aUser({ isSuperuser: true }, sql), await aUser({ isSuperuser: true }, sql)]
      await sql`delete from users where is_superuser and id not in (${people[0]!.id}, ${people[1]!.id})`
      const answers = await atOnce(
        people.map(
          ({ access: token, publicUserId }) =>
            () =>
              ask('DELETE', `/v1/user/${publicUserId}/`, { token }),
        ),
      )
      expect(sortedStatuses(answers)).toEqual([204, 403])
      expect(await sql`select from users where is_superuser`).toHaveLength(1)
    }
  })
})
