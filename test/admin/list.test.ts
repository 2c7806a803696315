import { describe, expect, it } from 'vitest'
import { aSuperuser, type Page } from '../support/browser.ts'
import { aCamera, aRule, aUser, newEmail, sql, type User } from '../support/factories.ts'

const CAMERAS = '/admin/camera/camera/'
const RULES = '/admin/rules/rule/'

/** The first column's texts. */
const namesIn = ({ html }: Page) =>
  [...html.matchAll(/<th scope="row"[^>]*><a [^>]*>([^<]*)/g)].map(([, name]) => name)
const linkIn = ({ html }: Page, rel: string) => {
  const [, href] = new RegExp(`rel="${rel}" href="([^"]+)"`).exec(html) ?? []
  return href?.replaceAll('&amp;', '&').replaceAll('&quot;', '"')
}

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

  it('says so where a page is empty by now', async () => {
    const { browser } = await aSuperuser()
    const { text } = await browser.get(`${CAMERAS}?${new URLSearchParams({ after: '["","0"]' })}`)
    expect(text).toContain('There is nothing on this page any more.')
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
