import { createClient } from '@scout/client'
import { expect, inject, it } from 'vitest'
import { startFirefox } from './firefox.ts'
import { UNDO_IN_MS } from './phone-in-hand.ts'
import { aSubscription, at, PASSWORD, somebody } from './phone.ts'

it('Firefox is told at a tap, also after a new start, and no more once it is signed out', async () => {
  const { scout, email } = await somebody()
  const firefox = await startFirefox(inject('pushService').replace('http:', 'ws:'))
  const shown = (words: string) =>
    expect
      .poll(() => firefox.evaluate<string>('document.body.innerText'), { timeout: 60_000 })
      .toContain(words)
  const press = (name: string) =>
    firefox.evaluate(
      `[...document.querySelectorAll('button, [role=switch]')].find((it) => (it.ariaLabel ?? it.closest('label')?.innerText ?? it.innerText).includes(${JSON.stringify(name)})).click() ?? null`,
    )
  const subscription = () =>
    firefox.evaluate<{ endpoint: string } | null>(
      'navigator.serviceWorker.ready.then((it) => it.pushManager.getSubscription())',
    )
  const targets = () => scout.listPushTargets()
  try {
    await firefox.goTo(at('/sign-in'))
    await shown('Sign in')
    for (const [name, value] of Object.entries({ email, password: PASSWORD }))
      await firefox.evaluate(`document.querySelector('[name=${name}]').value = ${JSON.stringify(value)}`)
    await press('Sign in')
    await shown('Add your first camera')

    await firefox.goTo(at('/settings'))
    await shown('You get no notifications here.')
    expect(await subscription()).toBeNull()
    await press('Notifications on this device')
    await shown('You get notifications here.')
    await shown('No push yet')
    expect(await targets()).toMatchObject([
      { kind: 'web_push', name: 'Firefox on Linux', failures: 0, is_current: false },
    ])
    const { endpoint } = (await subscription())!

    await press('Send a test')
    await shown('Sent. It should arrive in a moment.')
    const acks = `${inject('pushService')}/acks?endpoint=${encodeURIComponent(endpoint)}`
    await expect.poll(async () => (await fetch(acks)).json(), { timeout: 60_000 }).toEqual([100])

    // If it was removed elsewhere, it registers again at the next start.
    const [before] = await targets()
    await scout.removePushTarget(before!.public_target_id)
    await firefox.goTo(at('/settings'))
    await shown('You get notifications here.')
    await expect.poll(async () => (await targets()).length).toBe(1)
    expect((await subscription())!.endpoint).toBe(endpoint)

    // Removing an earlier target of this session leaves the current one.
    const { access } = await firefox.evaluate<{ access: string }>(
      `fetch('/app/session/refresh', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).then((it) => it.json())`,
    )
    const asThisSession = createClient({ baseUrl: inject('url'), tokens: { access } })
    const [live] = await targets()
    const { public_target_id: old } = await asThisSession.registerPushTarget({
      kind: 'web_push',
      name: 'Before',
      ...(await aSubscription()),
    })
    await firefox.goTo(at(`/settings/channels?target=${old}`))
    await shown('Before')
    expect((await asThisSession.listPushTargets()).map(({ is_current }) => is_current)).toEqual([true, true])
    expect(
      await firefox.evaluate(
        "[...document.querySelectorAll('.tags')].filter((it) => it.innerText.includes('This device')).length",
      ),
    ).toBe(1)
    await press('Remove')
    await shown('Before was removed.')
    await expect
      .poll(async () => (await targets()).map(({ public_target_id: id }) => id), {
        timeout: 2 * UNDO_IN_MS,
      })
      .toEqual([live!.public_target_id])
    expect((await subscription())!.endpoint).toBe(endpoint)
    await firefox.goTo(at('/settings'))
    await shown('You get notifications here.')

    await press('Sign out')
    await shown('You are signed out. This device gets no more notifications.')
    expect(await targets()).toEqual([])
    await expect.poll(subscription).toBeNull()
  } finally {
    await firefox.stop()
  }
})
