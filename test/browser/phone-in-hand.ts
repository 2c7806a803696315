import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest'
import { startBrowser, watch } from './browser.ts'
import { at, PHONE, signIn, somebody, somebodyAtHome, WITHOUT_WORKER } from './phone.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')

/** The time for Undo. */
export const UNDO_IN_MS = 20_000

/** Moves a page's clock past the time for Undo. The test has installed the clock before. @throws if that did not end it */
export async function endUndo(page: Page) {
  await page.clock.fastForward(UNDO_IN_MS + 1_000)
  await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached', timeout: UNDO_IN_MS / 2 })
}

/** Makes an app refresh everything, as when its network is back. */
export const lookAgain = (page: Page) => page.evaluate(`dispatchEvent(new Event('online'))`)

/** As `lookAgain`, and waits for the answer at an address. */
export async function lookAgainAt(page: Page, address: string | RegExp) {
  const asked = page.waitForResponse(address)
  await lookAgain(page)
  await (await asked).finished()
  await page.waitForTimeout(200)
}

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
  const link = (name: string | RegExp) => page.getByRole('link', { name })
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 })

  /** A user with a household, on the screen of the front door camera. */
  async function atTheFrontDoor() {
    const home = await somebodyAtHome()
    const camera = home.cameras['Front door']!
    await signIn(page, home.email)
    await link(/Front door/).click()
    await heading('Front door').waitFor()
    return { ...home, camera }
  }

  /** A user with a camera that was never online, and one rule. */
  async function withARule() {
    const { scout, email } = await somebody()
    const { public_camera_id: camera } = await scout.createCamera({ location: 'Shed' })
    const rule = await scout.createRule(camera, { rule: 'a fox', rule_nickname: 'Fox' })
    await signIn(page, email)
    await page.goto(at(`/cameras/${camera}`))
    await heading('Shed').waitFor()
    return { scout, email, camera, rule: rule.public_rule_id }
  }

  return {
    atTheFrontDoor,
    withARule,
    page: () => page,
    context: () => context,
    complaints: () => seen.complaints,
    button: (name: string | RegExp) => page.getByRole('button', { name }),
    link,
    toggle: (name: string) => page.getByRole('switch', { name }),
    heading,
    toast: (words: string | RegExp) => page.locator('.toasts').getByText(words),
    lookAgain: () => lookAgain(page),
    endUndo: () => endUndo(page),
  }
}

/** Changes the service's database. */
export async function query(statement: string, values: unknown[]) {
  const database = new Client({ connectionString: inject('databaseUrl') })
  await database.connect()
  await database.query(statement, values)
  await database.end()
}
