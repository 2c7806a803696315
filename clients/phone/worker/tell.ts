import type { FromWorker } from './messages.ts'

declare const self: ServiceWorkerGlobalScope

/** The app's open windows, the last used one first. */
export async function openPages() {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  return windows.filter(({ url }) => url.startsWith(self.registration.scope))
}

export async function tellPages(message: FromWorker) {
  for (const page of await openPages()) tell(page, message)
}

// A client has this origin; the rule is meant for windows.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
export const tell = (page: Client, message: FromWorker) => page.postMessage(message)
