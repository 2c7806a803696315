import { signal } from '@preact/signals'
import type { FromWorker, ToWorker } from '../../worker/messages.ts'

/** Browsers look for a new worker when a page loads, but an app on a home screen may stay open for weeks. */
const LOOK_AFTER_IN_MS = 60 * 60 * 1000

/** Whether a new version is installed and waits for the user. */
export const update = signal<'none' | 'waiting'>('none')

type Listeners = { onOpen: (path: string) => void; onChanged: () => void; onPushEnded: () => void }

/**
 * Registers the service worker. Not in development, where it would cache Vite's files, and not in the iPhone app, which contains all
 * files. `onOpen` gets the address of a tapped notification. `onChanged` is called after a push or a tap on its button. `onPushEnded` is
 * called when this browser must subscribe again.
 */
export async function registerWorker({ onOpen, onChanged, onPushEnded }: Listeners) {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined
  if (!container || import.meta.env.DEV || location.protocol === 'capacitor:') return
  container.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === 'open') onOpen(data.path)
    if (data.type === 'changed') onChanged()
    if (data.type === 'push ended') onPushEnded()
  })
  const options = { scope: import.meta.env.BASE_URL, updateViaCache: 'none' } as const
  const registration = await container.register(ownScript(), options).catch(console.warn)
  if (!registration) return
  watch(registration)
  let looked = Date.now()
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || Date.now() - looked < LOOK_AFTER_IN_MS) return
    looked = Date.now()
    registration.update().catch(() => {})
  })
}

/**
 * Applies an update: the waiting worker takes over, then this page reloads. Other pages stay as they are, but for pictures that they
 * are still loading.
 */
export async function applyUpdate() {
  const registration = await navigator.serviceWorker?.getRegistration()
  const waiting = registration?.waiting
  if (waiting) {
    const takenOver = new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
    )
    tell(waiting, { type: 'take over' })
    await takenOver
  }
  location.reload()
}

/** Tells the worker to drop its cached pictures and close its notifications. */
export async function tellSignedOut() {
  const registration = await navigator.serviceWorker?.getRegistration()
  if (registration?.active) tell(registration.active, { type: 'signed out' })
}

// A worker has this origin; the rule is meant for windows.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const tell = (worker: ServiceWorker, message: ToWorker) => worker.postMessage(message)

function watch(registration: ServiceWorkerRegistration) {
  const look = () => {
    // The first worker does not wait.
    if (registration.waiting && registration.active) update.value = 'waiting'
  }
  const follow = () => registration.installing?.addEventListener('statechange', look)
  look()
  // An update may be installing already.
  follow()
  registration.addEventListener('updatefound', follow)
}

type Policies = {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(url: string): unknown }
}

/** With Trusted Types only the policy `scout` may create a script URL, and it creates only the worker's. */
function ownScript() {
  const url = `${import.meta.env.BASE_URL}sw.js`
  const { trustedTypes } = globalThis as { trustedTypes?: Policies }
  const policy = trustedTypes?.createPolicy('scout', { createScriptURL: () => url })
  return (policy?.createScriptURL('') ?? url) as string
}
