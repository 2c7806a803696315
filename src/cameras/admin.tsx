import { sql } from 'drizzle-orm'
import { reference, shown, text } from '../admin/fields.ts'
import { defineModel } from '../admin/model.ts'
import { cameras, users } from '../db/schema.ts'
import { byEmail, OWNER } from '../users/admin.tsx'

const owner = sql`(select email from ${users} where ${users.id} = ${cameras.ownerId})`

export const cameraAdmin = defineModel(cameras, {
  app: { label: 'camera', title: 'Camera' },
  name: 'camera',
  title: 'camera',
  plural: 'cameras',
  describe: sql`${cameras.location}`,
  publicId: cameras.publicCameraId,
  columns: [
    { title: 'Location', shows: cameras.location, sort: cameras.location },
    { title: 'Owner', shows: owner },
    { title: 'Created at', shows: cameras.createdAt, as: 'moment', sort: cameras.createdAt },
  ],
  search: { of: cameras.location, title: 'Search by location' },
  filters: [
    { kind: 'date', parameter: 'created_at', title: 'created at', column: cameras.createdAt },
    {
      kind: 'owner',
      parameter: 'owner',
      title: 'owner',
      column: cameras.ownerId,
      find: byEmail,
      help: 'Email',
    },
  ],
  sections: [
    {
      fields: {
        owner: reference(cameras.ownerId, OWNER),
        location: text(cameras.location, { label: 'Location' }),
        public_camera_id: shown({ label: 'Public camera id', shows: cameras.publicCameraId }),
        created_at: shown({ label: 'Created at', shows: cameras.createdAt, as: 'moment' }),
      },
    },
  ],
  initial: { createdAt: sql`now()` },
  related: [
    {
      model: 'rules.rule',
      ids: (deleted) => sql`select id from rules_rule where camera_id in (${deleted})`,
    },
  ],
})
