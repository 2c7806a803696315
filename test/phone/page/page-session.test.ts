import { expect, it, vi } from 'vitest'

const REFRESH = 'https://a.example/app/session/refresh'

/** What a browser has besides, which Node has not. */
async function aPage() {
  vi.stubGlobal('location', { origin: 'https://a.example' })
  vi.stubGlobal('localStorage', { getItem: () => null })
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('document', { addEventListener() {} })
  const { pageSession } = await import('../../../clients/phone/src/data/page-session.ts')
  return pageSession()
}

it('waits no longer for the refresh of another tab than a request may take', async () => {
  const { fetch } = await aPage()
  const leaving = new AbortController()
  let letGo = () => {}
  const held = navigator.locks.request('scout.refresh', () => new Promise<void>((done) => (letGo = done)))
  const refreshed = fetch!(REFRESH, { method: 'POST', signal: leaving.signal })
  leaving.abort()
  await expect(refreshed).rejects.toThrow(/abort/i)
  letGo()
  await held
})

it('takes the token of another tab’s refresh, whose message comes after its lock is free', async () => {
  const asked = vi.fn<typeof globalThis.fetch>()
  vi.stubGlobal('fetch', asked)
  const { fetch } = await aPage()
  let letGo = () => {}
  const held = navigator.locks.request('scout.refresh', () => new Promise<void>((done) => (letGo = done)))
  const refreshed = fetch!(REFRESH, { method: 'POST' })
  letGo()
  await held
  setTimeout(() => new BroadcastChannel('scout.access').postMessage('theirs'), 10)
  expect(await (await refreshed).json()).toEqual({ access: 'theirs' })
  expect(asked).not.toHaveBeenCalled()
})

it('refreshes itself where the other tab could not', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ access: 'ours' }))
  const { fetch } = await aPage()
  const held = navigator.locks.request('scout.refresh', () => new Promise((done) => setTimeout(done, 5)))
  expect(await (await fetch!(REFRESH, { method: 'POST' })).json()).toEqual({ access: 'ours' })
  await held
})
