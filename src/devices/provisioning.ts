import { type SQL, sql } from 'drizzle-orm'
import { isOwnerActive, publicCameraIdOf } from '../auth/device.ts'
import {
  type Attempt,
  countedFailures,
  keyedHash,
  networkKey,
  refuseGuess,
  secondsToWait,
} from '../auth/attempts.ts'
import { reachOf } from '../auth/permissions.ts'
import { hashOf, newSecret } from '../auth/secrets.ts'
import { type Viewer, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { devices } from '../db/schema.ts'
import { given, oneOf, reading, repeatable, writing } from '../db/statement.ts'
import { problems } from '../problems.ts'

/** The length of a serial number. */
export const SERIAL_LENGTH = 16
const SECRET_IN_BYTES = 24
/** How long a camera may register again while its token is unused: the answer may have been lost. */
const REGISTRATION_PERIOD = sql`interval '10 minutes'`

/** A token for a serial number, in the form of stickers and cameras in the field. */
export const newTokenOf = (serial: string) => `${serial}_${newSecret(SECRET_IN_BYTES)}`

const provisioned = (isAllowed: SQL) => sql`
  insert into ${devices} (device_id, claim_token_hash, created_at, provisioned_at)
  select ${given('serial')}, ${given('claimTokenHash')}, now(), now() where ${isAllowed}
  on conflict (device_id) do nothing returning id`
const isProvisioned = sql<boolean>`exists (select from provisioned)`

const provisioningByKey = writing(() => ({
  steps: { provisioned: provisioned(sql`true`) },
  answers: { isAllowed: sql<boolean>`true`, isProvisioned },
}))

const provisioningByStaff = viewerWrites(() => ({
  steps: {
    reach: reachOf('devices.add_device'),
    provisioned: provisioned(sql`(select sees_all from reach)`),
  },
  answers: { isAllowed: sql<boolean>`(select sees_all from reach)`, isProvisioned },
}))

/**
 * Creates a device with a serial number, and returns the claim token for its sticker, once. `viewer` is missing if the caller
 * sent the provisioning key. @throws notPermitted, alreadyProvisioned
 */
export async function provision(db: Db, viewer: Viewer | undefined, serial: string) {
  const claimToken = newTokenOf(serial)
  const values = { serial, claimTokenHash: await hashOf(claimToken) }
  const { isAllowed, isProvisioned } = viewer
    ? await provisioningByStaff(db, viewer, values)
    : await provisioningByKey(db, values)
  if (!isAllowed) throw problems.notPermitted()
  if (!isProvisioned) throw problems.alreadyProvisioned()
  return claimToken
}

// If two register at once, the second finds a changed token and is too late. Retried, because a camera asks once in its life.
const registering = repeatable(() => ({
  steps: {
    known: sql`
      select id, device_token_hash from ${devices}
      where device_id = ${given('serial')} and claim_token_hash = ${given('claimTokenHash')} and revoked_at is null`,
    registered: sql`
      update ${devices} set
        device_token_hash = ${given('deviceTokenHash')},
        device_token_used_at = null,
        registered_at = coalesce(registered_at, now())
      from known
      where ${devices.id} = known.id and ${devices.deviceTokenHash} is not distinct from known.device_token_hash
        and claim_token_hash = ${given('claimTokenHash')} and revoked_at is null
        and (registered_at is null
          or device_token_used_at is null and registered_at > now() - ${REGISTRATION_PERIOD})
      returning ${publicCameraIdOf} as "publicCameraId"`,
    ...countedFailures(sql`
      select account, network, 1 as failures
      from (values ('failed registrations', ${given('network')}), (${given('account')}, '')) as failed (account, network)
      where not exists (select from known)`),
  },
  answers: {
    registered: oneOf<{ publicCameraId: string }>(sql`select * from registered`),
    isKnown: sql<boolean>`exists (select from known)`,
    secondsToWait,
  },
}))

/**
 * Gives a camera its token at its first start. If the answer was lost and the token is unused, a retry returns a new one and
 * invalidates the old one. The right claim token is never throttled.
 * @throws alreadyRegistered; claimTokenRefused, with the same words for an unknown serial number; throttled, after failures
 * of a network or of a serial number
 */
export async function registerDevice(
  db: Db,
  attempt: Attempt,
  { serial, claimToken }: { serial: string; claimToken: string },
) {
  const deviceToken = newTokenOf(serial)
  const { registered, isKnown, secondsToWait } = await registering(db, {
    serial,
    claimTokenHash: await hashOf(claimToken),
    deviceTokenHash: await hashOf(deviceToken),
    account: `failed registrations ${await keyedHash(`serial ${serial}`, attempt)}`,
    network: await networkKey(attempt),
  })
  if (registered) return { deviceToken, ...registered }
  if (isKnown) throw problems.alreadyRegistered()
  refuseGuess(secondsToWait, attempt)
  throw problems.claimTokenRefused()
}

type Found = { isRevoked: boolean; isOwnerActive: boolean; publicCameraId: string }

// Retried after a lost connection, though it writes: a camera does not ask twice, and the first use is stored once.
const exchanging = reading(() => ({
  steps: {
    device: sql`
      select id, revoked_at, ${isOwnerActive} as is_owner_active, ${publicCameraIdOf} as public_camera_id from ${devices}
      where device_token_hash = ${given('tokenHash')} and (camera_id is not null or device_id is not null)`,
    used: sql`
      update ${devices} set device_token_used_at = now()
      where id = (select id from device where revoked_at is null and is_owner_active)
        and device_token_hash = ${given('tokenHash')} and device_token_used_at is null
      returning id`,
  },
  answers: {
    device: oneOf<Found>(
      sql`select revoked_at is not null as "isRevoked", is_owner_active as "isOwnerActive", public_camera_id as "publicCameraId" from device`,
    ),
  },
}))

/** Finds the device of a device token by its hash. @throws deviceTokenRefused */
export async function findByToken(db: Db, tokenHash: string) {
  const { device } = await exchanging(db, { tokenHash })
  if (!device) throw problems.deviceTokenRefused('Invalid device token.')
  if (device.isRevoked) throw problems.deviceTokenRefused('Device has been revoked.')
  if (!device.isOwnerActive) throw problems.deviceTokenRefused('User is inactive')
  return device
}
