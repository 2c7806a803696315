/// <reference types="vite/client" />
import { env } from 'cloudflare:workers'
import { PgDialect } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { containing } from '../../src/admin/search.ts'
import { cameras } from '../../src/db/schema.ts'
import { aSuperuser, type Browser, fieldsOf, linkIn, type Page, signedIn } from '../support/browser.ts'
import { statementsOf } from '../support/client.ts'
import {
  aCamera,
  aDatabase,
  aRule,
  aUser,
  driverFor,
  newEmail,
  sql,
  type User,
} from '../support/factories.ts'

const MIGRATIONS = import.meta.glob<string>('../../drizzle/*.sql', {
  query: '?raw',
  import: 'default',
  eager: true,
})

const CAMERAS = '/admin/camera/camera/'
const RULES = '/admin/rules/rule/'

/** The first column's texts. */
const namesIn = ({ html }: Page) =>
  [...html.matchAll(/<th scope="row"[^>]*><a [^>]*>([^<]*)/g)].map(([, name]) => name)

async function someCameras(owner: User, count: number) {
  await sql`
    insert into camera_camera (owner_id, location, created_at)
    select ${owner.id}, 'Camera ' || lpad(((i * 7) % ${count}::int)::text, 4, '0'), now() - i * interval '1 minute'
    from generate_series(1, ${count}::int) i`
}

/** A separate database with a locale of the C library. */
async function aDatabaseOf(locale: string) {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  const url = new URL(env.DATABASE_URL)
  await sql.query(
    `create database ${name} template template0 encoding 'UTF8' locale_provider libc locale '${locale}'`,
  )
  url.pathname = name
  const driver = driverFor(url.href)
  for (const path of Object.keys(MIGRATIONS).toSorted())
    for (const statement of MIGRATIONS[path]!.split('--> statement-breakpoint')) await driver.query(statement)
  return { settings: { DATABASE_URL: url.href }, sql: driver }
}

describe('paging', () => {
  it('goes forth and back through every row once', async () => {
    const { user, browser } = await aSuperuser()
    await someCameras(user, 125)
    for (const order of ['', '&o=1', '&o=-1', '&o=3', '&o=-3']) {
      const first = await browser.get(`${CAMERAS}?owner=${user.email}${order}`)
      const second = await browser.get(CAMERAS + linkIn(first, 'next'))
      const third = await browser.get(CAMERAS + linkIn(second, 'next'))
      expect([first, second, third].map((page) => namesIn(page).length)).toEqual([50, 50, 25])
      expect(new Set([first, second, third].flatMap(namesIn)).size).toBe(125)
      expect(linkIn(first, 'prev')).toBeUndefined()
      expect(linkIn(third, 'next')).toBeUndefined()
      const back = await browser.get(CAMERAS + linkIn(third, 'prev'))
      expect(namesIn(back)).toEqual(namesIn(second))
      const start = await browser.get(CAMERAS + linkIn(back, 'prev'))
      expect(namesIn(start)).toEqual(namesIn(first))
      expect(linkIn(start, 'prev')).toBeUndefined()
    }
  })

  it('sorts by the columns that say so', async () => {
    const { user, browser } = await aSuperuser()
    for (const name of ['Beta', 'Alpha', 'Gamma']) await aCamera(user, name)
    const names = async (order: string) =>
      namesIn(await browser.get(`${CAMERAS}?owner=${user.email}&o=${order}`))
    expect(await names('1')).toEqual(['Alpha', 'Beta', 'Gamma'])
    expect(await names('-1')).toEqual(['Gamma', 'Beta', 'Alpha'])
    expect(await names('3')).toEqual(['Beta', 'Alpha', 'Gamma'])
    for (const nonsense of ['2', '0', '9', 'abc', '1.5', ''])
      expect(await names(nonsense)).toEqual(['Gamma', 'Alpha', 'Beta'])
  })

  it.each([
    'after=nonsense',
    'after=[]',
    'after=["a"]',
    'after=["2026-02-30 00:00:00+00","1"]&o=3',
    'after=["never","1"]&o=3',
    'after=["2026-13-45T25:00:00+00:00","1"]&o=3',
    'before=["999999999-01-01","1"]&created_at=year',
    'after=["a\\u0000b","1"]&o=1',
    'after=["x","99999999999999999999"]&o=1',
    'before=["x","1 or 1=1"]',
    `after=${'%5B'.repeat(500)}`,
    'q=%00&owner=%00',
    'created_at=always&owner=%ff',
  ])('takes no harm from %s', async (query) => {
    const { user, browser } = await aSuperuser()
    await aCamera(user)
    expect((await browser.get(`${CAMERAS}?${query}`)).status).toBe(200)
  })

  it('begins at the start where a place or a search is half a character', async () => {
    const { user, browser } = await aSuperuser()
    await aCamera(user)
    const half = encodeURIComponent(JSON.stringify(['\ud800', '1']))
    expect((await browser.get(`${CAMERAS}?owner=${user.email}&o=1&after=${half}`)).text).toContain('1 camera')
    expect((await browser.get(`${CAMERAS}?q=${'a'.repeat(199)}%F0%9F%A6%8A`)).status).toBe(200)
  })

  it('says so where a page is empty by now', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user, 'The last')
    const after = new URLSearchParams({ owner: user.email, after: `["","${id}"]` })
    const page = await browser.get(`${CAMERAS}?${after}`)
    expect(page.text).toContain('There is nothing on this page any more.')
    expect(namesIn(await browser.get(CAMERAS + linkIn(page, 'prev')))).toEqual(['The last'])
  })
})

describe('many rows', () => {
  let filled: ReturnType<typeof fillGates> | undefined
  /** A user with 20,000 cameras that no test changes. */
  const gates = () => (filled ??= fillGates())

  /** The older half is at the north gate, the newer half at the south gate, and the very oldest at both. */
  async function fillGates() {
    const { user, browser } = await aSuperuser()
    await sql`
      insert into camera_camera (owner_id, location, created_at)
      select ${user.id},
        case when i = 1 then 'Northgate and southgate' when i <= 10000 then 'Northgate ' || i else 'Southgate ' || i end,
        now() - case when i <= 10000 then interval '2 years' else interval '0' end
      from generate_series(1, 20000) i`
    return { user, browser }
  }

  it('are all looked through for common words that seldom stand together', async () => {
    const { user, browser } = await gates()
    const page = await browser.get(`${CAMERAS}?owner=${user.email}&q=northgate+southgate`)
    expect(namesIn(page)).toEqual(['Northgate and southgate'])
    expect(page.text).toContain('1 result (')
    expect(linkIn(page, 'next')).toBeUndefined()
  })

  it('are counted and sorted, however many a search finds', async () => {
    const { user, browser } = await gates()
    const counted = async (query: string) =>
      / ([\d,+]+) results? /.exec((await browser.get(`${CAMERAS}?owner=${user.email}${query}`)).text)?.[1]
    expect(await counted('')).toBe('10,000+')
    expect(await counted('&q=southgate')).toBe('10,000+')
    expect(await counted('&q=northgate')).toBe('10,000')
    expect(await counted('&q=northgate+9999')).toBe('1')
    const first = await browser.get(`${CAMERAS}?owner=${user.email}&q=gate&o=-1`)
    const second = await browser.get(CAMERAS + linkIn(first, 'next'))
    const names = Array.from({ length: 10_000 }, (_, i) => `Southgate ${i + 10_001}`)
      .toSorted()
      .toReversed()
    expect([first, second].flatMap(namesIn)).toEqual(names.slice(0, 100))
    expect(namesIn(await browser.get(CAMERAS + linkIn(second, 'prev')))).toEqual(namesIn(first))
  })

  it('are sorted, whatever filter they passed', async () => {
    const { user, browser } = await gates()
    const page = await browser.get(`${CAMERAS}?owner=${user.email}&created_at=week&o=1`)
    expect(namesIn(page)[0]).toBe('Southgate 10001')
  })
})

// Both wait for the timeout.
describe.concurrent('a list that takes too long', () => {
  /** A database where reading a camera's location takes 50 ms, and a user with one of its 101 cameras. */
  async function aSlowDatabase() {
    const { settings, sql } = await aDatabase()
    const [user, other] = [await aUser({ isStaff: true, isSuperuser: true }, sql), await aUser({}, sql)]
    await aCamera(other, 'Porch', sql)
    await sql`insert into camera_camera (owner_id, location, created_at)
      select ${user.id}, 'Porch ' || i, now() from generate_series(1, 100) i`
    await sql`alter table camera_camera rename to kept`
    await sql`create function slowly(text) returns text language plpgsql stable as
      'begin perform pg_sleep(0.05); return $1; end'`
    await sql`create view camera_camera as
      select id, public_camera_id, slowly(location)::varchar(100) as location, created_at, owner_id from kept`
    const active = async () =>
      (
        await sql`select from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`
      ).length
    return { other, active, browser: await signedIn(user, settings) }
  }

  it('ends on the server after 2 seconds, and says what to narrow', async () => {
    const { active, browser } = await aSlowDatabase()
    const asked = browser.get(`${CAMERAS}?q=porch&o=1`)
    await expect.poll(active).toBe(1)

    const page = await asked

    expect(await active()).toBe(0)
    expect(page.status).toBe(503)
    expect(page.text).toContain('This took longer than 2 seconds and was stopped')
    expect(page.text).toContain('search for words of three letters at least')
    expect(page.text).toContain('add a filter: by created at, or by owner')
    expect(page.text).toContain('sort by no column')
    expect(page.html).toContain('<title>Select camera to change | Scout administration</title>')
    expect(page.text).not.toMatch(/result|0 cameras/)
    expect(await statementsOf(page.requestId)).toHaveLength(2)
  })

  it('is narrowed from that page', async () => {
    const { other, browser } = await aSlowDatabase()
    const page = await browser.get(`${CAMERAS}?q=porch`)
    expect(page.status).toBe(503)
    const { q = [], created_at = [] } = fieldsOf(page.html)
    expect([new Set(q), created_at]).toEqual([new Set(['porch']), []])
    expect(page.html).toContain('<input id="filter-owner" name="owner"')
    const narrowed = await browser.get(`${CAMERAS}?q=porch&owner=${other.email}`)
    expect(narrowed.status).toBe(200)
    expect(namesIn(narrowed)).toEqual(['Porch'])
  })
})

describe('searching', () => {
  it('finds every word, wherever it stands and however it is written', async () => {
    const { user, browser } = await aSuperuser()
    const camera = await aCamera(user)
    const mark = crypto.randomUUID().slice(0, 8)
    await aRule(user, camera, `Tell me of a fox ${mark}`, 'At night')
    await aRule(user, camera, `Tell me of 100% of parcels ${mark}`, 'By day')
    const found = async (words: string) =>
      namesIn(await browser.get(`${RULES}?${new URLSearchParams({ q: `${mark} ${words}` })}`))
    expect(await found('')).toEqual(['By day', 'At night'])
    expect(await found('FOX')).toEqual(['At night'])
    expect(await found('night fox')).toEqual(['At night'])
    expect(await found('arcel')).toEqual(['By day'])
    expect(await found('by')).toEqual(['By day'])
    expect(await found('100%')).toEqual(['By day'])
    expect(await found('fo_')).toEqual([])
    expect(await found('fox day')).toEqual([])
    expect(await found("'; drop table users --")).toEqual([])
  })

  it('takes what stands in quotes as one, as Django’s admin does', async () => {
    const { user, browser } = await aSuperuser()
    for (const location of [
      'A & B',
      'B & A',
      `Say "hi" to O'Brien`,
      String.raw`Back\slash`,
      '"Front',
      '5" & 6"',
    ])
      await aCamera(user, location)
    const found = async (q: string) =>
      namesIn(await browser.get(`${CAMERAS}?${new URLSearchParams({ owner: user.email, q, o: '1' })}`)).map(
        (name) => name!.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'"),
      )
    expect(await found('"A & B"')).toEqual(['A & B'])
    expect(await found("'A & B'")).toEqual(['A & B'])
    expect(await found('"a &  b"')).toEqual([])
    expect(await found('A & B')).toHaveLength(4)
    expect(await found('"& A" b')).toEqual(['B & A'])
    expect(await found('"Say"')).toEqual([`Say "hi" to O'Brien`])
    expect(await found(String.raw`"say \"hi\""`)).toEqual([`Say "hi" to O'Brien`])
    expect(await found(String.raw`'to o\'brien'`)).toEqual([`Say "hi" to O'Brien`])
    expect(await found(`"to O'Brien"`)).toEqual([`Say "hi" to O'Brien`])
    expect(await found(String.raw`"back\\slash"`)).toEqual([String.raw`Back\slash`])
    expect(await found('"Front')).toEqual(['"Front'])
    expect(await found('Front"')).toEqual([])
    expect(await found('"5')).toEqual([])
    expect(await found('5"')).toEqual(['5" & 6"'])
    expect(await found(`"say 'to`)).toEqual([])
  })

  it.each(['"', "'", '""', '" "', `"'`, '" & "', "''''", '"\\', String.raw`"\"`])(
    'takes no harm from %s',
    async (q) => {
      const { user, browser } = await aSuperuser()
      await aCamera(user, 'Porch')
      const query = new URLSearchParams({ owner: user.email, q })
      expect(namesIn(await browser.get(`${CAMERAS}?${query}`))).toEqual(['Porch'])
    },
  )

  it.each([
    ['MÜNCHEN', 'münchen'],
    ['münchen', 'MÜNCHEN'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσεύσ'.normalize('NFD').replaceAll(/\p{M}/gu, '')],
    ['Straße', 'STRASSE'],
    ['Привет', 'ПРИВ'],
  ])('finds %s by %s', async (location, q) => {
    const { user, browser } = await aSuperuser()
    await aCamera(user, location)
    const query = new URLSearchParams({ owner: user.email, q })
    expect(namesIn(await browser.get(`${CAMERAS}?${query}`))).toEqual([location])
  })

  it('knows letter case in a database of the locale C, by its index', async () => {
    const { settings, sql } = await aDatabaseOf('C')
    const user = await aUser({ isStaff: true, isSuperuser: true }, sql)
    await aCamera(user, 'MÜNCHEN', sql)
    await aCamera(user, 'Berlin', sql)
    const browser = await signedIn(user, settings)
    for (const q of ['münchen', 'MÜN', 'ü'])
      expect(namesIn(await browser.get(`${CAMERAS}?${new URLSearchParams({ q })}`))).toEqual(['MÜNCHEN'])

    await sql`insert into camera_camera (owner_id, location, created_at)
      select ${user.id}, 'Camera ' || i, now() from generate_series(1, 5000) i`
    await sql`vacuum analyze camera_camera`
    const { sql: condition, params } = new PgDialect({ casing: 'snake_case' }).sqlToQuery(
      containing(cameras.location, 'München'),
    )
    const plan = await sql.query(`explain select from camera_camera where ${condition}`, params)
    expect(JSON.stringify(plan)).toContain('Bitmap Index Scan on camera_camera_folded_search')
  })

  it('says which words it passed over', async () => {
    const { browser } = await aSuperuser()
    expect((await browser.get(`${RULES}?q=%F0%9F%A6%8A`)).text).toContain(
      'Not searched for, since there is no letter or digit in it: 🦊',
    )
  })

  it('shows what was found of how many', async () => {
    const { user, browser } = await aSuperuser()
    await aCamera(user, 'Orangery')
    expect((await browser.get(`${CAMERAS}?q=orangery&owner=${user.email}`)).text).toMatch(
      /1 result \( [\d,]+\+? total \)/,
    )
  })
})

describe('moments that JavaScript has none of', () => {
  const MOMENTS = ['infinity', '-infinity', '10000-01-01T00:00Z', '0044-03-15T00:00Z BC', '2026-04-28T12:00Z']

  /** Inserts a camera for each user in order, this many times. */
  const fill = (owner: User, times: number, db = sql) => db`
    insert into camera_camera (owner_id, location, created_at)
    select ${owner.id}, at || ' ' || i, at::timestamptz
    from generate_series(1, ${times}::int) i, json_array_elements_text(${JSON.stringify(MOMENTS)}::json) at`

  /** All pages of a list, and their rows. */
  async function pagesOf(browser: Browser, query: string) {
    const pages = [await browser.get(CAMERAS + query)]
    for (
      let next = linkIn(pages[0]!, 'next');
      next && pages.length < 20;
      next = linkIn(pages.at(-1)!, 'next')
    )
      pages.push(await browser.get(CAMERAS + next))
    return { pages, names: pages.flatMap(namesIn) }
  }

  it('are shown in the list, the form and the history', async () => {
    const { user, browser } = await aSuperuser()
    await fill(user, 1)
    const { status, text } = await browser.get(`${CAMERAS}?owner=${user.email}`)
    expect(status).toBe(200)
    for (const words of [
      'infinity',
      '-infinity',
      '10000-01-01T00:00:00+00:00',
      '0044-03-15T00:00:00+00:00 BC',
    ])
      expect(text).toContain(` ${words} `)
    for (const {
      id,
      location,
    } of await sql`select id, location from camera_camera where owner_id = ${user.id}`)
      for (const page of ['change', 'history', 'delete']) {
        const { status, text } = await browser.get(`${CAMERAS}${id}/${page}/`)
        expect(status).toBe(200)
        expect(text).toContain(location)
      }
    const [row] = await sql`
      update users set last_login = 'infinity', date_joined = '-infinity' where id = ${user.id} returning id`
    expect((await browser.get(`/admin/users/user/${row!.id}/change/`)).status).toBe(200)
    expect((await browser.get(`/admin/users/user/?q=${user.email}`)).status).toBe(200)
  })

  it('are filtered by date', async () => {
    const { user, browser } = await aSuperuser()
    await fill(user, 1)
    for (const date of ['today', 'week', 'month', 'year']) {
      const page = await browser.get(`${CAMERAS}?owner=${user.email}&created_at=${date}`)
      expect(page.status).toBe(200)
      expect(namesIn(page)).toEqual(
        ['infinity 1', '10000-01-01T00:00Z 1'].concat(date === 'year' ? ['2026-04-28T12:00Z 1'] : []),
      )
    }
  })

  it('are sorted by, and paged through forth and back', async () => {
    const { user, browser } = await aSuperuser()
    await fill(user, 60)
    const inOrder = [
      '-infinity',
      '0044-03-15T00:00Z BC',
      '2026-04-28T12:00Z',
      '10000-01-01T00:00Z',
      'infinity',
    ].flatMap((at) => Array.from({ length: 60 }, (_, i) => `${at} ${i + 1}`))
    for (const [order, expected] of [
      ['3', inOrder],
      ['-3', inOrder.toReversed()],
    ] as const) {
      const { pages, names } = await pagesOf(browser, `?owner=${user.email}&o=${order}`)
      expect(names).toEqual(expected)
      for (let page = pages.length - 1; page > 0; page--) {
        const before = await browser.get(CAMERAS + linkIn(pages[page]!, 'prev'))
        expect(namesIn(before)).toEqual(namesIn(pages[page - 1]!))
      }
    }
  })

  it('are paged through in a database of another style of dates, and another zone', async () => {
    const { settings, sql } = await aDatabase()
    const name = new URL(settings.DATABASE_URL).pathname.slice(1)
    await sql.query(`alter database "${name}" set datestyle = 'German'`)
    await sql.query(`alter database "${name}" set timezone = 'Europe/Berlin'`)
    // A pooled connection keeps its initial settings; another host makes another pool.
    const url = new URL(settings.DATABASE_URL)
    url.hostname = 'localhost'
    expect(await driverFor(url.href)`show datestyle`).toEqual([{ DateStyle: 'German, DMY' }])
    const user = await aUser({ isStaff: true, isSuperuser: true }, sql)
    await fill(user, 60, sql)
    const browser = await signedIn(user, { DATABASE_URL: url.href })
    const { names } = await pagesOf(browser, '?o=3')
    expect(names).toHaveLength(300)
    expect(new Set(names).size).toBe(300)
  })
})

describe('filtering', () => {
  it('shows the rows that match', async () => {
    const { user, browser } = await aSuperuser()
    const camera = await aCamera(user)
    await aRule(user, camera, 'Tell me', 'On')
    const off = await aRule(user, camera, 'Tell me', 'Off')
    await sql`update rules_rule set is_enabled = false, created_at = now() - interval '3 years' where id = ${off.id}`
    const found = async (query: string) =>
      namesIn(await browser.get(`${RULES}?owner=${user.email.toUpperCase()}&${query}`))
    expect(await found('is_enabled__exact=1')).toEqual(['On'])
    expect(await found('is_enabled__exact=0')).toEqual(['Off'])
    expect(await found('created_at=year')).toEqual(['On'])
    expect(await found('created_at=today')).toEqual(['On'])
    expect(await found('is_enabled__exact=2')).toEqual(['Off', 'On'])
    expect(namesIn(await browser.get(`${RULES}?owner=nobody-at-all`))).toEqual([])
  })

  it('shows the latest by the date that is asked for first', async () => {
    const { user, browser } = await aSuperuser()
    await someCameras(user, 3)
    const names = async (query: string) =>
      namesIn(await browser.get(`${CAMERAS}?owner=${user.email}${query}`))
    expect(await names('')).toEqual(['Camera 0000', 'Camera 0002', 'Camera 0001'])
    expect(await names('&created_at=year')).toEqual(['Camera 0001', 'Camera 0002', 'Camera 0000'])
  })

  it('narrows users to staff, superusers and the active', async () => {
    const { browser } = await aSuperuser()
    const name = crypto.randomUUID().slice(0, 8)
    const staff = await aUser({ isStaff: true, lastName: name, email: newEmail() })
    const gone = await aUser({ isActive: false, lastName: name, email: newEmail() })
    const found = async (query: string) => namesIn(await browser.get(`/admin/users/user/?q=${name}&${query}`))
    expect(await found('is_staff__exact=1')).toEqual([staff.email])
    expect(await found('is_active__exact=0')).toEqual([gone.email])
    expect(await found('is_superuser__exact=1')).toEqual([])
  })
})

it('escapes what people wrote', async () => {
  const { user, browser } = await aSuperuser()
  const { id } = await aCamera(user, '<script>alert("1")</script>')
  for (const path of [`?owner=${user.email}`, `${id}/change/`, `${id}/delete/`, `${id}/history/`])
    expect((await browser.get(CAMERAS + path)).html).not.toContain('<script>alert')
})
