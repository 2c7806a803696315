import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import type { Page, Response } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Profile, startBrowser, startProfile, watch } from './browser.ts'
import { signIn, somebody } from './phone.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')
const FIRST_LOAD_IN_KIB = 40

const origin = inject('site')
let profile: Profile
beforeAll(async () => {
  profile = await startProfile()
  await profile.context.grantPermissions(['notifications'], { origin })
})
afterEach(async () => {
  const [, ...tabs] = profile.context.pages()
  for (const tab of tabs) await tab.close()
})
afterAll(() => profile.stop())

/** A tab with the app, controlled by its installed service worker, without notifications. */
async function aTab(path = '/app/') {
  const tab = await profile.newPage()
  await tab.goto(origin + path)
  await expect.poll(() => tab.evaluate('navigator.serviceWorker.controller !== null')).toBe(true)
  // A start without a session has the worker close what is shown. It must not close what the test shows later: this page's next
  // message of the kind is handled after it, and ends with the pictures forgotten.
  await tab.evaluate(`caches.open('pictures').then(() => navigator.serviceWorker.getRegistration()).then(({ active }) =>
    void active.postMessage({ type: 'signed out' }))`)
  await expect.poll(() => tab.evaluate("caches.has('pictures')")).toBe(false)
  return tab
}

describe('the app', () => {
  it('can be installed, and does nothing that its policy forbids', async () => {
    const tab = await profile.newPage()
    const { hosts, complaints } = watch(tab)
    await tab.goto(`${origin}/app/`)
    await tab.evaluate('navigator.serviceWorker.ready.then(() => true)')
    const session = await profile.context.newCDPSession(tab)

    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
    const { errors, manifest } = (await session.send('Page.getAppManifest')) as unknown as {
      errors: unknown[]
      manifest: { name: string; shortcuts: { name: string }[] }
    }

    expect([installabilityErrors, errors]).toEqual([[], []])
    expect(manifest.name).toBe('Scout')
    expect(manifest.shortcuts.map(({ name }) => name)).toEqual(['Timeline', 'Add a camera'])
    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([new URL(origin).host])
  })

  it('has no script but ours, and none by a string', async () => {
    const tab = await aTab()
    const refused = (act: string) =>
      tab.evaluate(`(() => { try { ${act}; return null } catch ({ name }) { return name } })()`)
    const refusals = [
      await refused("document.body.innerHTML = '<b>x</b>'"),
      await refused("document.createElement('script').src = '/app/sw.js'"),
      await refused("trustedTypes.createPolicy('other', {})"),
      await refused("trustedTypes.createPolicy('scout', {})"),
    ]

    expect(refusals).toEqual(['TypeError', 'TypeError', 'TypeError', 'TypeError'])
  })

  it('begins anew, once, where a deployment has taken away a file of the page that is open', async () => {
    const browser = await startBrowser()
    try {
      // Before its worker has all of it, a page has what it was sent.
      const context = await browser.newContext({ serviceWorkers: 'block' })
      const tab = await context.newPage()
      await signIn(tab, (await somebody()).email)
      const body = JSON.stringify({ detail: 'Not found.' })
      await context.route('**/app/assets/settings-*.js', (route) => route.fulfill({ status: 404, body }))
      const loads: string[] = []
      tab.on('load', () => loads.push(new URL(tab.url()).pathname))

      await tab.getByRole('link', { name: 'Settings' }).click()

      await expect.poll(() => loads).toEqual(['/app/settings'])
      await tab.getByText('You are offline, or Scout was just updated.').waitFor()
      await tab.waitForTimeout(2_000)
      expect(loads).toEqual(['/app/settings'])

      await context.unrouteAll()
      await tab.getByRole('button', { name: 'Try again' }).click()
      await tab.getByRole('switch', { name: 'Quiet hours' }).waitFor()
    } finally {
      await browser.close()
    }
  })

  it('keeps no page of another build than its worker is of', async () => {
    const browser = await startBrowser()
    try {
      const context = await browser.newContext()
      let others = 0
      let isDeploying = true
      await context.route('**/app/', async (route) => {
        if (!isDeploying || !route.request().serviceWorker()) return route.continue()
        const response = await route.fetch()
        others++
        return route.fulfill({ response, body: `${await response.text()}<!-- of the next build -->` })
      })
      const tab = await context.newPage()
      const isThere = () =>
        tab.evaluate('navigator.serviceWorker.getRegistration().then((it) => it !== undefined)')
      await tab.goto(`${origin}/app/`)

      await expect.poll(() => others).toBe(1)
      await expect.poll(isThere).toBe(false)
      expect(await tab.evaluate('caches.keys()')).toEqual([])

      isDeploying = false
      await tab.reload()
      await expect.poll(() => tab.evaluate('navigator.serviceWorker.controller !== null')).toBe(true)
      expect(await tab.evaluate('caches.keys()')).toEqual([expect.stringMatching(/^shell [\da-f]{16}$/)])
    } finally {
      await browser.close()
    }
  })

  it('loads little before it is there, signed out and signed in', async () => {
    const browser = await startBrowser()
    try {
      const tab = await browser.newPage()
      const signedOut = await loaded(tab)
      await signIn(tab, (await somebody()).email)
      const signedIn = await loaded(tab)

      console.log(`First load: ${signedOut.toFixed(1)} KiB signed out, ${signedIn.toFixed(1)} signed in`)
      expect(Math.max(signedOut, signedIn)).toBeLessThanOrEqual(FIRST_LOAD_IN_KIB)
      expect(Math.min(signedOut, signedIn)).toBeGreaterThan(5)
    } finally {
      await browser.close()
    }
  })
})

/** The gzipped KiB of scripts and styles that a page has loaded once the network is idle. */
async function loaded(tab: Page) {
  const texts: Promise<Buffer>[] = []
  const read = (response: Response) => {
    if (['script', 'stylesheet'].includes(response.request().resourceType())) texts.push(response.body())
  }
  tab.on('response', read)
  await tab.goto(`${origin}/app/`, { waitUntil: 'networkidle' })
  tab.off('response', read)
  const sizes = (await Promise.all(texts)).map((text) => gzipSync(text, { level: 9 }).length)
  return sizes.reduce((sum, size) => sum + size, 0) / 1024
}

describe('a push', () => {
  it('is shown with its buttons, whose answer takes its place', async () => {
    const tab = await aTab()
    const { notification, client, push: text } = await toldSomebody()
    await push(tab, text)
    expect(await shown(tab)).toEqual([
      {
        title: 'Front Door',
        body: 'Fox: a fox. 🦊',
        tag: notification,
        silent: false,
        icon: `${origin}/app/icons/icon-192.png`,
        badge: `${origin}/app/icons/badge-96.png`,
        actions: ['snooze_1h', 'not_this'],
      },
    ])

    await click(notification, 'snooze_1h')
    await expect.poll(() => shown(tab)).toMatchObject([{ title: 'Front Door', silent: true, actions: [] }])
    const [{ body, tag } = { body: '', tag: '' }] = await shown(tab)
    expect([body, tag]).toEqual([expect.stringMatching(/^Quiet until .*\d\d/), notification])
    const [camera] = await client.listCameras()
    expect(Date.parse(camera!.snoozed_until!) - Date.now()).toBeGreaterThan(3_500_000)
    await expect.poll(() => shown(tab)).toEqual([])

    await push(tab, text)
    await click(notification, 'not_this')
    await expect.poll(() => shown(tab)).toMatchObject([{ body: 'Noted: not this.', silent: true }])
  })

  it('says what its buttons could not do, and keeps them', async () => {
    const tab = await aTab()
    const { notification, pushed } = await toldSomebody()
    pushed.data.action_token = pushed.data.action_token.replace(/^\d+/, '1700000000')
    await push(tab, JSON.stringify({ notification: pushed }))

    await click(notification, 'snooze_1h')

    await expect
      .poll(() => shown(tab))
      .toMatchObject([
        {
          title: 'Front Door',
          body: 'Not done: these buttons work for a day. Tap to open the app.',
          actions: ['snooze_1h', 'not_this'],
        },
      ])
  })

  it('opens its address in the page that is open', async () => {
    const tab = await aTab('/app/sign-up')
    const { notification, push: text } = await toldSomebody()
    await push(tab, text)

    await click(notification, '')

    await tab.waitForURL(`${origin}/app/notifications/${notification}`)
    expect(await shown(tab)).toEqual([])
    expect(profile.context.pages()).toContain(tab)
  })

  it('shows something for garbage, which opens the app', async () => {
    const tab = await aTab('/app/sign-up')
    for (const data of [
      '',
      '\u0000{"notification',
      '{"title":"Fox"}',
      '{"notification":{"title":7}}',
      '{"notification":{"title":{},"actions":7,"data":[]}}',
    ]) {
      await push(tab, data)
      expect(await shown(tab)).toMatchObject([
        { title: 'Scout', body: 'Something happened. Open the app to see.', tag: 'unknown' },
      ])
      await click('unknown', '')
      await tab.waitForURL(`${origin}/app/`)
      expect(await shown(tab)).toEqual([])
    }
  })

  it('is closed where somebody signs out', async () => {
    const tab = await aTab()
    await push(tab, JSON.stringify({ notification: { title: 'Fox', tag: 'a' } }))

    await tab.evaluate("navigator.serviceWorker.controller.postMessage({ type: 'signed out' })")

    await expect.poll(() => shown(tab)).toEqual([])
  })
})

/** A notification of a camera, as a push text on the user's phone. */
async function toldSomebody() {
  const { scout: client, owner } = await somebody()
  const { public_camera_id: camera } = await client.createCamera({ location: 'Front Door' })
  const phones = `${inject('pushService')}/phones`
  const { key } = await client.getPushKey()
  const made = await fetch(phones, { method: 'POST', body: JSON.stringify({ key }) })
  const { id, endpoint, keys } = (await made.json()) as {
    id: string
    endpoint: string
    keys: { p256dh: string; auth: string }
  }
  const { public_target_id: target } = await client.registerPushTarget({ kind: 'web_push', endpoint, keys })

  const notification = crypto.randomUUID()
  const database = new Client({ connectionString: inject('databaseUrl') })
  await database.connect()
  await database.query(
    `insert into notifications (public_notification_id, owner, camera, kind, rule_ids, rule_nicknames, title, body, count, importance, created_at)
     values ($1, $2, $3, 'match', '{}', '{Fox}', 'Front Door', 'Fox: a fox. 🦊', 1, 'normal', now())`,
    [notification, owner, camera],
  )
  await database.query(
    `insert into deliveries (notification, target, owner, kind, state, due_at, created_at)
     values ($1, $2, $3, 'web_push', 'waiting', now(), now())`,
    [notification, target, owner],
  )
  await database.end()
  await fetch(`${origin}/cdn-cgi/handler/scheduled?${new URLSearchParams({ cron: '* * * * *' })}`)
  const screen = async () =>
    ((await (await fetch(`${phones}/${id}`)).json()) as { shown: { data: { action_token: string } }[] }).shown
  await expect.poll(async () => (await screen()).length).toBe(1)
  const [pushed] = await screen()
  return {
    notification,
    client,
    pushed: pushed!,
    push: JSON.stringify({ web_push: 8030, notification: pushed }),
  }
}

async function push(tab: Page, data: string) {
  const session = await profile.context.newCDPSession(tab)
  const registered = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const one = registrations.find(({ scopeURL }) => scopeURL === `${origin}/app/`)
      if (one) resolve(one.registrationId)
    }),
  )
  await session.send('ServiceWorker.enable')
  const count = (await shown(tab)).length
  await session.send('ServiceWorker.deliverPushMessage', { origin, registrationId: await registered, data })
  await expect.poll(async () => (await shown(tab)).length).toBe(count + 1)
}

/** Dispatches the click event, since a headless browser's notification cannot be tapped. */
async function click(tag: string, action: string) {
  const [worker] = profile.context.serviceWorkers()
  await worker!
    .evaluate(`self.registration.getNotifications({ tag: ${JSON.stringify(tag)} }).then(([notification]) => {
    const tapped = { notification, action: ${JSON.stringify(action)} }
    self.dispatchEvent(new NotificationEvent('notificationclick', tapped))
  })`)
}

type Shown = { title: string; body: string; tag: string; silent: boolean; actions: string[] }
const shown = (tab: Page) =>
  tab.evaluate<
    Shown[]
  >(`navigator.serviceWorker.ready.then((it) => it.getNotifications()).then((all) => all.map(
    ({ title, body, tag, silent, icon, badge, actions }) =>
      ({ title, body, tag, silent, icon, badge, actions: actions.map(({ action }) => action) })))`)
