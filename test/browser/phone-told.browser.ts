import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { type Profile, startProfile } from './browser.ts'
import { at, signIn, somebody } from './phone.ts'

/** One that is private may show no notification. */
let profile: Profile
beforeEach(async () => {
  profile = await startProfile()
})
afterEach(() => profile.stop())

/** The settings of somebody whose phone was told before, which its browser has forgotten. */
async function settingsOfOneWhoWasTold() {
  const { email } = await somebody()
  const { context } = profile
  await context.grantPermissions(['notifications'], { origin: inject('site') })
  await context.addInitScript("localStorage.setItem('scout.push', crypto.randomUUID())")
  const page = await profile.newPage()
  await signIn(page, email)
  await page.goto(at('/settings'))
  return { page, toggle: page.getByRole('switch', { name: /Notifications on this device/ }) }
}

it('says that nothing rings here where the browser subscribes no more', async () => {
  const { page, toggle } = await settingsOfOneWhoWasTold()

  // The push service of this one does not answer, for which the app waits a while.
  await page.getByText('You get no notifications here.').waitFor({ timeout: 45_000 })

  expect([await toggle.isChecked(), await toggle.isDisabled()]).toEqual([false, false])
})

it('says so at once where nobody allows it any more', async () => {
  // One without a window asks nobody, and says that it is denied.
  await profile.context.addInitScript(
    "Object.defineProperty(Notification, 'permission', { get: () => 'default' })",
  )
  const { page, toggle } = await settingsOfOneWhoWasTold()

  await page.getByText('You get no notifications here.').waitFor({ timeout: 5_000 })

  expect([await toggle.isChecked(), await toggle.isDisabled()]).toEqual([false, false])
})
