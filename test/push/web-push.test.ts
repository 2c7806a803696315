import { encryptNotification } from '@block65/webcrypto-web-push'
import { env } from 'cloudflare:workers'
import { afterEach, expect, inject, it, vi } from 'vitest'
import type { Push } from '../../src/push/push.ts'
import { sendersOf } from '../../src/push/senders.ts'
import type { Step } from '../../stack/answers.ts'
import type { Shown } from '../../stack/push-service/phones.ts'
import { aPush, aTarget } from '../contracts/sender.ts'
import { browserKeys, webPushRig } from '../support/rigs.ts'

type Phone = { id: string; endpoint: string; keys: { p256dh: string; auth: string } }
type Screen = { shown: Shown[]; received: number }
const service = inject('pushService')
const { VAPID_PUBLIC_KEY: key } = env as unknown as { VAPID_PUBLIC_KEY: string }

/** A phone at the push service, which decrypts pushes with another library. */
async function aPhone(registered: { key?: string } = { key }) {
  const made = await fetch(`${service}/phones`, { method: 'POST', body: JSON.stringify(registered) })
  const { id, endpoint: address, keys }: Phone = await made.json()
  const target = { address, keys, registeredAt: '2026-11-27T00:00:00.000Z' }
  return {
    target,
    send: (push: Push, change: object = {}) =>
      sendersOf({ ...env, ...change }).web_push!(push, { ...target }, new AbortController().signal),
    screen: async (): Promise<Screen> => (await fetch(`${service}/phones/${id}`)).json(),
    leave: () => fetch(`${service}/phones/${id}`, { method: 'DELETE' }),
    script: (steps: Step[]) =>
      fetch(`${service}/script`, { method: 'POST', body: JSON.stringify({ endpoint: address, steps }) }),
  }
}

const bytes = (text: string) => Uint8Array.fromBase64(text, { alphabet: 'base64url' })
const sent = { outcome: 'sent', reason: 'accepted', status: 201, laterInSeconds: null }

afterEach(() => vi.restoreAllMocks())

it('shows on a phone what a notification tells, with its buttons', async () => {
  const { send, screen } = await aPhone()
  const push = aPush()

  expect(await send(push)).toEqual(sent)

  expect(await screen()).toEqual({
    received: 1,
    shown: [
      {
        title: 'Front Door',
        body: 'Fox: a fox at the left. 🦊',
        navigate: push.appUrl,
        tag: push.publicNotificationId,
        timestamp: Date.parse(push.createdAt),
        silent: false,
        image: push.pictureUrl,
        actions: [
          { action: 'snooze_1h', title: 'Snooze 1 h', navigate: push.appUrl },
          { action: 'not_this', title: 'Not this', navigate: push.appUrl },
        ],
        data: {
          public_notification_id: push.publicNotificationId,
          public_camera_id: push.publicCameraId,
          public_event_id: push.publicEventId,
          kind: 'match',
          count: 1,
          importance: 'normal',
          action_token: push.actionToken,
        },
      },
    ],
  })
})

it('replaces what the phone shows of the same notification', async () => {
  const { send, screen } = await aPhone()
  const push = aPush()
  for (const count of [1, 2, 3]) expect(await send({ ...push, count, body: `${count} foxes` })).toEqual(sent)
  await send(aPush({ title: 'Garden' }))

  const { shown, received } = await screen()
  expect(received).toBe(4)
  expect(shown.map(({ title, body, data }) => [title, body, data.count])).toEqual([
    ['Front Door', '3 foxes', 3],
    ['Garden', 'Fox: a fox at the left. 🦊', 1],
  ])
})

it('has no buttons for what nobody can do', async () => {
  const { send, screen } = await aPhone()
  await send(aPush({ kind: 'offline', pictureUrl: null }))
  await send(aPush({ kind: 'test', publicCameraId: null, publicEventId: null, pictureUrl: null }))

  const { shown } = await screen()
  expect(shown.map(({ actions }) => actions.map(({ action }) => action))).toEqual([['snooze_1h'], []])
  expect(shown.every((one) => !('image' in one))).toBe(true)
})

it('asks of the push service what RFC 8030 has words for', async () => {
  const { send, received } = await aTarget(webPushRig, [{ status: 201 }])
  const push = aPush()
  await send(push)
  await send(aPush({ importance: 'passive' }))
  await send(aPush({ importance: 'time_sensitive' }))

  const all = await received()
  expect(all[0]).toMatchObject({
    method: 'POST',
    headers: {
      ttl: '3600',
      urgency: 'high',
      topic: push.publicNotificationId.replaceAll('-', ''),
      'content-encoding': 'aes128gcm',
      authorization: expect.stringMatching(/^vapid t=[\w-]+\.[\w-]+\.[\w-]+, k=[\w-]{87}$/),
    },
  })
  expect(all.map(({ headers }) => headers.urgency)).toEqual(['high', 'low', 'high'])
  // All have the maximum length, so that the length does not reveal the content.
  expect(all.map(({ body }) => atob(body).length)).toEqual([4_096, 4_096, 4_096])
})

it.each<[string, Partial<Push>]>([
  ['a long body', { body: 'Fox: a fox at the left. '.repeat(400) }],
  ['a body of characters of many bytes', { body: '👩‍👩‍👧‍👦"\\\n'.repeat(900) }],
  ['a body of control characters', { body: '\u0001'.repeat(5_000) }],
  ['a long title', { title: 'Ä'.repeat(255), body: 'é'.repeat(5_000) }],
  ['a title without end', { title: '🏳️‍🌈'.repeat(3_000), body: 'x' }],
  ['a picture’s address without end', { pictureUrl: `https://b.example.com/${'x'.repeat(4_000)}` }],
  [
    'everything',
    {
      title: '🦊'.repeat(2_000),
      body: '🦊'.repeat(2_000),
      pictureUrl: `https://b.example.com/${'x'.repeat(9_000)}`,
    },
  ],
])('cuts %s where a character ends', async (_, change) => {
  const { send, screen } = await aPhone()
  const push = aPush(change)

  expect(await send(push)).toEqual(sent)

  const { shown } = await screen()
  const { title, body, image } = shown[0]!
  const whole = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
  for (const [cut, of] of [
    [title, push.title],
    [body, push.body],
  ] as const) {
    const characters = whole(cut.replace(/…$/, ''))
    expect(characters.join('')).toBe(
      cut === of ? of : whole(of).slice(0, characters.length).join('').trimEnd(),
    )
    expect(cut.isWellFormed()).toBe(true)
  }
  expect(new TextEncoder().encode(JSON.stringify(shown[0])).length).toBeLessThan(3_993)
  if (push.pictureUrl!.length < 1_000) expect(image).toBe(push.pictureUrl)
  else expect(image).toBeUndefined()
  // No more is left out than necessary.
  if (push.body.length > 4_000) expect(body.length).toBeGreaterThan(500)
})

it('sends nothing that does not fit in any way', async () => {
  const { send, screen } = await aPhone()
  expect(await send(aPush({ appUrl: `https://scout.example.com/${'x'.repeat(4_000)}` }))).toEqual({
    outcome: 'refused',
    reason: 'too_large',
    status: null,
    laterInSeconds: null,
  })
  expect((await screen()).received).toBe(0)
})

it('forgets a phone that unsubscribed, or that the service does not know', async () => {
  const { send, leave, target } = await aPhone()
  await leave()
  expect(await send(aPush())).toEqual({ ...sent, outcome: 'gone', reason: 'unregistered', status: 410 })
  target.address = `${service}/push/${crypto.randomUUID()}`
  expect(await send(aPush())).toMatchObject({ outcome: 'gone', status: 404 })
})

it('knows a phone that subscribed for other keys than ours', async () => {
  const pair = await browserKeys()
  const { send } = await aPhone({ key: pair.p256dh })
  expect(await send(aPush())).toMatchObject({ outcome: 'refused', reason: 'misconfigured', status: 403 })
})

it('signs with no key that is not of the pair', async () => {
  const { send } = await aPhone()
  const { d } = await browserKeys()
  expect(await send(aPush(), { VAPID_PRIVATE_KEY: d })).toMatchObject({
    outcome: 'refused',
    reason: 'misconfigured',
  })
})

it('goes on where the service was busy', async () => {
  const { send, script, screen } = await aPhone()
  await script([{ status: 429, headers: { 'Retry-After': '7' } }])
  expect(await send(aPush())).toEqual({ outcome: 'later', reason: 'busy', status: 429, laterInSeconds: 7 })
  await script([])
  expect(await send(aPush())).toEqual(sent)
  expect((await screen()).received).toBe(1)
})

it.each([
  'https://push.example.com/x',
  'https://127.0.0.1.nip.io/x',
  'http://10.0.0.1/x',
  'https://localhost./',
])('calls nobody at %s', async (address) => {
  const called = vi.spyOn(globalThis, 'fetch')
  const { target } = await aPhone()
  called.mockClear()
  const outcome = await sendersOf(env).web_push!(
    aPush(),
    { ...target, address },
    new AbortController().signal,
  )
  expect(outcome).toEqual({
    outcome: 'refused',
    reason: 'forbidden_address',
    status: null,
    laterInSeconds: null,
  })
  expect(called).not.toHaveBeenCalled()
})

it('encrypts as the example of RFC 8291, section 5', async () => {
  const point = bytes(
    'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  )
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toBase64({ alphabet: 'base64url', omitPadding: true }),
    y: point.subarray(33).toBase64({ alphabet: 'base64url', omitPadding: true }),
  }
  const imported = (key: JsonWebKey, uses: string[]) =>
    crypto.subtle.importKey('jwk', key, { name: 'ECDH', namedCurve: 'P-256' }, true, uses)
  const privateKey = await imported({ ...jwk, d: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw' }, [
    'deriveBits',
  ])
  const publicKey = await imported(jwk, [])
  vi.spyOn(crypto.subtle, 'generateKey').mockResolvedValue({ privateKey, publicKey } as never)
  vi.spyOn(crypto, 'getRandomValues').mockReturnValue(bytes('DGv6ra1nlYgDCS1FRnbzlw'))
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  }
  const plaintext = new TextEncoder().encode('When I grow up, I want to be a watermelon')

  const body = await encryptNotification(
    {
      endpoint: 'https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV',
      expirationTime: null,
      keys,
    },
    plaintext,
    { pad: false },
  )

  expect(body.toBase64({ alphabet: 'base64url', omitPadding: true })).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  )
})
