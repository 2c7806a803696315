// One user's whole journey in the app: from an empty account to a push on the phone. phone-update.browser.ts tests app updates.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, createDevice } from '@scout/client'
import type { Page } from 'playwright-core'
import { expect, inject, it } from 'vitest'
import { startWholeBrowser, watch } from './browser.ts'
import { filmOfCode } from './film.ts'
import { query } from './phone-in-hand.ts'
import { at, PASSWORD, PHONE, somebody } from './phone.ts'

const PHOTO = join(import.meta.dirname, '../../scripts/photos/person.jpg')

it('leads from an empty account to a phone that rings, and shows why', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scout-story-'))
  const { device_id, claim_token } = await aSticker()
  const film = join(folder, 'sticker.y4m')
  await filmOfCode(film, claim_token)
  const browser = await startWholeBrowser([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
  ])
  try {
    const context = await browser.newContext({ ...PHONE, permissions: ['notifications', 'camera'] })
    const page = await context.newPage()
    const { complaints } = watch(page)
    const [button, link] = [
      (name: string | RegExp) => page.getByRole('button', { name }),
      (name: string | RegExp) => page.getByRole('link', { name }),
    ]

    // Signs up.
    const email = `story-${crypto.randomUUID()}@example.com`
    await page.goto(at('/'))
    await link('Create an account').click()
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await button('Create account').click()

    // Pairs a camera by its sticker.
    await link('Add a camera').first().click()
    await link('Scan the sticker').click()
    await page.getByRole('textbox', { name: 'Location' }).fill('Front door')
    await button('Add this camera').click()
    await page.getByText('Waiting for the camera …').waitFor()
    const device = createDevice({ baseUrl: inject('url') })
    await device.registerDevice({ device_id, claim_token })
    await device.sendHeartbeat()
    const photo = await readFile(PHOTO)
    await device.uploadMedia('CAMERA_PREVIEW', photo)
    await device.notePreview()
    await page.getByRole('img', { name: 'The first picture of Front door' }).waitFor()
    const first = await device.uploadMedia('DETECTION', photo)
    await device.announceEvent(first)

    // Writes a rule, and tries it.
    await link('Write its first rule').click()
    await page.getByLabel('Tell me when you see').fill('Tell me when a person comes to the door')
    await button('Try it on the last 20 pictures').click()
    await page.getByText('1 of 1 match', { exact: false }).waitFor({ timeout: 40_000 })
    await button('Add the rule').click()
    await page.locator('.toasts').getByText('was added.').waitFor()

    // The camera sees a person, and the phone gets a push.
    const scout = createClient({ baseUrl: inject('url') })
    await scout.signIn({ email, password: PASSWORD })
    const phone = await aPhoneOf(scout)
    const seen = await device.uploadMedia('DETECTION', photo)
    await device.announceEvent(seen)
    await expect.poll(async () => (await phone.shown()).length, { timeout: 40_000 }).toBe(1)
    const [notification] = await phone.shown()
    await page.goto(at('/'))
    await ring(page, JSON.stringify({ web_push: 8030, notification }))
    expect(await shownOn(page)).toMatchObject([{ title: 'Front door', tag: notification!.tag }])

    // The tap opens the picture with its reasons.
    await page.goto(notification!.navigate)
    await page.getByText('Tell me when a person comes to the door', { exact: false }).first().waitFor()
    await page
      .getByText(/person 0\.\d\d/)
      .first()
      .waitFor()
    await button('Right').first().click()
    const [event] = await scout.listEvents({ verdict: 'yes' })
    await expect
      .poll(async () => (await scout.getEvent(event!.public_event_id)).verdicts[0]?.feedback)
      .toBe('right')
    expect(complaints).toEqual([])

    // Without a network the last state is still shown, with its time.
    await page.goto(at('/timeline'))
    await page.locator('.told').first().waitFor()
    await context.setOffline(true)
    await page.reload()
    await page.getByText(/Last updated at/).waitFor()
    expect(await page.locator('.told').count()).toBe(1)
  } finally {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  }
})

/** A factory-made camera and the code on its sticker. */
async function aSticker() {
  const { scout, email } = await somebody()
  await query(`update users set is_staff = true, is_superuser = true where email = $1`, [email])
  const device_id = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  return { device_id, ...(await scout.provisionDevice({ device_id })) }
}

type Shown = { title: string; tag: string; navigate: string }

/** A phone of the local push service, which decrypts pushes; Google's is not reachable from tests. */
async function aPhoneOf(scout: ReturnType<typeof createClient>) {
  const phones = `${inject('pushService')}/phones`
  const { key } = await scout.getPushKey()
  const made = await fetch(phones, { method: 'POST', body: JSON.stringify({ key }) })
  const { id, endpoint, keys } = (await made.json()) as {
    id: string
    endpoint: string
    keys: { p256dh: string; auth: string }
  }
  await scout.registerPushTarget({ kind: 'web_push', endpoint, keys })
  return {
    shown: async () => ((await (await fetch(`${phones}/${id}`)).json()) as { shown: Shown[] }).shown,
  }
}

/** Delivers a push to the app's service worker, as the browser does. */
async function ring(page: Page, data: string) {
  const session = await page.context().newCDPSession(page)
  const registered = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const one = registrations.find(({ scopeURL }) => scopeURL.endsWith('/app/'))
      if (one) resolve(one.registrationId)
    }),
  )
  await session.send('ServiceWorker.enable')
  const origin = inject('site')
  await session.send('ServiceWorker.deliverPushMessage', { origin, registrationId: await registered, data })
  await expect.poll(async () => (await shownOn(page)).length).toBe(1)
}

const shownOn = (page: Page) =>
  page.evaluate<{ title: string; tag: string }[]>(
    `navigator.serviceWorker.ready.then((it) => it.getNotifications()).then((all) => all.map(({ title, tag }) => ({ title, tag })))`,
  )
