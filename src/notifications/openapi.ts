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

type Notification = ReturnType<typeof notificationJson>

const fields = {
  public_notification_id: publicId('The id of the notification.'),
  public_camera_id: z.nullable(
    publicId(
      'The id of its camera, which may be gone; null for what is not of one. Never null under a camera.',
    ),
  ),
  rule_nicknames: z
    .array(text('The nickname of a rule.'))
    .check(z.describe('The rules that the picture matched, as they were called then.')),
  detection_preview_url: z.nullable(
    text('The picture, to be read without a token for an hour and a half; null where there is none.'),
  ),
  video_clip_url: z.nullable(text('The clip, likewise; null where there is none, or not yet.')),
  created_at: timestamp('When it was told.'),
  public_event_id: z.nullable(publicId('The id of the event of its newest picture.')),
  kind: z
    .enum(KINDS)
    .check(
      z.describe(
        'Why: a rule matched (`match`), a picture could not be judged yet (`unjudged`), its camera fell silent (`offline`) or is back (`online`), a text in the picture speaks to the camera (`text`), or more pictures came than are judged (`limited`).',
      ),
    ),
  title: text('Where: the place of its camera.'),
  body: text('A line for each rule: its nickname, and what was seen.'),
  public_rule_ids: z.array(publicId('A rule.')).check(z.describe('The ids of the rules, in the same order.')),
  count: z
    .number()
    .check(z.meta({ type: 'integer', minimum: 1, description: 'How many pictures it is about.' })),
  importance: z
    .enum(IMPORTANCES)
    .check(
      z.describe(
        'How loudly it rings: as the loudest of its rules; `passive` where the picture is over 10 minutes old.',
      ),
    ),
  captured_at: z.nullable(timestamp('When its newest picture was taken.')),
  seen_at: z.nullable(timestamp('When you said that you have seen it.')),
}
const example: Notification = {
  public_notification_id: '019731a2-1234-7abc-8def-000000000004',
  public_camera_id: '019731a2-1234-7abc-8def-000000000002',
  rule_nicknames: ['Fox'],
  detection_preview_url: null,
  video_clip_url: null,
  created_at: '2026-04-28T12:00:00Z',
  public_event_id: '019731a2-1234-7abc-8def-000000000005',
  kind: 'match',
  title: 'Front Yard',
  body: 'Fox: A fox stands beside the bins.',
  public_rule_ids: ['019731a2-1234-7abc-8def-000000000003'],
  count: 1,
  importance: 'normal',
  captured_at: '2026-04-28T11:59:58Z',
  seen_at: null,
}
const notification = answer<Notification>('CameraNotification', 'What was told.', fields, example)

type Page = { next: string | null; previous: string | null; results: Notification[] }
const page = answer<Page>(
  'CameraNotificationPage',
  'Ten notifications at most, the newest first.',
  {
    next: z.nullable(text('The `cursor` of the page after this one, of older ones; null on the last.')),
    previous: z.nullable(text('Always null: who pages on has the page before.')),
    results: z.array(z.object(fields)).check(z.describe('The notifications.')),
  },
  { next: null, previous: null, results: [example] },
)

const query = [
  {
    name: 'cursor',
    description: 'The `next` of a page: the list goes on with older ones.',
    schema: { type: 'string', format: 'uuid' },
  },
  {
    name: 'since',
    description: 'The id of a notification: only newer ones are listed.',
    schema: { type: 'string', format: 'uuid' },
  },
]

function chosen(name: string) {
  return input(
    name,
    'Which notifications.',
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
    'How many.',
    { [name]: z.number().check(z.meta({ type: 'integer', minimum: 0, description })) } as never,
    { [name]: 1 } as Record<Name, number>,
  )
const clearing = chosen('ClearedNotifications')
const cleared = counted('ClearedCount', 'cleared_count', 'How many of them are cleared now.')

type Can = {
  channels: { web_push: boolean; apns: boolean; webhook: boolean; ntfy: boolean; mail: boolean }
  judge: string | null
}
const can = (what: string) => flag(`Whether this deployment can ${what}.`)
const clock = (description: string) => z.nullable(text(description))
const ofSettings = answer<ReturnType<typeof settingsJson<Can>>>(
  'NotificationSettings',
  'How you are told, and what this deployment can do.',
  {
    time_zone: z.nullable(
      text('In which zone the hours are, by its name in the IANA’s database; null: in UTC.'),
    ),
    quiet_from: clock('When quiet hours begin, as in `22:00`; null where there are none.'),
    quiet_to: clock('When they end.'),
    snoozed_until: z.nullable(timestamp('Until when nothing rings; null, or a time that is over: it does.')),
    tells_unjudged: flag('Whether you are told of pictures that could not be judged.'),
    tells_offline: flag('Whether you are told that a camera fell silent, and that it is back.'),
    channels: z
      .object({
        web_push: can('push to browsers'),
        apns: can('push to iPhones'),
        webhook: can('call a webhook'),
        ntfy: can('publish to ntfy'),
        mail: can('send mail'),
      })
      .check(z.describe('What this deployment is set up for.')),
    judge: z.nullable(text('The host that pictures are sent to, to be judged; null: none is judged.')),
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
    summary: 'List what a camera told',
    description:
      'Ten at a time, the newest first, without those that were cleared; `next` leads on. Who sends the `ETag` of the last answer as `If-None-Match` gets 304 where nothing changed.',
    query,
    answers: { 200: page },
    isTagged: true,
    refuses: ['NoSuchCamera', 'NoSuchPage', 'BadSince'],
  },
  'GET /v1/cameras/{public_camera_id}/notifications/{public_notification_id}/': {
    operationId: 'getCameraNotification',
    summary: 'Read a notification',
    description: 'One that was cleared is answered like one that does not exist.',
    answers: { 200: notification },
    isTagged: true,
    refuses: ['NoSuchCamera', 'NoSuchNotification'],
  },
  'POST /v1/cameras/{public_camera_id}/notifications/clear/': {
    operationId: 'clearCameraNotifications',
    summary: 'Clear notifications of a camera',
    description:
      'They are listed no more. The count holds those that were cleared before, too; ids of no notification of this camera are passed over.',
    body: clearing,
    answers: { 200: cleared },
    refuses: ['NoSuchCamera'],
  },
  'GET /v1/notifications/': {
    operationId: 'listNotifications',
    summary: 'List what all your cameras told',
    description:
      'The newest first, without those that were cleared. The filters hold together. `after` leads on to older ones. Who sends the `ETag` of the last answer as `If-None-Match` gets 304 where nothing changed.',
    filters: input(
      'NotificationFilters',
      'Which notifications.',
      notificationFilters,
      { camera: 'Those of this camera.', kind: 'Those of this kind.' },
      { kind: 'match' },
    ),
    query: paging,
    answers: { 200: { listOf: notification } },
    isTagged: true,
  },
  'POST /v1/notifications/seen/': {
    operationId: 'markNotificationsSeen',
    summary: 'Say which notifications you have seen',
    description: 'They are listed on. What joins one of them makes it new again.',
    body: chosen('SeenNotifications'),
    answers: { 200: counted('SeenCount', 'seen_count', 'How many of them are seen now.') },
  },
  'POST /v1/notifications/clear/': {
    operationId: 'clearNotifications',
    summary: 'Clear notifications of any camera',
    description: 'They are listed no more, until something joins them.',
    body: clearing,
    answers: { 200: cleared },
  },
  'POST /v1/notifications/{public_notification_id}/actions/': {
    operationId: 'actOnNotification',
    summary: 'Do what a button of a notification says',
    description:
      'Needs an access token, or the token that came with a push of this notification: it is for this one alone, for a day. `snooze_1h` has its camera tell nothing for an hour, `not_this` says of each of its verdicts that it was wrong, `seen` that you have seen it, which the others say too. May be done again.',
    body: input(
      'NotificationAction',
      'What to do, and by what right.',
      actionInput,
      {
        token: 'The token of the push, where no access token is sent.',
        action: 'What to do: `snooze_1h`, `not_this` or `seen`.',
      },
      { token: '1777464000.Zm94', action: 'snooze_1h' },
    ),
    answers: {
      200: answer<{ snoozed_until: string | null }>(
        'ActedOn',
        'It is done.',
        {
          snoozed_until: z.nullable(
            timestamp('Until when its camera tells nothing, where that was asked for.'),
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
    summary: 'Read how you are told',
    description: 'With what this deployment can do: where it can push to, and who judges pictures.',
    answers: { 200: ofSettings },
  },
  'PATCH /v1/notification_settings/': {
    operationId: 'updateNotificationSettings',
    summary: 'Change how you are told',
    description:
      'Changes what is sent. In quiet hours and while snoozed nothing rings, and all is listed; rules that are `time_sensitive` ring in quiet hours too.',
    body: input(
      'NotificationSettingsPatch',
      'What to change.',
      settingsInput,
      {
        time_zone: 'In which zone the hours are; null: in UTC.',
        quiet_from: 'When quiet hours begin; with `quiet_to`, or both null.',
        quiet_to: 'When they end, which may be on the next day.',
        snoozed_until: 'Until when nothing rings, with its time zone; null: it does.',
        tells_unjudged: 'Whether you are told of pictures that could not be judged.',
        tells_offline: 'Whether you are told that a camera fell silent, and that it is back.',
      },
      { quiet_from: '22:00', quiet_to: '07:00', time_zone: 'Europe/Berlin' },
    ),
    answers: { 200: ofSettings },
  },
}
