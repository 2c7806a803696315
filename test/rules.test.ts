import { describe, expect, it } from 'vitest'
import { readRule } from '../src/rules/reading.ts'
import { send } from './support/client.ts'
import { aCamera, aRule, aUser, propertyOf, sql } from './support/factories.ts'
import { aMoment, aNumber, aPublicId, NEW_RULE, UNKNOWN_ID } from './support/shapes.ts'

const NO_RULE = { detail: 'No Rule matches the given query.' }
const NOT_YOUR_CAMERA = { detail: 'Camera not found or does not belong to this user' }

/** A user with a camera, and the path of its rules. */
async function aHousehold() {
  const owner = await aUser()
  const camera = await aCamera(owner)
  return { owner, camera, token: owner.access, path: `/v1/cameras/${camera.publicCameraId}/rules/` }
}

describe('the list of rules', () => {
  it('is empty for a camera without rules', async () => {
    const { token, path } = await aHousehold()
    const { status, body } = await send('GET', path, { token })
    expect([status, body]).toEqual([200, []])
  })

  it('holds the camera’s own rules in the order of their ids', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const fox = await aRule(owner, camera, 'Alert when a fox shows up', 'Fox')
    await aRule(owner, await aCamera(owner))
    const cat = await aRule(owner, camera, 'Alert when a cat shows up', 'Cat')
    const { status, body } = await send('GET', path, { token })
    expect(status).toBe(200)
    expect(body).toEqual([
      {
        id: fox.id,
        public_rule_id: fox.publicRuleId,
        owner: owner.id,
        camera: camera.id,
        rule: 'Alert when a fox shows up',
        rule_nickname: 'Fox',
        is_enabled: true,
        created_at: aMoment,
        ...NEW_RULE,
      },
      {
        id: cat.id,
        public_rule_id: cat.publicRuleId,
        owner: owner.id,
        camera: camera.id,
        rule: 'Alert when a cat shows up',
        rule_nickname: 'Cat',
        is_enabled: true,
        created_at: aMoment,
        ...NEW_RULE,
      },
    ])
  })
})

describe('a new rule', () => {
  it('is answered as it is stored', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const json = { rule: 'Alert when a fox shows up', rule_nickname: 'Fox', is_enabled: false }
    const { status, body } = await send('POST', path, { token, json })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: aNumber,
      public_rule_id: aPublicId,
      owner: owner.id,
      camera: camera.id,
      ...json,
      created_at: aMoment,
      ...NEW_RULE,
    })
    expect((await propertyOf(owner)).rules).toEqual([
      expect.objectContaining({
        id: String(body.id),
        public_rule_id: body.public_rule_id,
        camera_id: String(camera.id),
        ...json,
      }),
    ])
    expect((await send('GET', path, { token })).body).toEqual([body])
  })

  it('is enabled unless it says otherwise', async () => {
    const { owner, token, path } = await aHousehold()
    const { status, body } = await send('POST', path, { token, json: { rule: 'Fox', rule_nickname: 'Fox' } })
    expect([status, body.is_enabled]).toEqual([201, true])
    expect((await propertyOf(owner)).rules).toEqual([expect.objectContaining({ is_enabled: true })])
  })

  it('takes neither an owner nor a camera nor ids from the body', async () => {
    const [{ owner, camera, token, path }, neighbour] = [await aHousehold(), await aHousehold()]
    const { status, body } = await send('POST', path, {
      token,
      json: {
        id: 1,
        public_rule_id: UNKNOWN_ID,
        owner: neighbour.owner.id,
        camera: neighbour.camera.id,
        rule: 'Fox',
        rule_nickname: 'Fox',
        created_at: '2001-01-01T00:00:00Z',
      },
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: aNumber,
      public_rule_id: expect.not.stringMatching(UNKNOWN_ID),
      owner: owner.id,
      camera: camera.id,
      rule: 'Fox',
      rule_nickname: 'Fox',
      is_enabled: true,
      created_at: expect.not.stringMatching(/^2001/),
      ...NEW_RULE,
    })
    expect((await propertyOf(neighbour.owner)).rules).toEqual([])
  })

  it('needs a rule and a nickname', async () => {
    const { owner, token, path } = await aHousehold()
    const { status, body } = await send('POST', path, { token, json: { is_enabled: true } })
    expect(status).toBe(400)
    expect(body).toEqual({
      rule: ['This field is required.'],
      rule_nickname: ['This field is required.'],
    })
    expect((await propertyOf(owner)).rules).toEqual([])
  })
})

describe('how loudly and how often a rule tells', () => {
  const SAID = { cooldown_in_seconds: 0, snoozed_until: '2030-01-02T03:04:05Z', importance: 'time_sensitive' }
  const RULE = { rule: 'Alert when a fox shows up', rule_nickname: 'Fox' }

  it('is kept by a PUT that does not say it, and changed by one that does', async () => {
    const { token, path } = await aHousehold()
    const added = await send('POST', path, { token, json: { ...RULE, ...SAID } })
    const rulePath = `${path}${added.body.public_rule_id}/`
    expect([added.status, added.body]).toEqual([201, expect.objectContaining(SAID)])
    const put = await send('PUT', rulePath, { token, json: RULE })
    expect([put.status, put.body]).toEqual([200, added.body])
    const patch = await send('PATCH', rulePath, {
      token,
      json: { snoozed_until: null, importance: 'passive' },
    })
    expect(patch.body).toEqual({ ...added.body, snoozed_until: null, importance: 'passive' })
  })

  it('shows how its words are read, whatever a client says, and again when they change', async () => {
    const { token, path } = await aHousehold()
    const json = { rule: 'A fox on weekdays after 10pm', rule_nickname: 'Fox', reading: { rest: 'x' } }
    const { body } = await send('POST', path, { token, json })
    expect(body.reading).toEqual({
      hours: [{ from: '22:00', to: '06:00' }],
      days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      rest: 'A fox',
      unread: [],
      objects: [],
      together: false,
      motion: false,
      beyond: ['fox'],
    })
    const change = { token, json: { rule: 'A dog or two cats after dusk' } }
    expect((await send('PATCH', `${path}${body.public_rule_id}/`, change)).body.reading).toEqual({
      hours: [],
      days: [],
      rest: 'A dog or two cats after dusk',
      unread: ['dusk'],
      objects: [
        { label: 'dog', at_least: 1 },
        { label: 'cat', at_least: 2 },
      ],
      together: false,
      motion: false,
      beyond: ['after dusk'],
    })
  })

  it('is not what a client says of its last match', async () => {
    const { token, path } = await aHousehold()
    const json = { ...RULE, last_triggered: SAID.snoozed_until }
    expect((await send('POST', path, { token, json })).body).toMatchObject({ last_triggered: null })
  })
})

describe('a rule', () => {
  it('is shown to its owner', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const { id, publicRuleId } = await aRule(owner, camera, 'Füchse 🦊', 'Fuchs')
    await sql`update rules_rule set created_at = '2026-04-28T12:00:00.12Z' where id = ${id}`
    const { status, body } = await send('GET', `${path}${publicRuleId.toUpperCase()}/`, { token })
    expect(status).toBe(200)
    expect(body).toEqual({
      id,
      public_rule_id: publicRuleId,
      owner: owner.id,
      camera: camera.id,
      rule: 'Füchse 🦊',
      rule_nickname: 'Fuchs',
      is_enabled: true,
      created_at: '2026-04-28T12:00:00.120000Z',
      ...NEW_RULE,
    })
  })

  it.each([
    [{ rule: 'Alert after 11pm' }],
    [{ rule_nickname: 'Night' }],
    [{ is_enabled: false }],
    [{ rule: 'Alert after 11pm', rule_nickname: 'Night', is_enabled: false }],
    [{}],
  ])('changes by a PATCH what is sent, and nothing else: %j', async (json) => {
    const { owner, camera, token, path } = await aHousehold()
    const [fox, other] = [await aRule(owner, camera), await aRule(owner, camera)]
    const url = `${path}${fox.publicRuleId}/`
    const { body: before } = await send('GET', url, { token })
    const { body: otherBefore } = await send('GET', `${path}${other.publicRuleId}/`, { token })
    const { status, body } = await send('PATCH', url, {
      token,
      json: { id: 7, owner: 1, camera: 1, created_at: null, public_rule_id: UNKNOWN_ID, ...json },
    })
    const reading = readRule('rule' in json ? json.rule : before.rule)
    expect([status, body]).toEqual([200, { ...before, ...json, reading }])
    expect((await send('GET', path, { token })).body).toEqual([body, otherBefore])
  })

  it('keeps by a PUT whether it is enabled, where that is not sent', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const { id, publicRuleId } = await aRule(owner, camera)
    await sql`update rules_rule set is_enabled = false where id = ${id}`
    const url = `${path}${publicRuleId}/`
    const { body: before } = await send('GET', url, { token })
    const json = { rule: 'Alert after 11pm', rule_nickname: 'Night' }
    const { status, body } = await send('PUT', url, { token, json })
    expect([status, body]).toEqual([200, { ...before, ...json, reading: readRule(json.rule) }])
    expect((await send('GET', url, { token })).body).toEqual({ ...body, is_enabled: false })
  })

  it('is replaced by a PUT', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const { publicRuleId } = await aRule(owner, camera)
    const url = `${path}${publicRuleId}/`
    const { body: before } = await send('GET', url, { token })
    const json = { rule: 'Alert after 11pm', rule_nickname: 'Night', is_enabled: false }
    const { status, body } = await send('PUT', url, { token, json })
    expect([status, body]).toEqual([200, { ...before, ...json, reading: readRule(json.rule) }])
    expect((await send('GET', url, { token })).body).toEqual(body)
  })

  it('needs its rule and its nickname in a PUT', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const { publicRuleId } = await aRule(owner, camera)
    const before = await propertyOf(owner)
    const { status, body } = await send('PUT', `${path}${publicRuleId}/`, {
      token,
      json: { is_enabled: false },
    })
    expect(status).toBe(400)
    expect(body).toEqual({
      rule: ['This field is required.'],
      rule_nickname: ['This field is required.'],
    })
    expect(await propertyOf(owner)).toEqual(before)
  })

  it('goes alone', async () => {
    const { owner, camera, token, path } = await aHousehold()
    const [fox, cat] = [await aRule(owner, camera), await aRule(owner, camera)]
    const url = `${path}${fox.publicRuleId}/`
    const { status, body } = await send('DELETE', url, { token })
    expect([status, body]).toEqual([204, null])
    const { cameras, rules } = await propertyOf(owner)
    expect(cameras).toHaveLength(1)
    expect(rules).toEqual([expect.objectContaining({ id: String(cat.id) })])
    expect(await send('GET', url, { token })).toMatchObject({ status: 404, body: NO_RULE })
    expect(await send('DELETE', url, { token })).toMatchObject({ status: 404, body: NO_RULE })
  })
})

const CONTENT = { rule: 'Mine now', rule_nickname: 'Mine', is_enabled: false }

describe.each([
  ['GET', {}],
  ['PUT', { json: CONTENT }],
  ['PATCH', { json: CONTENT }],
  ['DELETE', {}],
])('%s of a rule', (method, sent) => {
  it.each([
    ['a stranger', {}],
    ['a stranger on the staff', { isStaff: true, isSuperuser: true }],
  ])('refuses %s', async (_, account) => {
    const [{ owner, camera, path }, stranger] = [await aHousehold(), await aUser(account)]
    const { publicRuleId } = await aRule(owner, camera)
    const before = await propertyOf(owner)
    const { status, body } = await send(method, `${path}${publicRuleId}/`, {
      token: stranger.access,
      ...sent,
    })
    expect([status, body]).toEqual([403, NOT_YOUR_CAMERA])
    expect(await propertyOf(owner)).toEqual(before)
  })

  it('refuses an unknown camera', async () => {
    const { owner, camera, token } = await aHousehold()
    const { publicRuleId } = await aRule(owner, camera)
    const before = await propertyOf(owner)
    const { status, body } = await send(method, `/v1/cameras/${UNKNOWN_ID}/rules/${publicRuleId}/`, {
      token,
      ...sent,
    })
    expect([status, body]).toEqual([403, NOT_YOUR_CAMERA])
    expect(await propertyOf(owner)).toEqual(before)
  })

  it('does not find a rule under another camera of its owner', async () => {
    const { owner, camera, token } = await aHousehold()
    const other = await aCamera(owner)
    const { publicRuleId } = await aRule(owner, camera)
    const before = await propertyOf(owner)
    const { status, body } = await send(
      method,
      `/v1/cameras/${other.publicCameraId}/rules/${publicRuleId}/`,
      { token, ...sent },
    )
    expect([status, body]).toEqual([404, NO_RULE])
    expect(await propertyOf(owner)).toEqual(before)
  })

  it('does not find a neighbour’s rule under one’s own camera', async () => {
    const [{ path, token }, neighbour] = [await aHousehold(), await aHousehold()]
    const { publicRuleId } = await aRule(neighbour.owner, neighbour.camera)
    const before = await propertyOf(neighbour.owner)
    const { status, body } = await send(method, `${path}${publicRuleId}/`, { token, ...sent })
    expect([status, body]).toEqual([404, NO_RULE])
    expect(await propertyOf(neighbour.owner)).toEqual(before)
  })

  it('does not find an unknown id', async () => {
    const { path, token } = await aHousehold()
    const { status, body } = await send(method, `${path}${UNKNOWN_ID}/`, { token, ...sent })
    expect([status, body]).toEqual([404, NO_RULE])
  })
})

describe.each([
  ['GET', {}],
  ['POST', { json: CONTENT }],
])('%s of the rules', (method, sent) => {
  it.each([
    ['a stranger', {}],
    ['a stranger on the staff', { isStaff: true, isSuperuser: true }],
  ])('refuses %s', async (_, account) => {
    const [{ owner, camera, path }, stranger] = [await aHousehold(), await aUser(account)]
    await aRule(owner, camera)
    const before = await propertyOf(owner)
    const { status, body } = await send(method, path, { token: stranger.access, ...sent })
    expect([status, body]).toEqual([403, NOT_YOUR_CAMERA])
    expect(await propertyOf(owner)).toEqual(before)
    expect((await propertyOf(stranger)).rules).toEqual([])
  })

  it('refuses an unknown camera', async () => {
    const { owner, token } = await aHousehold()
    const { status, body } = await send(method, `/v1/cameras/${UNKNOWN_ID}/rules/`, { token, ...sent })
    expect([status, body]).toEqual([403, NOT_YOUR_CAMERA])
    expect((await propertyOf(owner)).rules).toEqual([])
  })
})
