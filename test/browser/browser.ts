import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import { chromium, type Page, type PageScreenshotOptions } from 'playwright-core'

const BROWSERS = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
/** Chromium without windows, bars and dialogs: a fifth less work for most tests. A browser does the same where it is missing. */
const SHELLS = [process.env.CHROMIUM ?? '', '/usr/bin/chromium-headless-shell', ...BROWSERS]

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
export const startBrowser = (more: string[] = []) => chromium.launch(options(SHELLS, more))

/** Like `startBrowser`, one that shows notifications and asks for permissions. */
export const startWholeBrowser = (more: string[] = []) => chromium.launch(options(BROWSERS, more))

export type Profile = Awaited<ReturnType<typeof startProfile>>

/** Like `startWholeBrowser`, with a profile on disk, since a private one cannot install apps. */
export async function startProfile() {
  const folder = await mkdtemp(join(tmpdir(), 'scout-chromium-'))
  const context = await chromium.launchPersistentContext(folder, options(BROWSERS))
  return {
    context,
    newPage: () => context.newPage(),
    async stop() {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function options(candidates: string[], more: string[] = []) {
  const executablePath = candidates.find((path) => path && existsSync(path))
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

/** What axe finds wrong with a page, of all its rules. Runs it through the debugger, since a page's policy may block other scripts. */
export async function faultsOf(page: Page): Promise<string[]> {
  const debug = await page.context().newCDPSession(page)
  const evaluate = async (expression: string) => {
    const asked = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await debug.send('Runtime.evaluate', asked)
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value as unknown
  }
  if (!(await evaluate("'axe' in window"))) await evaluate(`${axe.source};0`)
  // The other results are the nodes that pass, which take three quarters of the time.
  const violations = (await evaluate(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )) as axe.Result[]
  await debug.detach()
  return violations.map(({ id, help, nodes }) => {
    const places = nodes.map(({ html, any }) =>
      [html.slice(0, 200), ...any.map(({ message }) => message)].join(' '),
    )
    return `${id}: ${help}: ${places.join('; ')}`
  })
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
