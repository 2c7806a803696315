import { sql } from 'drizzle-orm'
import { reference, shown, text } from '../admin/fields.ts'
import { defineModel } from '../admin/model.ts'
import { discardEvents, eraseCameras } from '../db/erasures.ts'
import { cameras, rules } from '../db/schema.ts'
import { eraseBeside } from '../storage/erasing.ts'
import { emailOf, OWNER, ownerFilter } from '../users/owner.ts'

export const cameraAdmin = defineModel(cameras, {
  app: { label: 'camera', title: 'Camera' },
  name: 'camera',
  title: 'camera',
  plural: 'cameras',
  describe: sql`${cameras.location}`,
  publicId: cameras.publicCameraId,
  columns: [
    { title: 'Location', shows: cameras.location, sort: cameras.location },
    { title: 'Owner', shows: emailOf(cameras.ownerId) },
    { title: 'Created at', shows: cameras.createdAt, as: 'moment', sort: cameras.createdAt },
  ],
  search: { of: cameras.location, title: 'Search by location' },
  filters: [
    { kind: 'date', parameter: 'created_at', title: 'created at', column: cameras.createdAt },
    ownerFilter(cameras.ownerId),
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
  beforeRemoval: (deleted) => ({ erased: eraseCameras(deleted), discarded: discardEvents(deleted) }),
  afterRemoval: eraseBeside,
  alsoLost: 'All pictures of a deleted camera are erased, too.',
  // A rule's owner is the owner of its camera.
  follows: {
    columns: [cameras.ownerId],
    as: sql`
      update ${rules} set owner_id = done.owner_id from done
      where camera_id = done.id and ${rules.ownerId} <> done.owner_id returning 1`,
  },
  related: [
    {
      model: 'rules.rule',
      ids: (deleted) => sql`select id from ${rules} where camera_id in (${deleted})`,
    },
  ],
})
