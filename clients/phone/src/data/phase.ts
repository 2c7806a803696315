import type { Camera, Device } from '@scout/client'

/** A new camera. `device` is null if none is paired. */
export type Arrival = { camera: Camera; device: Device | null; picture: string | null }

/**
 * The progress of a new camera: `here` has a picture, `heard` was online, `silent` (by code) and `unplugged` (by sticker) were not online
 * yet, `revoked` and `nothing` never will be.
 */
export type Phase = 'here' | 'heard' | 'silent' | 'unplugged' | 'revoked' | 'nothing'

export function phaseOf({ camera, device, picture }: Arrival): Phase {
  // A revoked camera may have old pictures.
  if (device?.revoked_at) return 'revoked'
  if (picture) return 'here'
  if (!device) return 'nothing'
  if (camera.last_seen_at) return 'heard'
  return isBuilt(device) ? 'silent' : 'unplugged'
}

/** Only factory-made cameras have a serial number. */
const isBuilt = ({ device_id }: Device) => device_id === undefined
