import { createRequire } from 'node:module'
import { createClient } from '@scout/client'
import { expect, inject, it } from 'vitest'
import { startFirefox } from './firefox.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')
const REGISTERED = 'navigator.serviceWorker.ready'
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

/** The app, which registers its service worker by itself. */
const page = `${inject('site')}/app/`

/** A user; `tell` makes a notification that is due at all of their targets. */
async function somebody() {
  const client = createClient({ baseUrl: inject('url') })
  const account = { email: `push-${crypto.randomUUID()}@example.com`, password: 'plain-sailing-77' }
  const { public_user_id: owner } = await client.register(account)
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
  return { account, client, tell }
}

/** A browser's acknowledgements for a subscription's pushes: 100 means shown. */
const acksOf = async (endpoint: string): Promise<number[]> =>
  (await fetch(`${inject('pushService')}/acks?endpoint=${encodeURIComponent(endpoint)}`)).json()

it('Firefox shows what a camera told while no page is open, with its buttons, and once', async () => {
  const { account, client, tell } = await somebody()
  const firefox = await startFirefox(inject('pushService').replace('http:', 'ws:'))
  try {
    console.log(`Firefox ${firefox.version}`)
    await firefox.goTo(page)
    // An app that nobody is signed in to closes what is shown.
    const session = JSON.stringify(JSON.stringify({ ...account, name: 'Firefox' }))
    await firefox.evaluate(
      `fetch('/app/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${session} })
        .then((answer) => answer.json())
        .then(({ public_session_id: id }) => localStorage.setItem('scout.session', id))
        .then(() => true)`,
    )
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
    await expect.poll(() => acksOf(endpoint), { timeout: 60_000 }).toEqual([100, 100])
    await tell({ body: 'Fox: two foxes. 🦊', notification })
    await expect.poll(() => acksOf(endpoint), { timeout: 60_000 }).toEqual([100, 100, 100])

    await firefox.goTo(page)
    // Firefox sorts them by tag, and one tag is random.
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

    await firefox.evaluate("(localStorage.removeItem('scout.session'), true)")
    await firefox.goTo('about:blank')
    await firefox.goTo(page)
    // The opened app has no signed-in user, so it ends the former user's subscription.
    const isSubscribed = () =>
      firefox.evaluate<boolean>(
        `${REGISTERED}.then((it) => it.pushManager.getSubscription()).then((it) => it !== null)`,
      )
    await expect.poll(isSubscribed).toBe(false)
    expect(await client.testPushTarget(target.public_target_id)).toMatchObject({
      outcome: 'gone',
      status: 410,
    })
    expect(await client.listPushTargets()).toEqual([])
  } finally {
    await firefox.stop()
  }
})
