// The page of the iPhone app in Chromium: built for the iPhone, from another origin than the service, with a stand-in for iOS.
import { createRequire } from 'node:module'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { startBrowser, watch } from './browser.ts'
import { anIPhone, startNativePage } from './iphone.ts'
import { PASSWORD, PHONE, somebody, somebodyAtHome } from './phone.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

let browser: Browser
let site: Awaited<ReturnType<typeof startNativePage>>
let home: Awaited<ReturnType<typeof somebodyAtHome>>
beforeAll(async () => {
  ;[browser, site, home] = await Promise.all([startBrowser(), startNativePage(), somebodyAtHome()])
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
})

let context: BrowserContext
let iphone: Awaited<ReturnType<typeof anIPhone>>
beforeEach(async () => {
  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Scout'
  context = await browser.newContext({ ...PHONE, userAgent })
  iphone = await anIPhone(context)
})
afterEach(() => context.close())

async function signIn(email: string) {
  const page = await context.newPage()
  await page.goto(site.origin)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Cameras', level: 1 }).waitFor()
  return page
}

it('shows its logo at the door', async () => {
  const page = await context.newPage()
  await page.goto(site.origin)
  await page.getByLabel('Email').waitFor()
  const width = () => page.evaluate("document.querySelector('.door-mark').naturalWidth")
  await expect.poll(width).toBeGreaterThan(0)
})

it('exports pictures that it showed before', async () => {
  const page = await signIn(home.email)
  await page.getByRole('link', { name: 'Timeline' }).click()
  const pictures =
    "[...document.querySelectorAll('.told img')].filter((image) => image.naturalWidth > 0).length"
  await expect.poll(() => page.evaluate(pictures)).toBeGreaterThan(0)
  await page.goto(`${site.origin}/settings/export`)
  await page.getByRole('switch', { name: 'Include pictures' }).click()
  await page.getByRole('button', { name: 'Create the file' }).click()
  await page.getByRole('link', { name: 'Save the file' }).waitFor()
  expect(await page.getByText('could not be fetched').count()).toBe(0)
  await page.getByText(`${home.events.length} pictures`).waitFor()
})

it('shows the cameras, and calls nobody but the service and the bucket', async () => {
  const page = await signIn(home.email)
  const { hosts, complaints } = watch(page)
  await page.reload()
  const picture = page.getByRole('img', { name: 'The last picture of Front door' })
  const widthOf = () =>
    picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)
  await expect.poll(widthOf).toBeGreaterThan(0)

  const [service, bucket] = [inject('url'), inject('storage').S3_ENDPOINT].map((url) => new URL(url).host)
  expect(hosts).toEqual(new Set([new URL(site.origin).host, service, bucket]))
  expect(complaints).toEqual([])
  expect(await context.cookies()).toEqual([])
})

it('follows links without leaving the page', async () => {
  const page = await signIn(home.email)
  await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))
  await page.getByRole('link', { name: 'Timeline' }).click()
  await expect.poll(() => new URL(page.url()).pathname).toBe('/timeline')
  expect(await page.evaluate(() => (globalThis as { isSamePage?: boolean }).isSamePage)).toBe(true)
})

describe('the session', () => {
  it('is in the Keychain alone, and there at the next start', async () => {
    const { email, scout } = await somebody()
    const page = await signIn(email)

    await expect.poll(() => iphone.keychain.size).toBe(1)
    const [[key, { data, access }] = ['', { data: '', access: -1 }]] = iphone.keychain
    // Access 3: after the first unlock, this device only.
    expect([key, access]).toEqual(['scout.session', 3])
    expect(JSON.parse(data)).toEqual({
      installation: iphone.installation,
      session: expect.stringMatching(/^scs_/),
      public_session_id: expect.any(String),
    })
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('scs_')
    await page.reload()
    await page.getByRole('heading', { name: 'Cameras', level: 1 }).waitFor()
    await scout.signIn({ email, password: PASSWORD })
    expect(await scout.listSessions()).toMatchObject([{ name: 'Scout on iPhone' }])
  })

  it('is wiped where the app was deleted and installed anew', async () => {
    const { email } = await somebody()
    const page = await signIn(email)
    await expect.poll(() => iphone.keychain.size).toBe(1)

    await context.addInitScript(() =>
      Object.assign(globalThis, { scout: { environment: 'sandbox', installation: 'another' } }),
    )
    await page.reload()

    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(iphone.keychain.size).toBe(0)
  })

  it('is gone from the Keychain where it was ended elsewhere', async () => {
    const { email, scout } = await somebody()
    const page = await signIn(email)
    await scout.signIn({ email, password: PASSWORD })
    for (const { public_session_id: id } of await scout.listSessions()) await scout.endSession(id)

    await page.reload()

    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await expect.poll(() => iphone.keychain.size).toBe(0)
  })
})

describe('notifications on this device', () => {
  it('are turned on after iOS asked, at the push service that knows the app', async () => {
    const { email, scout, owner } = await somebody()
    const page = await signIn(email)
    await page.goto(`${site.origin}/settings`)
    await page.getByRole('switch', { name: 'Notifications on this device' }).click()

    await page.getByText('You get notifications here.').waitFor()
    expect(await scout.listPushTargets()).toMatchObject([{ kind: 'apns', name: 'Scout on iPhone' }])
    const database = new Client({ connectionString: inject('databaseUrl') })
    await database.connect()
    const { rows } = await database.query(
      `select address, keys from push_targets join users on users.id = owner_id where public_user_id = $1`,
      [owner],
    )
    await database.end()
    const keys = { environment: 'sandbox', topic: 'com.example.scout' }
    expect(rows).toEqual([{ address: 'ab'.repeat(32), keys }])

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(await scout.listPushTargets()).toEqual([])
    expect(iphone.calls).toContain('PushNotifications.removeAllDeliveredNotifications')
    expect(iphone.calls.lastIndexOf('PushNotifications.unregister')).toBeGreaterThan(
      iphone.calls.lastIndexOf('PushNotifications.register'),
    )
  })

  it('stay off where they are not allowed, and it is said where that is changed', async () => {
    iphone.allows = false
    const page = await signIn((await somebody()).email)
    await page.goto(`${site.origin}/settings`)
    await page.getByRole('switch', { name: 'Notifications on this device' }).click()

    await page.getByRole('status').getByText('Change this in the Settings app').waitFor()
    expect(iphone.calls).not.toContain('PushNotifications.register')
    iphone.permission = 'granted'
    await iphone.emit(page, 'App.resume', {})
    await page.getByText('You get no notifications here.').waitFor()
  })
})

it('hands a file that a browser would save to the system’s sheet', async () => {
  const page = await signIn((await somebody()).email)
  // Chromium has no share sheet on Linux.
  await page.evaluate(`
    navigator.share = async ({ files: [file] }) => (globalThis.shared = [file.name, await file.text()])
    const href = URL.createObjectURL(new Blob(['{}'], { type: 'application/json' }))
    const link = Object.assign(document.createElement('a'), { href, download: 'scout.json', textContent: 'Save the file' })
    document.body.prepend(link)`)
  await page.getByRole('link', { name: 'Save the file' }).click()

  const shared = () => page.evaluate(() => (globalThis as { shared?: string[] }).shared)
  await expect.poll(shared).toEqual(['scout.json', '{}'])
  expect(new URL(page.url()).pathname).toBe('/')
})

it('shares a link to the service, where a picture cannot be read', async () => {
  const page = await signIn(home.email)
  await context.route(`${inject('storage').S3_ENDPOINT}/**`, (route) => route.abort())
  await page.evaluate(`
    navigator.canShare = () => true
    navigator.share = async ({ url }) => (globalThis.shared = url)`)
  await page.getByRole('link', { name: 'Timeline' }).click()
  await page
    .getByRole('link', { name: /Visitor/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Share the picture' }).click()

  const shared = () => page.evaluate(() => (globalThis as { shared?: string }).shared)
  await expect.poll(shared).toBe(`${inject('url')}/app/events/${home.events[0]}`)
})

describe('a push', () => {
  const push = (id: string | undefined) => ({
    id: '1',
    title: 'Front door',
    data: { 'app-url': `https://scout.example.com/app/notifications/${id}`, 'notification-id': id },
  })

  it('opens its notification where it is tapped', async () => {
    const page = await signIn(home.email)
    const [id] = home.notifications
    await iphone.emit(page, 'PushNotifications.pushNotificationActionPerformed', {
      actionId: 'tap',
      notification: push(id),
    })

    await expect.poll(() => new URL(page.url()).pathname).toBe(`/notifications/${id}`)
  })

  it('that is swiped away opens nothing', async () => {
    const page = await signIn(home.email)
    await iphone.emit(page, 'PushNotifications.pushNotificationActionPerformed', {
      actionId: 'dismiss',
      notification: push(home.notifications[0]),
    })

    expect(new URL(page.url()).pathname).toBe('/')
  })

  it('has what is shown refreshed while the app is open', async () => {
    const page = await signIn(home.email)
    await page.getByRole('link', { name: 'Front door' }).waitFor()
    const asked = page.waitForRequest(
      (request) => request.method() === 'GET' && request.url().endsWith('/v1/cameras/'),
      // Before the app asks by itself.
      { timeout: 15_000 },
    )
    await iphone.emit(page, 'PushNotifications.pushNotificationReceived', push(home.notifications[0]))

    await asked
  })
})
