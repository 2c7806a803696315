import { effect, signal } from '@preact/signals'
import { type PushTargetInput, ScoutError } from '@scout/client'
import { PhoneError } from '../data/faults.ts'
import { ending, isSignedIn, scout } from '../data/session.ts'
import { PUSH_STATES } from './words.ts'

/** Whether this phone gets pushes. `target` is the public id of its push target. */
export type PushState =
  | { state: 'unsupported' | 'needs-install' | 'unavailable' | 'denied' | 'off' }
  | { state: 'on'; target: string }

/** How a phone gets pushes: by its browser's push service (subscribe.ts), or by Apple's in the iPhone app. */
export type Phone = {
  kind: 'web_push' | 'apns'
  /** The permission; `off` if the user was not asked yet, or took it back. */
  allows(): 'unsupported' | 'needs-install' | 'denied' | 'off' | 'ready'
  /** Asks for permission. Call it in a tap handler before any other await. @throws PhoneError if the user refuses */
  ask(): Promise<void>
  /** Subscribes, or returns the existing subscription. @throws PhoneError, ScoutError, UnreachableError */
  subscribe(): Promise<PushTargetInput>
  /** Whether its earlier subscription is still valid. */
  isSubscribed(): Promise<boolean>
  unsubscribe(): Promise<void>
  /** Messages that differ from those of a browser. */
  words?: Partial<Record<PushState['state'], string>>
}

/** The current state. */
export const pushState = signal<PushState>({ state: 'off' })

/** Stores the push target, so that a browser registers again even if its session was ended elsewhere. */
const TARGET = 'scout.push'
let phone: Phone
/** Grows when pushes are turned off: a registration that is under way is void then. */
let wish = 0

/** Resumes pushes on a phone that had them: it registers its address at each start and sign-in. */
export function takeUpPush(adapter: Phone) {
  phone = adapter
  effect(() => {
    if (isSignedIn.value) return void resumePush()
    // A session's push targets end with it. After an end elsewhere, the next sign-in resumes pushes; after a wished one it does not.
    if (['signed out', 'deleted'].includes(ending.peek() ?? '')) forgetPush()
    void phone.unsubscribe().catch(console.warn)
  })
}

/** The current state in words. */
export const pushInWords = () => phone.words?.[pushState.value.state] ?? PUSH_STATES[pushState.value.state]

/** Whether this phone gets pushes by this target. Its session may have other targets, of earlier subscriptions. */
export function isThisPhone(target: string) {
  const now = pushState.value
  return now.state === 'on' && now.target === target
}

export async function resumePush() {
  const target = localStorage.getItem(TARGET)
  const allowed = phone.allows()
  if (allowed !== 'ready') return void (pushState.value = { state: allowed })
  pushState.value = target ? { state: 'on', target } : { state: 'off' }
  if (target) await register().catch(noteLost)
}

/** Checks again whether this phone can get pushes. */
export async function lookForPush() {
  const allowed = phone.allows()
  if (allowed !== 'ready' && allowed !== 'off') return void (pushState.value = { state: allowed })
  if (allowed === 'ready' && pushState.value.state === 'on') return
  pushState.value = { state: 'off' }
  // A deployment may have no keys for it.
  const { channels } = await scout.getNotificationSettings()
  if (!channels[phone.kind]) pushState.value = { state: 'unavailable' }
}

/** Turns pushes on. Call it in a tap handler. @throws PhoneError, ScoutError, UnreachableError */
export async function turnPushOn() {
  try {
    await phone.ask()
    await register()
  } finally {
    const allowed = phone.allows()
    if (allowed !== 'ready') pushState.value = { state: allowed }
  }
}

/** Turns pushes off: at the service first, so that nothing is sent to an ended subscription. @throws ScoutError, UnreachableError */
export async function turnPushOff() {
  await endAtService()
  await phone.unsubscribe()
}

/** Forgets this phone's push target, for example because a push reported it gone. */
export function forgetPush() {
  wish++
  localStorage.removeItem(TARGET)
  pushState.value = { state: 'off' }
}

async function register() {
  const wished = wish
  const input = await phone.subscribe().catch(noteUnavailable)
  if (wish !== wished) return void phone.unsubscribe()
  const { public_target_id: target } = await scout.registerPushTarget(input)
  if (wish !== wished) {
    await phone.unsubscribe()
    // With the session that was signed out, the target has ended already.
    return void (await scout.removePushTarget(target).catch(() => {}))
  }
  localStorage.setItem(TARGET, target)
  pushState.value = { state: 'on', target }
}

async function endAtService() {
  const target = localStorage.getItem(TARGET)
  if (target)
    await scout.removePushTarget(target).catch((error) => {
      // The target was removed already.
      if (!(error instanceof ScoutError && error.status === 404)) throw error
    })
  forgetPush()
}

/** Without a subscription there are no pushes. The next start tries again. */
async function noteLost(error: unknown) {
  console.warn(error)
  if (error instanceof PhoneError && !(await phone.isSubscribed())) pushState.value = { state: 'off' }
}

function noteUnavailable(error: unknown): never {
  if (error instanceof ScoutError && error.status === 404) pushState.value = { state: 'unavailable' }
  throw error
}
