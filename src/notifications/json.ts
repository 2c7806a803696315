import * as z from 'zod/mini'
import { listOf, publicId } from '../http/fields.ts'
import type { Notification } from './notification.ts'

/** As many as a page of the app may hold. */
export const CLEARED_AT_ONCE = 1000

export const clearInput = z.object({
  public_notification_ids: listOf(publicId(), { max: CLEARED_AT_ONCE }),
})

/** The shape that apps in the field decode. URLs are signed, or null where there is no picture or clip. */
export const notificationJson = (
  notification: Notification,
  { picture, clip }: { picture: string | null; clip: string | null },
) => ({
  public_notification_id: notification.publicNotificationId,
  // Of a list under a camera: each of them has it.
  public_camera_id: notification.camera!,
  rule_nicknames: notification.ruleNicknames,
  detection_preview_url: picture,
  video_clip_url: clip,
  created_at: notification.createdAt,
})
