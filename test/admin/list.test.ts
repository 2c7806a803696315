import { describe, expect, it } from 'vitest'
import { aSuperuser, linkIn, type Page } from '../support/browser.ts'
import { aCamera, aRule, aUser, newEmail, sql, type User } from '../support/factories.ts'

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

describe('paging', () => {
  it('goes forth and back through every row once', async () => {
    const { user, browser } = await aSuperuser()
    await someCameras(user, 250)
    for (const order of ['', '&o=1', '&o=-1', '&o=3', '&o=-3']) {
      const first = await browser.get(`${CAMERAS}?owner=${user.email}${order}`)
      const second = await browser.get(CAMERAS + linkIn(first, 'next'))
      const third = await browser.get(CAMERAS + linkIn(second, 'next'))
      expect([first, second, third].map((page) => namesIn(page).length)).toEqual([100, 100, 50])
      expect(new Set([first, second, third].flatMap(namesIn)).size).toBe(250)
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
  /** The older half is at the north gate, the newer half at the south gate, and the very oldest at both. */
  const fillGates = (owner: User) => sql`
    insert into camera_camera (owner_id, location, created_at)
    select ${owner.id},
      case when i = 1 then 'Northgate and southgate' when i <= 10000 then 'Northgate ' || i else 'Southgate ' || i end,
      now() - case when i <= 10000 then interval '2 years' else interval '0' end
    from generate_series(1, 20000) i`
  const CUT = /This page looked through ([\d,]+) cameras only. (\w+) goes on./

  it('are looked through page by page for common words that seldom stand together', async () => {
    const { user, browser } = await aSuperuser()
    await fillGates(user)
    const open = (query: string) => browser.get(CAMERAS + query)
    const pages = [await open(`?owner=${user.email}&q=northgate+southgate`)]
    for (let next = linkIn(pages[0]!, 'next'); next; next = linkIn(pages.at(-1)!, 'next'))
      pages.push(await open(next))
    expect(pages.map((page) => CUT.exec(page.text)?.slice(1))).toEqual([
      ...Array.from({ length: 3 }, () => ['5,000', 'Next']),
      undefined,
    ])
    expect(pages.flatMap(namesIn)).toEqual(['Northgate and southgate'])
    const back = await open(linkIn(pages.at(-1)!, 'prev')!)
    expect(CUT.exec(back.text)?.[2]).toBe('Previous')
    expect(namesIn(await open(linkIn(back, 'next')!))).toEqual(['Northgate and southgate'])
  })

  it('are counted and sorted, however many a search finds', async () => {
    const { user, browser } = await aSuperuser()
    await fillGates(user)
    const counted = async (query: string) =>
      / ([\d,+]+) results? /.exec((await browser.get(`${CAMERAS}?owner=${user.email}${query}`)).text)?.[1]
    expect(await counted('')).toBe('10,000+')
    expect(await counted('&q=southgate')).toBe('5,000+')
    expect(await counted('&q=northgate+southgate')).toBe('0+')
    expect(await counted('&q=northgate+9999')).toBe('1')
    const first = await browser.get(`${CAMERAS}?owner=${user.email}&q=gate&o=-1`)
    const second = await browser.get(CAMERAS + linkIn(first, 'next'))
    const names = Array.from({ length: 10_000 }, (_, i) => `Southgate ${i + 10_001}`)
      .toSorted()
      .toReversed()
    expect([first, second].flatMap(namesIn)).toEqual(names.slice(0, 200))
    expect(namesIn(await browser.get(CAMERAS + linkIn(second, 'prev')))).toEqual(namesIn(first))
  })

  it('are looked through page by page where a filter and a sort have no index in common', async () => {
    const { user, browser } = await aSuperuser()
    await fillGates(user)
    let page = await browser.get(`${CAMERAS}?owner=${user.email}&created_at=week&o=1`)
    for (let pages = 0; pages < 20 && namesIn(page).length === 0; pages++) {
      expect(CUT.exec(page.text)?.slice(1)).toEqual(['5,000', 'Next'])
      page = await browser.get(CAMERAS + linkIn(page, 'next'))
    }
    expect(namesIn(page)[0]).toBe('Southgate 10001')
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
