import { clicked } from './clicks.ts'
import { makeWay } from './leaving.ts'
import type { ToWorker } from './messages.ts'
import { forgetPictures, isPicture, pictureOf } from './pictures.ts'
import { BRANDED, shownOf } from './show.ts'
import { answerOf, dropOldShells, isOfShell, keepShell } from './shell.ts'
import { tellPages } from './tell.ts'

declare const self: ServiceWorkerGlobalScope

/** Static routing (W3C Service Workers), which not every browser supports. */
type Routing = ExtendableEvent & {
  addRoutes?: (rule: { condition: { urlPattern: string }; source: 'network' }) => Promise<void>
}

// The first worker activates at once; a later one waits until the user accepts it, or no page is open.
self.addEventListener('install', (event) => {
  // In Chromium a request that a closing page sends is lost while it waits for this worker, so bypass the worker.
  void (event as Routing).addRoutes?.({ condition: { urlPattern: '/v1/*' }, source: 'network' })
  event.waitUntil(keepShell())
})
self.addEventListener('activate', (event) =>
  event.waitUntil(dropOldShells().then(() => self.clients.claim())),
)

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (isOfShell(request)) event.respondWith(answerOf(event))
  else if (isPicture(request)) event.respondWith(pictureOf(event))
})

self.addEventListener('push', (event) => {
  const { title, options } = shownOf(event.data?.text() ?? '')
  const shown = self.registration.showNotification(title, { ...options, ...BRANDED } as NotificationOptions)
  event.waitUntil(Promise.all([shown, tellPages({ type: 'changed' })]))
})

self.addEventListener('notificationclick', (event) =>
  event.waitUntil(clicked(event.notification, event.action)),
)

self.addEventListener('pushsubscriptionchange', (event) =>
  (event as ExtendableEvent).waitUntil(tellPages({ type: 'push ended' })),
)

self.addEventListener('message', (event) => {
  const { type } = event.data as ToWorker
  if (type === 'take over') {
    // The browser waits until the active worker has nothing to do.
    self.registration.active?.postMessage({ type: 'make way' } satisfies ToWorker)
    event.waitUntil(self.skipWaiting())
  }
  if (type === 'make way') makeWay()
  if (type === 'signed out') event.waitUntil(closeShown().finally(forgetPictures))
})

async function closeShown() {
  for (const shown of await self.registration.getNotifications()) shown.close()
}
