import { env } from 'cloudflare:workers'
import { decode } from 'hono/jwt'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import type { Push } from '../../src/push/push.ts'
import { sendersOf } from '../../src/push/senders.ts'
import type { AppleShown, Device } from '../../stack/apns.ts'
import { aPush, aTarget } from '../contracts/sender.ts'
import { apnsRig } from '../support/rigs.ts'

type Screen = { shown: AppleShown[]; received: number }
const apple = inject('apple')
const REGISTERED_AT = '2026-11-27T00:00:00.000Z'
const OURS = { topic: 'com.example.scout', environment: 'production' }

const newToken = () => (crypto.randomUUID() + crypto.randomUUID()).replaceAll('-', '')

/** An iPhone, as registered at Apple's. */
async function aPhone(change: Omit<Device, 'token'> = {}, keys: Record<string, string> = {}) {
  const token = newToken()
  await fetch(`${apple}/devices`, { method: 'POST', body: JSON.stringify({ token, ...change }) })
  const target = { address: token, keys, registeredAt: REGISTERED_AT }
  return {
    send: (push = aPush(), settings: Record<string, string> = {}) =>
      sendersOf({ ...env, ...settings }).apns!(push, target, new AbortController().signal),
    screen: async (): Promise<Screen> => (await fetch(`${apple}/devices/${token}`)).json(),
  }
}
const sent = { outcome: 'sent', reason: 'accepted', status: 200, laterInSeconds: null }

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('an iPhone', () => {
  it('of the app in the field is told what that app reads, and no token', async () => {
    const { send, screen } = await aPhone()
    const push = aPush()

    expect(await send(push)).toEqual(sent)

    expect(await screen()).toEqual({
      received: 1,
      shown: [
        {
          aps: {
            alert: { title: 'Front Door', body: 'Fox: a fox at the left. 🦊' },
            sound: 'default',
            'thread-id': push.publicCameraId,
            'interruption-level': 'active',
            'mutable-content': 1,
          },
          'detection-image-url': push.pictureUrl,
          'camera-id': push.publicCameraId,
          'notification-id': push.publicNotificationId,
        },
      ],
    })
  })

  it('of ours has buttons and the token that they need', async () => {
    const { send, screen } = await aPhone({}, OURS)
    const push = aPush({ importance: 'time_sensitive' })
    expect(await send(push)).toEqual(sent)
    expect((await screen()).shown).toMatchObject([
      {
        aps: { category: 'match', 'interruption-level': 'time-sensitive', sound: 'default' },
        'action-token': push.actionToken,
        'app-url': push.appUrl,
      },
    ])
  })

  it('makes no sound of what is passive', async () => {
    const { send, screen } = await aPhone()
    await send(aPush({ importance: 'passive', pictureUrl: null, publicCameraId: null, kind: 'test' }))
    const { shown } = await screen()
    expect(shown).toEqual([
      {
        aps: {
          alert: expect.any(Object),
          'thread-id': 'test',
          'interruption-level': 'passive',
          'mutable-content': 1,
        },
        'notification-id': expect.any(String),
      },
    ])
  })

  it('shows one notification in the place of what it was before', async () => {
    const { send, screen } = await aPhone()
    const push = aPush()
    for (const body of ['one', 'two', 'three']) await send({ ...push, body })
    const { shown, received } = await screen()
    expect([received, shown.map(({ aps }) => aps.alert.body)]).toEqual([3, ['three']])
  })

  it.each<[string, Partial<Push>]>([
    ['a long body', { body: 'é"🏳️‍🌈'.repeat(2_000) }],
    ['a long address', { pictureUrl: `https://b.example.com/${'x'.repeat(5_000)}.jpg` }],
    ['a long title', { title: '🦊'.repeat(5_000) }],
  ])('gets what fits of %s', async (_, change) => {
    const { send, screen } = await aPhone({}, OURS)
    expect(await send(aPush(change))).toEqual(sent)
    const { alert } = (await screen()).shown[0]!.aps
    expect((alert.title + alert.body).isWellFormed()).toBe(true)
  })
})

describe('a push to Apple', () => {
  it('has the headers that Apple documents', async () => {
    const { send, received } = await aTarget(apnsRig, [{ status: 200 }])
    const push = aPush()
    await send(push)
    await send(aPush({ importance: 'passive' }))

    const [first, second] = await received()
    expect(first).toMatchObject({
      path: expect.stringMatching(/\/3\/device\/(ab){32}$/),
      headers: {
        'apns-topic': 'com.example.scout',
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-collapse-id': push.publicNotificationId,
      },
    })
    const inSeconds = Number(first!.headers['apns-expiration']) - Date.now() / 1000
    expect(inSeconds).toBeGreaterThan(3_500)
    expect(inSeconds).toBeLessThanOrEqual(3_600)
    expect(second!.headers['apns-priority']).toBe('5')
  })

  it('shows one token for half an hour, the same on the minute in every isolate', async () => {
    const signed = vi.spyOn(crypto.subtle, 'sign')
    vi.useFakeTimers({ toFake: ['Date'] })
    const { send, received } = await aTarget(apnsRig, [{ status: 200 }])
    for (const time of ['10:00:00', '10:29:59', '10:30:00', '10:59:00']) {
      vi.setSystemTime(`2026-11-27T${time}Z`)
      await send()
    }
    const tokens = (await received()).map(({ headers }) => headers.authorization!.replace('bearer ', ''))
    expect([tokens[1], tokens[3], new Set(tokens).size]).toEqual([tokens[0], tokens[2], 2])
    // Tests that run at the same time sign other tokens, which do not count.
    const ofApple = signed.mock.calls.filter(
      ([algorithm]) => (algorithm as { name?: string }).name === 'ECDSA',
    )
    expect(ofApple).toHaveLength(2)
    expect(tokens.map((token) => decode(token))).toMatchObject(
      ['10:00', '10:00', '10:30', '10:30'].map((time) => ({
        header: { alg: 'ES256', kid: 'ABCDE12345' },
        payload: { iss: 'TEAM123456', iat: Date.parse(`2026-11-27T${time}:00Z`) / 1000 },
      })),
    )
  })

  it('goes to the other environment once where the token is none of the first, and remembers it', async () => {
    const { send, screen } = await aPhone({ environment: 'sandbox' })
    expect(await send()).toEqual({ ...sent, learned: { environment: 'sandbox' } })
    expect((await screen()).received).toBe(1)
  })

  it('goes at once where it was taken', async () => {
    const { send } = await aPhone({ environment: 'sandbox' }, { environment: 'sandbox' })
    const called = vi.spyOn(globalThis, 'fetch')
    expect(await send()).toEqual(sent)
    expect(called).toHaveBeenCalledTimes(1)
  })

  it('begins with what the deployment is for', async () => {
    const { send } = await aPhone({ environment: 'sandbox' })
    expect(await send(aPush(), { APNS_ENVIRONMENT: 'sandbox' })).toEqual(sent)
  })

  it('forgets a phone that is of neither', async () => {
    const { send } = await aPhone({ environment: null })
    expect(await send()).toEqual({ ...sent, outcome: 'gone', reason: 'unregistered', status: 400 })
  })

  it.each([
    ['after it registered', Date.parse(REGISTERED_AT) + 1, 'gone'],
    ['before it registered', Date.parse(REGISTERED_AT) - 1, 'later'],
  ])('of a phone that Apple lost sight of %s', async (_, unregisteredAt, outcome) => {
    const { send } = await aPhone({ unregisteredAt })
    expect(await send()).toMatchObject({ outcome, reason: 'unregistered', status: 410 })
  })

  it.each<[number, string, string, string]>([
    [400, 'DeviceTokenNotForTopic', 'gone', 'unregistered'],
    [410, 'ExpiredToken', 'gone', 'unregistered'],
    [400, 'BadTopic', 'refused', 'misconfigured'],
    [400, 'MissingTopic', 'refused', 'misconfigured'],
    [400, 'TopicDisallowed', 'refused', 'misconfigured'],
    [403, 'BadCertificate', 'refused', 'misconfigured'],
    [403, 'BadEnvironmentKeyInToken', 'refused', 'misconfigured'],
    [403, 'InvalidProviderToken', 'refused', 'misconfigured'],
    [403, 'ExpiredProviderToken', 'later', 'misconfigured'],
    [403, 'Forbidden', 'refused', 'misconfigured'],
    [400, 'BadCollapseId', 'refused', 'refused'],
    [400, 'PayloadEmpty', 'refused', 'refused'],
    [404, 'BadPath', 'refused', 'refused'],
    [405, 'MethodNotAllowed', 'refused', 'refused'],
    [413, 'PayloadTooLarge', 'refused', 'too_large'],
    [429, 'TooManyProviderTokenUpdates', 'later', 'busy'],
    [429, 'TooManyRequests', 'later', 'busy'],
    [500, 'InternalServerError', 'later', 'failing'],
    [503, 'ServiceUnavailable', 'later', 'failing'],
    [503, 'Shutdown', 'later', 'failing'],
    [400, '__proto__', 'refused', 'refused'],
  ])('reads %i %s', async (status, reason, outcome, ours) => {
    const { send } = await aPhone({ steps: [{ status, body: JSON.stringify({ reason }) }] })
    expect(await send()).toMatchObject({ outcome, reason: ours, status })
  })

  it.each(['null', '[]', '"BadDeviceToken"', '{"reason":null}', '{"reason":{"a":1}}', '{"rea', ''])(
    'reads no word in %s',
    async (body) => {
      const { send } = await aTarget(apnsRig, [{ status: 400, body }])
      expect(await send()).toMatchObject({ outcome: 'refused', reason: 'refused', status: 400 })
    },
  )

  it('is refused where the key is another team’s', async () => {
    const { send } = await aPhone()
    expect(await send(aPush(), { APNS_TEAM_ID: 'ANOTHER123' })).toMatchObject({
      outcome: 'refused',
      reason: 'misconfigured',
      status: 403,
    })
  })
})
