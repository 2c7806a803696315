import { createClient } from '@scout/client'
import { describe, expect, inject, it } from 'vitest'
import { aPhone, query } from './phone-in-hand.ts'
import { at, PASSWORD } from './phone.ts'

const {
  page,
  context,
  complaints,
  button,
  link,
  toggle,
  heading,
  toast,
  lookAgain,
  endUndo,
  atTheFrontDoor,
  withARule,
} = aPhone()
const words = () => page().getByLabel('Tell me when you see')

describe('a rule', () => {
  it('is written, read while it is typed, tried on pictures and saved', async () => {
    const { scout, camera } = await atTheFrontDoor()
    await link('Add a rule').click()
    await button('a person at the door').click()
    await page().getByText('A person', { exact: false }).first().waitFor()
    await words().fill('Alert when two people are seen after 10pm')
    const read = page().getByRole('region', { name: 'Scout reads this as' })
    await expect
      .poll(() => read.innerText())
      .toBe('Scout reads this as\nLooks for\n2 or more people\nWhen\n22:00 to 6:00')

    await words().fill('a person with a hat')
    await expect
      .poll(() => read.innerText())
      .toMatch(/a person\nWhen\nat any time\nAlso, by a vision model\n“with a hat”$/)
    await words().fill('Tell me if there is a person')
    await expect.poll(() => read.innerText()).toMatch(/a person\nWhen\nat any time$/)
    expect(await page().getByLabel('Name').inputValue()).toBe('Person')

    await button('Try it on the last 20 pictures').click()
    await page().getByText('3 of 4 match.').waitFor({ timeout: 40_000 })
    const tried = page().getByRole('region', { name: 'Try it' }).getByRole('link')
    expect(await tried.allInnerTexts()).toEqual([
      expect.stringMatching(/^Yes\n14 min ago\nperson 0.69$/i),
      expect.stringMatching(/^Yes\n.*\nperson 0.83$/i),
      expect.stringMatching(/^Yes\n/),
      expect.stringMatching(/^No\n.*\nno person seen$/i),
    ])
    expect((await scout.listRules(camera)).map((rule) => rule.rule_nickname)).not.toContain('Person')

    await page().getByLabel('Tell me again').selectOption('At most every 30 minutes')
    await page().getByLabel('Tell me', { exact: true }).selectOption('Also in quiet hours')
    await button('Add the rule').click()
    await toast('“Person” was added.').waitFor()
    await heading('Front door').waitFor()
    await link(/^Person/).waitFor()
    expect((await scout.listRules(camera)).at(-1)).toMatchObject({
      rule: 'Tell me if there is a person',
      rule_nickname: 'Person',
      cooldown_in_seconds: 1800,
      importance: 'time_sensitive',
      is_enabled: true,
    })
    expect(complaints()).toEqual([])
  })

  it('leaves whoever has left where they are, once it is saved', async () => {
    const { scout, camera } = await withARule()
    await link('Add a rule').click()
    await words().fill('a hedgehog')
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    await page().route('**/rules/', async (route) => {
      if (route.request().method() === 'POST') await held
      await route.continue()
    })
    await button('Add the rule').click()
    await link('Timeline').click()
    await heading('Timeline').waitFor()
    letGo()
    await toast('was added.').waitFor()

    // History goes back in its own time.
    await page().waitForTimeout(500)
    expect(page().url()).toBe(at('/timeline'))
    expect(await scout.listRules(camera)).toHaveLength(2)
  })

  it('is read by its newest words, also where an answer to older ones comes late', async () => {
    const { camera } = await withARule()
    await page().goto(at(`/cameras/${camera}/rules/new`))
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const answered: string[] = []
    await page().route('**/rules/try/', async (route) => {
      const { rule } = route.request().postDataJSON()
      if (rule === 'a cat') await held
      await route.continue().catch(() => {})
      answered.push(rule)
    })
    await Promise.all([
      page().waitForRequest((request) => request.postData()?.includes('a cat') ?? false),
      words().fill('a cat'),
    ])
    await words().fill('a dog')
    await page().getByText('a dog', { exact: true }).last().waitFor()
    const read = page().getByRole('region', { name: 'Scout reads this as' })
    await expect.poll(() => read.innerText()).toContain('Looks for\na dog')
    const late = page().waitForResponse(
      (response) => response.request().postData()?.includes('a cat') ?? false,
    )
    letGo()
    await late
    await page().waitForTimeout(300)

    expect(answered).toEqual(['a dog', 'a cat'])
    expect(await read.innerText()).toContain('Looks for\na dog')
    expect(complaints()).toEqual([])
  })

  it('is read after all where the network was gone for a while', async () => {
    const { camera } = await withARule()
    await page().goto(at(`/cameras/${camera}/rules/new`))
    const read = page().getByRole('region', { name: 'Scout reads this as' })
    const recoveries = {
      'a cat': () => button('Try again').click(),
      'a dog': () => page().evaluate("dispatchEvent(new Event('online'))"),
    }
    for (const [rule, recover] of Object.entries(recoveries)) {
      await page().route('**/rules/try/', (route) => route.abort())
      await words().fill(rule)
      await read.getByText('This could not be read').waitFor()
      await page().unrouteAll({ behavior: 'wait' })
      await recover()
      await expect.poll(() => read.innerText()).toContain(`Looks for\n${rule}`)
      expect(await read.getByText('This could not be read').count()).toBe(0)
    }
  })

  it('says under the field what is refused', async () => {
    const { scout, camera, rule } = await withARule()
    await link(/^Fox/).click()
    await heading('Fox').waitFor()
    await page().getByLabel('Name').fill('  ')
    await words().fill(' ')
    await button('Save').click()
    await expect.poll(() => page().getByText('This field may not be blank.').count()).toBe(2)
    expect(await words().getAttribute('aria-invalid')).toBe('true')
    expect(await page().locator(':focus').getAttribute('name')).toBe('rule')
    expect(await scout.getRule(camera, rule)).toMatchObject({ rule: 'a fox', rule_nickname: 'Fox' })
  })

  it('is switched off at once, on again by Undo, and stays as it was where the service is not reached', async () => {
    const { scout, camera, rule } = await withARule()
    await toggle('Fox').click()
    await toast('“Fox” is off.').waitFor()
    await page().getByText('Off · no match yet').waitFor()
    expect((await scout.getRule(camera, rule)).is_enabled).toBe(false)
    await button('Undo').click()
    await toast('“Fox” is off.').waitFor({ state: 'detached' })
    await expect.poll(async () => (await scout.getRule(camera, rule)).is_enabled).toBe(true)

    await context().setOffline(true)
    await toggle('Fox').click()
    await toast('You are offline.').waitFor()
    expect(await toggle('Fox').isChecked()).toBe(true)
  })

  it('is snoozed by itself', async () => {
    const { scout, camera, rule } = await withARule()
    await link(/^Fox/).click()
    await link(/^Snooze/).click()
    await page().getByRole('dialog', { name: 'Snooze Fox' }).waitFor()
    await button(/For four hours/).click()
    await toast('Fox is quiet until').waitFor()
    expect((await scout.getRule(camera, rule)).snoozed_until).not.toBeNull()
    await button('Back').click()
    await page()
      .getByText(/Snoozed until (tomorrow, )?\d+:\d\d · no match yet$/)
      .waitFor()
    expect(complaints()).toEqual([])
  })

  it('is back by Undo when it was deleted, also where the list was looked at meanwhile', async () => {
    const { scout, camera, rule } = await withARule()
    await link(/^Fox/).click()
    const asked = page().waitForResponse((response) => response.url().endsWith('/rules/'))
    await button('Delete this rule').click()
    await heading('Shed').waitFor()
    expect(await (await asked).json()).toHaveLength(1)
    await page().getByText('Without a rule you get no notifications.').waitFor()
    expect(await link(/^Fox/).count()).toBe(0)

    await button('Undo').click()
    await link(/^Fox/).waitFor()
    expect(await scout.getRule(camera, rule)).toMatchObject({ rule: 'a fox' })
    expect(complaints()).toEqual([])
  })

  it('is back by Undo for a keyboard, a few steps before the heading', async () => {
    await withARule()
    await link(/^Fox/).click()
    await button('Delete this rule').focus()
    await page().keyboard.press('Enter')
    await heading('Shed').and(page().locator(':focus')).waitFor()

    const undo = page().locator('.toast button:focus')
    for (let steps = 0; (await undo.count()) === 0 && steps < 4; steps++)
      await page().keyboard.press('Shift+Tab')
    expect(await undo.innerText()).toBe('Undo')
    // The first thing on the page, and not the last, to which a browser may step from the first.
    expect(await page().locator('.toasts ~ * h1').innerText()).toBe('Shed')
    await page().keyboard.press('Enter')
    await link(/^Fox/).waitFor()
    expect(complaints()).toEqual([])
  })

  it('is deleted where nobody says Undo', async () => {
    await page().clock.install()
    const { scout, camera } = await withARule()
    await link(/^Fox/).click()
    await button('Delete this rule').click()
    await heading('Shed').waitFor()
    expect(await scout.listRules(camera)).toHaveLength(1)
    await endUndo()
    await expect.poll(() => scout.listRules(camera)).toEqual([])
    await lookAgain()
    await page().getByText('Without a rule you get no notifications.').waitFor()
    expect(complaints()).toEqual([])
  })

  it('is kept when it is left unsaved, and said to be', async () => {
    await withARule()
    await link('Add a rule').click()
    await words().fill('a badger')
    await button('Back').click()
    await toast('Not saved yet. Your text is kept until you come back.').waitFor()
    await link('Add a rule').click()
    expect(await words().inputValue()).toBe('a badger')

    await button('Start over').click()
    expect(await words().inputValue()).toBe('')
    expect(await page().getByText('Not saved yet', { exact: true }).count()).toBe(0)
    expect(complaints()).toEqual([])
  })
})

describe('a trial', () => {
  it('says when there may be another one', async () => {
    const { camera, owner } = await atTheFrontDoor()
    await query(
      `insert into usage (subject, since, judged, tried) values ($1, date_trunc('hour', now(), 'UTC'), 0, 10)`,
      [owner],
    )
    await page().goto(at(`/cameras/${camera}/rules/new`))
    await words().fill('a person')
    await button(/^Try it/).click()

    await page()
      .getByText(/^You reached the limit: .* Try again after \d+:\d\d\.$/)
      .waitFor()
  })

  it('says where there are no pictures', async () => {
    const { camera } = await withARule()
    await page().goto(at(`/cameras/${camera}/rules/new`))
    await words().fill('a person')
    await button(/^Try it/).click()

    await page().getByText('This camera has no pictures yet. Try again when it has some.').waitFor()
    expect(complaints()).toEqual([])
  })

  it('says where nobody judges pictures, and how somebody would', async () => {
    const { url } = inject('admin')
    const scout = createClient({ baseUrl: url })
    const email = `rules-${crypto.randomUUID()}@example.com`
    await scout.register({ email, password: PASSWORD })
    const { public_camera_id: camera } = await scout.createCamera({ location: 'Shed' })
    await page().goto(`${url}/app/cameras/${camera}/rules/new`)
    await page().getByLabel('Email').fill(email)
    await page().getByLabel('Password', { exact: true }).fill(PASSWORD)
    await button('Sign in').click()

    await page()
      .getByText(/^This Scout is not set up to check pictures\. .*JUDGE_URL/)
      .waitFor()
    await words().fill('a person')
    await page().getByText('Looks for').waitFor()
    expect(await button(/^Try it/).isDisabled()).toBe(true)
    expect(complaints()).toEqual([])
  })
})
