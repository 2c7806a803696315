import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePorts } from '../../stack/net.ts'
import { type Clone, makeClone } from '../scripts/clone.ts'
import { type Profile, startProfile } from './browser.ts'
import { startBuiltSite } from './built-site.ts'

/** `npm run dev` in a separate folder, so that the test can change the app and stop it. */
let clone: Clone
let origin: string
let profile: Profile
beforeAll(async () => {
  clone = await makeClone()
  const [port = 0] = await freePorts(1)
  origin = `http://localhost:${port}`
  const { output } = await clone.dev({ PORT: String(port) })
  expect(output).toContain(`App          ${origin}/app/\n`)
  profile = await startProfile()
}, 180_000)
afterAll(async () => {
  await profile.stop()
  await clone[Symbol.asyncDispose]()
}, 60_000)

/** A tab with the app, controlled by its installed service worker. */
async function aTab(path = '/app/') {
  const tab = await profile.newPage()
  await tab.goto(origin + path)
  await expect.poll(() => tab.evaluate('navigator.serviceWorker.controller !== null')).toBe(true)
  return tab
}

it('an update waits, asks, and swaps the page that said yes, once', async () => {
  const [tab, other] = [await aTab(), await aTab('/app/sign-up')]
  const loads: Page[] = []
  for (const page of [tab, other]) page.on('load', () => loads.push(page))
  const builtAs = (page: Page) => page.evaluate<string>("document.documentElement.dataset.build ?? 'one'")
  const workerNow = async () => (await fetch(`${origin}/app/sw.js`)).text()
  const before = await workerNow()

  const main = join(clone.folder, 'clients/phone/src/main.tsx')
  const source = await readFile(main, 'utf8')
  await writeFile(main, `${source}\ndocument.documentElement.dataset.build = 'two'\n`)
  await expect.poll(workerNow, { timeout: 30_000 }).not.toBe(before)
  expect(await tab.getByText('A new version is ready.').count()).toBe(0)
  await tab.evaluate('navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => true)')
  await tab.getByText('A new version is ready.').waitFor()

  // A page that is opened or reloaded meanwhile also shows the old app.
  const third = await aTab()
  await other.reload()
  expect(await Promise.all([tab, other, third].map(builtAs))).toEqual(['one', 'one', 'one'])
  await tab.getByRole('button', { name: 'Reload' }).click()

  await expect.poll(() => builtAs(tab).catch(() => ''), { timeout: 60_000 }).toBe('two')
  await tab.waitForTimeout(1_000)
  expect(loads).toEqual([other, tab])
  expect(await Promise.all([tab, other, third].map(builtAs))).toEqual(['two', 'one', 'one'])
  expect(await tab.getByText('A new version is ready.').count()).toBe(0)
  const caches = await tab.evaluate<string[]>('caches.keys()')
  expect(caches.filter((name) => name.startsWith('shell'))).toHaveLength(1)
  await other.getByRole('button', { name: 'Reload' }).click()
  await expect.poll(() => builtAs(other).catch(() => ''), { timeout: 60_000 }).toBe('two')
})

it('a page that starts while an update installs says so, too', async () => {
  const tab = await profile.newPage()
  await tab.addInitScript(`{
    const { register } = ServiceWorkerContainer.prototype
    ServiceWorkerContainer.prototype.register = async function (...more) {
      const registration = await register.apply(this, more)
      // The page gets the registration while the next worker installs.
      await new Promise((resolve) => registration.addEventListener('updatefound', resolve, { once: true }))
      return registration
    }
  }`)
  await tab.goto(`${origin}/app/`)
  const workerNow = async () => (await fetch(`${origin}/app/sw.js`)).text()
  const before = await workerNow()
  const main = join(clone.folder, 'clients/phone/src/main.tsx')
  await writeFile(main, `${await readFile(main, 'utf8')}\ndocument.documentElement.dataset.build = 'three'\n`)
  await expect.poll(workerNow, { timeout: 30_000 }).not.toBe(before)

  await tab.evaluate('navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => true)')

  await tab.getByText('A new version is ready.').waitFor()
})

it('an update does not wait for requests that nobody answers', async () => {
  await using site = await startBuiltSite()
  const tab = await profile.newPage()
  await tab.goto(`${site.origin}/app/`)
  await expect.poll(() => tab.evaluate('navigator.serviceWorker.controller !== null')).toBe(true)
  site.control.workerEnds = '// of the next version'
  await tab.evaluate('navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => true)')
  await tab.getByText('A new version is ready.').waitFor()
  site.control.isSilent = true
  await tab.reload()
  await tab.evaluate(`document.body.append(
    Object.assign(new Image(), { src: ${JSON.stringify(site.origin.replace('localhost', '127.0.0.1'))} + '/picture' }),
  )`)
  await expect.poll(() => site.control.waiting).toEqual(expect.arrayContaining(['/app/', '/picture']))
  const loaded = tab.waitForEvent('load', { timeout: 20_000 })

  await tab.getByRole('button', { name: 'Reload' }).click()

  await loaded
  expect(await tab.getByText('A new version is ready.').count()).toBe(0)
})

// This test is last, since it stops everything.
it('is there at any address without a network', async () => {
  const tab = await aTab()
  clone.stop()
  await expect
    .poll(
      () =>
        fetch(origin).then(
          () => 'up',
          () => 'down',
        ),
      { timeout: 30_000 },
    )
    .toBe('down')

  await tab.goto(`${origin}/app/sign-up?from=a#b`)

  await tab.getByRole('button').first().waitFor()
  expect(await tab.title()).toContain('Scout')
  expect(tab.url()).toBe(`${origin}/app/sign-up?from=a#b`)
})
