/** What `showNotification` takes. */
export type Shown = {
  title: string
  options: {
    body: string
    tag?: string
    renotify?: boolean
    silent?: boolean
    image?: string
    timestamp?: number
    actions?: { action: string; title: string }[]
    data?: Record<string, unknown>
  }
}

/** Shown for an unreadable push: a push that shows nothing costs the subscription. */
const UNKNOWN = { title: 'Scout', body: 'Something happened. Open the app to see.' }
const MOST_ACTIONS = 2

/** Converts a push in the format of Declarative Web Push (W3C Push API). It never throws: invalid fields are left out. */
export function shownOf(payload: string): Shown {
  const { title, body, tag, image, timestamp, silent, navigate, actions, data } = notificationIn(payload)
  if (!isText(title)) return { title: UNKNOWN.title, options: { body: UNKNOWN.body, tag: 'unknown' } }
  return {
    title,
    options: {
      body: isText(body) ? body : '',
      // A push with the tag of a shown notification replaces it and alerts again.
      ...(isText(tag) && { tag, renotify: silent !== true }),
      ...(isText(image) && { image }),
      ...(typeof timestamp === 'number' && { timestamp }),
      ...(silent === true && { silent }),
      actions: Array.isArray(actions) ? actions.filter(isAction).slice(0, MOST_ACTIONS) : [],
      data: { ...(isObject(data) && data), navigate: isText(navigate) ? navigate : null },
    },
  }
}

/** The look of every notification. */
export const BRANDED = { icon: '/app/icons/icon-192.png', badge: '/app/icons/badge-96.png' }

/** The path that a notification opens; the start of the app if its address is outside the app. */
export function pathOf(data: unknown): string {
  try {
    const { pathname, search, hash } = new URL((data as { navigate: string }).navigate)
    return pathname.startsWith('/app/') ? pathname + search + hash : '/app/'
  } catch {
    return '/app/'
  }
}

/** The service's answer to a button; status 0 means no answer. */
export type Done = { status: number; snoozedUntil: string | null }

/** The result of a button in words; after a failure, with what to do next. */
export function wordsOf(action: string, { status, snoozedUntil }: Done) {
  const failed = (body: string) => ({ isDone: false, body })
  if (status === 0) return failed('Not done: there is no connection. Try again, or tap to open the app.')
  if (status === 401) return failed('Not done: these buttons work for a day. Tap to open the app.')
  if (status === 404) return failed('Not done: this notification was deleted. Tap to open the app.')
  if (status >= 400) return failed('Not done: the service is busy. Try again, or tap to open the app.')
  if (action !== 'snooze_1h') return { isDone: true, body: 'Noted: not this.' }
  if (snoozedUntil === null) return failed('Not done: this camera is no longer yours. Tap to open the app.')
  const time = new Date(snoozedUntil).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  return { isDone: true, body: `Quiet until ${time}.` }
}

function notificationIn(payload: string): Record<string, unknown> {
  try {
    const { notification } = JSON.parse(payload)
    return isObject(notification) ? notification : {}
  } catch {
    return {}
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isAction = (value: unknown): value is { action: string; title: string } =>
  isObject(value) && isText(value.action) && isText(value.title)
