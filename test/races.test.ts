import { describe, expect, it } from 'vitest'
import { type Answer, send } from './support/client.ts'
import { aCamera, aRule, aUser, newEmail, PASSWORD, propertyOf, sql, type User } from './support/factories.ts'

const TAKEN = { email: ['A user with that email already exists.'] }
const GONE = { detail: 'User not found', code: 'user_not_found' }
const NO_CAMERA = { detail: 'No Camera matches the given query.' }
const NOT_YOURS = { detail: 'Camera not found or does not belong to this user' }
const RULE = { rule: 'Alert after 11pm', rule_nickname: 'Night' }

/** So many rounds of each race, every one with people of its own. */
const rounds = (count: number) => Array.from({ length: count }, (_, round) => round)
/** Requests of one round, in an order that differs from round to round. */
const turned = <T>(list: T[], round: number) => [
  ...list.slice(round % list.length),
  ...list.slice(0, round % list.length),
]

const plain = ({ status, body }: Answer) => ({ status, body })
const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort()

/** Lets a deletion race with additions; answers that of the deletion, and those of the others. */
async function race(round: number, deletion: () => Promise<Answer>, others: (() => Promise<Answer>)[]) {
  const requests = turned([deletion, ...others], round)
  const answers = await Promise.all(requests.map((request) => request()))
  const position = requests.indexOf(deletion)
  return { deleted: answers[position]!, others: answers.filter((_, n) => n !== position) }
}

const times = (count: number, request: () => Promise<Answer>) => Array.from({ length: count }, () => request)

/** Rows that belong to nobody. */
const orphans = (ownerId: number) => sql`
  select 'camera' as kind from camera_camera c where owner_id = ${ownerId} and not exists (select from users where id = c.owner_id)
  union all
  select 'rule' from rules_rule r where owner_id = ${ownerId}
    and not (exists (select from users where id = r.owner_id) and exists (select from camera_camera where id = r.camera_id))`

describe('of registrations of one address', () => {
  it.each(rounds(4))('one wins, whatever its letter case (round %i)', async () => {
    const email = newEmail()
    const spellings = [email, email.toUpperCase(), ` ${email}`, email, email.replace('p', 'P')]
    const answers = await Promise.all(
      spellings.map((spelling) =>
        send('POST', '/v1/auth/register/', { json: { email: spelling, password: PASSWORD } }),
      ),
    )
    expect(statuses(answers)).toEqual([201, 400, 400, 400, 400])
    for (const { status, body } of answers) if (status === 400) expect(body).toEqual(TAKEN)
    const winner = answers.find(({ status }) => status === 201)!.body
    expect(
      await sql`select public_user_id, email, username from users where lower(email) = ${email}`,
    ).toEqual([{ public_user_id: winner.public_user_id, email, username: email }])
    expect((await send('GET', '/v1/users/', { token: winner.access })).status).toBe(200)
  })
})

describe('of accounts that take one address', () => {
  it.each(rounds(10))('one wins (round %i)', async () => {
    const email = newEmail()
    const people = await Promise.all([aUser(), aUser(), aUser()])
    const answers = await Promise.all(
      people.map(({ access, publicUserId }) =>
        send('PATCH', `/v1/user/${publicUserId}/`, { token: access, json: { email, first_name: 'Jane' } }),
      ),
    )
    expect(statuses(answers)).toEqual([200, 400, 400])
    for (const [n, { status, body }] of answers.entries()) {
      const person = people[n]!
      const kept = status === 200 ? { email, first_name: 'Jane' } : { email: person.email, first_name: '' }
      expect(body).toEqual(
        status === 200 ? { ...kept, last_name: '', public_user_id: person.publicUserId } : TAKEN,
      )
      expect((await propertyOf(person)).account).toEqual([
        expect.objectContaining({ ...kept, username: kept.email }),
      ])
    }
  })

  it.each(rounds(4))('one wins, a registration among them (round %i)', async (round) => {
    const email = newEmail()
    const person = await aUser()
    const answers = await Promise.all(
      turned(
        [
          () => send('POST', '/v1/auth/register/', { json: { email, password: PASSWORD } }),
          () => send('PATCH', `/v1/user/${person.publicUserId}/`, { token: person.access, json: { email } }),
        ],
        round,
      ).map((request) => request()),
    )
    const [winner, loser] = answers.toSorted((one, other) => one.status - other.status)
    expect([200, 201]).toContain(winner!.status)
    expect(plain(loser!)).toEqual({ status: 400, body: TAKEN })
    expect(await sql`select from users where email = ${email}`).toHaveLength(1)
  })
})

describe('a camera that is deleted', () => {
  it.each(rounds(25))('takes the rules with it that are being added (round %i)', async (round) => {
    const owner = await aUser()
    const path = `/v1/cameras/${(await aCamera(owner)).publicCameraId}/`
    const token = owner.access
    const { deleted, others } = await race(
      round,
      () => send('DELETE', path, { token }),
      times(4, () => send('POST', `${path}rules/`, { token, json: RULE })),
    )
    expect(plain(deleted)).toEqual({ status: 204, body: null })
    for (const added of others) {
      if (added.status !== 201) expect(plain(added)).toEqual({ status: 403, body: NOT_YOURS })
    }
    expect(await propertyOf(owner)).toMatchObject({ account: [{}], cameras: [], rules: [] })
    expect(await orphans(owner.id)).toEqual([])
  })

  it.each(rounds(15))('takes the rules with it that are being changed (round %i)', async (round) => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const rule = await aRule(owner, camera)
    const path = `/v1/cameras/${camera.publicCameraId}/`
    const token = owner.access
    const { deleted, others } = await race(
      round,
      () => send('DELETE', path, { token }),
      times(3, () => send('PATCH', `${path}rules/${rule.publicRuleId}/`, { token, json: RULE })),
    )
    expect(plain(deleted)).toEqual({ status: 204, body: null })
    for (const { status } of others) expect([200, 403, 404]).toContain(status)
    expect(await propertyOf(owner)).toMatchObject({ cameras: [], rules: [] })
  })

  it.each(rounds(10))('is deleted once (round %i)', async () => {
    const owner = await aUser()
    const path = `/v1/cameras/${(await aCamera(owner)).publicCameraId}/`
    const answers = await Promise.all(
      times(3, () => send('DELETE', path, { token: owner.access })).map((go) => go()),
    )
    expect(statuses(answers)).toEqual([204, 404, 404])
    for (const { status, body } of answers) expect(body).toEqual(status === 204 ? null : NO_CAMERA)
  })

  it.each(rounds(10))('is changed before, or not found (round %i)', async (round) => {
    const owner = await aUser()
    const path = `/v1/cameras/${(await aCamera(owner)).publicCameraId}/`
    const token = owner.access
    const { deleted, others } = await race(
      round,
      () => send('DELETE', path, { token }),
      times(3, () => send('PUT', path, { token, json: { location: 'Attic' } })),
    )
    expect(deleted.status).toBe(204)
    for (const changed of others)
      if (changed.status === 200) expect(changed.body.location).toBe('Attic')
      else expect(plain(changed)).toEqual({ status: 404, body: NO_CAMERA })
    expect((await propertyOf(owner)).cameras).toEqual([])
  })
})

describe('an account that is deleted', () => {
  const leave = (user: User) => () => send('DELETE', `/v1/user/${user.publicUserId}/`, { token: user.access })

  it.each(rounds(25))('takes everything with it that is being added (round %i)', async (round) => {
    const owner = await aUser()
    const path = `/v1/cameras/${(await aCamera(owner)).publicCameraId}/`
    const token = owner.access
    const { deleted, others } = await race(round, leave(owner), [
      ...times(3, () => send('POST', '/v1/cameras/', { token, json: { location: 'Attic' } })),
      ...times(3, () => send('POST', `${path}rules/`, { token, json: RULE })),
    ])
    expect(plain(deleted)).toEqual({ status: 204, body: null })
    for (const added of others)
      if (added.status !== 201) {
        const isLate = added.body.detail === NOT_YOURS.detail
        expect(plain(added)).toEqual(isLate ? { status: 403, body: NOT_YOURS } : { status: 401, body: GONE })
      }
    expect(await propertyOf(owner)).toEqual({ account: [], cameras: [], rules: [] })
    expect(await orphans(owner.id)).toEqual([])
  })

  it.each(rounds(15))('and what it changes meanwhile end in one order (round %i)', async (round) => {
    const owner = await aUser()
    const camera = await aCamera(owner)
    const rule = await aRule(owner, camera)
    const token = owner.access
    const path = `/v1/cameras/${camera.publicCameraId}/`
    const { deleted, others } = await race(round, leave(owner), [
      () => send('PATCH', `/v1/user/${owner.publicUserId}/`, { token, json: { email: newEmail() } }),
      () => send('PATCH', path, { token, json: { location: 'Attic' } }),
      () => send('PATCH', `${path}rules/${rule.publicRuleId}/`, { token, json: { is_enabled: false } }),
      () => send('DELETE', `${path}rules/${rule.publicRuleId}/`, { token }),
      () => send('DELETE', path, { token }),
    ])
    expect(plain(deleted)).toEqual({ status: 204, body: null })
    for (const { status } of others) expect([200, 204, 401, 403, 404]).toContain(status)
    expect(await propertyOf(owner)).toEqual({ account: [], cameras: [], rules: [] })
  })

  it.each(rounds(10))('is deleted once (round %i)', async () => {
    const owner = await aUser()
    const answers = await Promise.all(times(3, leave(owner)).map((go) => go()))
    const [first, ...late] = answers.toSorted((one, other) => one.status - other.status)
    expect(plain(first!)).toEqual({ status: 204, body: null })
    for (const { status } of late) expect([401, 404]).toContain(status)
    expect((await propertyOf(owner)).account).toEqual([])
  })

  it.each(rounds(5))('signs nobody in any more (round %i)', async (round) => {
    const owner = await aUser()
    const { deleted, others } = await race(round, leave(owner), [
      () => send('POST', '/v1/auth/token/', { json: { email: owner.email, password: PASSWORD } }),
      () => send('POST', '/v1/auth/token/refresh/', { json: { refresh: owner.refresh } }),
    ])
    expect(deleted.status).toBe(204)
    for (const { status } of others) expect([200, 401]).toContain(status)
    expect((await propertyOf(owner)).account).toEqual([])
  })
})

describe('additions of one person', () => {
  it('all succeed', async () => {
    const owner = await aUser()
    const path = `/v1/cameras/${(await aCamera(owner)).publicCameraId}/`
    const token = owner.access
    const answers = await Promise.all([
      ...times(10, () => send('POST', '/v1/cameras/', { token, json: { location: 'Attic' } })).map((go) =>
        go(),
      ),
      ...times(10, () => send('POST', `${path}rules/`, { token, json: RULE })).map((go) => go()),
    ])
    expect(new Set(statuses(answers))).toEqual(new Set([201]))
    const { cameras, rules } = await propertyOf(owner)
    expect([cameras.length, rules.length]).toEqual([11, 10])
  })
})
