// How long the app takes to show the first camera on a slow phone: no cache, the processor at a quarter of its speed, and a network
// with 1.6 MB/s and 60 ms.
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBrowser } from './browser.ts'
import { at, PHONE, signIn, somebodyAtHome } from './phone.ts'

const LOADS = 5
const GOAL_IN_MS = 1_000
/** A busy machine adds to the time; beyond this limit the app itself is too slow. */
const LIMIT_IN_MS = 4_000
const SETTLED_IN_MS = 2_000

let browser: Browser
beforeAll(async () => void (browser = await startBrowser()))
afterAll(() => browser?.close())

it('shows the first camera soon on a slow phone', async () => {
  const { email } = await somebodyAtHome()
  const context = await browser.newContext(PHONE)
  await signIn(await context.newPage(), email)
  const storageState = await context.storageState()
  await context.close()

  const times: number[] = []
  for (let load = 0; load < LOADS; load++) times.push(await loadIn({ ...PHONE, storageState }))

  const median = times.toSorted((a, b) => a - b)[LOADS >> 1]!
  const isMet = median <= GOAL_IN_MS ? 'met' : 'missed'
  console.log(
    `The first camera is shown after ${Math.round(median)} ms; the goal of ${GOAL_IN_MS} ms is ${isMet}.`,
  )
  expect(median).toBeLessThan(LIMIT_IN_MS)
})

/** Milliseconds from the page's request to its first camera, by the page's own clock. */
async function loadIn(options: BrowserContextOptions) {
  const context = await browser.newContext({ ...options, serviceWorkers: 'block' })
  const page = await context.newPage()
  const debug = await context.newCDPSession(page)
  await debug.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 60,
    downloadThroughput: 1_600_000,
    uploadThroughput: 400_000,
  })
  await debug.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const shown = Promise.withResolvers<number>()
  await page.exposeFunction('shownAt', shown.resolve)
  await page.addInitScript(`
    new MutationObserver((_, seen) => {
      if (!document.querySelector('.camera-card')) return
      seen.disconnect()
      window.shownAt(performance.now())
    }).observe(document, { childList: true, subtree: true })`)
  // A new window of Chromium is busy with itself for a while.
  await wait(SETTLED_IN_MS)
  await page.goto(at('/'))
  // The page says it by itself: to look for it from here would take a slow phone another tenth of a second.
  const shownAt = await Promise.race([shown.promise, wait(LIMIT_IN_MS, Infinity)])
  await context.close()
  return shownAt
}
