import * as z from 'zod/mini'
import { choice, flag, listOf, moment, publicId, text, timeOfDay, timeZone } from '../http/fields.ts'
import { ACTIONS } from './action.ts'
import { KINDS, type NotificationKind } from './kinds.ts'
import type { IMPORTANCES } from '../rules/rule.ts'
import type { Notification } from './notification.ts'
import type { NotificationSettings } from './settings.ts'

/** The most that a page of the app may hold. */
export const CLEARED_AT_ONCE = 1000

export const clearInput = z.object({
  public_notification_ids: listOf(publicId(), { max: CLEARED_AT_ONCE }),
})

/** The token that came with a push. */
export const actionInput = z.object({
  token: z.optional(text({ max: 64 })),
  action: choice(ACTIONS),
})

export const notificationFilters = z.object({
  camera: z.optional(publicId()),
  rule: z.optional(publicId()),
  kind: z.optional(choice(KINDS)),
  unseen: z.optional(flag()),
  from: z.optional(moment()),
  to: z.optional(moment()),
})

export const settingsInput = z.object({
  time_zone: z.optional(z.nullable(timeZone())),
  quiet_from: z.optional(z.nullable(timeOfDay())),
  quiet_to: z.optional(z.nullable(timeOfDay())),
  snoozed_until: z.optional(z.nullable(moment())),
  tells_unjudged: z.optional(flag()),
  tells_offline: z.optional(flag()),
})

/** `can` says what the deployment supports, and which host judges pictures. */
export const settingsJson = <Can>(settings: NotificationSettings, can: Can) => ({
  time_zone: settings.timeZone,
  quiet_from: settings.quietFrom,
  quiet_to: settings.quietTo,
  snoozed_until: settings.snoozedUntil,
  tells_unjudged: settings.tellsUnjudged,
  tells_offline: settings.tellsOffline,
  ...can,
})

/** Apps in the field decode the first fields in this shape. URLs are signed, or null if there is no picture or clip. */
export const notificationJson = (
  notification: Notification,
  { picture, clip }: { picture: string | null; clip: string | null },
) => ({
  public_notification_id: notification.publicNotificationId,
  public_camera_id: notification.camera,
  rule_nicknames: notification.ruleNicknames,
  detection_preview_url: picture,
  video_clip_url: clip,
  created_at: notification.createdAt,
  public_event_id: notification.event,
  public_event_ids: notification.eventIds,
  kind: notification.kind as NotificationKind,
  title: notification.title,
  body: notification.body,
  public_rule_ids: notification.ruleIds,
  count: notification.count,
  importance: notification.importance as (typeof IMPORTANCES)[number],
  captured_at: notification.capturedAt,
  seen_at: notification.seenAt,
})
