import { type SQL, sql } from 'drizzle-orm'
import { asking, type Principal } from '../db/asking.ts'
import { cameras, devices, users } from '../db/schema.ts'
import { given, oneOf, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'

/** The device that asks, as its token says: by the public camera id that it went by when the token was made. */
export type AskingDevice = { publicCameraId: string }

type Found = { isRevoked: boolean; isOwnerActive: boolean }

/**
 * Whether a device has no camera and may get one. A deleted camera, by whomever, leaves its device so; one that somebody built
 * ends with its camera.
 */
export const isUnclaimed = sql`(${devices.cameraId} is null and ${devices.deviceId} is not null)`

/** A device's public camera id: its camera's, or while it is unclaimed one of its own, which no camera ever gets. */
export const publicCameraIdOf = sql`coalesce(
  (select public_camera_id from ${cameras} where ${cameras.id} = ${devices.cameraId}), ${devices.publicCameraId})`

/** Whether the account that a device's camera is of is active; of an unclaimed one there is none to be inactive. */
export const isOwnerActive = sql`coalesce((
  select is_active from ${users} where ${users.id} = (
    select owner_id from ${cameras} where ${cameras.id} = ${devices.cameraId})), true)`

// A claim and a release give a device another id, and a token that names the one before it is none any more.
const asked = sql`
  select ${devices.id}, camera_id, revoked_at, ${isOwnerActive} as is_owner_active
  from ${devices} join ${cameras} on ${cameras.id} = camera_id
  where ${cameras.publicCameraId} = ${given('publicCameraId', 'uuid')}
  union all
  select ${devices.id}, camera_id, revoked_at, true from ${devices}
  where ${devices.publicCameraId} = ${given('publicCameraId', 'uuid')} and ${isUnclaimed}`

/**
 * A device: the CTE `device` is what the token names, empty where it is revoked or its owner inactive, and `camera` its camera, empty while it is
 * unclaimed too.
 */
const device = {
  steps: {
    asked,
    device: sql`select id, camera_id from asked where revoked_at is null and is_owner_active`,
    camera: sql`select * from ${cameras} where id = (select camera_id from device)`,
  },
  answers: {
    asker: oneOf<Found>(sql`
      select revoked_at is not null as "isRevoked", is_owner_active as "isOwnerActive" from asked`),
  },
  values: ({ publicCameraId }) => ({ publicCameraId }),
  admit({ asker }) {
    if (!asker) throw problems.deviceRefused('Token is invalid')
    if (asker.isRevoked) throw problems.deviceRefused('Device has been revoked.')
    if (!asker.isOwnerActive) throw problems.deviceRefused('User is inactive')
    return {}
  },
} satisfies Principal<AskingDevice, { asker: SQL<Found | null> }, object>

/** A statement of the device that an access token speaks for. @throws deviceRefused */
export const deviceWrites = asking(device, writing)
