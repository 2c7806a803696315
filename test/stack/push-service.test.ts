import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createRequire } from 'node:module'
import { afterAll, describe, expect, it } from 'vitest'
import { newVapidKeys } from '../../stack/push-keys.ts'
import { startPushService } from '../../stack/push-service/server.ts'

const { encrypt } = createRequire(import.meta.url)('http_ece') as {
  encrypt(body: Buffer, options: object): Buffer
}
const { createECDH } = await import('node:crypto')

const service = await startPushService()
afterAll(() => service.stop())

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

/** A server that signs pushes. */
function aServer() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = privateKey.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  const key = point.toString('base64url')
  const authorization = (claims: object = {}) => {
    const all = { aud: service.url, exp: inSeconds(3_600), sub: 'mailto:a@example.com', ...claims }
    const signed = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(all)}`
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `vapid t=${signed}.${signature.toString('base64url')}, k=${key}`
  }
  return { key, authorization }
}

type Phone = { id: string; endpoint: string; keys: { p256dh: string; auth: string } }
async function aPhone(key: string): Promise<Phone> {
  return (
    await fetch(`${service.url}/phones`, { method: 'POST', body: JSON.stringify({ key }) })
  ).json() as never
}

const notification = (title: string, tag = 'a') =>
  Buffer.from(
    JSON.stringify({ web_push: 8030, notification: { title, tag, navigate: 'https://a.example/' } }),
  )

function encrypted({ keys }: Pick<Phone, 'keys'>, body: Buffer) {
  const privateKey = createECDH('prime256v1')
  privateKey.generateKeys()
  return encrypt(body, { version: 'aes128gcm', dh: keys.p256dh, authSecret: keys.auth, privateKey })
}

const push = (endpoint: string, body: Buffer, headers: Record<string, string>) =>
  fetch(endpoint, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { ttl: '60', 'content-encoding': 'aes128gcm', ...headers },
  })

describe('the push service', () => {
  it('shows on a phone what was pushed to it', async () => {
    const { key, authorization } = aServer()
    const phone = await aPhone(key)
    const answer = await push(phone.endpoint, encrypted(phone, notification('Fox')), {
      authorization: authorization(),
    })
    expect([answer.status, answer.headers.get('ttl')]).toEqual([201, '60'])
    expect(await (await fetch(`${service.url}/phones/${phone.id}`)).json()).toMatchObject({
      received: 1,
      shown: [{ title: 'Fox' }],
    })
  })

  it.each<[string, number, Record<string, string>]>([
    ['without TTL', 400, { ttl: '' }],
    ['with a TTL that is no number', 400, { ttl: '-1' }],
    ['with an urgency that there is not', 400, { urgency: 'highest' }],
    ['with a topic of 33 characters', 400, { topic: 'a'.repeat(33) }],
    ['with a topic of other characters', 400, { topic: 'a.b' }],
    ['of the draft’s encoding', 415, { 'content-encoding': 'aesgcm' }],
    ['signed by nobody', 401, { authorization: '' }],
    ['signed as the draft', 401, { authorization: 'WebPush abc' }],
  ])('refuses a push %s', async (_, status, headers) => {
    const { key, authorization } = aServer()
    const phone = await aPhone(key)
    const body = encrypted(phone, notification('Fox'))
    expect((await push(phone.endpoint, body, { authorization: authorization(), ...headers })).status).toBe(
      status,
    )
  })

  it.each<[string, object]>([
    ['of another service', { aud: 'https://push.example.com' }],
    ['that has ended', { exp: inSeconds(-1) }],
    ['for more than a day', { exp: inSeconds(90_000) }],
    ['of nobody', { sub: undefined }],
  ])('refuses a token %s', async (_, claims) => {
    const { key, authorization } = aServer()
    const phone = await aPhone(key)
    const body = encrypted(phone, notification('Fox'))
    expect((await push(phone.endpoint, body, { authorization: authorization(claims) })).status).toBe(403)
  })

  it('takes the pushes of the server that a phone subscribed for, and no other’s', async () => {
    const [one, other] = [aServer(), aServer()]
    const phone = await aPhone(one.key)
    const body = encrypted(phone, notification('Fox'))
    const isTaken = async (authorization: string) =>
      (await push(phone.endpoint, body, { authorization })).status
    expect(await isTaken(other.authorization())).toBe(403)
    // A signature by another key, with the registered key in the header.
    const forged = other.authorization().replace(/k=.*/, `k=${one.key}`)
    expect(await isTaken(forged)).toBe(403)
    expect(await isTaken(one.authorization())).toBe(201)
  })

  it('takes 4,096 bytes and none more, and nothing that is not encrypted', async () => {
    const { key, authorization } = aServer()
    const phone = await aPhone(key)
    const status = async (body: Buffer) =>
      (await push(phone.endpoint, body, { authorization: authorization() })).status
    expect(await status(randomBytes(4_097))).toBe(413)
    expect(await status(notification('Fox'))).toBe(400)
    expect(await status(encrypted({ keys: (await aPhone(key)).keys }, notification('Fox')))).toBe(400)
  })

  it('makes keys as browsers take them', () => {
    const { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY } = newVapidKeys()
    expect(Buffer.from(VAPID_PUBLIC_KEY, 'base64url')).toHaveLength(65)
    expect(Buffer.from(VAPID_PRIVATE_KEY, 'base64url')).toHaveLength(32)
  })
})

/** A browser that speaks Firefox's protocol. */
async function aBrowser(uaid?: string) {
  const socket = new WebSocket(service.webSocketUrl)
  const said: Record<string, unknown>[] = []
  const waiting: (() => void)[] = []
  socket.addEventListener('message', ({ data }) => {
    said.push(JSON.parse(String(data)))
    for (const go of waiting.splice(0)) go()
  })
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const say = (message: object) => socket.send(JSON.stringify(message))
  const hear = async (messageType: string): Promise<Record<string, any>> => {
    for (;;) {
      const at = said.findIndex((one) => one.messageType === messageType)
      if (at >= 0) return said.splice(at, 1)[0]!
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  say({ messageType: 'hello', use_webpush: true, broadcasts: {}, ...(uaid && { uaid }) })
  const hello = await hear('hello')
  return { say, hear, hello, said, close: () => socket.close() }
}

describe('a browser', () => {
  it('subscribes, is pushed to, says that it showed it, and unsubscribes', async () => {
    const { key, authorization } = aServer()
    const browser = await aBrowser()
    expect(browser.hello).toMatchObject({
      status: 200,
      use_webpush: true,
      uaid: expect.stringMatching(/^[\da-f]{32}$/),
    })
    browser.say({ messageType: 'register', channelID: 'channel', key: `${key}=` })
    const { status, pushEndpoint } = await browser.hear('register')
    expect(status).toBe(200)
    const { keys } = await aPhone(key)
    const body = encrypted({ keys }, notification('Fox'))

    expect((await push(pushEndpoint, body, { authorization: authorization() })).status).toBe(201)

    const told = await browser.hear('notification')
    expect(told).toMatchObject({ channelID: 'channel', headers: { encoding: 'aes128gcm' } })
    expect(Buffer.from(told.data, 'base64url')).toEqual(body)
    browser.say({ messageType: 'ack', updates: [{ channelID: 'channel', version: told.version, code: 100 }] })
    browser.say({ messageType: 'unregister', channelID: 'channel' })
    expect(await browser.hear('unregister')).toMatchObject({ status: 200 })
    const acks = await fetch(`${service.url}/acks?endpoint=${encodeURIComponent(pushEndpoint)}`)
    expect(await acks.json()).toEqual([100])
    expect((await push(pushEndpoint, body, { authorization: authorization() })).status).toBe(410)
    browser.close()
  })

  it('that was away gets the newest of each topic when it is back', async () => {
    const { key, authorization } = aServer()
    const browser = await aBrowser()
    browser.say({ messageType: 'register', channelID: 'channel', key })
    const { pushEndpoint } = await browser.hear('register')
    browser.close()
    const { keys } = await aPhone(key)
    const bodies = ['one', 'two', 'three'].map((title) => encrypted({ keys }, notification(title)))
    await expect
      .poll(async () => {
        const answer = await push(pushEndpoint, bodies[0]!, {
          authorization: authorization(),
          topic: 'fox',
          ttl: '0',
        })
        return answer.status
      })
      .toBe(201)
    for (const body of bodies)
      await push(pushEndpoint, body, { authorization: authorization(), topic: 'fox', ttl: '60' })

    const back = await aBrowser(String(browser.hello.uaid))

    expect(back.hello.uaid).toBe(browser.hello.uaid)
    const told = await back.hear('notification')
    expect(Buffer.from(told.data, 'base64url')).toEqual(bodies[2])
    expect(back.said.filter(({ messageType }) => messageType === 'notification')).toEqual([])
    back.close()
  })
})
