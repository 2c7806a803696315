import { sql } from 'drizzle-orm'
import { type AskingDevice, deviceWrites } from '../auth/device.ts'
import { type Viewer, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { cameras, users } from '../db/schema.ts'
import { oneOf } from '../db/statement.ts'
import { seen } from '../devices/presence.ts'
import { problems } from '../problems.ts'
import { readKey } from './keys.ts'
import { type Label, type Received, receiving } from './receive.ts'

/** A picture that is uploaded or will be, announced by its uploader. */
export type Announcement = { key: string; captured_at?: string | undefined; labels?: Label[] | undefined }

const ofViewer = sql`${users.id} = (select id from viewer)`
const ofDevice = sql`said."user" is null and ${cameras.id} = (select id from camera)`
const announcing = {
  viewer: viewerWrites(() => one(receiving(ofViewer))),
  // Locks its camera before the event, like `conclude`.
  device: deviceWrites(() => {
    const { steps, answers } = one(receiving(sql`${ofDevice} and (select count(*) from seen) >= 0`))
    return { steps: { seen, ...steps }, answers }
  }),
}

function one({ steps }: ReturnType<typeof receiving>) {
  return {
    steps,
    answers: {
      received: oneOf<Pick<Received, 'publicEventId' | 'state' | 'isDue'>>(sql`
        select public_event_id as "publicEventId", state, is_due as "isDue" from put`),
    },
  }
}

/**
 * Stores an announcement by the owner or the camera of a picture. @throws noSuch('Picture') for a key that is not theirs
 */
export async function announce(
  db: Db,
  who: { viewer: Viewer } | { device: AskingDevice },
  bucket: string,
  announcement: Announcement,
) {
  const name = readKey(announcement.key)
  if (name?.kind !== 'picture') throw problems.noSuch('Picture')
  const { key, captured_at: at = name.at, labels = null } = announcement
  const { user, camera } = name
  const said = [{ key, user, camera, at, labels, etag: null, clip_key: null, is_picture: true }]
  const values = { bucket, said: JSON.stringify(said) }
  const { received } =
    'viewer' in who
      ? await announcing.viewer(db, who.viewer, values)
      : await announcing.device(db, who.device, values)
  if (!received) throw problems.noSuch('Picture')
  return received
}
