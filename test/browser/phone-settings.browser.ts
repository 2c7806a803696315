import { readFile } from 'node:fs/promises'
import { createClient } from '@scout/client'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import type { LocalMail } from '../../stack/mail.ts'
import { startBrowser, watch } from './browser.ts'
import { endUndo, lookAgainAt } from './phone-in-hand.ts'
import { at, PASSWORD, PHONE, signIn, somebody, somebodyAtHome, WITHOUT_WORKER } from './phone.ts'

const NEW_PASSWORD = 'calmer-waters-12'

let browser: Browser
const contexts: BrowserContext[] = []
beforeAll(async () => {
  browser = await startBrowser()
})
afterAll(() => browser.close())
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

/** A new phone with its own cookies and storage. */
async function aPhone(more: BrowserContextOptions = {}) {
  const context = await browser.newContext({
    ...PHONE,
    ...WITHOUT_WORKER,
    ...more,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  contexts.push(context)
  return context
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

/** Fills in and submits the sign-in form. */
async function tryToSignIn(page: Page, email: string, password: string) {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await button(page, 'Sign in').click()
}

/** A page on a phone with a signed-in user. */
async function aPageOf({ email }: { email: string }) {
  const context = await aPhone()
  const page = await context.newPage()
  const { complaints } = watch(page)
  await signIn(page, email)
  return { context, page, complaints }
}

it('keeps quiet hours, in the zone of the phone, and a snooze of everything with its Undo', async () => {
  const person = await somebody()
  const { scout } = person
  const { page, complaints } = await aPageOf(person)
  await page.goto(at('/settings'))

  await page.getByRole('switch', { name: 'Quiet hours' }).click()
  await page.getByLabel('From').fill('21:30')
  await page.getByLabel('To', { exact: true }).focus()
  await expect
    .poll(() => scout.getNotificationSettings())
    .toMatchObject({ quiet_from: '21:30', quiet_to: '07:00', time_zone: 'Europe/Berlin' })
  await page.reload()
  await page.getByRole('switch', { name: 'Quiet hours' }).and(page.locator(':checked')).waitFor()
  expect(await page.getByLabel('From').inputValue()).toBe('21:30')
  expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Berlin')

  await page.getByLabel('Time zone').selectOption('Asia/Tokyo')
  await page.getByText('The time zone is now Asia/Tokyo.').waitFor()
  await button(page, 'Use this phone’s: Europe/Berlin').click()
  await expect.poll(async () => (await scout.getNotificationSettings()).time_zone).toBe('Europe/Berlin')

  await button(page, /Snooze everything/).click()
  await button(page, /For an hour/).click()
  await page.getByText(/^Everything is quiet until/).waitFor()
  await expect
    .poll(async () => Date.parse((await scout.getNotificationSettings()).snoozed_until ?? ''))
    .toBeGreaterThan(Date.now() + 50 * 60_000)
  expect(new URL(page.url()).search).toBe('')
  await button(page, 'Undo').click()
  await expect.poll(async () => (await scout.getNotificationSettings()).snoozed_until).toBeNull()

  await page.getByRole('switch', { name: /A camera is offline/ }).click()
  await expect.poll(async () => (await scout.getNotificationSettings()).tells_offline).toBe(false)
  expect(complaints).toEqual([])
})

it('takes a switch back where the service refuses it, and says so without a network', async () => {
  const person = await somebody()
  const { scout } = person
  const { page, context } = await aPageOf(person)
  await page.goto(at('/settings'))
  const offline = page.getByRole('switch', { name: /A camera is offline/ })
  await offline.waitFor()
  await context.setOffline(true)
  await offline.click()
  await page.getByText('You are offline.').first().waitFor()
  await expect.poll(() => offline.isChecked()).toBe(true)
  await button(page, 'Sign out').click()
  await page.getByText('You are still signed in. You are offline.').waitFor()
  await context.setOffline(false)
  expect((await scout.getNotificationSettings()).tells_offline).toBe(true)
})

it('adds a webhook, whose secret is shown once, tests it and removes it with an Undo', async () => {
  const person = await somebody()
  const { scout } = person
  const { page, complaints } = await aPageOf(person)
  await page.clock.install()
  await page.goto(at('/settings/channels'))
  await page.getByText('None yet').first().waitFor()
  await page.getByText('This Scout is not set up').waitFor({ state: 'hidden' })

  const url = `${inject('url')}/nobody-listens-here`
  await button(page, /Add a webhook/).click()
  await page.getByLabel('Address').fill('https://printer.local/hook')
  await button(page, 'Add').click()
  await page.getByText('Enter a public https address.').waitFor()
  await page.getByLabel('Address').fill(url)
  await page.getByLabel('Name (optional)').fill('Home')
  await button(page, 'Add').click()
  const secret = await page.getByRole('dialog', { name: 'Webhook secret' }).getByRole('code').textContent()
  expect(secret).toMatch(/^whsec_/)
  await button(page, 'Copy the secret').click()
  await button(page, 'Copied').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret)
  await button(page, 'I have saved it').click()
  await page.getByRole('link', { name: /^Home/ }).waitFor()
  await expect.poll(() => page.getByText('whsec_').count()).toBe(0)

  await page.getByRole('link', { name: /^Home/ }).click()
  await button(page, /Send a test/).click()
  await page.getByText('The receiver refused it. (It answered 404.)').waitFor()
  await button(page, 'Remove').click()
  await page.getByText('Home was removed.').waitFor()
  expect(await page.getByRole('link', { name: /^Home/ }).count()).toBe(0)
  await button(page, 'Undo').click()
  await page.getByRole('link', { name: /^Home/ }).waitFor()
  expect(await scout.listPushTargets()).toHaveLength(1)

  await page.getByRole('link', { name: /^Home/ }).click()
  await button(page, 'Remove').click()
  await page.getByText('Home was removed.').waitFor()
  expect(await scout.listPushTargets()).toHaveLength(1)
  await endUndo(page)
  await expect.poll(() => scout.listPushTargets()).toEqual([])
  expect(complaints.filter((words) => !/status of 400/.test(words))).toEqual([])
})

it('keeps the sheet of a webhook open while it works, and shows its secret also to who went back meanwhile', async () => {
  const { page, context } = await aPageOf(await somebody())
  await page.goto(at('/settings/channels'))
  await button(page, /Add a webhook/).click()
  await page.getByLabel('Address').fill(`${inject('url')}/nobody-listens-here`)
  let letGo = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  await context.route('**/v1/push/targets/', async (route) => {
    if (route.request().method() === 'POST') await held
    await route.continue()
  })
  await button(page, 'Add').click()

  const sheet = page.getByRole('dialog', { name: 'Add a webhook' })
  expect(await button(page, 'Close').isDisabled()).toBe(true)
  for (const key of ['Escape', 'Escape', 'Escape']) await page.keyboard.press(key)
  await page.mouse.click(10, 10)
  expect(await sheet.isVisible()).toBe(true)

  await page.goBack()
  await sheet.waitFor({ state: 'detached' })
  letGo()
  const told = page.getByRole('dialog', { name: 'Webhook secret' })
  expect(await told.getByRole('code').textContent()).toMatch(/^whsec_/)
  await button(page, 'I have saved it').click()
  await told.waitFor({ state: 'detached' })
  expect(page.url()).toBe(at('/settings/channels'))
})

it.each([
  ['a place', '/settings/channels', '**/v1/push/targets/', 'Home'],
  ['a session', '/settings/devices', '**/v1/auth/sessions/', 'Old tablet'],
])('keeps %s away that was taken away, while its Undo is there and after it', async (_, path, list, name) => {
  const person = await somebody()
  const { email, scout } = person
  await scout.registerPushTarget({ kind: 'webhook', url: `${inject('url')}/nobody`, name: 'Home' })
  const tablet = createClient({ baseUrl: inject('url') })
  await tablet.startSession({ email, password: PASSWORD, name: 'Old tablet' })
  const { page, complaints } = await aPageOf(person)
  await page.clock.install()
  await page.goto(at(path))
  const row = page.getByText(name, { exact: true })
  await row.waitFor()
  let isEnded = false
  const ended = page
    .waitForResponse((response) => response.request().method() === 'DELETE')
    .finally(() => (isEnded = true))

  if (path === '/settings/channels') await row.click()
  await button(page, /^(Remove|Sign out Old tablet)$/).click()
  await page.getByText(/^(Home was removed|Old tablet is signed out)\.$/).waitFor()
  await lookAgainAt(page, list)
  expect(await row.count()).toBe(0)
  expect(isEnded).toBe(false)
  await endUndo(page)
  await ended
  expect(await row.count()).toBe(0)
  await lookAgainAt(page, list)
  expect(await row.count()).toBe(0)
  expect(complaints).toEqual([])
})

it('lists where one is signed in and ends another there, which then says why', async () => {
  const person = await somebody()
  const { email, scout } = person
  const { page, complaints } = await aPageOf(person)
  const { page: other } = await aPageOf(person)
  const tablet = createClient({ baseUrl: inject('url') })
  await tablet.startSession({ email, password: PASSWORD, name: 'Old tablet' })

  await page.clock.install()
  await page.goto(at('/settings/devices'))
  await page.getByText('Old tablet').waitFor()
  expect(await page.getByText('This device').count()).toBe(1)
  await button(page, 'Sign out Old tablet').click()
  await page.getByText('Old tablet is signed out.').waitFor()
  await button(page, 'Undo').click()
  await page.getByText('Old tablet', { exact: true }).waitFor()
  await button(page, 'Sign out all others').click()
  await page.getByText('2 devices are signed out.').waitFor()
  expect(await scout.listSessions()).toHaveLength(3)
  await endUndo(page)
  await expect.poll(async () => (await scout.listSessions()).length).toBe(1)
  await other.goto(at('/'))
  await other.getByText(/You were signed out: this session was ended on another device/).waitFor()
  expect(complaints).toEqual([])
})

it('changes the password: this tab goes on, another phone does not, and a wrong one is said under its field', async () => {
  const person = await somebody()
  const { email } = person
  const { page } = await aPageOf(person)
  const { page: other } = await aPageOf(person)

  await page.goto(at('/settings/account'))
  await page.getByLabel('First name').fill('Ada')
  await button(page, 'Save').click()
  await page.getByText('Saved.').waitFor()
  // Refused values stay as typed.
  await page.getByRole('textbox', { name: 'Email' }).fill((await somebody()).email)
  await page.getByLabel('Last name').fill('Lovelace')
  await button(page, 'Save').click()
  await page.getByText(/already exists|already/).waitFor()
  expect(await page.getByLabel('Last name').inputValue()).toBe('Lovelace')
  const now = page.getByLabel('Current password')
  await now.fill('not-my-password-1')
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD)
  await button(page, 'Change password').click()
  await page.getByText('Your old password was entered incorrectly. Please enter it again.').waitFor()
  await now.fill(PASSWORD)
  await button(page, 'Change password').click()
  await page.getByText('Password changed. All other devices are signed out.').waitFor()
  expect(await now.inputValue()).toBe('')
  await page.reload()
  await expect.poll(() => page.getByLabel('First name').inputValue()).toBe('Ada')

  await other.reload()
  await other.getByText(/You were signed out/).waitFor()
  await tryToSignIn(other, email, PASSWORD)
  await other.getByText('The email or the password is wrong.').waitFor()
  await tryToSignIn(other, email, NEW_PASSWORD)
  await heading(other, 'Cameras').waitFor()
})

it('exports what the API tells, as JSON and with the pictures', async () => {
  const person = await somebodyAtHome()
  const { email, scout } = person
  const { page, complaints } = await aPageOf(person)
  await scout.registerPushTarget({ kind: 'webhook', url: `${inject('url')}/secret-path`, name: 'Home' })

  await page.goto(at('/settings/export'))
  await button(page, 'Create the file').click()
  const file = await saved(page)
  const exported = JSON.parse(file.toString())
  expect(exported.account).toMatchObject({ email })
  expect(exported.sessions.map(({ name }: { name: string }) => name)).toEqual(['Chrome on Linux'])
  expect(exported.cameras.map((one: any) => [one.location, one.rules.length])).toEqual([
    ['Front door', 3],
    ['Garden', 2],
    ['Kitchen', 1],
    ['Garage', 1],
  ])
  const [events, notifications] = await Promise.all([scout.listEvents(), scout.listNotifications()])
  const idsOf = (list: any[], name: string) => list.map((one) => one[name])
  expect(idsOf(exported.events, 'public_event_id')).toEqual(idsOf(events, 'public_event_id'))
  expect(exported.events[0].verdicts).toEqual(events[0]!.verdicts)
  expect(exported.events[0].image_url).toMatch(/^http/)
  expect(exported.notifications).toHaveLength(notifications.length)
  expect(exported.push_targets).toMatchObject([{ kind: 'webhook', name: 'Home' }])
  expect(file.toString()).not.toMatch(/whsec_|secret-path/)

  await page.reload()
  await page.getByRole('switch', { name: 'Include pictures' }).click()
  await button(page, 'Create the file').click()
  const zip = await saved(page)
  expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004')
  await page.getByText(`${events.length} pictures`).waitFor()
  for (const { public_event_id: id } of events) expect(zip.includes(`pictures/${id}.jpg`)).toBe(true)
  expect(zip.length).toBeGreaterThan(file.length + 100_000)
  expect(complaints).toEqual([])
})

it('exports all the same where a picture does not come, and its event is gone', async () => {
  const person = await somebodyAtHome()
  const { page, context } = await aPageOf(person)
  const [gone, other] = await person.scout.listEvents()
  const bucket = new URL(gone!.image_url!)
  await context.route(
    (url) => url.pathname === bucket.pathname,
    () => {},
  )
  await context.route(`**/v1/events/${gone!.public_event_id}/`, (route) =>
    route.fulfill({ status: 404, json: { detail: 'No Event matches the given query.' } }),
  )
  await page.goto(at('/settings/export'))
  await page.getByRole('switch', { name: 'Include pictures' }).click()
  await button(page, 'Create the file').click()

  await page.getByText('1 pictures could not be fetched.').waitFor({ timeout: 40_000 })
  const zip = await saved(page)
  expect(zip.includes(`pictures/${other!.public_event_id}.jpg`)).toBe(true)
  expect(zip.includes(`pictures/${gone!.public_event_id}.jpg`)).toBe(false)
  expect(zip.includes(gone!.public_event_id)).toBe(true)
})

async function saved(page: Page) {
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save the file' }).click()
  return readFile(await (await downloading).path())
}

it('deletes the account once DELETE is typed, says that it is done, and lets nobody in', async () => {
  const person = await somebody()
  const { email } = person
  const { page, context } = await aPageOf(person)
  const other = await context.newPage()
  await other.goto(at('/settings'))
  await heading(other, 'Settings').waitFor()
  await page.goto(at('/settings/delete'))
  await page.getByLabel('Type DELETE to continue').fill('delete')
  await button(page, 'Delete everything').click()
  await page.getByText('Type DELETE, in capitals.').waitFor()
  await page.locator('input[name="word"]:focus').waitFor()
  await page.getByLabel('Type DELETE to continue').fill('DELETE')
  await button(page, 'Delete everything').click()
  for (const tab of [page, other])
    await tab.getByText('Your account was deleted, with its cameras and pictures.').waitFor()
  expect(new URL(page.url()).pathname).toBe('/app/sign-in')
  await tryToSignIn(page, email, PASSWORD)
  await page.getByText('The email or the password is wrong.').waitFor()
})

it('sets a forgotten password by the link of a mail, once, and keeps its token nowhere', async () => {
  const { email } = await somebody()
  const page = await (await aPhone()).newPage()
  await page.goto(at('/sign-in'))
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('Email').fill(email)
  await button(page, 'Send the link').click()
  await page.getByText(`If ${email} has an account, an email is on its way.`, { exact: false }).waitFor()

  const link = at(`/reset#${await tokenOf(email)}`)
  await page.goto(link)
  await page.getByLabel('New password', { exact: true }).waitFor()
  await expect.poll(() => page.url()).toBe(at('/reset'))
  await page.getByLabel('New password', { exact: true }).fill('password')
  await button(page, 'Set password and sign in').click()
  await page.getByText('This password is too common.').waitFor()
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD)
  await button(page, 'Set password and sign in').click()
  await heading(page, 'Cameras').waitFor()
  await page.reload()
  await heading(page, 'Cameras').waitFor()

  await page.goto('about:blank')
  await page.goto(link)
  await page.getByLabel('New password', { exact: true }).fill('rougher-waters-34')
  await button(page, 'Set password and sign in').click()
  await page.getByText('This link is not valid any more. Ask for a new one.').waitFor()
})

it('goes on to tell a browser whose user set a forgotten password in it', async () => {
  const person = await somebody()
  const { page } = await aPageOf(person)
  await page.evaluate("localStorage.setItem('scout.push', 'its target')")
  await person.scout.requestPasswordReset({ email: person.email })
  await page.goto(at(`/reset#${await tokenOf(person.email)}`))
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD)
  await button(page, 'Set password and sign in').click()
  await heading(page, 'Cameras').waitFor()
  await page.getByText('Your new password is set.').waitFor()
  expect(await page.evaluate("localStorage.getItem('scout.push')")).toBe('its target')
})

async function tokenOf(email: string) {
  const mails = `${inject('mail')}/mails?to=${encodeURIComponent(email)}`
  let mail: LocalMail | undefined
  await expect.poll(async () => ([mail] = (await (await fetch(mails)).json()) as LocalMail[]).length).toBe(1)
  return /\/app\/reset#([\w-]{43})\s/.exec(mail!.text)![1]!
}

it('is one session in all tabs: one refresh for both, and signed out in one is signed out in the other', async () => {
  const person = await somebody()
  const { page, context, complaints } = await aPageOf(person)
  const refreshes: string[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await context.route('**/app/session/refresh', async (route) => {
    refreshes.push(route.request().url())
    await held
    await route.continue()
  })
  const other = await context.newPage()
  // Both start without a token. The second one waits for the first.
  await Promise.all([page.goto(at('/settings')), other.goto(at('/settings/devices'))])
  await expect
    .poll(() => page.evaluate<number>('navigator.locks.query().then(({ pending }) => pending.length)'))
    .toBe(1)
  release()
  await Promise.all([
    page.getByRole('switch', { name: 'Quiet hours' }).waitFor(),
    other.getByText('This device').waitFor(),
  ])
  expect(refreshes).toHaveLength(1)

  await button(page, 'Sign out').click()
  await page.getByText('You are signed out. This device gets no more notifications.').waitFor()
  await other.getByText('You signed out in another tab.').waitFor()
  await other.reload()
  await button(other, 'Sign in').waitFor()
  expect(complaints).toEqual([])
})

it('shows an iPhone’s browser how to add the app to the Home Screen, and Back closes that', async () => {
  const person = await somebody()
  const context = await aPhone({ userAgent: IPHONE })
  // Safari has neither in a tab.
  await context.addInitScript('delete window.PushManager; delete window.Notification')
  const page = await context.newPage()
  await signIn(page, person.email)
  await page.goto(at('/settings'))
  await page.getByText('To get notifications, add Scout to the Home Screen first.').waitFor()
  expect(await page.getByRole('switch', { name: /Notifications on this device/ }).isDisabled()).toBe(true)
  await button(page, 'Add Scout to the Home Screen').click()
  const sheet = page.getByRole('dialog', { name: 'Add Scout to the Home Screen' })
  expect(await sheet.getByRole('listitem').count()).toBe(3)
  await page.goBack()
  await sheet.waitFor({ state: 'detached' })
})

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1'
