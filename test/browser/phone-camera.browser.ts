import { describe, expect, it } from 'vitest'
import { aPhone, query } from './phone-in-hand.ts'
import { at, signIn, somebody, somebodyAtHome } from './phone.ts'

const {
  page,
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

describe('a camera', () => {
  it('shows its picture, its rules and its latest pictures, and the next picture by itself', async () => {
    const { camera, events } = await atTheFrontDoor()
    const picture = page().getByRole('img', { name: 'The last picture of Front door' })
    const before = await picture.getAttribute('src')
    const rules = page().getByRole('region', { name: 'Notify me when' })
    await expect
      .poll(() => rules.getByRole('link').allInnerTexts())
      .toEqual([
        expect.stringMatching(/^Visitor\n.*comes to the door\nLast match \d+ min ago$/),
        expect.stringMatching(/^Night motion\n.*after 10pm\nNo match yet$/),
        expect.stringMatching(/^Parcel\n/),
        'Add a rule',
      ])
    const latest = page().getByRole('region', { name: 'Latest' })
    await expect.poll(() => latest.getByRole('img').count()).toBe(4)
    expect(await latest.getByRole('link').first().getAttribute('href')).toBe(`/app/timeline?camera=${camera}`)
    expect(await latest.getByRole('link').nth(1).getAttribute('href')).toBe(`/app/events/${events[0]}`)
    expect(await page().getByText('2 min ago').count()).toBe(1)

    await query('update camera_camera set preview_updated_at = now() where public_camera_id = $1', [camera])
    await lookAgain()
    await page().getByText('just now').waitFor()
    expect(await picture.getAttribute('src')).not.toBe(before)
    expect(complaints()).toEqual([])
  })

  it('is disarmed at once, and armed again by Undo', async () => {
    const { scout, camera } = await atTheFrontDoor()
    await toggle('Armed').click()
    await toast('Front door is disarmed.').waitFor()
    expect(await toggle('Armed').isChecked()).toBe(false)
    expect((await scout.getCamera(camera)).is_armed).toBe(false)

    await button('Undo').click()
    await expect.poll(async () => (await scout.getCamera(camera)).is_armed).toBe(true)
    expect(await toggle('Armed').isChecked()).toBe(true)
    expect(complaints()).toEqual([])
  })

  it('stays as it was switched, also where an answer from before comes late', async () => {
    const { email, cameras } = await somebodyAtHome()
    await signIn(page(), email)
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const asked = page().waitForRequest(`**/v1/cameras/${cameras.Kitchen}/`)
    await page().route(`**/v1/cameras/${cameras.Kitchen}/`, async (route) => {
      const response = await route.fetch()
      if (route.request().method() === 'GET') await held
      await route.fulfill({ response })
    })
    await link(/Kitchen/).click()
    await asked
    await toggle('Armed').click()
    await toast('Kitchen is disarmed.').waitFor()
    const late = page().waitForResponse(`**/v1/cameras/${cameras.Kitchen}/`)
    letGo()
    await late

    await page().getByText('Pictures are not checked, and you get no notifications.').waitFor()
    expect(await toggle('Armed').isChecked()).toBe(false)
    // It asks once more.
    await page().unrouteAll({ behavior: 'ignoreErrors' })
  })

  it('is snoozed by a sheet, which Back closes', async () => {
    const { scout, camera } = await atTheFrontDoor()
    await link(/^Snooze/).click()
    await page().getByRole('dialog', { name: 'Snooze Front door' }).waitFor()
    expect(page().url()).toBe(at(`/cameras/${camera}?sheet=snooze`))
    await page().goBack()
    await page().getByRole('dialog').waitFor({ state: 'detached' })
    expect(page().url()).toBe(at(`/cameras/${camera}`))

    await link(/^Snooze/).click()
    await button(/For an hour/).click()
    await toast('Front door is quiet until').waitFor()
    const ahead = Date.parse((await scout.getCamera(camera)).snoozed_until ?? '') - Date.now()
    expect(ahead / 60_000).toBeCloseTo(60, -1)
    await link(/Snooze.*until/).waitFor()
    expect(complaints()).toEqual([])
  })

  it('says where nothing is paired, nobody is told and no picture came', async () => {
    const { scout, email } = await somebody()
    const { public_camera_id: camera } = await scout.createCamera({ location: 'Loft' })
    await signIn(page(), email)
    await page().goto(at(`/cameras/${camera}`))

    expect(await link('Pair a camera').getAttribute('href')).toBe('/app/cameras/add')
    await page().getByText('No pictures yet').waitFor()
    await page().getByText('Without a rule you get no notifications.').waitFor()
    expect(complaints()).toEqual([])
  })

  it('says since when it is offline, and what another’s is', async () => {
    const { scout } = await somebody()
    const { public_camera_id: other } = await scout.createCamera({ location: 'Not yours' })
    const { cameras } = await atTheFrontDoor()
    await page().goto(at(`/cameras/${cameras.Garage}`))
    await page()
      .getByText(/^Last seen .*Check its power/)
      .waitFor()

    await page().goto(at(`/cameras/${other}`))
    await page().getByText('No Camera matches the given query.').waitFor()
  })
})

describe('the settings of a camera', () => {
  it('change its name and time zone, and say what is refused', async () => {
    const { scout, camera } = await atTheFrontDoor()
    await link('Camera settings').click()
    await heading('Camera settings').waitFor()
    const zones = page().getByLabel('Time zone')
    await zones.waitFor()
    expect((await zones.locator('option').allInnerTexts()).slice(0, 2)).toEqual([
      'Same as my account',
      'Europe/Berlin (this phone)',
    ])
    await page().getByLabel('Location').fill(' ')
    await button('Save').click()
    await page().getByText('This field may not be blank.').waitFor()

    await page().getByLabel('Location').fill('Back door')
    await zones.selectOption('America/New York')
    await button('Save').click()
    await toast('Saved.').waitFor()
    expect(await scout.getCamera(camera)).toMatchObject({
      location: 'Back door',
      time_zone: 'America/New_York',
    })
    await button('Back').click()
    await heading('Back door').waitFor()
  })

  it('say what hangs there, and revoke its access where nobody says Undo', async () => {
    await page().clock.install()
    const { scout, camera } = await atTheFrontDoor()
    await link('Camera settings').click()
    const facts = page().getByRole('region', { name: 'Paired device' })
    await expect
      .poll(() => facts.innerText())
      .toMatch(/Model\nScout Cam 2\nVersion\n1\.0\.0\nSerial number\n\w{16}\n/)
    await button('Revoke access').click()
    await page().getByText('Access revoked').waitFor()
    await button('Undo').click()
    await page().getByText('Access revoked').waitFor({ state: 'detached' })
    expect((await scout.getDevice(camera)).revoked_at).toBeUndefined()

    await button('Revoke access').click()
    await page().getByText('Access revoked').waitFor()
    expect((await scout.getDevice(camera)).revoked_at).toBeUndefined()
    await endUndo()
    await expect.poll(async () => (await scout.getDevice(camera)).revoked_at).toBeDefined()
    await page().getByText('A camera that you pair is added as a new one.').waitFor()
    await page().goto(at(`/cameras/add?camera=${camera}`))
    await page().getByText('The access of this camera was revoked').waitFor()
    expect(await page().getByText('The first picture is here').count()).toBe(0)
    await page().goBack()
    await link('Pair a camera').click()
    await heading('Add a camera').waitFor()
    await link('Scan the sticker').waitFor()
    expect(complaints()).toEqual([])
  })

  it('delete it, unless somebody says Undo', async () => {
    await page().clock.install()
    const { scout, camera } = await withARule()
    await link('Camera settings').click()
    await page().getByText('No device is paired, so there are no new pictures.').waitFor()
    await button('Delete this camera').click()
    await page().getByText('Add your first camera').waitFor()
    await button('Undo').click()
    await link(/^Shed/).click()

    await link('Camera settings').click()
    await button('Delete this camera').click()
    await page().getByText('Add your first camera').waitFor()
    expect(await scout.getCamera(camera)).toMatchObject({ location: 'Shed' })
    await endUndo()
    await expect.poll(() => scout.listCameras()).toEqual([])
    await page().getByText('Add your first camera').waitFor()
  })
})
