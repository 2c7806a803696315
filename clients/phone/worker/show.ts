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

/** What a push without readable words shows: one that shows nothing costs the subscription. */
const UNKNOWN = { title: 'Scout', body: 'Something happened. Open the app to see.' }
const MOST_ACTIONS = 2

/**
 * What to show of a push, which is of the form of Declarative Web Push (W3C Push API). It never throws: whatever is not as it should
 * be is left out.
 */
export function shownOf(payload: string): Shown {
  const { title, body, tag, image, timestamp, silent, navigate, actions, data } = notificationIn(payload)
  if (!isText(title)) return { title: UNKNOWN.title, options: { body: UNKNOWN.body, tag: 'unknown' } }
  return {
    title,
    options: {
      body: isText(body) ? body : '',
      // What has the tag of one that is shown replaces it, and rings again.
      ...(isText(tag) && { tag, renotify: silent !== true }),
      ...(isText(image) && { image }),
      ...(typeof timestamp === 'number' && { timestamp }),
      ...(silent === true && { silent }),
      actions: Array.isArray(actions) ? actions.filter(isAction).slice(0, MOST_ACTIONS) : [],
      data: { ...(isObject(data) && data), navigate: isText(navigate) ? navigate : null },
    },
  }
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
