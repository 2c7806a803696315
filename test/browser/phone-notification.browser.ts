import { describe, expect, it } from 'vitest'
import { aPhone, query as ask } from './phone-in-hand.ts'
import { at, signIn, somebodyAtHome } from './phone.ts'

const { page, context, complaints, button, link, heading, toast, lookAgain, endUndo } = aPhone()
const rows = () => page().locator('.told')
const badgeText = async () => {
  const badge = page().getByRole('navigation', { name: 'Places' }).locator('.badge')
  return (await badge.innerText()).replace(/\s+/g, ' ').trim()
}

describe('a notification', () => {
  it('is opened by its address, seen by that, and says why and why not', async () => {
    const { email, scout, notifications } = await somebodyAtHome()
    await signIn(page(), email)
    await page().goto(at(`/notifications/${notifications[0]}`))
    await heading('Visitor').waitFor()

    const why = page().getByRole('region', { name: 'Why', exact: true })
    expect(await why.innerText()).toMatch(
      /Visitor\nYes\nA woman in an orange suit stands at the door and smiles\./,
    )
    const whyNot = page().getByRole('region', { name: 'Why not the others' })
    expect(await whyNot.innerText()).toMatch(
      /Night motion\nSkipped\nThe picture was taken outside its hours\./,
    )
    expect(await whyNot.innerText()).toMatch(/Parcel\nNo\nNo parcel is to be seen\./)
    await link('Front door').waitFor()
    await expect.poll(async () => (await scout.getNotification(notifications[0]!)).seen_at).not.toBe(null)
    await expect.poll(badgeText).toBe('3 new')

    await link('Older').click()
    await heading('Cat on the counter').waitFor()
    // If the app was opened at this address, Back leads to the list.
    await button('Back').click()
    await heading('Timeline').waitFor()
    expect(complaints()).toEqual([])
  })

  it('is seen by nobody in a page in the background', async () => {
    const { email, scout, notifications } = await somebodyAtHome()
    await signIn(page(), email)
    await page().addInitScript(`
      globalThis.state = 'hidden'
      Object.defineProperty(document, 'visibilityState', { get: () => state, configurable: true })`)
    const seenAt = async () => (await scout.getNotification(notifications[0]!)).seen_at
    await page().goto(at(`/notifications/${notifications[0]}`))
    await heading('Visitor').waitFor()
    await page().goto(at(`/events/${(await scout.getNotification(notifications[0]!)).public_event_id}`))
    await heading('Visitor').waitFor()
    await page().waitForTimeout(300)
    expect(await seenAt()).toBeNull()
    await page().evaluate(`{
      state = 'visible'
      document.dispatchEvent(new Event('visibilitychange'))
    }`)
    await expect.poll(seenAt).not.toBeNull()
  })

  it('keeps what was said of a rule, also after the page is loaded anew, and takes another word', async () => {
    const { email, scout, events } = await somebodyAtHome()
    await signIn(page(), email)
    await page().goto(at(`/events/${events[0]}`))
    const asked = page().getByRole('group', { name: 'Is that right for Visitor?' })
    const isChosen = (name: string) => asked.getByRole('button', { name }).getAttribute('aria-pressed')
    const feedback = async () =>
      (await scout.getEvent(events[0]!)).verdicts.find((one) => one.rule_nickname === 'Visitor')?.feedback

    await asked.getByRole('button', { name: 'Not this' }).click()
    await expect.poll(() => isChosen('Not this')).toBe('true')
    await expect.poll(feedback).toBe('wrong')
    await page().reload()
    await expect.poll(() => isChosen('Not this')).toBe('true')
    await asked.getByRole('button', { name: 'Right' }).click()
    await expect.poll(feedback).toBe('right')
    expect(await isChosen('Not this')).toBe('false')

    await context().setOffline(true)
    await asked.getByRole('button', { name: 'Not this' }).click()
    await toast('You are offline.').waitFor()
    expect(await isChosen('Right')).toBe('true')
  })

  it('shows its picture large, closed by Back, what the camera found, and its clip', async () => {
    const { email, events, notifications } = await somebodyAtHome()
    const labels = [{ label: 'person', score: 0.9, box: [0.25, 0.1, 0.5, 0.8] }]
    await ask(`update events set labels = $2, clip_key = object_key where public_event_id = $1`, [
      events[0],
      JSON.stringify(labels),
    ])
    await signIn(page(), email)
    await page().goto(at(`/notifications/${notifications[0]}`))
    const picture = button(/^Enlarge: A woman in an orange suit stands/)
    await picture.locator('img').waitFor()
    await page()
      .getByRole('switch', { name: /What the camera found|Show what the camera found/ })
      .click()
    const [outer, box] = [
      (await picture.boundingBox())!,
      (await page().locator('.boxes > span').boundingBox())!,
    ]
    expect([(box.x - outer.x) / outer.width, box.width / outer.width]).toEqual([
      expect.closeTo(0.25, 2),
      expect.closeTo(0.5, 2),
    ])

    await picture.click()
    const large = page().getByRole('dialog')
    await large.getByRole('button', { name: 'Zoom in' }).click()
    await large.getByRole('button', { name: 'Zoom out' }).waitFor()
    await page().goBack()
    await expect.poll(() => large.count()).toBe(0)
    expect(page().url()).toBe(at(`/notifications/${notifications[0]}`))

    await button('Play the clip').click()
    expect(await page().locator('video').getAttribute('src')).toContain('X-Amz-Signature')
    expect(complaints().filter((words) => words.includes('Content Security Policy'))).toEqual([])
  })

  it('says that its picture is gone, and shows it once it comes after all', async () => {
    const { email, events } = await somebodyAtHome()
    const move = (from: string, to: string) =>
      ask(`update events set object_key = replace(object_key, $2, $3) where public_event_id = $1`, [
        events[0],
        from,
        to,
      ])
    await move('uploads/', 'elsewhere/')
    await signIn(page(), email)
    await page().goto(at(`/events/${events[0]}`))
    await page().getByText('This picture is no longer available.').waitFor()
    await move('elsewhere/', 'uploads/')
    await lookAgain()
    await button(/^Enlarge: A woman in an orange suit stands/).waitFor()
  })

  it('saves its picture where the browser shares no files', async () => {
    const { email, events } = await somebodyAtHome()
    await signIn(page(), email)
    await page().goto(at(`/events/${events[0]}`))
    const download = page().waitForEvent('download')
    await button('Share the picture').click()
    expect((await download).suggestedFilename()).toBe('Visitor.jpg')
    await toast('Picture saved.').waitFor()
  })

  it('of several pictures shows the others', async () => {
    const { email, events, notifications } = await somebodyAtHome()
    await ask(
      `update notifications set event_ids = $2::uuid[], count = 2 where public_notification_id = $1`,
      [notifications[0], [events[5], events[0]]],
    )
    await signIn(page(), email)
    await page().goto(at('/timeline'))
    expect(await rows().first().innerText()).toContain('Front door · 2 pictures')
    await rows().first().click()
    const others = page().getByRole('region', { name: 'One of 2 pictures' })
    await others.getByRole('link').click()
    await heading('Visitor').waitFor()
    expect(page().url()).toBe(at(`/events/${events[5]}`))
  })

  it('of a camera that went offline says what to do, and snoozes it', async () => {
    const { email, scout, cameras } = await somebodyAtHome()
    await signIn(page(), email)
    await page().goto(at('/timeline'))
    await rows().filter({ hasText: 'Went offline' }).click()
    await heading('Went offline').waitFor()
    await page().getByRole('region', { name: 'What to do' }).waitFor()
    await button('Snooze Garage').click()
    await page()
      .getByRole('dialog')
      .getByRole('button', { name: /For an hour/ })
      .click()
    await expect.poll(async () => (await scout.getCamera(cameras.Garage!)).snoozed_until).not.toBe(null)
  })

  it('is deleted by its button, and is gone then', async () => {
    await page().clock.install()
    const { email, scout, notifications } = await somebodyAtHome()
    await signIn(page(), email)
    await page().goto(at('/timeline'))
    await rows().first().click()
    await button('Delete this notification').click()
    await heading('Timeline').waitFor()
    await toast('Notification deleted.').waitFor()
    expect(await rows().count()).toBe(10)
    const gone = () => scout.getNotification(notifications[0]!).catch(({ status }) => status)
    expect(await gone()).toMatchObject({ public_notification_id: notifications[0] })
    await endUndo()
    await expect.poll(gone).toBe(404)
    await page().goto(at(`/notifications/${notifications[0]}`))
    await page().getByRole('heading', { name: 'No longer available' }).waitFor()
  })
})

describe('an event', () => {
  it('that is being judged says so, and its verdict as soon as it is there', async () => {
    const { email, events } = await somebodyAtHome()
    await ask(
      `update events set state = 'received', due_at = now() + interval '1 day' where public_event_id = $1`,
      [events[3]],
    )
    await signIn(page(), email)
    await page().goto(at(`/events/${events[3]}`))
    await page().getByText('This picture is being checked').waitFor()
    await ask(`update events set state = 'done', due_at = null where public_event_id = $1`, [events[3]])
    await expect
      .poll(() => page().getByText('This picture is being checked').count(), { timeout: 15_000 })
      .toBe(0)
    await page().getByRole('region', { name: 'Why you were not notified' }).waitFor()
  })

  it.each([
    ['failed', 'judge_timeout', 'This picture could not be checked'],
    ['discarded', 'limited', 'This picture was not checked'],
  ])('that is %s says why', async (state, failure, words) => {
    const { email, events } = await somebodyAtHome()
    await ask(`update events set state = $2, failure = $3 where public_event_id = $1`, [
      events[3],
      state,
      failure,
    ])
    await signIn(page(), email)
    await page().goto(at(`/events/${events[3]}`))
    await page().getByText(words).waitFor()
  })

  it('has no picture where its camera is gone, and says so', async () => {
    const { email, scout, events, cameras } = await somebodyAtHome()
    await signIn(page(), email)
    await scout.deleteCamera(cameras.Kitchen!)
    await page().goto(at(`/events/${events[1]}`))
    await page().getByText('The picture was deleted with its camera.').waitFor()
    await page().getByText('This camera was deleted or is no longer yours.').waitFor()
    expect(await link(/^Edit rule/).count()).toBe(0)
  })

  it('marks what was told of it as seen', async () => {
    const { email, scout, events, notifications } = await somebodyAtHome()
    await signIn(page(), email)
    await page().goto(at(`/events/${events[1]}`))
    await expect.poll(async () => (await scout.getNotification(notifications[1]!)).seen_at).not.toBe(null)
    await expect.poll(badgeText).toBe('3 new')
  })
})
