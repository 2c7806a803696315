import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What `cap sync ios` reads and hands to the app. Its id stands in ios/scout.xcconfig, where Xcode reads it, too. */
const settings = readFileSync(fileURLToPath(new URL('ios/scout.xcconfig', import.meta.url)), 'utf8')

export const appId = /^APP_ID = (\S+)$/m.exec(settings)?.[1]
export const appName = 'Scout'
export const webDir = 'dist/native'
export const ios = {
  // Our own delegate starts earlier than Capacitor's: ios/App/App/Notifications.swift.
  handleApplicationNotifications: false,
  // Makes the list of sessions show "Scout on iPhone".
  appendUserAgent: 'Scout',
}
export const plugins = {
  // Also while the app is open.
  PushNotifications: { presentationOptions: ['banner', 'list', 'sound'] },
}
