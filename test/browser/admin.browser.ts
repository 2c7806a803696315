// npm run test:browser: a real Chromium uses the admin of the real stack, and axe checks every page. PICTURES=1 saves a screenshot of
// each in .local/screenshots.
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { ROOT } from '../../stack/dev-vars.ts'
import { createSuperuser } from '../../stack/superuser.ts'
import { faultsOf, startBrowser, takePicture } from './browser.ts'

const PICTURES = join(ROOT, '.local/screenshots')
const takesPictures = process.env.PICTURES === '1'
const DESKTOP = { viewport: { width: 1280, height: 860 } }
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const ROOT_USER = { email: 'admin@example.com', password: 'quiet-harbour-42' }
const HELPER = { email: 'support@example.com', password: 'helpful-lantern-7' }

const ROWS = `
  insert into users (email, username, password, first_name, last_name, is_active, is_staff, is_superuser, date_joined)
  select p || '@example.com', p || '@example.com', '!', initcap(p), 'Example', p <> 'carol', false, false, now() - n * interval '9 days'
  from unnest(array['alice', 'bob', 'carol', 'dave', 'erin']) with ordinality as people (p, n);
  insert into camera_camera (location, owner_id, created_at)
  select (array['Front Door', 'Garden', 'Garage', 'Back Door', 'Chicken coop', 'Nursery'])[1 + i % 6], 2 + i % 5, now() - i * interval '5 hours'
  from generate_series(1, 230) i;
  insert into rules_rule (rule, rule_nickname, is_enabled, created_at, camera_id, owner_id)
  select 'Tell me when ' || (array['a fox', 'a parcel', 'my son', 'a stranger', 'the cat'])[1 + id % 5] || ' is near the ' || lower(location),
    (array['Fox', 'Parcel', 'Kid', 'Stranger', 'Cat'])[1 + id % 5], id % 4 <> 0, created_at, id, owner_id
  from camera_camera;`

const { url: base, databaseUrl } = inject('admin')
let browser: Browser

beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true })
  await createSuperuser(databaseUrl, ROOT_USER.email, ROOT_USER.password)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(ROWS)
  await client.end()
  browser = await startBrowser()
})
afterAll(() => browser?.close())

/** Opens a window, runs `work` in it and closes it. A script error or a blocked asset fails the test. */
async function inWindow(options: BrowserContextOptions, work: (page: Page) => Promise<void>) {
  const context = await browser.newContext({ baseURL: base, ...options })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[0-9]/.test(message.text())) errors.push(message.text())
  })
  page.on('dialog', (dialog) => dialog.accept())
  try {
    await work(page)
    assert.deepEqual(errors, [])
  } finally {
    await context.close()
  }
}

async function signIn(
  page: Page,
  { email, password }: { email: string; password: string },
  path = '/admin/',
) {
  await page.goto(path)
  await page.getByLabel('Email:').fill(email)
  await page.getByLabel('Password:').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL((url) => !url.pathname.startsWith('/admin/login'))
}

/** Checks a page by axe. */
async function look(page: Page, name: string) {
  if (takesPictures)
    await takePicture(page, { path: join(PICTURES, `${name}.png`), fullPage: name.includes('form') })
  assert.deepEqual(await faultsOf(page), [], `axe finds fault with ${name}`)
}

/** Waits until something is as expected, since a click does not wait for the page that it opens. */
async function soon<T>(read: () => Promise<T>, expected: T) {
  const end = Date.now() + 10_000
  while ((await read().catch(() => undefined)) !== expected && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(await read(), expected)
}

const message = (page: Page) => page.getByRole('status').first().innerText()

describe('the admin in a browser', () => {
  test('refuses a wrong password, and signs in', () =>
    inWindow(DESKTOP, async (page) => {
      await page.goto('/admin/')
      await look(page, 'sign-in')
      await page.getByLabel('Email:').fill(ROOT_USER.email)
      await page.getByLabel('Password:').fill('not this one')
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByText('Please enter the correct email and password for a staff account.').waitFor()
      await look(page, 'sign-in-refused')
      await page.getByLabel('Password:').fill(ROOT_USER.password)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('heading', { name: 'Site administration' }).waitFor()
    }))

  test('a group with the picker', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER)
      await page.getByRole('link', { name: 'Add group' }).click()
      await page.getByLabel('Name:').fill('Support')
      await page.getByLabel('Filter available permissions').fill('can view')
      await page
        .getByLabel('Available permissions', { exact: true })
        .selectOption([
          { label: 'camera | camera | Can view camera' },
          { label: 'rules | rule | Can view rule' },
        ])
      await page.getByRole('button', { name: 'Choose →' }).click()
      await page.getByLabel('Filter available permissions').fill('rule')
      await page
        .getByLabel('Available permissions', { exact: true })
        .selectOption([
          { label: 'rules | rule | Can change rule' },
          { label: 'rules | rule | Can delete rule' },
        ])
      await page.getByRole('button', { name: 'Choose →' }).click()
      await soon(() => page.getByLabel('Chosen permissions').locator('option').count(), 4)
      await look(page, 'group-form')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await soon(() => message(page), 'The group “Support” was added successfully.')
      await look(page, 'groups')
    }))

  test('a staff user in the group', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER)
      await page.getByRole('link', { name: 'Add user' }).click()
      await page.getByLabel('Email:').fill(HELPER.email)
      await page.getByLabel('Password:', { exact: true }).fill(HELPER.password)
      await page.getByLabel('Password confirmation:').fill('something else')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('The two password fields didn’t match.').waitFor()
      await look(page, 'user-add-form-with-errors')
      await page.getByLabel('Password:', { exact: true }).fill(HELPER.password)
      await page.getByLabel('Password confirmation:').fill(HELPER.password)
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('You may edit it again below.').waitFor()
      await page.getByLabel('Staff status').check()
      await page.getByLabel('Available groups', { exact: true }).selectOption({ label: 'Support' })
      await page.getByRole('button', { name: 'Choose →' }).first().click()
      await look(page, 'user-form')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page
        .getByRole('status')
        .getByText(/was changed successfully\.$/)
        .waitFor()
      await look(page, 'users')
    }))

  test('the staff user sees exactly what the group allows', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, HELPER)
      const menu = page.getByRole('navigation', { name: 'Models' }).getByRole('link')
      assert.deepEqual(await menu.allInnerTexts(), ['Cameras', 'Rules'])
      await soon(() => page.getByRole('link', { name: /^Add/ }).count(), 0)
      await look(page, 'index-of-support')
      await menu.first().click()
      await soon(() => page.getByRole('checkbox').count(), 0)
      await page.locator('tbody th a').first().click()
      await page.getByRole('link', { name: 'Close' }).waitFor()
      await soon(() => page.getByRole('textbox').count(), 0)
      await look(page, 'camera-form-to-read')
      const refused = await page.goto('/admin/users/user/')
      assert.equal(refused?.status(), 403)
      await look(page, 'forbidden')
    }))

  test('edits, deletes with a confirmation, and the history', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER, '/admin/rules/rule/?q=stranger')
      await page.locator('tbody th a').first().click()
      await page.getByLabel('Rule nickname:').fill('Night visitor')
      await look(page, 'rule-form')
      await page.getByRole('button', { name: 'Save and continue editing' }).click()
      await page
        .getByRole('status')
        .getByText(/You may edit it again below\.$/)
        .waitFor()
      await page.getByRole('link', { name: 'History' }).click()
      await page.getByText('Changed Rule nickname.').waitFor()
      await look(page, 'history')
      await page.goBack()
      await page.getByRole('link', { name: 'Delete' }).click()
      await page.getByText('Are you sure you want to delete the rule “Night visitor”?').waitFor()
      await look(page, 'delete')
      await page.getByRole('button', { name: 'Yes, I’m sure' }).click()
      await soon(() => message(page), 'The rule “Night visitor” was deleted successfully.')
      await page.goto('/admin/')
      await page.getByText('Recent actions').waitFor()
      await look(page, 'index')
    }))

  test('search, filters, sorting, paging and a bulk delete', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER, '/admin/camera/camera/')
      await look(page, 'cameras')
      for (let pages = 1; pages < 5; pages++) await page.getByRole('link', { name: 'Next' }).click()
      await soon(() => page.locator('tbody tr').count(), 30)
      await page.getByRole('link', { name: 'Previous' }).click()
      await soon(() => page.locator('tbody tr').count(), 50)
      await page.getByRole('link', { name: 'Location' }).click()
      await soon(() => page.locator('tbody th').first().innerText(), 'Back Door')
      await page.getByLabel('Search by location').fill('coop')
      await page.getByRole('button', { name: 'Search' }).click()
      await page.getByText('38 results (230 total)').waitFor()
      await page.getByLabel('By owner').fill('alice@example.com')
      await page.getByRole('button', { name: 'Filter' }).click()
      await page.getByRole('link', { name: 'Clear all filters' }).waitFor()
      const count = await page.locator('tbody tr').count()
      assert.ok(count > 2 && count < 38)
      await page.locator('tbody tr').nth(0).getByRole('checkbox').check()
      await page.getByLabel('Select all on this page').check()
      await page.locator('tbody tr').nth(0).getByRole('checkbox').uncheck()
      await page.getByText(`${count - 1} of ${count} selected`).waitFor()
      await page.getByLabel('Action:').selectOption({ label: 'Delete selected cameras' })
      await look(page, 'cameras-selected')
      await page.getByRole('button', { name: 'Go' }).click()
      await look(page, 'delete-many')
      await page.getByRole('button', { name: 'Yes, I’m sure' }).click()
      await soon(() => message(page), `Successfully deleted ${count - 1} cameras.`)
      assert.equal(await page.locator('tbody tr').count(), 1)
    }))

  test('by keyboard alone', () =>
    inWindow(DESKTOP, async (page) => {
      const press = async (...keys: string[]) => {
        for (const key of keys) await page.keyboard.press(key)
      }
      const tabTo = async (name: string) => {
        for (let presses = 0; presses < 60; presses++) {
          await press('Tab')
          const focused = page.locator(':focus')
          const words = `${await focused.innerText().catch(() => '')} ${(await focused.getAttribute('aria-label')) ?? ''}`
          if (words.trim() === name) return
        }
        assert.fail(`Tab does not reach ${name}`)
      }
      await page.goto('/admin/')
      await page.keyboard.type(ROOT_USER.email)
      await press('Tab')
      await page.keyboard.type(ROOT_USER.password)
      await press('Enter')
      await page.waitForURL(`${base}/admin/`)
      await press('Tab')
      await soon(() => page.locator(':focus').innerText(), 'Skip to main content')
      await tabTo('Add Add group')
      await press('Enter')
      await page.getByLabel('Name:').focus()
      await page.keyboard.type('By keyboard')
      await press('Tab', 'Tab', 'ArrowDown', 'Enter')
      assert.equal(await page.getByLabel('Chosen permissions').locator('option').count(), 1)
      await tabTo('Save')
      await press('Enter')
      await page.getByText('The group “By keyboard” was added successfully.').waitFor()
    }))

  test('warns before what was typed is lost', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER, '/admin/camera/camera/add/')
      await page.getByLabel('Location:').click()
      await page.keyboard.type('Attic')
      const asked = page.waitForEvent('dialog')
      await page.getByRole('link', { name: 'Home' }).click()
      assert.equal((await asked).type(), 'beforeunload')
    }))

  test('comes back to the form after a session that ended', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER, '/admin/camera/camera/')
      await page.locator('tbody th a').first().click()
      await page.getByLabel('Location:').fill('Greenhouse')
      await page.context().clearCookies({ name: 'admin_session' })
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByLabel('Email:').fill(ROOT_USER.email)
      await page.getByLabel('Password:').fill(ROOT_USER.password)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('heading', { name: 'Change camera' }).waitFor()
    }))

  test('comes back to the form where another session began in another tab', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER, '/admin/camera/camera/add/')
      await page.getByLabel('Location:').fill('Greenhouse')
      await page.context().clearCookies({ name: 'admin_session' })
      const other = await page.context().newPage()
      await signIn(other, ROOT_USER)
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('What you typed is filled in again: save it to keep it.').waitFor()
      assert.equal(await page.getByLabel('Location:').inputValue(), 'Greenhouse')
    }))

  test('sends a form once, and once more where nothing answered for five seconds', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER, '/admin/camera/camera/add/')
      await page.evaluate(`{
        window.sent = 0
        addEventListener('submit', (event) => {
          if (!event.defaultPrevented) sent += 1
          event.preventDefault()
        })
      }`)
      const save = page.getByRole('button', { name: 'Save', exact: true })
      await save.dblclick()
      assert.equal(await page.evaluate('sent'), 1)
      await page.evaluate('{ const { now } = Date; Date.now = () => now() + 5000 }')
      await save.click()
      assert.equal(await page.evaluate('sent'), 2)
    }))

  test('without JavaScript', () =>
    inWindow({ ...DESKTOP, javaScriptEnabled: false }, async (page) => {
      await signIn(page, ROOT_USER, '/admin/auth/group/add/')
      await page.getByLabel('Name:').fill('Without script')
      await page
        .getByLabel('Permissions:')
        .selectOption([
          { label: 'camera | camera | Can add camera' },
          { label: 'camera | camera | Can view camera' },
        ])
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('link', { name: 'Without script' }).first().click()
      await soon(() => page.locator('select[name=permissions] option[selected]').count(), 2)
      await page.getByRole('link', { name: 'Delete' }).click()
      await page.getByRole('button', { name: 'Yes, I’m sure' }).click()
      await soon(() => message(page), 'The group “Without script” was deleted successfully.')
    }))

  test('signs out', () =>
    inWindow(DESKTOP, async (page) => {
      await signIn(page, ROOT_USER)
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.getByText('Thanks for spending some quality time with the web site today.').waitFor()
      await look(page, 'signed-out')
      await page.getByRole('link', { name: 'Log in again' }).click()
      await page.getByLabel('Password:').waitFor()
    }))
})

describe('every page', () => {
  test.each([
    ['dark', { ...DESKTOP, colorScheme: 'dark' }],
    ['phone', PHONE],
    ['phone-dark', { ...PHONE, colorScheme: 'dark' }],
  ] as [string, BrowserContextOptions][])('%s', (name, options) =>
    inWindow(options, async (page) => {
      await page.goto('/admin/login/')
      await look(page, `${name}-sign-in`)
      await signIn(page, ROOT_USER)
      for (const [title, path] of [
        ['index', ''],
        ['rules', 'rules/rule/'],
        ['rule-form', 'rules/rule/1/change/'],
        ['user-form', 'users/user/2/change/'],
        ['group-form', 'auth/group/add/'],
        ['camera-form', 'camera/camera/add/'],
        ['password-form', 'users/user/2/password/'],
        ['own-password-form', 'password_change/'],
        ['delete', 'users/user/2/delete/'],
        ['history', 'rules/rule/1/history/'],
        ['app', 'users/'],
        ['not-found', 'nowhere/'],
      ]) {
        await page.goto(`/admin/${path}`)
        await look(page, `${name}-${title}`)
        const width = await page.evaluate('document.documentElement.scrollWidth')
        assert.ok(
          Number(width) <= (options.viewport?.width ?? 0),
          `${title} is wider than the window: ${String(width)}`,
        )
      }
    }),
  )
})
