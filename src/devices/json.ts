import * as z from 'zod/mini'
import { text } from '../http/fields.ts'
import type { Device } from './device.ts'
import { SERIAL_LENGTH } from './provisioning.ts'

const serial = () => text({ min: SERIAL_LENGTH, max: SERIAL_LENGTH })
const claimToken = () => text({ max: 128 })

export const provisioning = z.object({ device_id: serial() })
export const registration = z.object({ device_id: serial(), claim_token: claimToken() })
export const claim = z.object({ claim_token: claimToken(), location: text({ max: 50 }) })

export const invitation = z.object({ location: text({ max: 100 }) })
export const pairing = z.object({
  pairing_code: text({ max: 100 }),
  nonce: text({ spelled: { as: /^[\w-]{43}$/, words: 'Must be 32 bytes in base64url.' } }),
  model: z.optional(text({ max: 100, blank: true })),
  version: z.optional(text({ max: 100, blank: true })),
})

/** A measurement that is not stored: no camera is refused for an unexpected value. */
const measured = () => z.optional(z.unknown().register(z.globalRegistry, { type: 'number' }))

export const heartbeat = z.object({
  version: z.optional(text({ max: 100, blank: true })),
  fps: measured(),
  spooled: measured(),
  temperature: measured(),
})

/** Fields without a value are left out. */
export const deviceJson = (device: Device) => ({
  public_device_id: device.publicDeviceId,
  device_id: device.deviceId ?? undefined,
  model: device.model ?? undefined,
  version: device.version ?? undefined,
  registered_at: device.registeredAt ?? undefined,
  claimed_at: device.claimedAt ?? undefined,
  revoked_at: device.revokedAt ?? undefined,
  last_seen_at: device.lastSeenAt ?? undefined,
  is_online: device.isOnline,
})
