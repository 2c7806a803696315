import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page, type PageScreenshotOptions } from 'playwright-core'

const CANDIDATES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * What a Chromium of tests does without. The last list wins, so it repeats Playwright's; the popups of the address bar are pages of their
 * own, each of which a new window loads, on half a core for seconds.
 */
const WITHOUT = [
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'WebUIOmniboxPopup',
]

/** Starts the installed Chromium without background requests, with more options. @throws if there is none; CHROMIUM may name it */
export const startBrowser = (more: string[] = []) => chromium.launch(options(more))

export type Profile = Awaited<ReturnType<typeof startProfile>>

/** Like `startBrowser`, with a profile on disk, since a private one cannot install apps. */
export async function startProfile() {
  const folder = await mkdtemp(join(tmpdir(), 'scout-chromium-'))
  const context = await chromium.launchPersistentContext(folder, options())
  return {
    context,
    newPage: () => context.newPage(),
    async stop() {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function options(more: string[] = []) {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path))
  if (!executablePath) throw new Error('There is no Chromium: install it, or name its path in CHROMIUM.')
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']
  return {
    executablePath,
    args: [
      ...args,
      '--disable-background-networking',
      '--disable-component-update',
      `--disable-features=${WITHOUT.join()}`,
      ...more,
    ],
  }
}

/** What Playwright says on a page of a context whose `serviceWorkers` it blocks. */
const WORKER_IS_BLOCKED = 'Service Worker registration blocked by Playwright'

/** Records the hosts that a page calls, and its console warnings and errors. */
export function watch(page: Page) {
  const hosts = new Set<string>()
  const complaints: string[] = []
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol !== 'data:' && protocol !== 'blob:') hosts.add(host)
  })
  page.on('console', (message) => {
    if (message.text() === WORKER_IS_BLOCKED) return
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { hosts, complaints }
}

/** Takes a screenshot; again where a busy Chromium could not, as it sometimes says. */
export async function takePicture(
  page: Page,
  options: PageScreenshotOptions = {},
  tries = 3,
): Promise<Buffer> {
  try {
    return await page.screenshot(options)
  } catch (error) {
    if (tries === 1 || !/Unable to capture screenshot/.test(String(error))) throw error
    return takePicture(page, options, tries - 1)
  }
}
