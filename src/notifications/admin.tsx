import { sql } from 'drizzle-orm'
import { shown } from '../admin/fields.ts'
import { choicesOf, defineModel } from '../admin/model.ts'
import { deliveries, notifications } from '../db/schema.ts'
import { byPublicCamera, byPublicOwner, emailOfPublic, locationOfPublic } from '../users/public-ids.ts'
import { KINDS } from './kinds.ts'

const email = emailOfPublic(notifications.owner)
const location = locationOfPublic(notifications.camera)
const rules = sql`array_to_string(${notifications.ruleNicknames}, ', ')`

/** A line per delivery, like `apns: waiting, busy 429, attempt 2`. */
const sent = sql`(
  select string_agg(
    kind || ': ' || concat_ws(', ', state, concat_ws(' ', reason, status), 'attempt ' || attempts), E'\\n' order by ${deliveries.id})
  from ${deliveries} where notification = ${notifications.publicNotificationId})`

/** Staff see notifications and their deliveries. */
export const notificationAdmin = defineModel(notifications, {
  app: { label: 'notifications', title: 'Notifications' },
  name: 'notification',
  title: 'notification',
  plural: 'notifications',
  describe: sql`${notifications.publicNotificationId}::text`,
  publicId: notifications.publicNotificationId,
  allows: ['view'],
  columns: [
    { title: 'Created at', shows: notifications.createdAt, as: 'moment', sort: notifications.createdAt },
    { title: 'Kind', shows: notifications.kind },
    { title: 'Title', shows: notifications.title },
    { title: 'Rules', shows: rules },
    { title: 'Owner', shows: email },
    { title: 'Pictures', shows: notifications.count },
    { title: 'Importance', shows: notifications.importance },
    { title: 'Seen at', shows: notifications.seenAt, as: 'moment' },
  ],
  filters: [
    {
      kind: 'choice',
      parameter: 'kind',
      title: 'kind',
      choices: choicesOf(notifications.kind, KINDS),
    },
    { kind: 'date', parameter: 'created_at', title: 'created at', column: notifications.createdAt },
    byPublicOwner(notifications.owner),
    byPublicCamera(notifications.camera),
  ],
  sections: [
    {
      fields: {
        kind: shown({ label: 'Kind', shows: notifications.kind }),
        title: shown({ label: 'Title', shows: notifications.title }),
        body: shown({ label: 'Body', shows: notifications.body }),
        rules: shown({ label: 'Rules', shows: rules }),
        importance: shown({ label: 'Importance', shows: notifications.importance }),
        count: shown({ label: 'Pictures', shows: notifications.count }),
        deliveries: shown({ label: 'Deliveries', shows: sent }),
      },
    },
    {
      title: 'Whose',
      fields: {
        owner: shown({ label: 'Owner', shows: email }),
        camera: shown({ label: 'Camera', shows: location }),
        event: shown({ label: 'Public event id', shows: notifications.event }),
        public_notification_id: shown({
          label: 'Public notification id',
          shows: notifications.publicNotificationId,
        }),
        public_camera_id: shown({ label: 'Public camera id', shows: notifications.camera }),
        public_user_id: shown({ label: 'Public user id', shows: notifications.owner }),
        image_key: shown({ label: 'Picture', shows: notifications.imageKey }),
        clip_key: shown({ label: 'Clip', shows: notifications.clipKey }),
      },
    },
    {
      title: 'Important dates',
      fields: {
        captured_at: shown({ label: 'Captured at', shows: notifications.capturedAt, as: 'moment' }),
        created_at: shown({ label: 'Created at', shows: notifications.createdAt, as: 'moment' }),
        seen_at: shown({ label: 'Seen at', shows: notifications.seenAt, as: 'moment' }),
        cleared_at: shown({ label: 'Cleared at', shows: notifications.clearedAt, as: 'moment' }),
      },
    },
  ],
})
