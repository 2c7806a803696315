// Who is signed in on a phone after somebody else, or in another tab: nothing of the one is there for the other.
import { createClient } from '@scout/client'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import type { LocalMail } from '../../stack/mail.ts'
import { startBrowser, startWholeBrowser, watch } from './browser.ts'
import { lookAgain, UNDO_IN_MS } from './phone-in-hand.ts'
import { at, PASSWORD, PHONE, signIn, somebody, somebodyAtHome } from './phone.ts'

let browser: Browser
let home: Awaited<ReturnType<typeof somebodyAtHome>>
const contexts: BrowserContext[] = []
beforeAll(async () => {
  ;[browser, home] = await Promise.all([startBrowser(), somebodyAtHome()])
})
afterAll(() => browser?.close())
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

/** A phone with a page of the app, and what it complains about. */
async function aPhone(from = browser) {
  const context = await from.newContext({ ...PHONE, locale: 'en-GB' })
  contexts.push(context)
  const page = await context.newPage()
  return { context, page, ...watch(page) }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })
const placeIn = (page: Page) => page.getByText('Front door').first()

async function signOut(page: Page) {
  await page.goto(at('/settings'))
  await page.getByRole('switch', { name: 'Quiet hours' }).waitFor()
  await button(page, 'Sign out').click()
  await page.getByText('You are signed out. This device gets no more notifications.').waitFor()
}

/** All that the browser keeps of answers. */
const keptIn = (page: Page) =>
  page.evaluate<[string, { value: unknown; asOf: number }][]>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('scout', 1)
    opening.onerror = reject
    opening.onupgradeneeded = () => opening.result.createObjectStore('answers')
    opening.onsuccess = () => {
      const store = opening.result.transaction('answers').objectStore('answers')
      const [keys, values] = [store.getAllKeys(), store.getAll()]
      values.onsuccess = () => {
        opening.result.close()
        resolve(keys.result.map((key, at) => [key, values.result[at]]))
      }
    }
  })`)
const keysIn = async (page: Page) => (await keptIn(page)).map(([key]) => key)

it('shows nothing of who was signed in before, even where it could not be deleted', async () => {
  const { context, page } = await aPhone()
  await context.addInitScript(
    `for (const name of ['clear', 'delete']) IDBObjectStore.prototype[name] = () => { throw new Error('broken') }`,
  )
  await signIn(page, home.email)
  await placeIn(page).waitFor()
  await expect.poll(() => keysIn(page)).toContainEqual(expect.stringContaining('cameras'))
  await signOut(page)

  await context.route('**/v1/**', (route) => route.abort())
  await signIn(page, (await somebody()).email)
  await page.getByText('This could not be loaded').waitFor()
  expect(await placeIn(page).count()).toBe(0)
})

it('deletes what is kept with the sign-out, and what a page was closed before it could delete', async () => {
  const { page, complaints } = await aPhone()
  await signIn(page, home.email)
  await expect.poll(() => keysIn(page)).toContainEqual(expect.stringContaining('cameras'))
  await signOut(page)
  await expect.poll(() => keysIn(page)).toEqual([])

  await page.evaluate(`new Promise((resolve) => {
    indexedDB.open('scout', 1).onsuccess = ({ target: { result } }) => {
      const putting = result.transaction('answers', 'readwrite')
      putting.objectStore('answers').put({ value: [], asOf: Date.now() }, 'cameras')
      putting.oncomplete = () => resolve(result.close())
    }
  })`)
  await page.reload()
  await expect.poll(() => keysIn(page)).toEqual([])
  expect(complaints).toEqual([])
})

it('drops what nobody looked at for weeks', async () => {
  const { page } = await aPhone()
  await signIn(page, home.email)
  await expect.poll(() => keysIn(page)).toContainEqual(expect.stringContaining('cameras'))
  await page.evaluate(`new Promise((resolve) => {
    indexedDB.open('scout', 1).onsuccess = ({ target: { result } }) => {
      const putting = result.transaction('answers', 'readwrite')
      const store = putting.objectStore('answers')
      const session = localStorage.getItem('scout.session')
      const weeks = 7 * 24 * 3_600_000
      store.put({ value: null, asOf: Date.now() - 4 * weeks }, session + ' events/old')
      store.put({ value: null, asOf: Date.now() - 2 * weeks }, session + ' events/new')
      store.put({ value: true, asOf: Infinity }, session + ' over')
      putting.oncomplete = () => resolve(result.close())
    }
  })`)
  await page.reload()
  const ends = async () => (await keysIn(page)).map((key) => key.split(' ').at(-1))
  await expect.poll(ends).not.toContain('events/old')
  expect(await ends()).toEqual(expect.arrayContaining(['cameras', 'events/new', 'over']))
})

it('keeps answers again where the browser has closed its database', async () => {
  const { context, page } = await aPhone()
  await signIn(page, home.email)
  await expect.poll(() => keysIn(page)).toContainEqual(expect.stringContaining('cameras'))
  const session = await context.newCDPSession(page)
  await session.send('Storage.clearDataForOrigin', {
    origin: new URL(page.url()).origin,
    storageTypes: 'indexeddb',
  })

  await page.getByRole('link', { name: 'Timeline' }).click()
  await expect.poll(() => keysIn(page)).toContainEqual(expect.stringContaining('timeline'))
})

it('keeps no answer that comes after the sign-out', async () => {
  const { context, page } = await aPhone()
  await signIn(page, home.email)
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  let asked = 0
  await context.route('**/v1/cameras/', async (route) => {
    if (++asked > 1) return route.abort()
    const response = await route.fetch()
    await held
    await route.fulfill({ response })
  })
  await page.goto(at('/settings'))
  await page.getByRole('link', { name: 'Cameras' }).click()
  await expect.poll(() => asked).toBe(1)
  await page.getByRole('link', { name: 'Settings' }).click()
  await button(page, 'Sign out').click()
  await page.getByText('You are signed out. This device gets no more notifications.').waitFor()
  const { email } = await somebody()
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await button(page, 'Sign in').click()
  await page.getByText('This could not be loaded').waitFor()

  const answered = page.waitForResponse(
    (response) => response.url().endsWith('/v1/cameras/') && response.ok(),
  )
  release()
  await answered
  await page.reload()
  await heading(page, 'Cameras').waitFor()
  await page.getByText('This could not be loaded').waitFor()
  expect(await placeIn(page).count()).toBe(0)
})

it('signs out who is signed in where somebody else sets a new password, in every tab', async () => {
  const { context, page } = await aPhone()
  const one = await somebody()
  await one.scout.createCamera({ location: 'Front door' })
  const other = await somebody()
  await signIn(page, one.email)
  await placeIn(page).waitFor()
  const tab = await context.newPage()
  await tab.goto(at('/'))
  await placeIn(tab).waitFor()

  await other.scout.requestPasswordReset({ email: other.email })
  await page.goto(at(`/reset#${await tokenOf(other.email)}`))
  await context.route('**/v1/cameras/', (route) => route.abort())
  await page.getByLabel('New password', { exact: true }).fill('calmer-waters-12')
  await button(page, 'Set password and sign in').click()
  for (const shown of [page, tab]) {
    await shown.getByText('This could not be loaded').waitFor()
    expect(await placeIn(shown).count()).toBe(0)
  }
  expect(await one.scout.listSessions()).toEqual([])
})

it('says to sign in where an account is made or a password set, and the sign-in after it fails', async () => {
  const { context, page } = await aPhone()
  const email = `phone-${crypto.randomUUID()}@example.com`
  await page.goto(at('/sign-up'))
  const other = await context.newPage()
  await other.goto(at('/sign-up'))
  await other.evaluate('Object.assign(globalThis, { isSamePage: true })')
  await context.route('**/app/session', (route) =>
    route.fulfill({ status: 429, json: { detail: 'Too many.' } }),
  )
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await button(page, 'Create account').click()
  await page.getByText('Your account was created. Sign in.').waitFor()
  expect(page.url()).toBe(at('/sign-in'))
  expect(await page.evaluate("localStorage.getItem('scout.session')")).toBeNull()
  expect(await other.evaluate('globalThis.isSamePage')).toBe(true)

  await createClient({ baseUrl: inject('url') }).requestPasswordReset({ email })
  await page.goto(at(`/reset#${await tokenOf(email)}`))
  await page.getByLabel('New password', { exact: true }).fill('calmer-waters-12')
  await button(page, 'Set password and sign in').click()
  await page.getByText('Your new password is set. Sign in.').waitFor()
  expect(page.url()).toBe(at('/sign-in'))
  await context.unrouteAll({ behavior: 'wait' })
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('calmer-waters-12')
  await button(page, 'Sign in').click()
  await heading(page, 'Cameras').waitFor()
})

async function tokenOf(email: string) {
  const mails = `${inject('mail')}/mails?to=${encodeURIComponent(email)}`
  let mail: LocalMail | undefined
  await expect.poll(async () => ([mail] = (await (await fetch(mails)).json()) as LocalMail[]).length).toBe(1)
  return /\/app\/reset#([\w-]{43})\s/.exec(mail!.text)![1]!
}

it('does what was promised before it signs out', async () => {
  const { page } = await aPhone()
  const { email, scout } = await somebodyAtHome()
  await scout.startSession({ email, password: PASSWORD, name: 'Old tablet' })
  await signIn(page, email)
  await page.goto(at('/settings/devices'))
  await button(page, 'Sign out Old tablet').click()
  await page.getByText('Old tablet is signed out.').waitFor()
  await page.getByRole('link', { name: 'Timeline' }).click()
  await button(page, 'Mark all as seen').click()
  await page.getByText('All marked as seen.').waitFor()
  await page.getByRole('link', { name: 'Settings' }).click()
  await button(page, 'Sign out').click()
  await page.getByText('You are signed out. This device gets no more notifications.').waitFor()

  expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0)
  const again = createClient({ baseUrl: inject('url') })
  await again.signIn({ email, password: PASSWORD })
  expect(await again.listSessions()).toEqual([])
  expect(await again.listNotifications({ unseen: true })).toEqual([])
})

it('does nothing to the next account of what was promised to one whose session was ended', async () => {
  const { page } = await aPhone()
  const [one, other] = await Promise.all([somebodyAtHome(), somebodyAtHome()])
  const news = (await other.scout.listNotifications({ unseen: true })).length
  await signIn(page, one.email)
  await page.goto(at('/timeline'))
  await button(page, 'Mark all as seen').click()
  await page.getByText('All marked as seen.').waitFor()
  const [session] = await one.scout.listSessions()
  await one.scout.endSession(session!.public_session_id)
  await lookAgain(page)
  await page.getByText(/You were signed out: this session was ended on another device/).waitFor()
  expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0)
  await page.getByLabel('Email').fill(other.email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await button(page, 'Sign in').click()
  await page.getByRole('link', { name: 'Cameras' }).waitFor()

  // Longer than its Undo was to be said.
  await page.waitForTimeout(UNDO_IN_MS + 1_000)
  expect(news).toBeGreaterThan(0)
  expect(await other.scout.listNotifications({ unseen: true })).toHaveLength(news)
})

it('takes pictures and what is shown of pushes away where the session was ended elsewhere', async () => {
  await using whole = await startWholeBrowser()
  const { context, page } = await aPhone(whole)
  await context.grantPermissions(['notifications'], { origin: inject('site') })
  const { email, scout } = await somebodyAtHome()
  await signIn(page, email)
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await page.reload()
  const pictures = () =>
    page.evaluate<number>("caches.open('pictures').then((it) => it.keys()).then(({ length }) => length)")
  const shown = () =>
    page.evaluate<number>(
      'navigator.serviceWorker.ready.then((it) => it.getNotifications()).then(({ length }) => length)',
    )
  await page.evaluate("navigator.serviceWorker.ready.then((it) => it.showNotification('Fox'))")
  await expect.poll(pictures).toBeGreaterThan(0)
  await expect.poll(shown).toBe(1)

  const other = await context.newPage()
  await other.goto(at('/settings'))
  await heading(other, 'Settings').waitFor()
  await other.evaluate("localStorage.setItem('scout.push', 'its target')")

  const [session] = await scout.listSessions()
  await scout.endSession(session!.public_session_id)
  await lookAgain(page)
  for (const tab of [page, other])
    await tab.getByText(/You were signed out: this session was ended on another device/).waitFor()
  await expect.poll(pictures).toBe(0)
  await expect.poll(shown).toBe(0)
  // The next sign-in resumes pushes.
  expect(await other.evaluate("localStorage.getItem('scout.push')")).toBe('its target')
})

it('stays signed in, and told, where the service cannot end the session', async () => {
  const { context, page } = await aPhone()
  const { email, scout } = await somebody()
  await signIn(page, email)
  await page.goto(at('/settings'))
  await page.getByRole('switch', { name: 'Quiet hours' }).waitFor()
  await page.evaluate("localStorage.setItem('scout.push', crypto.randomUUID())")
  const asked: string[] = []
  await context.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url())
    if (route.request().method() !== 'DELETE') return route.continue()
    asked.push(pathname)
    return route.fulfill({ status: 503, json: { detail: 'The service is not available.' } })
  })

  await button(page, 'Sign out').click()
  await page.getByText('You are still signed in. The service is not available.').waitFor()
  expect(asked).toEqual(['/app/session'])
  expect(await page.evaluate("localStorage.getItem('scout.push')")).not.toBeNull()
  await context.unroute('**/*')
  await page.reload()
  await page.getByRole('switch', { name: 'Quiet hours' }).waitFor()

  await button(page, 'Sign out').click()
  await page.getByText('You are signed out. This device gets no more notifications.').waitFor()
  expect(await page.evaluate("localStorage.getItem('scout.push')")).toBeNull()
  expect(await scout.listSessions()).toEqual([])
})
