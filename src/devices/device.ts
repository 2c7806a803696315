import { sql } from 'drizzle-orm'
import { type Viewer, viewerReads, viewerWrites } from '../auth/viewer.ts'
import { isOnline } from '../cameras/online.ts'
import type { Db } from '../db/client.ts'
import { cameras, devices } from '../db/schema.ts'
import { columnsOf, given, moment, oneOf, type Row } from '../db/statement.ts'
import { problems } from '../problems.ts'

/** A device, and when its camera was last seen. */
export type Device = Row<typeof devices> & { lastSeenAt: string | null; isOnline: boolean }

/** The camera in the path, if it is the viewer's. Every statement here begins with it. */
const ownCamera = sql`
  select id, ${moment(cameras.lastSeenAt, 'lastSeenAt')} as "lastSeenAt", ${isOnline} as "isOnline" from ${cameras}
  where public_camera_id = ${given('id', 'uuid')} and owner_id = (select id from viewer)`
const theDevice = sql`camera_id = (select id from camera)`

const isCameraTheirs = sql<boolean>`exists (select from camera)`

const finding = viewerReads(() => ({
  steps: { camera: ownCamera, device: sql`select * from ${devices} where ${theDevice}` },
  answers: {
    isCameraTheirs,
    device: oneOf<Device>(
      sql`select of_device.*, "lastSeenAt", "isOnline" from (select ${columnsOf(devices)} from device) as of_device, camera`,
    ),
  },
}))

/**
 * Returns the device of a camera. @throws noSuch('Camera') for a camera that is not the viewer's; noSuch('Device') for one
 * without a device
 */
export async function findDevice(db: Db, viewer: Viewer, id: string) {
  const { isCameraTheirs, device } = await finding(db, viewer, { id })
  return the(isCameraTheirs, device)
}

const revoking = viewerWrites(() => ({
  steps: {
    camera: ownCamera,
    device: sql`update ${devices} set revoked_at = coalesce(revoked_at, now()) where ${theDevice} returning id`,
  },
  answers: { isCameraTheirs, device: oneOf<{ id: number }>(sql`select id from device`) },
}))

/** Revokes the device of a camera for good. @throws as `findDevice` */
export async function revokeDevice(db: Db, viewer: Viewer, id: string) {
  const { isCameraTheirs, device } = await revoking(db, viewer, { id })
  the(isCameraTheirs, device)
}

function the<Found>(isCameraTheirs: boolean, device: Found | null) {
  if (!isCameraTheirs) throw problems.noSuch('Camera')
  if (!device) throw problems.noSuch('Device')
  return device
}
