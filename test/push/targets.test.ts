import { describe, expect, inject, it } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { send, type Options } from '../support/client.ts'
import { aDatabase, aSession, aTarget, aUser, sql, type User } from '../support/factories.ts'
import { beside, waitsFor } from '../support/race.ts'
import { base64url, browserKeys } from '../support/rigs.ts'
import { aPublicId, UNKNOWN_ID } from '../support/shapes.ts'
import type { Step } from '../../stack/answers.ts'
import type { Received } from '../support/receiver.ts'

const [receiver, service, apple] = [inject('receiver'), inject('pushService'), inject('apple')]
const TARGETS = '/v1/push/targets/'

const register = (user: { access: string }, json: object, settings: Options['settings'] = {}) =>
  send('POST', TARGETS, { token: user.access, json, settings })
const test = (user: { access: string }, id: string, settings: Options['settings'] = {}) =>
  send('POST', `${TARGETS}${id}/test/`, { token: user.access, settings })
const listOf = async (user: { access: string }) => (await send('GET', TARGETS, { token: user.access })).body
const rowsOf = (user: User) => sql`select * from push_targets where owner_id = ${user.id} order by id`

const newToken = () => (crypto.randomUUID() + crypto.randomUUID()).replaceAll('-', '')
const anIphone = (change: object = {}) => ({
  kind: 'apns',
  token: newToken(),
  environment: 'sandbox',
  topic: 'com.example.scout',
  ...change,
})
async function aBrowser(change: object = {}) {
  const { p256dh, auth } = await browserKeys()
  const endpoint = `https://updates.push.services.mozilla.com/wpush/v2/${crypto.randomUUID()}`
  return { kind: 'web_push', endpoint, keys: { p256dh, auth }, ...change }
}
const aWebhook = (change: object = {}) => ({
  kind: 'webhook',
  url: `https://hooks.example.com/${crypto.randomUUID()}`,
  ...change,
})
const aTopic = (change: object = {}) => ({
  kind: 'ntfy',
  url: `https://ntfy.sh/${crypto.randomUUID()}`,
  ...change,
})
const shown = (kind: string, change: object = {}) => ({
  public_target_id: aPublicId,
  kind,
  name: '',
  last_sent_at: null,
  failures: 0,
  is_current: false,
  ...change,
})

/** A receiver path for one test. */
async function anAddress(steps: Step[] = []) {
  const id = crypto.randomUUID()
  await fetch(`${receiver}/script`, { method: 'POST', body: JSON.stringify({ id, steps }) })
  return {
    url: `${receiver}/${id}`,
    received: async (): Promise<Received[]> => (await fetch(`${receiver}/received?id=${id}`)).json(),
  }
}

describe('the key', () => {
  it('is not registered where its session is ended meanwhile', async () => {
    const { settings, sql } = await aDatabase()
    const user = await aUser({}, sql)
    const { id, access } = await aSession(user, 'Phone', sql)
    const { status, body } = await beside(
      sql,
      [sql`delete from sessions where id = ${id}`],
      () => register({ access }, anIphone(), settings),
      { lock: waitsFor.row },
    )
    expect([status, body.code]).toEqual([401, 'token_not_valid'])
    expect(await sql`select from push_targets`).toEqual([])
  })

  it('is what a browser subscribes with', async () => {
    const { access: token } = await aUser()
    const { status, body } = await send('GET', '/v1/push/key/', { token })
    expect([status, body]).toEqual([200, { key: expect.stringMatching(/^B[\w-]{86}$/) }])
  })

  it('is not there where there is none', async () => {
    const { access: token } = await aUser()
    const settings = { VAPID_PUBLIC_KEY: '', VAPID_PRIVATE_KEY: '' }
    const { status, body } = await send('GET', '/v1/push/key/', { token, settings })
    expect([status, body]).toEqual([404, { detail: 'Not found.' }])
  })
})

describe('a target', () => {
  it.each([
    ['a browser', aBrowser, 'web_push', ''],
    ['an iPhone', anIphone, 'apns', ''],
    ['a topic of ntfy', aTopic, 'ntfy', 'ntfy.sh'],
  ] as const)('is %s, and again the same one', async (_, make, kind, name) => {
    const user = await aUser()
    const json = await make()

    const [first, again] = [await register(user, json), await register(user, { ...json, name: ' My phone ' })]

    expect([first.status, first.body]).toEqual([201, shown(kind, { name })])
    expect([again.status, again.body]).toEqual([200, { ...first.body, name: 'My phone' }])
    expect(await listOf(user)).toEqual([again.body])
    expect((await register(user, json)).body.name).toBe('My phone')
  })

  it('is a webhook, whose secret is told once and stays', async () => {
    const user = await aUser()
    const json = aWebhook({ name: 'Home' })
    const first = await register(user, json)
    expect([first.status, first.body]).toEqual([
      201,
      shown('webhook', { name: 'Home', secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) }),
    ])
    const { secret, ...told } = first.body
    expect([(await register(user, json)).body, await listOf(user)]).toEqual([told, [told]])
    expect((await rowsOf(user))[0]!.keys).toEqual({ secret })
  })

  it('keeps what a push to it needs, and never shows it', async () => {
    const user = await aUser()
    const [browser, phone] = [await aBrowser(), anIphone()]
    for (const json of [browser, phone]) await register(user, json)
    expect((await rowsOf(user)).map(({ address, keys }) => [address, keys])).toEqual([
      [browser.endpoint, browser.keys],
      [phone.token, { environment: 'sandbox', topic: 'com.example.scout' }],
    ])
    const listed = JSON.stringify(await listOf(user))
    for (const secret of [browser.endpoint, browser.keys.auth, browser.keys.p256dh, phone.token])
      expect(listed).not.toContain(secret)
  })

  it('of a phone belongs to whoever registered it last', async () => {
    const [before, now] = [await aUser(), await aUser()]
    for (const json of [await aBrowser(), anIphone()]) {
      const first = await register(before, { ...json, name: 'Old' })
      const second = await register(now, json)
      expect([first.status, second.status, second.body.name]).toEqual([201, 201, ''])
      expect(second.body.public_target_id).not.toBe(first.body.public_target_id)
      expect(await listOf(before)).toEqual([])
      expect(
        (await send('DELETE', `${TARGETS}${first.body.public_target_id}/`, { token: now.access })).status,
      ).toBe(404)
    }
    expect(await listOf(now)).toHaveLength(2)
  })

  it('of a service belongs to everybody who named it', async () => {
    const [one, other] = [await aUser(), await aUser()]
    const json = aWebhook()
    const [first, second] = [await register(one, json), await register(other, json)]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.secret).not.toBe(first.body.secret)
    expect([await listOf(one), await listOf(other)]).toMatchObject([[{}], [{}]])
  })

  it('of a phone ends with its session, one of a service does not', async () => {
    const user = await aUser()
    const session = await aSession(user)
    const phone = await register(session, anIphone())
    const webhook = await register(session, aWebhook())
    expect([phone.body.is_current, webhook.body.is_current]).toEqual([true, false])
    expect((await listOf(user)).map((one: { is_current: boolean }) => one.is_current)).toEqual([false, false])
    expect((await listOf(session)).map((one: { is_current: boolean }) => one.is_current)).toEqual([
      true,
      false,
    ])

    await send('DELETE', `/v1/auth/sessions/${session.publicSessionId}/`, { token: user.access })

    expect((await listOf(user)).map((one: { kind: string }) => one.kind)).toEqual(['webhook'])
  })

  it('that the app in the field registers keeps what was learned of it', async () => {
    const user = await aUser()
    const apns_device_id = newToken()
    const again = () =>
      send('POST', '/v1/users/apns_token/', { token: user.access, json: { apns_device_id } })
    await again()
    await sql`update push_targets set keys = '{"environment": "sandbox"}', failures = 3 where owner_id = ${user.id}`
    await again()
    expect(await rowsOf(user)).toMatchObject([{ keys: { environment: 'sandbox' }, failures: 0 }])
  })

  it('makes room among phones beyond twenty, and none among services', async () => {
    const user = await aUser()
    for (let i = 0; i < 10; i++)
      expect((await register(user, i % 2 ? aWebhook() : aTopic())).status).toBe(201)
    const eleventh = await register(user, aWebhook())
    expect([eleventh.status, eleventh.body]).toEqual([
      400,
      { kind: ['Ensure there are no more than 10 webhooks and topics.'] },
    ])
    const phones = Array.from({ length: 12 }, () => anIphone())
    for (const json of phones) expect((await register(user, json)).status).toBe(201)

    const rows = await rowsOf(user)
    expect(rows).toHaveLength(20)
    expect(rows.filter(({ kind }) => kind === 'apns').map(({ address }) => address)).toEqual(
      phones.slice(2).map(({ token }) => token),
    )
    // One of these ten may register again.
    const [topic] = rows.filter(({ kind }) => kind === 'ntfy')
    expect((await register(user, { kind: 'ntfy', url: topic!.address })).status).toBe(200)
    expect(await rowsOf(user)).toHaveLength(20)
    // One more is refused, and no phone is removed.
    expect((await register(user, aWebhook())).status).toBe(400)
    expect(await rowsOf(user)).toHaveLength(20)
  })

  it('is one where two register it at once', async () => {
    const user = await aUser()
    const json = anIphone()
    const statuses = (await Promise.all([register(user, json), register(user, json)])).map(
      ({ status }) => status,
    )
    expect(statuses.sort()).toEqual([200, 201])
    expect(await rowsOf(user)).toHaveLength(1)
  })

  it('is removed by its owner alone', async () => {
    const [owner, stranger] = [await aUser(), await aUser()]
    const path = `${TARGETS}${(await register(owner, aWebhook())).body.public_target_id}/`
    const asStranger = await send('DELETE', path, { token: stranger.access })
    expect([asStranger.status, asStranger.body]).toEqual([
      404,
      { detail: 'No Target matches the given query.' },
    ])
    expect(await listOf(owner)).toHaveLength(1)
    expect((await send('DELETE', path, { token: owner.access })).status).toBe(204)
    expect((await send('DELETE', path, { token: owner.access })).status).toBe(404)
    expect(await listOf(owner)).toEqual([])
  })

  it('is listed in pages', async () => {
    const user = await aUser()
    for (let i = 0; i < 3; i++) await register(user, aTopic())
    const first = await send('GET', `${TARGETS}?limit=2`, { token: user.access })
    expect(first.body).toHaveLength(2)
    const [, next = ''] = /<([^>]+)>/.exec(first.headers.get('Link') ?? '') ?? []
    const second = await send('GET', next, { token: user.access })
    expect([...first.body, ...second.body]).toEqual(await listOf(user))
  })
})

describe('a target is refused', () => {
  const REQUIRED = ['This field is required.']
  const NO_SERVICE = ['Enter the endpoint of a push subscription, at a push service that this service knows.']
  const NOT_PUBLIC = ['Enter a public https address.']
  const NO_TOPIC = ['Enter the public https address of a topic, like https://ntfy.sh/my-topic.']
  const BAD_KEYS = ['Enter the keys of a push subscription, p256dh and auth.']
  const dictionary = (type: string) => [`Expected a dictionary of items but got type "${type}".`]

  it.each<[string, object | (() => Promise<object>), object]>([
    ['without a kind', {}, { kind: REQUIRED }],
    ['of no kind', { kind: 'email' }, { kind: ['"email" is not a valid choice.'] }],
    ['without anything', { kind: 'web_push' }, { endpoint: REQUIRED, keys: REQUIRED }],
    [
      'of a phone without anything',
      { kind: 'apns' },
      { token: REQUIRED, environment: REQUIRED, topic: REQUIRED },
    ],
    ['of a webhook without an address', { kind: 'webhook' }, { url: REQUIRED }],
    ['of a topic without an address', { kind: 'ntfy' }, { url: REQUIRED }],
    ['at an http address', aWebhook({ url: 'http://hooks.example.com/' }), { url: NOT_PUBLIC }],
    ['at an address of IP', aWebhook({ url: 'https://10.0.0.1/' }), { url: NOT_PUBLIC }],
    ['at a local name', aWebhook({ url: 'https://home.local/' }), { url: NOT_PUBLIC }],
    ['at ourselves', aWebhook({ url: 'https://api.scout.test/x' }), { url: NOT_PUBLIC }],
    ['at a server of ntfy without a topic', aTopic({ url: 'https://ntfy.sh/' }), { url: NO_TOPIC }],
    ['at a topic below another', aTopic({ url: 'https://ntfy.sh/a/b' }), { url: NO_TOPIC }],
    ['at a topic of other letters', aTopic({ url: 'https://ntfy.sh/a%2Fb' }), { url: NO_TOPIC }],
    [
      'at no push service',
      () => aBrowser({ endpoint: 'https://push.example.com/x' }),
      { endpoint: NO_SERVICE },
    ],
    ['with keys that are none', () => aBrowser({ keys: {} }), { keys: BAD_KEYS }],
    ['with a text for keys', () => aBrowser({ keys: 'x' }), { keys: dictionary('string') }],
    ['with a list of keys', () => aBrowser({ keys: [] }), { keys: dictionary('object') }],
    ['with null for keys', () => aBrowser({ keys: null }), { keys: ['This field may not be null.'] }],
    [
      'with a key that is on no curve',
      () =>
        aBrowser({
          keys: { p256dh: base64url(Uint8Array.of(4, ...Array(64).fill(7))), auth: 'a'.repeat(22) },
        }),
      { keys: BAD_KEYS },
    ],
    [
      'with a short secret',
      async () => aBrowser({ keys: { p256dh: (await browserKeys()).p256dh, auth: 'a'.repeat(21) } }),
      { keys: BAD_KEYS },
    ],
    ['with a token of other letters', anIphone({ token: 'xyz' }), { token: ['Enter a valid value.'] }],
    [
      'in no environment',
      anIphone({ environment: 'beta' }),
      { environment: ['"beta" is not a valid choice.'] },
    ],
    ['with a topic that is none', anIphone({ topic: 'scout' }), { topic: ['Enter a valid value.'] }],
    [
      'with several faults',
      { kind: 'webhook', name: 'x'.repeat(101) },
      { url: REQUIRED, name: ['Ensure this field has no more than 100 characters.'] },
    ],
  ])('%s', async (_, made, faults) => {
    const user = await aUser()
    const json = typeof made === 'function' ? await made() : made
    const { status, body } = await register(user, json)
    expect([status, body]).toEqual([400, faults])
    expect(await rowsOf(user)).toEqual([])
  })

  it.each([
    ['web_push', { VAPID_PUBLIC_KEY: '', VAPID_PRIVATE_KEY: '' }, aBrowser],
    ['apns', { APNS_KEY: '' }, anIphone],
  ] as const)('where the service has no keys for %s', async (_, settings, make) => {
    const { status, body } = await register(await aUser(), await make(), settings)
    expect([status, body]).toEqual([400, { kind: ['This service is not set up for it.'] }])
  })
})

describe('a test', () => {
  it('of a webhook comes there signed, and is noted', async () => {
    const user = await aUser()
    const { url, received } = await anAddress()
    const { secret, public_target_id: id } = (await register(user, aWebhook({ url }))).body
    await sql`update push_targets set failures = 4 where owner_id = ${user.id}`

    const { status, body } = await test(user, id)

    expect([status, body]).toEqual([200, { outcome: 'sent', status: 200, reason: 'accepted' }])
    const { headers, body: sent } = (await received())[0]!
    expect(new Webhook(secret).verify(atob(sent), headers)).toMatchObject({
      data: { kind: 'test', title: 'Scout', app_url: 'https://scout.test/app/' },
    })
    expect(await listOf(user)).toEqual([
      shown('webhook', { name: new URL(url).host, last_sent_at: expect.any(String) }),
    ])
    expect(await sql`select from notifications where owner = ${user.publicUserId}`).toEqual([])
  })

  it('of a browser is shown there', async () => {
    const user = await aUser()
    const { key } = (await send('GET', '/v1/push/key/', { token: user.access })).body
    const phone = await (
      await fetch(`${service}/phones`, { method: 'POST', body: JSON.stringify({ key }) })
    ).json<any>()
    const { body } = await register(user, { kind: 'web_push', endpoint: phone.endpoint, keys: phone.keys })
    expect((await test(user, body.public_target_id)).body).toEqual({
      outcome: 'sent',
      status: 201,
      reason: 'accepted',
    })
    const screen = await (await fetch(`${service}/phones/${phone.id}`)).json<any>()
    expect(screen.shown).toMatchObject([{ title: 'Scout', data: { kind: 'test' }, actions: [] }])
  })

  it('of an iPhone learns where it is', async () => {
    const user = await aUser()
    const json = anIphone({ environment: 'production' })
    await fetch(`${apple}/devices`, {
      method: 'POST',
      body: JSON.stringify({ token: json.token, environment: 'sandbox' }),
    })
    const { body } = await register(user, json)
    expect((await test(user, body.public_target_id)).body).toMatchObject({ outcome: 'sent' })
    expect((await rowsOf(user))[0]!.keys).toEqual({ environment: 'sandbox', topic: 'com.example.scout' })
  })

  it.each<[string, Step, object, number]>([
    ['is refused', { status: 400, body: 'hush' }, { outcome: 'refused', status: 400, reason: 'refused' }, 1],
    [
      'is not taken now',
      { status: 503, body: 'hush' },
      { outcome: 'later', status: 503, reason: 'failing' },
      1,
    ],
    ['is not answered', { isCut: true }, { outcome: 'later', status: null, reason: 'unreachable' }, 1],
    [
      'finds nobody',
      { status: 410, body: 'hush' },
      { outcome: 'gone', status: 410, reason: 'unregistered' },
      0,
    ],
  ])('that %s says so, in our words', async (_, step, outcome, left) => {
    const user = await aUser()
    const { url } = await anAddress([step])
    const { body: target } = await register(user, aWebhook({ url }))
    const { status, body } = await test(user, target.public_target_id)
    expect([status, body]).toEqual([200, outcome])
    expect(await rowsOf(user)).toHaveLength(left)
    expect((await rowsOf(user)).map(({ last_sent_at }) => last_sent_at)).toEqual(Array(left).fill(null))
  })

  it('of an address that we do not call any more says so', async () => {
    const user = await aUser()
    const id = await aTarget(user, 'webhook', null, { address: 'https://printer.local/x' })
    expect((await test(user, id)).body).toEqual({
      outcome: 'refused',
      status: null,
      reason: 'forbidden_address',
    })
  })

  it('of a kind that was switched off says so', async () => {
    const user = await aUser()
    const id = await aTarget(user, 'apns')
    expect((await test(user, id, { APNS_KEY: '' })).body).toEqual({
      outcome: 'refused',
      status: null,
      reason: 'misconfigured',
    })
  })

  it('is for the owner', async () => {
    const { url, received } = await anAddress()
    const id = await aTarget(await aUser(), 'webhook', null, { address: url })
    const stranger = await aUser()
    for (const other of [id, UNKNOWN_ID]) {
      const { status, body } = await test(stranger, other)
      expect([status, body]).toEqual([404, { detail: 'No Target matches the given query.' }])
    }
    expect(await received()).toEqual([])
  })

  it('is sent twenty times a minute', async () => {
    const user = await aUser()
    const { url, received } = await anAddress()
    const { body } = await register(user, aWebhook({ url }))
    const statuses: number[] = []
    for (let i = 0; i < 22; i++)
      statuses.push((await test(user, body.public_target_id, { THROTTLE: 'on' })).status)
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1)
    expect((await received()).length).toBeLessThanOrEqual(21)
  })
})
