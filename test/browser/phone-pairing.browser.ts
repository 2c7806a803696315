import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client as Scout, createClient, createDevice } from '@scout/client'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { renderSVG } from 'uqr'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { startBrowser, startWholeBrowser, takePicture, watch } from './browser.ts'
import { filmOfCode } from './film.ts'
import { aSubscription, at, PHONE, randomText, signIn, somebody, WITHOUT_WORKER } from './phone.ts'

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg')
const PHOTO = join(import.meta.dirname, '../../scripts/photos/cat.jpg')
const base = inject('url')
const site = inject('site')

let folder: string
/** A browser without a camera. */
let browser: Browser
let staff: Scout
const opened: Browser[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scout-pairing-'))
  browser = await startBrowser(['--use-fake-device-for-media-stream=device-count=0'])
  staff = await aMaker()
})
afterEach(() => Promise.all(opened.splice(0).map((one) => one.close())))
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

/** A user who may provision cameras. */
async function aMaker() {
  const { scout, email } = await somebody()
  const database = new Client({ connectionString: inject('databaseUrl') })
  await database.connect()
  await database.query(`update users set is_staff = true, is_superuser = true where email = $1`, [email])
  await database.end()
  return scout
}

/** A factory-made camera and its sticker. */
async function aSticker() {
  const device_id = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  const { claim_token } = await staff.provisionDevice({ device_id })
  return { device_id, claim_token }
}

/** A browser whose camera sees a code. */
async function browserSeeing(text: string, ...more: string[]) {
  const film = join(folder, `${crypto.randomUUID()}.y4m`)
  await filmOfCode(film, text)
  const seeing = await startWholeBrowser([
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
    ...more,
  ])
  opened.push(seeing)
  return seeing
}

/** The app, signed in as a new user; `window.streams` records the camera streams it opens. */
async function anApp(seeing = browser, options: BrowserContextOptions = {}) {
  const { scout: client, email } = await somebody()
  const context = await seeing.newContext({ ...PHONE, ...WITHOUT_WORKER, ...options })
  const page = await context.newPage()
  const watched = watch(page)
  const files: string[] = []
  page.on('request', (request) => files.push(request.url()))
  await page.addInitScript(`
    window.streams = []
    const { mediaDevices } = navigator
    const ask = mediaDevices?.getUserMedia.bind(mediaDevices)
    if (ask) mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted)
      window.streams.push(stream)
      return stream
    }`)
  await signIn(page, email)
  return { page, client, context, files, ...watched }
}

/** The states of the camera's tracks. */
const tracksOf = (page: Page) =>
  page.evaluate<string[]>(
    `window.streams.flatMap((stream) => stream.getTracks().map(({ readyState }) => readyState))`,
  )

const wasmIn = (files: string[]) => files.filter((url) => url.endsWith('.wasm'))

async function firstPictureOf(device: ReturnType<typeof createDevice>) {
  await device.uploadMedia('CAMERA_PREVIEW', await readFile(PHOTO))
  await device.notePreview()
}

it('scans a sticker, names the camera, waits for its first picture, and leads to its first rule', async () => {
  const { device_id, claim_token } = await aSticker()
  const { page, client, files, hosts, complaints } = await anApp(
    await browserSeeing(claim_token, '--use-fake-ui-for-media-stream'),
  )
  await page.getByRole('link', { name: 'Add a camera' }).first().click()
  await page.getByRole('heading', { name: 'Camera with a sticker' }).waitFor()
  expect([wasmIn(files), await tracksOf(page)]).toEqual([[], []])

  await page.getByRole('link', { name: 'Scan the sticker' }).click()
  await page.getByRole('heading', { name: 'Code found' }).waitFor()
  expect(wasmIn(files)).toEqual([
    expect.stringMatching(new RegExp(`^${site}/app/assets/zxing_reader-[\\da-f]{16}\\.wasm$`)),
  ])
  await expect.poll(() => tracksOf(page)).toEqual(['ended'])

  await page.getByRole('textbox', { name: 'Location' }).fill(' Front door ')
  await page.getByRole('button', { name: 'Add this camera' }).click()
  await page.getByText('Waiting for the camera …').waitFor()
  const [camera] = await client.listCameras()
  expect(camera?.location).toBe('Front door')
  expect(new URL(page.url()).search).toBe(`?camera=${camera!.public_camera_id}`)

  // A reload continues at the same step.
  await page.reload()
  await page.getByRole('heading', { name: 'Location: Front door' }).waitFor()
  const device = createDevice({ baseUrl: base })
  await device.registerDevice({ device_id, claim_token })
  await device.sendHeartbeat()
  await page.getByText('The camera is online. Waiting for its picture …').waitFor()
  await firstPictureOf(device)
  await page.getByRole('img', { name: 'The first picture of Front door' }).waitFor()
  expect(await page.getByRole('link', { name: 'Write its first rule' }).getAttribute('href')).toBe(
    `/app/cameras/${camera!.public_camera_id}/rules/new`,
  )
  expect(complaints).toEqual([])
  expect([...hosts].filter((host) => !/^(localhost|127\.0\.0\.1):/.test(host))).toEqual([])
})

it('has the camera’s light off when somebody leaves', async () => {
  const { page, complaints } = await anApp(
    await browserSeeing('https://example.com/', '--use-fake-ui-for-media-stream'),
  )
  await page.goto(at('/cameras/add?by=scan'))
  await page.getByText('This QR code is not from a Scout camera.').waitFor()
  expect(await tracksOf(page)).toEqual(['live'])

  await page.getByRole('link', { name: 'Type the code' }).click()
  await page.getByLabel('Code').waitFor()
  expect(await tracksOf(page)).toEqual(['ended'])
  expect(complaints).toEqual([])
})

it('says what to do where the camera is refused, and tries again', async () => {
  const { page, context, files } = await anApp(await browserSeeing('x', '--deny-permission-prompts'))
  await page.goto(at('/cameras/add?by=scan'))
  await page.getByRole('heading', { name: 'No access to the camera' }).waitFor()
  expect(wasmIn(files)).toEqual([])

  await context.grantPermissions(['camera'], { origin: site })
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('This QR code is not from a Scout camera.').waitFor()
})

it('says that a device has no camera', async () => {
  const { page, context } = await anApp()
  await context.grantPermissions(['camera'], { origin: site })
  await page.goto(at('/cameras/add?by=scan'))
  await page.getByRole('heading', { name: 'No camera found' }).waitFor()
})

it('says that scanning needs HTTPS, where the page came without it', async () => {
  const { page } = await anApp()
  await page.addInitScript(`
    Object.defineProperty(window, 'isSecureContext', { value: false })
    Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined })`)
  await page.goto(at('/cameras/add?by=scan'))
  await page.getByRole('heading', { name: 'Scanning needs HTTPS' }).waitFor()
  expect(await page.getByRole('link', { name: 'Type the code' }).count()).toBe(1)
})

it('takes a code that is typed, and says in the service’s words why another is refused', async () => {
  const { claim_token } = await aSticker()
  const { page, client } = await anApp()
  const type = async (code: string) => {
    await page.getByLabel('Code').fill(code)
    await page.getByRole('button', { name: 'Continue' }).click()
  }
  await page.goto(at('/cameras/add?by=code'))
  await type('K7QM-3WPD')
  await page.getByText('The code has 49 characters; this one has 9.').waitFor()
  await page.locator('input[name="code"]:focus').waitFor()
  await type(`${claim_token.slice(0, -1)}${claim_token.endsWith('a') ? 'b' : 'a'}`)
  await page.getByRole('textbox', { name: 'Location' }).fill('Garden')
  await page.getByRole('button', { name: 'Add this camera' }).click()
  await page.getByRole('alert').getByText('Claim token does not match').waitFor()
  expect(await client.listCameras()).toEqual([])

  await page.getByRole('button', { name: 'Use another code' }).click()
  await type(claim_token.replaceAll(/.{7}/g, '$& '))
  await page.getByRole('textbox', { name: 'Location' }).fill('Garden')
  await page.getByRole('button', { name: 'Add this camera' }).click()
  await page.getByText('Waiting for the camera …').waitFor()
  expect((await client.listCameras()).map(({ location }) => location)).toEqual(['Garden'])
})

it('goes back from the name of a camera to where its code was to be read', async () => {
  const { claim_token } = await aSticker()
  const { page } = await anApp()
  await page.goto(at('/cameras/add'))
  await page.getByRole('link', { name: 'Type the code' }).click()
  await page.getByLabel('Code').fill(claim_token)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Code found' }).waitFor()

  await page.goBack()
  await page.getByRole('link', { name: 'Scan the sticker' }).waitFor()
  expect(page.url()).toBe(at('/cameras/add'))
  await page.getByRole('link', { name: 'Type the code' }).click()
  expect(await page.getByLabel('Code').inputValue()).toBe('')
})

it('says of a camera that is somebody else’s what they have to do', async () => {
  const { claim_token } = await aSticker()
  await (await somebody()).scout.claimDevice({ claim_token, location: 'Theirs' })
  const { page } = await anApp()
  await page.goto(at('/cameras/add?by=code'))
  await page.getByLabel('Code').fill(`https://scout.example.com/${claim_token}`)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('textbox', { name: 'Location' }).fill('Mine')
  await page.getByRole('button', { name: 'Add this camera' }).click()
  await page.getByText('Claim token does not match').waitFor()
  await page.getByText('they have to delete it in their app first').waitFor()
})

it('finds the code in a photo', async () => {
  const { claim_token } = await aSticker()
  const { page, complaints } = await anApp()
  await page.goto(at('/cameras/add'))
  const input = page.getByLabel('From a photo')
  await input.setInputFiles(PHOTO)
  await page.getByText('No QR code was found in this photo.').waitFor()
  await input.setInputFiles({ name: 'a.heic', mimeType: 'image/heic', buffer: Buffer.from('no picture') })
  await page.getByText('This photo could not be read.').waitFor()

  await input.setInputFiles({
    name: 'a.png',
    mimeType: 'image/png',
    buffer: await photoOf(claim_token),
  })
  await page.getByRole('heading', { name: 'Code found' }).waitFor()
  expect(complaints).toEqual([])
})

it('shows a code and the command for a camera that somebody built, and goes on when it was used', async () => {
  const { page, client, complaints } = await anApp(browser, {
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  await page.goto(at('/cameras/add?by=built'))
  await page.getByRole('textbox', { name: 'Location' }).fill('Back yard')
  await page.getByRole('button', { name: 'Show the code' }).click()
  const code = (await page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/).textContent())!
  await page.getByText(/For one camera, 1[45] minutes left/).waitFor()
  await page.getByRole('button', { name: 'Copy the command' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
    `npm run camera -- pair ${code} --service ${site}`,
  )

  // A phone may unload the page while the code is typed elsewhere.
  await page.reload()
  await page.getByText(code, { exact: true }).waitFor()
  const device = createDevice({ baseUrl: base })
  const nonce = randomText(32)
  const { public_camera_id: id } = await device.pairDevice({ pairing_code: code, nonce })
  await page.getByText('npm run camera -- run --source demo').waitFor()
  expect(new URL(page.url()).search).toBe(`?camera=${id}`)
  await firstPictureOf(device)
  await page.getByRole('img', { name: 'The first picture of Back yard' }).waitFor()

  // The code is used up, so the next camera gets a new one.
  await page.goto(at('/cameras/add?by=built'))
  await page.getByRole('button', { name: 'Show the code' }).waitFor()
  expect(await client.listCameras()).toHaveLength(1)
  expect(complaints).toEqual([])
})

it('leaves whoever has left where they are, once the camera is theirs', async () => {
  const { claim_token } = await aSticker()
  const { page, client } = await anApp()
  await page.goto(at('/cameras/add?by=code'))
  await page.getByLabel('Code').fill(claim_token)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('textbox', { name: 'Location' }).fill('Attic')
  let letGo = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  await page.route('**/v1/cameras/*/', async (route) => {
    await held
    await route.continue()
  })
  const asked = page.waitForRequest('**/v1/cameras/*/')
  await page.getByRole('button', { name: 'Add this camera' }).click()
  await asked
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  const claimed = page.waitForResponse(/\/v1\/cameras\/[\w-]{36}\/$/)
  letGo()
  await claimed

  await page.waitForTimeout(500)
  expect(page.url()).toBe(at('/settings'))
  expect((await client.listCameras()).map(({ location }) => location)).toEqual(['Attic'])
})

it('leaves them where they are, too, where a code is used meanwhile', async () => {
  const { page } = await anApp()
  await page.goto(at('/cameras/add?by=built'))
  await page.getByRole('textbox', { name: 'Location' }).fill('Barn')
  await page.getByRole('button', { name: 'Show the code' }).click()
  const code = (await page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/).textContent())!
  let letGo = () => {}
  const held = new Promise<void>((resolve) => (letGo = resolve))
  await createDevice({ baseUrl: base }).pairDevice({ pairing_code: code, nonce: randomText(32) })
  await page.route('**/v1/cameras/', async (route) => {
    await held
    await route.continue()
  })
  await page.waitForRequest('**/v1/cameras/')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
  const listed = page.waitForResponse('**/v1/cameras/')
  letGo()
  await listed

  await page.waitForTimeout(500)
  expect(page.url()).toBe(at('/settings'))
})

it('offers a new code when one is over, and says after a while what keeps the picture', async () => {
  const { page, client } = await anApp()
  await page.clock.install()
  await page.goto(at('/cameras/add?by=built'))
  await page.getByRole('textbox', { name: 'Location' }).fill('Shed')
  await page.getByRole('button', { name: 'Show the code' }).click()
  const code = (await page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/).textContent())!
  await page.clock.fastForward('15:01')
  await page.getByText(`The code ${code} has expired.`).waitFor()
  await page.getByRole('button', { name: 'Get a new code' }).click()
  await page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/).waitFor()
  const next = (await page.getByText(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/).textContent())!
  expect(next).not.toBe(code)

  const device = createDevice({ baseUrl: base })
  const nonce = randomText(32)
  await device.pairDevice({ pairing_code: next, nonce })
  // Again where it was about to ask.
  const named = page.getByRole('heading', { name: 'Location: Shed' })
  const lookLater = () => page.clock.fastForward('00:04').then(() => named.count())
  await expect.poll(lookLater, { timeout: 60_000, interval: 2_000 }).toBe(1)
  expect(await page.getByText('This takes longer than it should.').count()).toBe(0)
  await expect
    .poll(
      async () => {
        await page.clock.fastForward('00:20')
        return page.getByText('This takes longer than it should.').count()
      },
      { timeout: 60_000 },
    )
    .toBe(1)
  await page.getByText('Is the program running?').waitFor()

  const [camera] = await client.listCameras()
  await client.revokeDevice(camera!.public_camera_id)
  await page.clock.fastForward('00:04')
  await page.getByText('The access of this camera was revoked').waitFor()
})

it('shows at home what is left of the first run, until it is put away', async () => {
  const { page, client, complaints } = await anApp()
  await page.getByRole('heading', { name: 'Add your first camera' }).waitFor()
  const camera = await client.createCamera({ location: 'Hall' })
  await page.reload()
  await page.getByRole('heading', { name: '3 steps to go' }).waitFor()
  const links = async () =>
    Promise.all(
      ['See its first picture', 'Write your first rule', 'Get notifications on this phone'].map((name) =>
        page.getByRole('link', { name }).getAttribute('href'),
      ),
    )
  const place = `/app/cameras/${camera.public_camera_id}`
  expect(await links()).toEqual([
    `/app/cameras/add?camera=${camera.public_camera_id}`,
    `${place}/rules/new`,
    '/app/settings',
  ])

  await client.createRule(camera.public_camera_id, { rule: 'a fox', rule_nickname: 'Fox' })
  await page.reload()
  await page.getByRole('heading', { name: '2 steps to go' }).waitFor()
  await page.getByRole('button', { name: 'Hide this list' }).click()
  await expect.poll(() => page.getByRole('heading', { name: /to go/ }).count()).toBe(0)
  await page.reload()
  await page.getByRole('link', { name: 'Hall' }).waitFor()
  await page.waitForLoadState('networkidle')
  expect(await page.getByRole('heading', { name: /to go/ }).count()).toBe(0)
  expect(complaints).toEqual([])
})

it('shows nothing of the first run when all of it is done', async () => {
  const { page, client } = await anApp()
  const { pairing_code } = await client.createPairingCode({ location: 'Porch' })
  const device = createDevice({ baseUrl: base })
  const { public_camera_id: id } = await device.pairDevice({ pairing_code, nonce: randomText(32) })
  await firstPictureOf(device)
  await client.createRule(id, { rule: 'a fox', rule_nickname: 'Fox' })
  await page.reload()
  await page.getByRole('heading', { name: 'One step to go' }).waitFor()

  const { access } = await page.evaluate<{ access: string }>(
    `fetch('/app/session/refresh', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).then((it) => it.json())`,
  )
  const phone = createClient({ baseUrl: base, tokens: { access } })
  await phone.registerPushTarget({ kind: 'web_push', name: 'This phone', ...(await aSubscription()) })
  await page.reload()
  await page.getByRole('link', { name: 'Porch' }).waitFor()
  await expect.poll(() => page.getByRole('heading', { name: /to go/ }).count()).toBe(0)
})

/** A photo of a code. */
async function photoOf(text: string) {
  const page = await browser.newPage({ viewport: { width: 900, height: 900 } })
  await page.setContent(renderSVG(text, { ecc: 'M', border: 4 }))
  const photo = await takePicture(page)
  await page.close()
  return photo
}
