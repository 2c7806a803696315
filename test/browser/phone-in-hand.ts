import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest'
import { startBrowser, watch } from './browser.ts'
import { PHONE, WITHOUT_WORKER } from './phone.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

/** The time for Undo, and what a busy machine needs after it. */
export const UNDO_IS_OVER_IN_MS = 30_000

/** A new phone, without the service worker, for each test of a file: its `page`, and finders by name. */
export function aPhone() {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let seen: ReturnType<typeof watch>
  beforeAll(async () => void (browser = await startBrowser()))
  afterAll(() => browser?.close())
  beforeEach(async () => {
    const options = { locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' as const }
    context = await browser.newContext({ ...PHONE, ...WITHOUT_WORKER, ...options })
    page = await context.newPage()
    seen = watch(page)
  })
  afterEach(() => context.close())
  return {
    page: () => page,
    context: () => context,
    complaints: () => seen.complaints,
    button: (name: string | RegExp) => page.getByRole('button', { name }),
    link: (name: string | RegExp) => page.getByRole('link', { name }),
    toggle: (name: string) => page.getByRole('switch', { name }),
    heading: (name: string) => page.getByRole('heading', { name, level: 1 }),
    toast: (words: string | RegExp) => page.locator('.toasts').getByText(words),
    /** Makes the app refresh everything, as when its network is back. */
    lookAgain: () => page.evaluate(`dispatchEvent(new Event('online'))`),
  }
}

/** Changes the service's database. */
export async function query(statement: string, values: unknown[]) {
  const database = new Client({ connectionString: inject('databaseUrl') })
  await database.connect()
  await database.query(statement, values)
  await database.end()
}
