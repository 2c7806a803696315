import { type SQL, sql } from 'drizzle-orm'
import { asking, type Principal } from '../db/asking.ts'
import { cameras, devices, users } from '../db/schema.ts'
import { given, oneOf, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'

/** The device of a token, by the public camera id that it had when the token was issued. */
export type AskingDevice = { publicCameraId: string }

type Found = { isRevoked: boolean; isOwnerActive: boolean }

/**
 * Whether a device has no camera and may get one: its camera was deleted, by anyone. A self-built device ends with its
 * camera.
 */
export const isUnclaimed = sql`(${devices.cameraId} is null and ${devices.deviceId} is not null)`

/**
 * A device's public camera id: its camera's id, or, while it is unclaimed, an id of its own that no camera ever gets.
 */
export const publicCameraIdOf = sql`coalesce(
  (select public_camera_id from ${cameras} where ${cameras.id} = ${devices.cameraId}), ${devices.publicCameraId})`

/** Whether the owner of a device's camera is active. True for an unclaimed device. */
export const isOwnerActive = sql`coalesce((
  select is_active from ${users} where ${users.id} = (
    select owner_id from ${cameras} where ${cameras.id} = ${devices.cameraId})), true)`

// A claim or a release gives the device another id, which invalidates tokens with the old one.
const asked = sql`
  select ${devices.id}, camera_id, revoked_at, ${isOwnerActive} as is_owner_active
  from ${devices} join ${cameras} on ${cameras.id} = camera_id
  where ${cameras.publicCameraId} = ${given('publicCameraId', 'uuid')}
  union all
  select ${devices.id}, camera_id, revoked_at, true from ${devices}
  where ${devices.publicCameraId} = ${given('publicCameraId', 'uuid')} and ${isUnclaimed}`

/**
 * The device principal: the CTE `device` is the device of the token, empty if it is revoked or its owner inactive. `camera`
 * is its camera, empty while the device is unclaimed.
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

/** A statement for the device of an access token. @throws deviceRefused */
export const deviceWrites = asking(device, writing)
