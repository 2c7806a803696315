// Checks every screen of the app in both colour schemes and three widths, with large text, and right to left: nothing is cut off, axe
// finds no fault, and no policy is violated. PICTURES=1 saves a screenshot of each in .local/screenshots/app.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ROOT } from '../../stack/dev-vars.ts'
import { faultsOf, startBrowser, takePicture, watch } from './browser.ts'
import { at, signIn, somebody, somebodyAtHome, WITHOUT_WORKER } from './phone.ts'

const PICTURES = join(ROOT, '.local/screenshots/app')
const takesPictures = process.env.PICTURES === '1'
const WIDTHS = { small: 320, phone: 390, desktop: 1280 }
const SCHEMES = ['light', 'dark'] as const

let browser: Browser
let home: Awaited<ReturnType<typeof somebodyAtHome>>
let newcomer: Awaited<ReturnType<typeof somebody>>
beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true })
  ;[browser, home, newcomer] = await Promise.all([startBrowser(), somebodyAtHome(), somebody()])
})
afterAll(() => browser?.close())

/** The screens to check, by name, with their addresses. */
const screens = (): Record<string, string> => ({
  cameras: '/',
  camera: `/cameras/${home.cameras['Front door']}`,
  'camera-offline': `/cameras/${home.cameras.Garage}`,
  'camera-snooze': `/cameras/${home.cameras['Front door']}?sheet=snooze`,
  'camera-settings': `/cameras/${home.cameras['Front door']}/settings`,
  'rule-new': `/cameras/${home.cameras['Front door']}/rules/new`,
  rule: `/cameras/${home.cameras['Front door']}/rules/${home.rules['Night motion']}`,
  missing: '/no/such/place',
  pair: '/cameras/add',
  'pair-scan': '/cameras/add?by=scan',
  'pair-code': '/cameras/add?by=code',
  'pair-built': '/cameras/add?by=built',
  'pair-done': `/cameras/add?camera=${home.cameras.Garden}`,
  timeline: '/timeline',
  filter: `/timeline?camera=${home.cameras.Garden}&sheet=filter`,
  notification: `/notifications/${home.notifications[0]}`,
  offline: `/notifications/${home.offline}`,
  event: `/events/${home.events[3]}`,
  settings: '/settings',
  snooze: '/settings?sheet=snooze',
  install: '/settings?sheet=install',
  channels: '/settings/channels',
  webhook: '/settings/channels?add=webhook',
  devices: '/settings/devices',
  account: '/settings/account',
  export: '/settings/export',
  delete: '/settings/delete',
  about: '/settings/about',
})

const doors: Record<string, string> = {
  'sign-in': '/sign-in',
  'sign-up': '/sign-up',
  forgot: '/forgot',
  reset: '/reset#nonsense',
  'reset-spent': '/reset',
}

it('every screen holds', { timeout: 300_000 }, () =>
  inWindow(async (page) => {
    for (const [name, path] of Object.entries(doors)) await look(page, path, name)
    await signIn(page, home.email)
    for (const [name, path] of Object.entries(screens())) await look(page, path, name)
  }),
)

it('shows somebody who has nothing yet what to do', () =>
  inWindow(async (page) => {
    await signIn(page, newcomer.email)
    for (const [name, path] of Object.entries({ cameras: '/', timeline: '/timeline' }))
      await look(page, path, `${name}-empty`)
  }))

async function inWindow(work: (page: Page) => Promise<void>) {
  const options = {
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    ...WITHOUT_WORKER,
  } as const
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const { complaints } = watch(page)
  try {
    await work(page)
    expect(complaints).toEqual([])
  } finally {
    await context.close()
  }
}

/** Opens a screen, waits until nothing is loading, and checks it in every scheme, width, text size and direction. */
async function look(page: Page, path: string, name: string) {
  await page.setViewportSize(sizeOf(WIDTHS.phone))
  await page.goto(at(path))
  await page.locator('h1').first().waitFor()
  await expect.poll(() => page.locator('.shapes').count(), { timeout: 30_000 }).toBe(0)
  // Playwright's waitForFunction would need `unsafe-eval`.
  const arePicturesThere = () => page.evaluate<boolean>('[...document.images].every((it) => it.complete)')
  await expect.poll(arePicturesThere, { timeout: 60_000 }).toBe(true)
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme })
    for (const [size, width] of Object.entries(WIDTHS)) {
      await page.setViewportSize(sizeOf(width))
      await expectWhole(page, `${name}-${size}-${colorScheme}`)
    }
    await page.setViewportSize(sizeOf(WIDTHS.phone))
    expect.soft(await faultsOf(page), `axe finds fault with ${name} in ${colorScheme}`).toEqual([])
  }
  await page.evaluate("document.documentElement.style.fontSize = '212.5%'")
  await expectWhole(page, `${name}-large-text`)
  await page.evaluate("document.documentElement.style.fontSize = ''")
  await page.evaluate("document.documentElement.dir = 'rtl'")
  await expectWhole(page, `${name}-rtl`)
}

const sizeOf = (width: number) => ({ width, height: width > 700 ? 800 : 844 })

/** Checks that nothing is cut off. */
async function expectWhole(page: Page, name: string) {
  if (takesPictures)
    await takePicture(page, { path: join(PICTURES, `${name}.png`), fullPage: true, animations: 'disabled' })
  const { width, wide } = await page.evaluate<{ width: number; wide: string[] }>(WIDE)
  expect.soft(wide, `${name} is wider than its ${width} px`).toEqual([])
}

/** Finds elements that make the page wider. Strips scroll by themselves. */
const WIDE = `(() => {
  const { clientWidth: width, scrollWidth } = document.documentElement
  const isOutside = (element) => {
    const { left, right } = element.getBoundingClientRect()
    return right > left && (right > width + 1 || left < -1) && !element.closest('.swipe, .strip')
  }
  const wide = [...document.querySelectorAll('#app *')].filter(isOutside).map((it) => it.outerHTML.slice(0, 120))
  // A fixed element does not widen the page; it is cut off.
  return { width, wide: scrollWidth > width ? wide : wide.filter((html) => html.includes('tab-label')) }
})()`
