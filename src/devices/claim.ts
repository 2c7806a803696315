import { sql } from 'drizzle-orm'
import { hashOf } from '../auth/secrets.ts'
import { type Viewer, viewerAdds } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { eraseUnclaimed } from '../db/erasures.ts'
import { cameras, devices } from '../db/schema.ts'
import { given } from '../db/statement.ts'
import { problems } from '../problems.ts'
import { SERIAL_LENGTH } from './provisioning.ts'

/** Only the first try can lose a race: then the device has an owner. */
const TRIES = 3

const isMeant = sql`claim_token_hash = ${given('claimTokenHash')} and revoked_at is null`

// Each claim gives the camera a new public id: tokens and URLs of an earlier owner open nothing of it.
const claiming = viewerAdds(() => ({
  steps: {
    seen: sql`
      select id, camera_id from ${devices}
      where device_id = ${given('serial')} and ${isMeant} and exists (select from viewer)`,
    mine: sql`
      select id, public_camera_id from ${cameras}
      where id = (select camera_id from seen) and owner_id = (select id from viewer)`,
    device: sql`
      select id, camera_id from ${devices}
      where id = (select id from seen) and ${isMeant}
        and (camera_id is null or camera_id = (select id from mine))
      for update`,
    added: sql`
      insert into ${cameras} (public_camera_id, owner_id, location, created_at)
      select uuidv7(), viewer.id, ${given('location')}, now() from viewer, device where device.camera_id is null
      returning id, public_camera_id`,
    claimed: sql`
      update ${devices} set camera_id = (select id from added), claimed_at = now()
      where id = (select id from device) and exists (select from added)
      returning id`,
    erased: eraseUnclaimed(sql`select id from claimed`),
  },
  answers: {
    publicCameraId: sql<string | null>`coalesce(
      (select public_camera_id from added),
      (select public_camera_id from mine where id = (select camera_id from device)))`,
    isRaced: sql<boolean>`not exists (select from device)
      and exists (select from seen where camera_id is null or camera_id = (select id from mine))`,
  },
}))

/**
 * Makes the camera with this claim token the viewer's, and returns its public id; the same id if it is already theirs. If two
 * claim at once, one wins. @throws claimTokenRefused, with the same words for an unknown, a wrong and another owner's token
 */
export async function claimDevice(
  db: Db,
  viewer: Viewer,
  { claimToken, location }: { claimToken: string; location: string },
) {
  const serial = [...claimToken].slice(0, SERIAL_LENGTH).join('')
  const values = { serial, claimTokenHash: await hashOf(claimToken), location }
  for (let tries = 1; ; tries++) {
    const { publicCameraId, isRaced } = await claiming(db, viewer, values)
    if (publicCameraId) return publicCameraId
    if (!isRaced || tries === TRIES) throw problems.claimTokenRefused()
  }
}
