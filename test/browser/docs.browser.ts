import { createClient } from '@scout/client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startBrowser, takePicture, watch } from './browser.ts'

const url = inject('url')
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }

let browser: Browser
let page: Page
let seen: ReturnType<typeof watch>

beforeAll(async () => void (browser = await startBrowser()))
afterAll(() => browser?.close())

/** The reference, which takes seconds to draw itself: the tests of a window share it. */
async function open(options: Parameters<Browser['newPage']>[0]) {
  page = await browser.newPage(options)
  seen = watch(page)
  await page.goto(`${url}/docs`)
  await page.getByRole('heading', { name: 'Scout', level: 1 }).waitFor()
}

describe('/docs', () => {
  beforeAll(() => open({ viewport: { width: 1280, height: 720 } }))
  afterAll(() => page.close())

  it('shows the API, asks no other host and breaks no policy', async () => {
    await page.goto(`${url}/docs#tag/cameras/POST/v1/cameras/`)
    await page.getByRole('button', { name: 'Test Request (post /v1/cameras/)' }).waitFor()
    await page.waitForLoadState('load')
    // `SCREENSHOT=docs/reference.png npm run test:browser` updates the README's screenshot.
    await page.mouse.click(1270, 10)
    if (process.env.SCREENSHOT)
      await takePicture(page, { path: process.env.SCREENSHOT, animations: 'disabled' })

    expect([...seen.hosts]).toEqual([new URL(url).host])
    expect(seen.complaints).toEqual([])
  })

  it('explains every status that a refusal may have', async () => {
    for (const heading of ['400 Bad request', '401 Unauthorized', '429 Too many requests', '503 Unavailable'])
      await page.getByRole('heading', { name: heading }).waitFor()
  })

  it('tries a request out with a pasted token', async () => {
    const client = createClient({ baseUrl: url })
    const email = `docs-${crypto.randomUUID()}@example.com`
    const { access } = await client.register({ email, password: 'plain-sailing-77' })

    await page.getByPlaceholder('Token').first().fill(access)
    await page.goto(`${url}/docs#tag/cameras/POST/v1/cameras/`)
    await page.getByRole('button', { name: 'Test Request (post /v1/cameras/)' }).click()
    await page.getByRole('button', { name: /^Send/ }).first().click()
    await page.getByText('201 Created').waitFor()

    expect(await client.listCameras()).toMatchObject([{ location: 'Front Door', owner: email }])
    expect([...seen.hosts]).toEqual([new URL(url).host])
    expect(seen.complaints).toEqual([])
  })
})

describe('/docs on a phone', () => {
  beforeAll(() => open(PHONE))
  afterAll(() => page.close())

  it('fits the screen, from the first word to the last', async () => {
    await page.goto(`${url}/docs#tag/uploads/POST/v1/uploads/presign`)
    await page.getByRole('heading', { name: 'Get a URL to upload an image to' }).waitFor()
    const widths = 'document.documentElement.scrollWidth <= innerWidth'

    expect(await page.evaluate(widths)).toBe(true)
  })

  it('has a menu that leads to an operation', async () => {
    await page.getByRole('button', { name: /menu/i }).first().click()
    await page.getByRole('button', { name: 'Cameras' }).first().click()
    await page.getByRole('link', { name: 'Add a camera' }).first().click()

    await page.getByRole('heading', { name: 'Add a camera' }).waitFor()
    expect(seen.complaints).toEqual([])
  })
})
