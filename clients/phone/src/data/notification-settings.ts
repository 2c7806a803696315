import type { NotificationSettings, NotificationSettingsPatch } from '@scout/client'
import { change } from './change.ts'
import { resource } from './resource.ts'
import { scout } from './session.ts'

/** The user's notification settings, and what this deployment supports. */
export const notificationSettings = () =>
  resource('notification-settings', () => scout.getNotificationSettings())

/** Changes some settings and shows them at once. With `words` it shows a toast whose Undo sends `back`. */
export const changeSettings = (
  patch: NotificationSettingsPatch,
  { words, back }: { words?: string; back?: NotificationSettingsPatch } = {},
): Promise<boolean> =>
  change({
    show: [[notificationSettings(), (settings: NotificationSettings) => ({ ...settings, ...patch })]],
    send: () => scout.updateNotificationSettings(patch),
    words,
    undo: back && (() => changeSettings(back)),
  })
