import { describe, expect, inject, it } from 'vitest'
import { addressOf, post, type Reach } from '../../src/push/endpoints.ts'

const REACH: Reach = { services: [], isLoopbackAllowed: false, ourHost: 'scout.example.org' }
const LOCAL: Reach = { ...REACH, isLoopbackAllowed: true }
const long = (length: number) => 'a'.repeat(length)

/** Addresses of this machine, of private networks, of the service itself, and invalid ones. */
const WAYS_AROUND = [
  // Not https.
  'http://hooks.example.com/x',
  'ftp://hooks.example.com/x',
  'ws://hooks.example.com/x',
  'wss://hooks.example.com/x',
  'file:///etc/passwd',
  'data:text/plain,x',
  'javascript:alert(1)',
  'blob:https://hooks.example.com/x',
  'gopher://hooks.example.com/x',
  'hooks.example.com/x',
  '//hooks.example.com/x',
  '/x',
  '',
  ' ',
  'https://',
  'https:///',
  'https:hooks.example.com',
  'https:/hooks.example.com',
  'https:\\\\hooks.example.com',
  'https://\\hooks.example.com',
  'https://hooks.example.com\\@127.0.0.1/',
  'view-source:https://hooks.example.com',
  // Blanks and control characters, which a URL parser drops.
  ' https://hooks.example.com/x',
  'https://hooks.example.com/x ',
  'https://hooks.example.com/\nx',
  'https://hooks.exam\tple.com/x',
  'ht\ntps://hooks.example.com/x',
  'https://hooks.example.com/\u00a0x',
  'https://hooks.example.com/\u2028x',
  // IPv4 in every spelling.
  'https://127.0.0.1/',
  'https://127.0.0.1:8443/',
  'https://127.1/',
  'https://127.0.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0X7F.0.0.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://0x7f.1/',
  'https://127.0.0.1./',
  'https://0/',
  'https://0.0.0.0/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://0xa9fea9fe/',
  'https://2852039166/',
  'https://100.64.0.1/',
  'https://8.8.8.8/',
  'https://１２７.０.０.１/',
  'https://127。0。0。1/',
  'https://①②⑦.⓪.⓪.①/',
  'https://%31%32%37.0.0.1/',
  'https://127.0.0.1%2e/',
  'https://1.2.3.4.5/',
  'https://1.2.3.999/',
  'https://example.0x7f/',
  // IPv6, mapped, with zones.
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[fe80::1]/',
  'https://[fe80::1%25eth0]/',
  'https://[fe80::1%eth0]/',
  'https://[fc00::1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2606:4700::1111]/',
  'https://::1/',
  'https://[::1/',
  // Local names, also with a trailing dot, in capitals, in other scripts.
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://localhost:8443/',
  'https://app.localhost/',
  'https://ⓛocalhost/',
  'https://ｌｏｃａｌｈｏｓｔ/',
  'https://lo\u00adcalhost/',
  'https://local%68ost/',
  'https://localhost.localdomain/',
  'https://printer/',
  'https://printer.local/',
  'https://printer.LOCAL/',
  'https://printer.local./',
  'https://router.lan/',
  'https://router.home/',
  'https://router.home.arpa/',
  'https://1.0.0.127.in-addr.arpa/',
  'https://vault.internal/',
  'https://metadata.google.internal/',
  'https://wiki.corp/',
  'https://wiki.intranet/',
  'https://wiki.private/',
  'https://hidden.onion/',
  'https://hooks.test/',
  'https://hooks.invalid/',
  'https://hooks.example/',
  // The service itself.
  'https://scout.example.org/v1/storage_events/',
  'https://SCOUT.example.org/',
  'https://scout.example.org./',
  'https://api.scout.example.org/',
  'https://scout.example.org:8443/',
  'https://ｓcout.example.org/',
  // Accounts, ports, fragments.
  'https://user@hooks.example.com/',
  'https://user:hush@hooks.example.com/',
  'https://:hush@hooks.example.com/',
  'https://@127.0.0.1/',
  'https://hooks.example.com@127.0.0.1/',
  'https://hooks.example.com%40127.0.0.1/',
  'https://hooks.example.com:22/',
  'https://hooks.example.com:25/',
  'https://hooks.example.com:80/',
  'https://hooks.example.com:0/',
  'https://hooks.example.com:65536/',
  'https://hooks.example.com:-1/',
  'https://hooks.example.com:port/',
  'https://hooks.example.com#x',
  'https://hooks.example.com/#@127.0.0.1/',
  // Names that are none.
  'https://hooks.example.com./',
  'https://hooks..example.com/',
  'https://.example.com/',
  'https://-hooks.example.com/',
  'https://hooks-.example.com/',
  'https://hooks_1.example.com/',
  'https://*.example.com/',
  'https://hooks.example.c/',
  'https://hooks.example.1/',
  'https://hooks.example.c0m/',
  `https://${long(64)}.example.com/`,
  `https://${Array(50).fill('aaaa').join('.')}.example.com.${long(30)}/`,
  'https://xn--/',
  'https://hooks.xn--/',
  'https://hooks.example.com／x@127.0.0.1/',
  'https://hooks.example.com\u0000.example.org/',
  'https://hooks.ex<ample.com/',
  'https://hooks.ex ample.com/',
  'https://hooks.ex^ample.com/',
  `https://hooks.example.com/${long(2_100)}`,
  // Within the limit as written, and beyond it as normalised.
  `https://hooks.example.com/${'ü'.repeat(1_000)}`,
]

/** Fake push services: the real name at the end, inside, or with another port. */
const NO_SERVICE = [
  'https://push.example.com/',
  'https://evilfcm.googleapis.com/',
  'https://storage.googleapis.com/bucket/x',
  'https://googleapis.com/',
  'https://fcm.googleapis.com.example.com/',
  'https://fcm.googleapis.com./',
  'https://fcm.googleapis.com:8443/',
  'https://fcm-googleapis.com/',
  'https://fcm.googleapis.org/',
  'https://evilpush.apple.com/',
  'https://push.apple.com.example.com/',
  'https://apple.com/',
  'https://icloud.apple.com/',
  'https://evilnotify.windows.com/',
  'https://windows.com/',
  'https://push.services.mozilla.com.evil.example.com/',
  'https://services.mozilla.com/',
  'https://example.com/fcm.googleapis.com/',
  'https://example.com/?fcm.googleapis.com',
  'https://fcm.googleapis.com@example.com/',
  'https://fcm。googleapis。com.example.com/',
  'https://push.аpple.com/', // its first letter is Cyrillic
]

describe('an address that a client gave', () => {
  it.each(WAYS_AROUND)('leads nowhere: %j', (given) => {
    for (const kind of ['web_push', 'webhook', 'ntfy'] as const)
      expect(addressOf(kind, given, { ...REACH, services: ['example.com', 'example.org'] })).toBeNull()
  })

  it.each(NO_SERVICE)('is no push service: %j', (given) => {
    expect(addressOf('web_push', given, REACH)).toBeNull()
  })

  it.each([
    ['https://hooks.example.com/x?y=z', 'https://hooks.example.com/x?y=z'],
    ['HTTPS://Hooks.Example.COM', 'https://hooks.example.com/'],
    ['https://home.example.com:8123/api/webhook/abc', 'https://home.example.com:8123/api/webhook/abc'],
    ['https://hooks.example.com:443/', 'https://hooks.example.com/'],
    ['https://bücher.example.com/', 'https://xn--bcher-kva.example.com/'],
    ['https://例え.みんな/', 'https://xn--r8jz45g.xn--q9jyb4c/'],
    ['https://ntfy.sh/my-topic', 'https://ntfy.sh/my-topic'],
    ['https://a-1.2.example.com/', 'https://a-1.2.example.com/'],
    ['https://localhost.example.com/', 'https://localhost.example.com/'],
    ['https://notscout.example.org/', 'https://notscout.example.org/'],
    ['https://example.org/', 'https://example.org/'],
    ['https://127.0.0.1.example.com/', 'https://127.0.0.1.example.com/'],
    ['https://hooks.example.com/a/../b', 'https://hooks.example.com/b'],
  ])('is called where it is public: %s', (given, address) => {
    expect([addressOf('webhook', given, REACH), addressOf('ntfy', given, REACH)]).toEqual([address, address])
  })

  it.each([
    'https://fcm.googleapis.com/fcm/send/abc:def',
    'https://updates.push.services.mozilla.com/wpush/v2/abc',
    'https://wns2-par02p.notify.windows.com/w/?token=abc',
    'https://web.push.apple.com/abc',
  ])('is a push service of a browser: %s', (given) => {
    expect(addressOf('web_push', given, REACH)).toBe(given)
  })

  it('is a push service that the deployment names, with what is under it', () => {
    const reach = { ...REACH, services: ['push.example.com'] }
    expect(addressOf('web_push', 'https://push.example.com/x', reach)).toBe('https://push.example.com/x')
    expect(addressOf('web_push', 'https://a.push.example.com/x', reach)).not.toBeNull()
    for (const given of [
      'https://b-push.example.com/x',
      'https://example.com/x',
      'http://push.example.com/x',
    ])
      expect(addressOf('web_push', given, reach)).toBeNull()
  })

  it.each([
    'http://127.0.0.1:4000/x',
    'http://localhost:4000/x',
    'http://[::1]:4000/x',
    'https://localhost/x',
  ])('leads to this machine in a local run: %s', (given) => {
    for (const kind of ['web_push', 'webhook', 'ntfy'] as const)
      expect([addressOf(kind, given, LOCAL), addressOf(kind, given, REACH)]).toEqual([given, null])
  })

  it.each([
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://localhost.evil.internal/',
    'http://127.0.0.2/',
    'http://user@127.0.0.1/',
    'http://hooks.example.com/',
    'ftp://127.0.0.1/',
  ])('leads nowhere else in a local run: %s', (given) => {
    expect(addressOf('webhook', given, LOCAL)).toBeNull()
  })

  it('is tried in a hundred ways', () => {
    expect(new Set(WAYS_AROUND).size).toBeGreaterThan(100)
  })
})

describe('the gate', () => {
  it('waits eight seconds for an answer', async () => {
    const id = crypto.randomUUID()
    const script = JSON.stringify({ id, steps: [{ isSilent: true }] })
    await fetch(`${inject('receiver')}/script`, { method: 'POST', body: script })
    const from = Date.now()
    const { signal } = new AbortController()
    expect(await post(`${inject('receiver')}/${id}`, { headers: {}, body: 'x' }, signal)).toBe('timed_out')
    expect(Math.round((Date.now() - from) / 1000)).toBe(8)
  })

  it('reads a KiB of an answer that never ends', async () => {
    const id = crypto.randomUUID()
    const script = JSON.stringify({ id, steps: [{ body: 'x'.repeat(2_000), status: 400, isEndless: true }] })
    await fetch(`${inject('receiver')}/script`, { method: 'POST', body: script })
    const answer = await post(
      `${inject('receiver')}/${id}`,
      { headers: {}, body: 'x' },
      AbortSignal.timeout(2_000),
      true,
    )
    expect(answer).toEqual({ status: 400, laterInSeconds: null, text: 'x'.repeat(1_024) })
  })

  it('reads a KiB of an answer', async () => {
    const id = crypto.randomUUID()
    const script = JSON.stringify({ id, steps: [{ body: 'ü'.repeat(100_000), status: 400 }] })
    await fetch(`${inject('receiver')}/script`, { method: 'POST', body: script })
    const { signal } = new AbortController()
    expect(await post(`${inject('receiver')}/${id}`, { headers: {}, body: 'x' }, signal, true)).toEqual({
      status: 400,
      laterInSeconds: null,
      text: 'ü'.repeat(512),
    })
  })
})
