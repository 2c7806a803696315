import { describe, expect, it } from 'vitest'
import { aPhone, lookAgainAt, query as ask } from './phone-in-hand.ts'
import { at, signIn, somebody, somebodyAtHome } from './phone.ts'

const { page, context, complaints, button, link, heading, toast, lookAgain, endUndo } = aPhone()
const rows = () => page().locator('.told')
const LIST = /\/v1\/notifications\/\?/
const badge = () => page().getByRole('navigation', { name: 'Places' }).locator('.badge')
/** Joins lines, since visually hidden text is on a line of its own. */
const inLine = (text: string) => text.replace(/\s+/g, ' ').trim()
const badgeText = async () => inLine(await badge().innerText())
const titles = async () => (await page().locator('.told-title').allInnerTexts()).map(inLine)

/** A user with a household, on the timeline. */
async function atTheTimeline(query = '') {
  const home = await somebodyAtHome()
  await signIn(page(), home.email)
  await page().goto(at(`/timeline${query}`))
  await heading('Timeline').waitFor()
  await rows().first().waitFor()
  return home
}

/** Inserts this many notifications, the first one now and each further one an hour earlier. */
const tell = (owner: string, camera: string, count: number, body: string) =>
  ask(
    `insert into notifications (public_notification_id, owner, camera, kind, rule_ids, rule_nicknames, title, body, created_at)
     select uuidv7(-make_interval(hours => n)), $1, $2, 'match', '{}', '{Fox}', 'Garden', $4 || ' ' || n, now() - make_interval(hours => n)
     from generate_series(0, $3::int - 1) as n`,
    [owner, camera, count, `Fox: ${body}`],
  )

/** Pulls what is shown down by a finger, and lets go. */
const pullDown = () =>
  page().evaluate(`(async () => {
    const target = document.querySelector('.pull')
    for (const [type, clientY, count] of [['touchstart', 100, 1], ['touchmove', 400, 1], ['touchend', 400, 0]]) {
      const touches = [new Touch({ identifier: 1, target, clientX: 100, clientY })].slice(0, count)
      target.dispatchEvent(new TouchEvent(type, { touches, bubbles: true, cancelable: true }))
      await new Promise((done) => setTimeout(done, 50))
    }
  })()`)

describe('the timeline', () => {
  it('lists what all cameras told, by days, with what is new and what became of a camera', async () => {
    await atTheTimeline()

    await expect.poll(() => rows().count()).toBe(11)
    const first = inLine(await rows().first().innerText())
    expect(first).toMatch(/^New: Visitor \d?\d:\d\d Front door A woman in an orange suit stands at the door/)
    expect(await rows().filter({ hasText: 'Went offline' }).innerText()).toMatch(/Garage\nThis camera has/)
    const days = await page().locator('.told-day h2').allInnerTexts()
    expect(['Today', 'Yesterday']).toContain(days[0])
    expect(new Set(days).size).toBe(days.length)
    expect(await page().getByText('That is everything.').count()).toBe(1)
    await expect.poll(badgeText).toBe('4 new')
    expect(complaints()).toEqual([])
  })

  it('is narrowed by camera, rule and day, each of which is an address and can be taken away', async () => {
    const { cameras, rules } = await atTheTimeline()
    await link('Filter').click()
    const sheet = page().getByRole('dialog', { name: 'Show only' })
    await sheet.getByLabel('Camera').selectOption('Garden')
    await sheet.getByLabel('Rule').selectOption('Raccoon')
    await button('Show').click()

    await expect
      .poll(titles)
      .toEqual(['New: Raccoon', 'Raccoon'].map((name) => expect.stringContaining(name)))
    expect(page().url()).toBe(at(`/timeline?camera=${cameras.Garden}&rule=${rules.Raccoon}`))
    await link('Remove filter: Raccoon').click()
    await expect.poll(titles).toHaveLength(4)
    await link('Remove filter: Garden').click()
    await expect.poll(titles).toHaveLength(11)

    await page().goto(at('/timeline?day=2020-02-29'))
    await page().getByRole('heading', { name: 'No matches' }).waitFor()
    await link('Show everything').click()
    await expect.poll(titles).toHaveLength(11)
  })

  it('keeps the rule that was chosen first, unless it is none of the camera', async () => {
    const { cameras, rules } = await atTheTimeline()
    const sheet = page().getByRole('dialog', { name: 'Show only' })
    const [camera, rule] = [sheet.getByLabel('Camera'), sheet.getByLabel('Rule')]
    const choices = () => rule.locator('option').allInnerTexts()
    await link('Filter').click()
    await rule.selectOption('Raccoon (Garden)')
    const answered = page().waitForResponse('**/v1/cameras/')
    await lookAgain()
    await (await answered).finished()
    await page().waitForTimeout(200)
    expect(await rule.inputValue()).toBe(rules.Raccoon)
    await camera.selectOption('Garden')
    await expect.poll(choices).toEqual(['All rules', 'Dog out', 'Raccoon'])
    await button('Show').click()
    await expect.poll(titles).toHaveLength(2)
    expect(page().url()).toBe(at(`/timeline?camera=${cameras.Garden}&rule=${rules.Raccoon}`))

    await page().goto(at(`/timeline?rule=${rules.Raccoon}&sheet=filter`))
    await expect.poll(() => rule.inputValue()).toBe(rules.Raccoon)
    await camera.selectOption('Kitchen')
    await expect.poll(() => rule.inputValue()).toBe('')
    await camera.selectOption('All cameras')
    await expect.poll(choices).toContain('Raccoon (Garden)')
    expect(await rule.inputValue()).toBe('')
    await button('Show').click()
    await expect.poll(titles).toHaveLength(11)
  })

  it('goes on as one scrolls, and what comes meanwhile moves nothing', async () => {
    const home = await somebody()
    const { public_camera_id: camera } = await home.scout.createCamera({ location: 'Garden' })
    await tell(home.owner, camera, 70, 'before')
    await signIn(page(), home.email)
    await page().goto(at('/timeline'))
    await expect.poll(() => rows().count()).toBe(30)
    const toTheEnd = () => page().evaluate('scrollTo(0, document.body.scrollHeight)')
    const newest = (url: URL) => url.search.endsWith('limit=30')
    // The older page arrives after the newest page was requested again.
    await page().route(/after=/, async (route) => {
      const again = page().waitForResponse((response) => newest(new URL(response.url())))
      await lookAgain()
      await again
      await new Promise((resolve) => setTimeout(resolve, 300))
      await route.continue()
    })
    for (const count of [60, 70]) {
      await toTheEnd()
      await expect.poll(() => rows().count()).toBe(count)
    }
    await toTheEnd()
    expect(await page().getByText('That is everything.').count()).toBe(1)

    const looked = rows().filter({ hasText: 'before 60' })
    await looked.scrollIntoViewIfNeeded()
    const place = async () => Math.round((await looked.boundingBox())!.y)
    const before = await place()
    await tell(home.owner, camera, 3, 'now')
    await lookAgain()
    await expect.poll(() => rows().count()).toBe(73)
    expect(Math.abs((await place()) - before)).toBeLessThan(2)
    await expect.poll(badgeText).toBe('73 new')
  })

  it('asks again for all that was loaded when it is pulled, and when it is old, and keeps a page of it', async () => {
    const home = await somebody()
    const { public_camera_id: camera } = await home.scout.createCamera({ location: 'Garden' })
    await tell(home.owner, camera, 70, 'before')
    await signIn(page(), home.email)
    await page().goto(at('/timeline'))
    await expect.poll(() => rows().count()).toBe(30)
    await page().evaluate('scrollTo(0, document.body.scrollHeight)')
    await expect.poll(() => rows().count()).toBe(60)
    const row = (n: number) => rows().filter({ hasText: new RegExp(`before ${n}$`) })
    const all = await home.scout.listNotifications()
    const seeElsewhere = (n: number) =>
      home.scout.markNotificationsSeen([
        all.find(({ body }) => body === `Fox: before ${n}`)!.public_notification_id,
      ])

    await seeElsewhere(45)
    await page().evaluate('scrollTo(0, 0)')
    // Of larger pages the service signs no pictures.
    const limits: number[] = []
    page().on('request', (request) => {
      const { pathname, searchParams: query } = new URL(request.url())
      if (pathname === '/v1/notifications/' && !query.has('unseen')) limits.push(Number(query.get('limit')))
    })
    await pullDown()
    await expect.poll(async () => inLine(await row(45).innerText())).not.toContain('New:')
    expect(await rows().count()).toBe(60)
    expect(limits.length).toBeGreaterThan(0)
    expect(Math.max(...limits)).toBeLessThanOrEqual(50)

    await seeElsewhere(50)
    await page().evaluate('{ const now = Date.now; Date.now = () => now() + 2 * 3_600_000 }')
    await lookAgain()
    await expect.poll(async () => inLine(await row(50).innerText())).not.toContain('New:')
    expect(inLine(await row(51).innerText())).toContain('New:')
    expect(await rows().count()).toBe(60)

    // A start knows of no more than a page, and that there is more.
    await page().route('**/v1/notifications/**', (route) => route.abort())
    await page().reload()
    await expect.poll(() => rows().count()).toBe(30)
    expect(await page().getByText('That is all there is.').count()).toBe(0)
  })

  it.each([
    ['leaves', () => page().goto('about:blank')],
    [
      'hides it',
      () =>
        page().evaluate(`{
          Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
          document.dispatchEvent(new Event('visibilitychange'))
        }`),
    ],
  ])('marks all as seen before its Undo is over where somebody %s', async (_, leave) => {
    const { scout } = await atTheTimeline()
    const unseen = async () => (await scout.listNotifications({ unseen: true })).length
    await button('Mark all as seen').click()
    await button('Undo').waitFor()
    expect(await unseen()).toBeGreaterThan(0)

    await leave()
    await expect.poll(unseen, { timeout: 3_000 }).toBe(0)
    expect(await button('Undo').count()).toBe(0)
  })

  it('deletes by a swipe once its Undo is over, and Undo brings it back', async () => {
    await page().clock.install()
    const { scout, notifications } = await atTheTimeline()
    await expect.poll(titles).toHaveLength(11)
    const strip = page().locator('.swipe').first()
    const { x, y, width } = (await strip.boundingBox())!
    const debug = await context().newCDPSession(page())
    await debug.send('Input.synthesizeScrollGesture', {
      x: x + width / 2,
      y: y + 40,
      xDistance: -250,
      yDistance: 0,
    })
    await expect
      .poll(() => strip.evaluate(({ scrollLeft }: { scrollLeft: number }) => scrollLeft))
      .toBeGreaterThan(100)
    await strip.getByRole('button', { name: 'Delete' }).click()
    await toast('Notification deleted.').waitFor()
    expect(await titles()).toHaveLength(10)
    await button('Undo').click()
    await expect.poll(titles).toHaveLength(11)

    await strip.getByRole('button', { name: 'Delete' }).click()
    await lookAgainAt(page(), LIST)
    expect(await titles()).toHaveLength(10)
    const listed = async () => (await scout.listNotifications()).map((one) => one.public_notification_id)
    expect(await listed()).toContain(notifications[0])
    await endUndo()
    await expect.poll(listed).not.toContain(notifications[0])
    expect(await titles()).toHaveLength(10)
  })

  it('waits with a deletion while the keyboard is on its Undo, which has it as the row is gone', async () => {
    await page().clock.install()
    const { scout, notifications } = await atTheTimeline()
    await expect.poll(titles).toHaveLength(11)
    const listed = async () => (await scout.listNotifications()).map((one) => one.public_notification_id)
    const undo = page().locator('.toast button:focus')
    const remove = async () => {
      const strip = page().locator('.swipe').first()
      await strip.getByRole('link').focus()
      for (const label of ['Not this', 'Delete']) {
        await page().keyboard.press('Tab')
        await strip.getByRole('button', { name: label }).and(page().locator(':focus')).waitFor()
      }
      await page().keyboard.press('Enter')
      await undo.waitFor()
      expect(await titles()).toHaveLength(10)
    }

    await remove()
    await page().clock.fastForward('01:00')
    await page().waitForTimeout(500)
    expect(await undo.count()).toBe(1)
    expect(await listed()).toContain(notifications[0])
    await page().keyboard.press('Enter')
    await expect.poll(titles).toHaveLength(11)
    await page().locator('h1:focus').waitFor()

    await remove()
    await page().keyboard.press('Tab')
    await undo.waitFor({ state: 'detached' })
    expect(await button('Undo').count()).toBe(1)
    await page().clock.fastForward('00:21')
    await expect.poll(listed).not.toContain(notifications[0])
    expect(await button('Undo').count()).toBe(0)
    expect(await titles()).toHaveLength(10)
  })

  it('waits with it while the pointer moves on its Undo, and leaves the focus of a pointer alone', async () => {
    await page().clock.install()
    const { scout, notifications } = await atTheTimeline()
    await expect.poll(titles).toHaveLength(11)
    const listed = async () => (await scout.listNotifications()).map((one) => one.public_notification_id)
    await page().locator('.swipe').first().getByRole('button', { name: 'Delete' }).click()
    for (const [x, y] of [
      [2, 2],
      [4, 4],
      [6, 6],
    ] as const) {
      await button('Undo').hover({ position: { x, y } })
      await page().clock.fastForward('00:15')
    }
    await page().waitForTimeout(500)
    expect(await button('Undo').count()).toBe(1)
    expect(await page().locator('.toast :focus').count()).toBe(0)
    expect(await listed()).toContain(notifications[0])

    await page().clock.fastForward('00:06')
    await expect.poll(listed).not.toContain(notifications[0])
    expect(await button('Undo').count()).toBe(0)
  })

  it('is told by a swipe that it was not this', async () => {
    await page().clock.install()
    const { scout, events, notifications } = await atTheTimeline()
    await page().locator('.swipe').first().getByRole('button', { name: 'Not this' }).click()
    await toast(/^Noted: not this/).waitFor()
    await expect.poll(badgeText).toBe('3 new')

    const feedback = async () => (await scout.getEvent(events[0]!)).verdicts.map((one) => one.feedback)
    expect(await feedback()).not.toContain('wrong')
    await endUndo()
    await expect.poll(feedback).toContain('wrong')
    expect((await scout.getNotification(notifications[0]!)).seen_at).not.toBe(null)
  })

  it('has no badge once all is seen, on its tab and on the app', async () => {
    await page().clock.install()
    await context().addInitScript(
      `globalThis.badges = []; navigator.setAppBadge = async (count) => void badges.push(count)`,
    )
    const { scout } = await atTheTimeline()
    await expect.poll(badgeText).toBe('4 new')
    await button('Mark all as seen').click()

    await expect.poll(() => badge().count()).toBe(0)
    expect(await page().evaluate('badges.slice(-2)')).toEqual([4, 0])
    expect(await button('Mark all as seen').count()).toBe(0)
    const unseen = async () => (await scout.listNotifications({ unseen: true })).length
    expect(await unseen()).toBe(4)
    await endUndo()
    await expect.poll(unseen).toBe(0)
    await page().reload()
    await rows().first().waitFor()
    expect(await badge().count()).toBe(0)
  })

  it('marks as seen what its filter shows, and nothing else', async () => {
    await page().clock.install()
    const { scout, cameras } = await atTheTimeline()
    await page().goto(at(`/timeline?camera=${cameras.Kitchen}`))
    await expect.poll(badgeText).toBe('4 new')
    await rows().first().waitFor()
    await button('Mark all as seen').click()

    await toast('All marked as seen.').waitFor()
    expect((await badge().allInnerTexts()).map(inLine)).toEqual(['3 new'])
    const unseen = async () => (await scout.listNotifications({ unseen: true })).length
    expect(await unseen()).toBe(4)
    await endUndo()
    await expect.poll(unseen).toBe(3)
    expect(await badgeText()).toBe('3 new')
  })

  it('does not mark as seen what gets another picture before its Undo is over', async () => {
    await page().clock.install()
    const { scout, notifications } = await atTheTimeline()
    await expect.poll(badgeText).toBe('4 new')
    await rows().first().waitFor()
    await button('Mark all as seen').click()
    await toast('All marked as seen.').waitFor()
    await ask(`update notifications set count = count + 1 where public_notification_id = $1`, [
      notifications[0],
    ])
    await lookAgainAt(page(), LIST)

    const unseen = async () =>
      (await scout.listNotifications({ unseen: true })).map((one) => one.public_notification_id)
    await endUndo()
    await expect.poll(unseen).toEqual([notifications[0]])
    await expect.poll(badgeText).toBe('1 new')
  })

  it('says what to do where nothing was told yet', async () => {
    const { email, scout } = await somebody()
    await signIn(page(), email)
    await page().goto(at('/timeline'))
    await page().getByRole('heading', { name: 'No notifications yet' }).waitFor()
    await link('Add a camera').waitFor()

    await scout.createCamera({ location: 'Shed' })
    await page().reload()
    await link('Go to your cameras').waitFor()
  })

  it('is shown as it was without a network, and refuses to delete in words', async () => {
    await page().clock.install()
    await atTheTimeline()
    await expect.poll(titles).toHaveLength(11)
    await context().setOffline(true)
    await lookAgain()

    await page()
      .getByText(/^You are offline\. Last updated at \d?\d:\d\d/)
      .waitFor()
    expect(await titles()).toHaveLength(11)
    await page().locator('.swipe').first().getByRole('button', { name: 'Delete' }).click()
    await expect.poll(titles).toHaveLength(10)
    await endUndo()
    await toast('You are offline.').waitFor()
    expect(await titles()).toHaveLength(11)
  })
})
