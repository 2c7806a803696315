import { shownOf } from './show.ts'

declare const self: ServiceWorkerGlobalScope

self.addEventListener('push', (event) => {
  const { title, options } = shownOf(event.data?.text() ?? '')
  event.waitUntil(self.registration.showNotification(title, options))
})
