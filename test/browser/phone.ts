import { createClient } from '@scout/client'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { inject } from 'vitest'
import { aHousehold } from '../../scripts/demo/household.ts'

export const PASSWORD = 'plain-sailing-77'
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true } satisfies BrowserContextOptions
export const DESKTOP = { viewport: { width: 1280, height: 800 } } satisfies BrowserContextOptions

/** For a page without the service worker, which first of all fetches every file of the app: a quarter of a test's work. */
export const WITHOUT_WORKER = { serviceWorkers: 'block' } satisfies BrowserContextOptions

/** The address of a place in the app. */
export const at = (path: string) => `${inject('site')}/app${path}`

/** Somebody with an account, and a client that is signed in as them. */
export async function somebody() {
  const scout = createClient({ baseUrl: inject('url') })
  const email = `phone-${crypto.randomUUID()}@example.com`
  const { public_user_id: owner } = await scout.register({ email, password: PASSWORD })
  return { scout, email, owner }
}

/** Somebody with four cameras, their rules, and what those told in a week: see scripts/demo/household.ts. */
export async function somebodyAtHome() {
  const person = await somebody()
  const household = await aHousehold(person.scout, {
    databaseUrl: inject('databaseUrl'),
    storage: inject('storage'),
  })
  return { ...person, ...household }
}

/** Signs in by the app's own form, and comes to the cameras. */
export async function signIn(page: Page, email: string, password = PASSWORD) {
  await page.goto(at('/sign-in'))
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Cameras', level: 1 }).waitFor()
}

export const randomText = (bytes: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url')

/** A browser's push subscription. */
export async function aSubscription() {
  const keys = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
    'deriveBits',
  ])) as CryptoKeyPair
  const point = (await crypto.subtle.exportKey('raw', keys.publicKey)) as ArrayBuffer
  return {
    endpoint: `https://fcm.googleapis.com/fcm/send/${randomText(16)}`,
    keys: { p256dh: Buffer.from(point).toString('base64url'), auth: randomText(16) },
  }
}
