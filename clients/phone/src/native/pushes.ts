import { PushNotifications } from '@capacitor/push-notifications'
import { pathOf } from '../../worker/show.ts'

/**
 * Listens to pushes. `onOpen` gets the address of a tapped push, also of the one that started the app. `onShown` is called for a push
 * that arrives while the app is open. ios/App/App/Button.swift handles their buttons.
 */
export async function listenToPushes({
  onOpen,
  onShown,
}: {
  onOpen: (path: string) => void
  onShown: () => void
}) {
  await PushNotifications.addListener('pushNotificationReceived', onShown)
  await PushNotifications.addListener('pushNotificationActionPerformed', ({ actionId, notification }) => {
    // The address is the web app's, below /app.
    if (actionId === 'tap') onOpen(pathOf({ navigate: notification.data['app-url'] }).slice('/app'.length))
  })
}

/** Removes the shown notifications after a sign-out. The plugin rejects if Apple was never asked; then none are shown. */
export const closeShown = () => PushNotifications.removeAllDeliveredNotifications().catch(() => {})
