import type { PushTargetInput } from '@scout/client'
import { nameOfThis } from '../data/browser.ts'
import { PhoneError } from '../data/faults.ts'
import { scout } from '../data/session.ts'
import { isHomeScreenMissing } from './install.ts'
import type { Phone } from './push.ts'

/** A timeout, since a browser's push service may never answer. */
const PATIENCE_IN_MS = 15_000
const NO_SERVICE = 'This browser’s push service does not answer. Try again later.'
const NOT_ALLOWED = 'This browser did not allow notifications.'

/** Web Push (RFC 8030): this browser, by its own push service. */
export const thisBrowser: Phone = {
  kind: 'web_push',

  allows() {
    const isThere = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
    if (!isThere) return isHomeScreenMissing() ? 'needs-install' : 'unsupported'
    return PERMISSIONS[Notification.permission]
  },

  async ask() {
    if ((await Notification.requestPermission()) !== 'granted') throw new PhoneError(NOT_ALLOWED)
  },

  async subscribe() {
    const { pushManager } = await inTime(navigator.serviceWorker.ready)
    const { key } = await scout.getPushKey()
    const before = await pushManager.getSubscription()
    // The service cannot push to a subscription made with another key.
    if (before && keyOf(before) !== key) await before.unsubscribe()
    const options = { userVisibleOnly: true, applicationServerKey: key }
    const subscription = await inTime(pushManager.subscribe(options).catch(explain))
    const { endpoint, keys } = subscription.toJSON()
    return { kind: 'web_push', endpoint, keys, name: nameOfThis() } as PushTargetInput
  },

  isSubscribed: async () => Boolean(await subscriptionNow()),

  async unsubscribe() {
    await (await subscriptionNow())?.unsubscribe()
  },
}

const PERMISSIONS = { denied: 'denied', default: 'off', granted: 'ready' } as const

async function subscriptionNow() {
  const registration = await navigator.serviceWorker?.getRegistration()
  return registration?.pushManager?.getSubscription()
}

function keyOf({ options: { applicationServerKey: key } }: PushSubscription) {
  if (!key) return null
  const base64 = btoa(String.fromCharCode(...new Uint8Array(key)))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function explain(error: unknown): never {
  const isRefused = error instanceof DOMException && error.name === 'NotAllowedError'
  throw new PhoneError(isRefused ? NOT_ALLOWED : NO_SERVICE, { cause: error })
}

/** @throws PhoneError after the timeout */
function inTime<T>(work: Promise<T>): Promise<T> {
  const tooLong = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new PhoneError(NO_SERVICE)), PATIENCE_IN_MS),
  )
  return Promise.race([work, tooLong])
}
