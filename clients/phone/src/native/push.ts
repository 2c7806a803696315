import { App } from '@capacitor/app'
import { PushNotifications } from '@capacitor/push-notifications'
import { nameOfThis } from '../data/browser.ts'
import { PhoneError } from '../data/faults.ts'
import { isSignedIn } from '../data/session.ts'
import { type Phone, resumePush } from '../push/push.ts'
import { environment } from './installation.ts'

/** Apple answers at once, or never if there is no network. */
const PATIENCE_IN_MS = 15_000
const NOT_ALLOWED = 'Not allowed. Change this in the Settings app, under Notifications, Scout.'
const NO_SERVICE = 'Apple’s push service does not answer. Try again later.'

/** Apple's push service (APNs): this iPhone, by the device token of this app. */
export async function thisIPhone(): Promise<Phone> {
  let permission = await look()
  // The user may have changed the permission in the Settings app.
  await App.addListener('resume', async () => {
    const before = permission
    permission = await look()
    if (permission !== before && isSignedIn.value) await resumePush()
  })
  return {
    kind: 'apns',
    words: { unavailable: 'This Scout is not set up to notify iPhones.', denied: NOT_ALLOWED },
    allows: () => PERMISSIONS[permission],

    async ask() {
      permission = (await PushNotifications.requestPermissions()).receive
      if (permission !== 'granted') throw new PhoneError(NOT_ALLOWED)
    },

    async subscribe() {
      const { id: topic } = await App.getInfo()
      return { kind: 'apns', token: await deviceToken(), environment, topic, name: nameOfThis() }
    },

    // Apple's token stays valid while Apple does not answer.
    isSubscribed: async () => permission === 'granted',
    unsubscribe: () => PushNotifications.unregister(),
  }
}

const PERMISSIONS = {
  denied: 'denied',
  prompt: 'off',
  'prompt-with-rationale': 'off',
  granted: 'ready',
} as const

const look = async () => (await PushNotifications.checkPermissions()).receive

/** @throws PhoneError */
async function deviceToken(): Promise<string> {
  let stop = () => {}
  try {
    return await new Promise<string>((resolve, reject) => {
      const fail = (cause?: unknown) => reject(new PhoneError(NO_SERVICE, { cause }))
      const listeners = [
        PushNotifications.addListener('registration', ({ value }) => resolve(value)),
        PushNotifications.addListener('registrationError', ({ error }) => fail(error)),
      ]
      const timer = setTimeout(fail, PATIENCE_IN_MS)
      stop = () => {
        clearTimeout(timer)
        for (const listener of listeners) void listener.then(({ remove }) => remove())
      }
      Promise.all(listeners)
        .then(() => PushNotifications.register())
        .catch(fail)
    })
  } finally {
    stop()
  }
}
