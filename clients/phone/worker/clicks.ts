import { BRANDED, pathOf, wordsOf, type Done } from './show.ts'
import { openPages, tell, tellPages } from './tell.ts'

declare const self: ServiceWorkerGlobalScope

const PATIENCE_IN_MS = 10_000
const SHOWN_FOR_IN_MS = 5_000

/** A tap on a notification opens its address; a tap on a button runs its action. Both show a result. */
export const clicked = (notification: Notification, action: string) =>
  action ? act(notification, action) : open(notification)

async function open(notification: Notification) {
  notification.close()
  const path = pathOf(notification.data)
  const [page] = await openPages()
  if (!page) return void (await self.clients.openWindow(path).catch(() => null))
  tell(page, { type: 'open', path })
  // A browser without a user gesture refuses; the page has the message anyway.
  await page.focus().catch(() => null)
}

/** Runs the action with the token of the push, without a session, and replaces the notification with the result. */
async function act(notification: Notification, action: string) {
  const { title, tag, data } = notification
  const done = await askFor(action, data ?? {})
  const { body, isDone } = wordsOf(action, done)
  const again = isDone ? {} : { actions: (notification as { actions?: object[] }).actions ?? [] }
  const options = { ...BRANDED, ...again, body, tag, silent: true, data }
  await self.registration.showNotification(title, options as NotificationOptions)
  if (!isDone) return
  await tellPages({ type: 'changed' })
  await new Promise((resolve) => setTimeout(resolve, SHOWN_FOR_IN_MS))
  for (const shown of await self.registration.getNotifications({ tag }))
    if (shown.body === body) shown.close()
}

async function askFor(
  action: string,
  { public_notification_id: id, action_token: token }: Record<string, unknown>,
) {
  try {
    const response = await fetch(`/v1/notifications/${id}/actions/`, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ action, token }),
      signal: AbortSignal.timeout(PATIENCE_IN_MS),
    })
    const { snoozed_until: snoozedUntil = null } = response.ok ? await response.json() : {}
    return { status: response.status, snoozedUntil } as Done
  } catch {
    return { status: 0, snoozedUntil: null } as Done
  }
}
