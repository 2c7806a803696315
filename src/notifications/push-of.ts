import { inWords } from '../events/words.ts'
import type { Delivery, Held } from '../push/outbox.ts'
import type { Push } from '../push/push.ts'
import { isOpen } from '../rules/hours.ts'
import type { Settings } from '../settings.ts'
import { PUSHED_FOR_IN_SECONDS, presignDownload } from '../storage/presign.ts'
import { issueActionToken } from './action-token.ts'
import { LATE_AFTER_IN_MINUTES } from './telling.ts'

/** Why a notification must not ring now, or null. `now` in milliseconds. */
export function heldBy(delivery: Delivery, now: number): Held | null {
  const { seenAt, clearedAt, snoozedUntil, cameraSnoozedUntil, notificationKind, importance } = delivery
  if (seenAt !== null || clearedAt !== null) return 'seen'
  const isBefore = (end: string | null) => end !== null && now < Date.parse(end)
  // Someone who snoozed a camera still wants to know that it is offline.
  const isOfPictures = !['offline', 'online'].includes(notificationKind)
  if (isBefore(snoozedUntil) || (isOfPictures && isBefore(cameraSnoozedUntil))) return 'snoozed'
  return importance !== 'time_sensitive' && isQuiet(delivery, new Date(now)) ? 'quiet' : null
}

function isQuiet({ quietFrom: from, quietTo: to, ...delivery }: Delivery, at: Date) {
  return (
    from !== null &&
    to !== null &&
    isOpen({ hours: [{ from, to }], days: [] }, at, delivery.timeZone ?? 'UTC')
  )
}

/**
 * The push of a notification in its present state, with its picture for a day. A late one rings nowhere and includes its
 * time.
 */
export async function pushOf(
  delivery: Delivery,
  now: number,
  { storage, site, tokens }: Pick<Settings, 'storage' | 'site' | 'tokens'>,
): Promise<Push> {
  const { notification, capturedAt, createdAt, imageKey } = delivery
  const at = Date.parse(capturedAt ?? createdAt)
  const isLate = now - at > LATE_AFTER_IN_MINUTES * 60_000
  const [pictureUrl, actionToken] = await Promise.all([
    imageKey && presignDownload(imageKey, now, storage, { lifetimeInSeconds: PUSHED_FOR_IN_SECONDS }),
    issueActionToken(notification, tokens, now),
  ])
  return {
    publicNotificationId: notification,
    publicCameraId: delivery.camera,
    publicEventId: delivery.event,
    kind: delivery.notificationKind,
    title: delivery.title,
    body: isLate ? `${delivery.body}\n${inWords(new Date(at), delivery.timeZone ?? 'UTC')}` : delivery.body,
    ruleNicknames: delivery.ruleNicknames,
    count: delivery.count,
    importance: isLate ? 'passive' : delivery.importance,
    createdAt,
    pictureUrl,
    appUrl: `${site.PUBLIC_URL}/app/notifications/${notification}`,
    actionToken,
  }
}
