import { createServer } from 'node:http'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { createClient } from '@scout/client'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startBrowser } from './browser.ts'
import { startFirefox } from './firefox.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')
const WORKER = join(import.meta.dirname, '../../clients/phone/worker')
const PAGE = '<!doctype html><meta charset="utf-8"><title>Push</title>'
const REGISTERED = `navigator.serviceWorker.register('/push.ts', { type: 'module' }).then(() => navigator.serviceWorker.ready)`
const SHOWN = `${REGISTERED}.then((it) => it.getNotifications()).then((all) => all.map(
  ({ title, body, tag, data, silent, actions = [] }) =>
    ({ title, body, tag, data, silent, actions: actions.map(({ action, title }) => ({ action, title })) })))`

type Shown = {
  title: string
  body: string
  tag: string
  silent: boolean
  data: Record<string, unknown>
  actions: { action: string; title: string }[]
}

/** A page of the test's own, with the phone app's service worker. */
const site = createServer(async ({ url = '/' }, response) => {
  if (!/^\/\w+\.ts$/.test(url)) return response.setHeader('content-type', 'text/html').end(PAGE)
  const source = await readFile(join(WORKER, url), 'utf8')
  return response.setHeader('content-type', 'text/javascript').end(stripTypeScriptTypes(source))
})
let page: string
beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  page = `http://localhost:${(site.address() as AddressInfo).port}/`
})
afterAll(() => site.close())

/** Somebody, who has a notification that is due at all of their targets. */
async function somebody() {
  const client = createClient({ baseUrl: inject('url') })
  const { public_user_id: owner } = await client.register({
    email: `push-${crypto.randomUUID()}@example.com`,
    password: 'plain-sailing-77',
  })
  const camera = await client.createCamera({ location: 'Front Door' })
  async function tell(change: { body: string; notification?: string }) {
    const database = new Client({ connectionString: inject('databaseUrl') })
    await database.connect()
    const notification = change.notification ?? crypto.randomUUID()
    await database.query(
      `insert into notifications (public_notification_id, owner, camera, kind, rule_ids, rule_nicknames, title, body, count, importance, created_at)
       values ($1, $2, $3, 'match', '{}', '{Fox}', 'Front Door', $4, 1, 'normal', now())
       on conflict (public_notification_id) do update set body = excluded.body`,
      [notification, owner, camera.public_camera_id, change.body],
    )
    await database.query(
      `insert into deliveries (notification, target, owner, kind, state, due_at, created_at)
       select $1, public_target_id, $2, push_targets.kind, 'waiting', now(), now()
       from push_targets join users on users.id = owner_id where public_user_id = $2
       on conflict (notification, target) do update set state = 'waiting', due_at = now(), lease = null`,
      [notification, owner],
    )
    await database.end()
    await fetch(`${inject('url')}/cdn-cgi/handler/scheduled?${new URLSearchParams({ cron: '* * * * *' })}`)
    return { notification, camera: camera.public_camera_id }
  }
  return { client, tell }
}

/** What a browser said of the pushes of a subscription: 100 is "shown". */
const acksOf = async (endpoint: string): Promise<number[]> =>
  (await fetch(`${inject('pushService')}/acks?endpoint=${encodeURIComponent(endpoint)}`)).json()

it('Firefox shows what a camera told while no page is open, with its buttons, and once', async () => {
  const { client, tell } = await somebody()
  const firefox = await startFirefox(inject('pushService').replace('http:', 'ws:'))
  try {
    console.log(`Firefox ${firefox.version}`)
    await firefox.goTo(page)
    const { key } = await client.getPushKey()
    expect(await firefox.evaluate('Notification.requestPermission()')).toBe('granted')
    const { endpoint, keys } = await firefox.evaluate<{
      endpoint: string
      keys: { p256dh: string; auth: string }
    }>(
      `${REGISTERED}.then((it) => it.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: ${JSON.stringify(key)} }))`,
    )
    const target = await client.registerPushTarget({ kind: 'web_push', endpoint, keys, name: 'Firefox' })
    await firefox.goTo('about:blank')

    expect(await client.testPushTarget(target.public_target_id)).toEqual({
      outcome: 'sent',
      status: 201,
      reason: 'accepted',
    })
    const { notification, camera } = await tell({ body: 'Fox: a fox at the left. 🦊' })
    await expect.poll(() => acksOf(endpoint), { timeout: 20_000 }).toEqual([100, 100])
    await tell({ body: 'Fox: two foxes. 🦊', notification })
    await expect.poll(() => acksOf(endpoint), { timeout: 20_000 }).toEqual([100, 100, 100])

    await firefox.goTo(page)
    // Firefox lists them by their tags, one of which is random.
    const shown = (await firefox.evaluate<Shown[]>(SHOWN)).toSorted((a, b) => a.title.localeCompare(b.title))
    expect(shown.map(({ title, body }) => [title, body])).toEqual([
      ['Front Door', 'Fox: two foxes. 🦊'],
      ['Scout', 'This is a test: notifications come here.'],
    ])
    expect(shown[0]).toMatchObject({
      tag: notification,
      silent: false,
      data: {
        public_notification_id: notification,
        public_camera_id: camera,
        kind: 'match',
        action_token: expect.any(String),
        navigate: expect.stringContaining(`/app/notifications/${notification}`),
      },
      actions: [
        { action: 'snooze_1h', title: 'Snooze 1 h' },
        { action: 'not_this', title: 'Not this' },
      ],
    })
    const [listed] = await client.listPushTargets()
    expect(listed).toMatchObject({ failures: 0, last_sent_at: expect.any(String) })

    await firefox.evaluate(
      `${REGISTERED}.then((it) => it.pushManager.getSubscription()).then((it) => it.unsubscribe())`,
    )
    expect(await client.testPushTarget(target.public_target_id)).toMatchObject({
      outcome: 'gone',
      status: 410,
    })
    expect(await client.listPushTargets()).toEqual([])
  } finally {
    await firefox.stop()
  }
})

it.each([
  [
    'a notification',
    notificationOf({ title: 'Fox', body: 'At the door', tag: 'a', navigate: 'https://a.example/' }),
    'Fox',
  ],
  ['garbage', '\u0000{"notification', 'Scout'],
  ['nothing', '', 'Scout'],
  ['another form', '{"title":"Fox"}', 'Scout'],
  ['a title that is none', notificationOf({ title: { toString: 1 }, actions: 7, data: [] }), 'Scout'],
])('Chromium shows something for %s', async (_, data, title) => {
  const browser = await startBrowser()
  try {
    const context = await browser.newContext()
    await context.grantPermissions(['notifications'], { origin: page })
    const tab = await context.newPage()
    await tab.goto(page)
    await tab.evaluate(`${REGISTERED}.then(() => true)`)
    const session = await context.newCDPSession(tab)
    const registered = new Promise<string>((resolve) =>
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const [one] = registrations.filter(({ scopeURL }) => scopeURL === page)
        if (one) resolve(one.registrationId)
      }),
    )
    await session.send('ServiceWorker.enable')
    await session.send('ServiceWorker.deliverPushMessage', {
      origin: page.replace(/\/$/, ''),
      registrationId: await registered,
      data,
    })
    await expect.poll(() => tab.evaluate<Shown[]>(SHOWN), { timeout: 10_000 }).toMatchObject([{ title }])
  } finally {
    await browser.close()
  }
})

function notificationOf(notification: object) {
  return JSON.stringify({ web_push: 8030, notification })
}
