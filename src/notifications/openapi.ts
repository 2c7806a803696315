import * as z from 'zod/mini'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, flag, input, publicId, text, timestamp } from '../openapi/schema.ts'
import { IMPORTANCES } from '../rules/rule.ts'
import {
  actionInput,
  CLEARED_AT_ONCE,
  clearInput,
  notificationFilters,
  type notificationJson,
  settingsInput,
  type settingsJson,
} from './json.ts'
import { KINDS } from './kinds.ts'
import { UNSEEN_AMONG } from './told.ts'

type Notification = ReturnType<typeof notificationJson>

const fields = {
  public_notification_id: publicId('The id of the notification.'),
  public_camera_id: z.nullable(
    publicId(
      'The id of its camera, which may have been deleted; null if it concerns no camera. Never null under a camera.',
    ),
  ),
  rule_nicknames: z
    .array(text('The nickname of a rule.'))
    .check(z.describe('The nicknames of the rules that the picture matched, as they were then.')),
  detection_preview_url: z.nullable(
    text(
      'The picture. The URL needs no token and works for an hour and a half. Null if there is no picture.',
    ),
  ),
  video_clip_url: z.nullable(text('The clip, under the same conditions; null if there is none yet.')),
  created_at: timestamp('When the notification was created.'),
  public_event_id: z.nullable(publicId('The id of the event of its newest picture.')),
  public_event_ids: z
    .array(publicId('An event.'))
    .check(z.describe('The ids of the events of all its pictures, in the order in which they were added.')),
  kind: z
    .enum(KINDS)
    .check(
      z.describe(
        'The cause: a rule matched (`match`), a picture could not be judged yet (`unjudged`), the camera went offline (`offline`) or is back (`online`), a text in the picture addresses the camera (`text`), or more pictures came than the limit allows (`limited`).',
      ),
    ),
  title: text('The place of its camera.'),
  body: text('A line for each rule: its nickname and what the judge saw.'),
  public_rule_ids: z.array(publicId('A rule.')).check(z.describe('The ids of the rules, in the same order.')),
  count: z
    .number()
    .check(z.meta({ type: 'integer', minimum: 1, description: 'The number of its pictures.' })),
  importance: z
    .enum(IMPORTANCES)
    .check(
      z.describe(
        'How loudly it rings: the highest importance of its rules; `passive` if the picture is more than 10 minutes old.',
      ),
    ),
  captured_at: z.nullable(timestamp('When its newest picture was taken.')),
  seen_at: z.nullable(timestamp('When you marked it as seen.')),
}
const example: Notification = {
  public_notification_id: '019731a2-1234-7abc-8def-000000000004',
  public_camera_id: '019731a2-1234-7abc-8def-000000000002',
  rule_nicknames: ['Fox'],
  detection_preview_url: null,
  video_clip_url: null,
  created_at: '2026-04-28T12:00:00Z',
  public_event_id: '019731a2-1234-7abc-8def-000000000005',
  public_event_ids: ['019731a2-1234-7abc-8def-000000000005'],
  kind: 'match',
  title: 'Front Yard',
  body: 'Fox: A fox stands beside the bins.',
  public_rule_ids: ['019731a2-1234-7abc-8def-000000000003'],
  count: 1,
  importance: 'normal',
  captured_at: '2026-04-28T11:59:58Z',
  seen_at: null,
}
const notification = answer<Notification>('CameraNotification', 'A notification.', fields, example)

type Page = { next: string | null; previous: string | null; results: Notification[] }
const page = answer<Page>(
  'CameraNotificationPage',
  'At most ten notifications, the newest first.',
  {
    next: z.nullable(text('The `cursor` of the next page, with older notifications; null on the last page.')),
    previous: z.nullable(text('Always null: the client already has the previous page.')),
    results: z.array(z.object(fields)).check(z.describe('The notifications.')),
  },
  { next: null, previous: null, results: [example] },
)

const query = [
  {
    name: 'cursor',
    description: 'The `next` of a page: the list continues with older notifications.',
    schema: { type: 'string', format: 'uuid' },
  },
  {
    name: 'since',
    description: 'The id of a notification: only newer notifications are listed.',
    schema: { type: 'string', format: 'uuid' },
  },
]

function chosen(name: string) {
  return input(
    name,
    'The notifications.',
    clearInput,
    { public_notification_ids: `Their ids, 1 to ${CLEARED_AT_ONCE}.` },
    { public_notification_ids: [example.public_notification_id] },
  )
}
const counted = <Name extends 'seen_count' | 'cleared_count'>(
  title: string,
  name: Name,
  description: string,
) =>
  answer<Record<Name, number>>(
    title,
    'The number of notifications.',
    { [name]: z.number().check(z.meta({ type: 'integer', minimum: 0, description })) } as never,
    { [name]: 1 } as Record<Name, number>,
  )
const clearing = chosen('ClearedNotifications')
const cleared = counted('ClearedCount', 'cleared_count', 'The number of them that are now cleared.')

type Can = {
  channels: { web_push: boolean; apns: boolean; webhook: boolean; ntfy: boolean; mail: boolean }
  judge: string | null
}
const can = (what: string) => flag(`Whether this deployment can ${what}.`)
const clock = (description: string) => z.nullable(text(description))
const ofSettings = answer<ReturnType<typeof settingsJson<Can>>>(
  'NotificationSettings',
  'How you are notified, and what this deployment supports.',
  {
    time_zone: z.nullable(
      text('The IANA time zone of the quiet hours and of cameras without a zone; null: UTC.'),
    ),
    quiet_from: clock('When quiet hours begin, as in `22:00`; null if there are none.'),
    quiet_to: clock('When quiet hours end.'),
    snoozed_until: z.nullable(timestamp('Nothing rings until then; null or a past time: not snoozed.')),
    tells_unjudged: flag('Whether you are notified of pictures that could not be judged.'),
    tells_offline: flag('Whether you are notified when a camera goes offline or comes back.'),
    channels: z
      .object({
        web_push: can('push to browsers'),
        apns: can('push to iPhones'),
        webhook: can('call a webhook'),
        ntfy: can('publish to ntfy'),
        mail: can('send mail'),
      })
      .check(z.describe('The channels that this deployment is set up for.')),
    judge: z.nullable(text('The host that judges pictures; null: no picture is judged.')),
  },
  {
    time_zone: 'Europe/Berlin',
    quiet_from: '22:00',
    quiet_to: '07:00',
    snoozed_until: null,
    tells_unjudged: true,
    tells_offline: true,
    channels: { web_push: true, apns: true, webhook: true, ntfy: true, mail: false },
    judge: 'api.example.com',
  },
)

export const notificationOperations: Operations = {
  'GET /v1/cameras/{public_camera_id}/notifications/': {
    operationId: 'listCameraNotifications',
    summary: 'List the notifications of a camera',
    description:
      'Returns ten at a time, the newest first, without cleared ones; `next` is the cursor of the next page. Send the `ETag` of the last answer as `If-None-Match` to get 304 if nothing has changed.',
    query,
    answers: { 200: page },
    isTagged: true,
    refuses: ['NoSuchCamera', 'NoSuchPage', 'BadSince'],
  },
  'GET /v1/cameras/{public_camera_id}/notifications/{public_notification_id}/': {
    operationId: 'getCameraNotification',
    summary: 'Read a notification',
    description: 'A cleared notification is refused like one that does not exist.',
    answers: { 200: notification },
    isTagged: true,
    refuses: ['NoSuchCamera', 'NoSuchNotification'],
  },
  'POST /v1/cameras/{public_camera_id}/notifications/clear/': {
    operationId: 'clearCameraNotifications',
    summary: 'Clear notifications of a camera',
    description:
      'Cleared notifications leave the list. The count includes those that were cleared before. Ids that are not of this camera are ignored.',
    body: clearing,
    answers: { 200: cleared },
    refuses: ['NoSuchCamera'],
  },
  'GET /v1/notifications/': {
    operationId: 'listNotifications',
    summary: 'List the notifications of all your cameras',
    description:
      'The newest first, without cleared ones. A notification must match all filters. `after` pages to older ones. Send the `ETag` of the last answer as `If-None-Match` to get 304 if nothing has changed.',
    filters: input(
      'NotificationFilters',
      'Which notifications.',
      notificationFilters,
      {
        camera: 'Notifications of this camera.',
        rule: 'Notifications that name this rule.',
        kind: 'Notifications of this kind.',
        unseen: `Whether you have not seen them yet. Only the newest ${UNSEEN_AMONG} of all notifications are checked, so that counting new ones stays cheap.`,
        from: 'Notifications created at this time or later.',
        to: 'Notifications created before this time.',
      },
      { kind: 'match' },
    ),
    query: paging,
    answers: { 200: { listOf: notification } },
    isTagged: true,
  },
  'GET /v1/notifications/{public_notification_id}/': {
    operationId: 'getNotification',
    summary: 'Read a notification of any camera',
    description: 'A push carries this id. A cleared notification is refused like one that does not exist.',
    answers: { 200: notification },
    isTagged: true,
    refuses: ['NoSuchNotification'],
  },
  'POST /v1/notifications/seen/': {
    operationId: 'markNotificationsSeen',
    summary: 'Mark notifications as seen',
    description: 'They stay in the list. A picture that is added to one makes it unseen again.',
    body: chosen('SeenNotifications'),
    answers: { 200: counted('SeenCount', 'seen_count', 'The number of them that are now seen.') },
  },
  'POST /v1/notifications/clear/': {
    operationId: 'clearNotifications',
    summary: 'Clear notifications of any camera',
    description: 'They leave the list until another picture is added to them.',
    body: clearing,
    answers: { 200: cleared },
  },
  'POST /v1/notifications/{public_notification_id}/actions/': {
    operationId: 'actOnNotification',
    summary: 'Run the action of a notification’s button',
    description:
      'Needs an access token, or the token that came with a push of this notification, which works for this notification only, for a day. `snooze_1h` snoozes the camera for an hour, `not_this` marks each of its verdicts as wrong, and `seen` marks it as seen, which the others do too. May be repeated.',
    body: input(
      'NotificationAction',
      'The action, and the token that permits it.',
      actionInput,
      {
        token: 'The token of the push, if no access token is sent.',
        action: 'The action: `snooze_1h`, `not_this` or `seen`.',
      },
      { token: '1777464000.Zm94', action: 'snooze_1h' },
    ),
    answers: {
      200: answer<{ snoozed_until: string | null }>(
        'ActedOn',
        'The action is done.',
        {
          snoozed_until: z.nullable(
            timestamp('The camera notifies nobody until then, if the action snoozed it.'),
          ),
        },
        { snoozed_until: '2026-04-28T13:00:00Z' },
      ),
    },
    refuses: ['NoSuchNotification'],
    asker: 'actor',
  },
  'GET /v1/notification_settings/': {
    operationId: 'getNotificationSettings',
    summary: 'Read your notification settings',
    description:
      'Includes what this deployment supports: its push channels and the host that judges pictures.',
    answers: { 200: ofSettings },
  },
  'PATCH /v1/notification_settings/': {
    operationId: 'updateNotificationSettings',
    summary: 'Change your notification settings',
    description:
      'Changes the fields that are sent. In quiet hours and while snoozed nothing rings, but everything is listed. `time_sensitive` rules ring in quiet hours too.',
    body: input(
      'NotificationSettingsPatch',
      'The fields to change.',
      settingsInput,
      {
        time_zone: 'The IANA time zone of the quiet hours and of cameras without a zone; null: UTC.',
        quiet_from: 'When quiet hours begin; needs `quiet_to`, or both are null.',
        quiet_to: 'When quiet hours end, possibly on the next day.',
        snoozed_until: 'Nothing rings until then; with a time zone; null: not snoozed.',
        tells_unjudged: 'Whether you are notified of pictures that could not be judged.',
        tells_offline: 'Whether you are notified when a camera goes offline or comes back.',
      },
      { quiet_from: '22:00', quiet_to: '07:00', time_zone: 'Europe/Berlin' },
    ),
    answers: { 200: ofSettings },
  },
}
