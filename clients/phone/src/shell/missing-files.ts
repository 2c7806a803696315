import { applyUpdate } from './worker.ts'

const KEY = 'began anew for a missing file'
const NOT_AGAIN_FOR_IN_MS = 60_000

/**
 * Reloads the page, once a minute at most, if a chunk of the app cannot be loaded because a deployment has replaced this build. The
 * caller of that chunk gets the error meanwhile.
 */
export function reloadForMissingFiles() {
  addEventListener('vite:preloadError', async () => {
    const last = Number(sessionStorage.getItem(KEY))
    if (!navigator.onLine || Date.now() - last < NOT_AGAIN_FOR_IN_MS) return
    sessionStorage.setItem(KEY, String(Date.now()))
    await newest().catch(() => {})
    await applyUpdate()
  })
}

/** Waits until the worker of the newest build is installed. */
async function newest() {
  const registration = await navigator.serviceWorker?.getRegistration()
  await registration?.update()
  const worker = registration?.installing
  if (!worker) return
  await new Promise<void>((resolve) =>
    worker.addEventListener('statechange', () => worker.state !== 'installing' && resolve()),
  )
}
