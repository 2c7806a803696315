import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { presignDownload, presignUpload } from '../../src/storage/presign.ts'
import { startBrowser } from './browser.ts'
import { startBuiltSite } from './built-site.ts'

const PHOTO = join(import.meta.dirname, '../../scripts/photos/cat.jpg')
const HALF_AN_HOUR_IN_MS = 1_800_000

/** A bucket that the test controls, and the requests it got. */
const bucket = { isOpen: true, isThere: true, status: 200, asked: [] as string[] }
const storage = createServer(async ({ url = '/' }, response) => {
  if (!bucket.isThere) return response.destroy()
  bucket.asked.push(url)
  if (bucket.isOpen) response.setHeader('access-control-allow-origin', '*')
  response.writeHead(bucket.status, { 'content-type': 'image/jpeg', 'cache-control': 'no-store' })
  return response.end(bucket.status === 200 ? await readFile(PHOTO) : '')
})
const portOf = (server: Server) => (server.address() as AddressInfo).port

let browser: Browser
let site: Awaited<ReturnType<typeof startBuiltSite>>
let tab: Page
beforeAll(async () => {
  site = await startBuiltSite()
  await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve))
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  await site[Symbol.asyncDispose]()
  storage.close()
})
beforeEach(async () => {
  Object.assign(bucket, { isOpen: true, isThere: true, status: 200, asked: [] })
  tab = await aTab(site.origin)
})

/** A tab of a new browser, controlled by the worker. */
async function aTab(origin: string) {
  const tab = await (await browser.newContext()).newPage()
  await tab.goto(`${origin}/app/`)
  await expect.poll(() => tab.evaluate('navigator.serviceWorker.controller !== null')).toBe(true)
  return tab
}

/** Whether a picture loads; each one needs a new URL, since the page caches images in memory. */
const shows = (path: string, page = tab) =>
  page.evaluate<boolean>(`new Promise((resolve) => {
    const picture = document.createElement('img')
    picture.onload = () => resolve(picture.naturalWidth > 0)
    picture.onerror = () => resolve(false)
    picture.src = ${JSON.stringify(path.startsWith('http') ? path : `http://127.0.0.1:${portOf(storage)}${path}`)}
    document.body.append(picture)
  })`)
const kept = (page = tab) =>
  page.evaluate<string[]>(
    `caches.open('pictures').then((it) => it.keys()).then((all) => all.map(({ url }) => new URL(url).pathname + new URL(url).search))`,
  )

it('shows a picture of the real bucket again where its URL has no power, whatever its signature', async () => {
  const settings = inject('storage')
  const key = `uploads/${crypto.randomUUID()}.jpeg`
  const { ok } = await fetch(await presignUpload(key, 'image/jpeg', settings), {
    method: 'PUT',
    headers: { 'Content-Type': 'image/jpeg' },
    body: await readFile(PHOTO),
  })
  const [url, another] = await Promise.all(
    [Date.now(), Date.now() - 10 * HALF_AN_HOUR_IN_MS].map((now) => presignDownload(key, now, settings)),
  )
  const page = await aTab(inject('site'))
  expect([ok, await shows(url!, page)]).toEqual([true, true])
  await expect.poll(() => kept(page)).toEqual([`/${settings.S3_BUCKET}/${key}`])

  expect((await fetch(another!)).status).toBe(403)
  expect(await shows(another!, page)).toBe(true)
})

it('asks for a picture each time, and shows the one that is kept without a network', async () => {
  expect([await shows('/a.jpg?signed=1'), await shows('/a.jpg?signed=2')]).toEqual([true, true])
  expect(bucket.asked).toEqual(['/a.jpg?signed=1', '/a.jpg?signed=2'])
  await expect.poll(() => kept()).toEqual(['/a.jpg'])
  bucket.isThere = false

  expect(await shows('/a.jpg?signed=3')).toBe(true)
  expect(await shows('/b.jpg?signed=3')).toBe(false)
})

it('shows a picture of a bucket that lets no page read it, and keeps nothing', async () => {
  bucket.isOpen = false

  expect([await shows('/a.jpg'), await shows('/b.jpg')]).toEqual([true, true])

  // From the second picture on it does not even try.
  expect(bucket.asked.filter((path) => path === '/b.jpg')).toHaveLength(1)
  expect(await kept()).toEqual([])
})

it('keeps no answer that is no picture', async () => {
  bucket.status = 404
  expect(await shows('/a.jpg')).toBe(false)
  expect(await kept()).toEqual([])
})

it('keeps sixty, the newest', async () => {
  for (let number = 1; number <= 63; number++) expect(await shows(`/${number}.jpg`)).toBe(true)
  // Another URL, since a page does not request an image that it shows already.
  expect(await shows('/10.jpg?signed=again')).toBe(true)

  await expect.poll(async () => (await kept()).length).toBe(60)
  const names = await kept()
  expect([names.at(0), names.at(-2), names.at(-1)]).toEqual(['/4.jpg', '/63.jpg', '/10.jpg'])
})

it('forgets them where somebody signs out', async () => {
  expect(await shows('/a.jpg')).toBe(true)
  await expect.poll(() => kept()).toEqual(['/a.jpg'])

  await tab.evaluate("navigator.serviceWorker.controller.postMessage({ type: 'signed out' })")

  await expect.poll(() => kept()).toEqual([])
})
