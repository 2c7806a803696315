import * as z from 'zod/mini'
import { flag, moment, text, timeZone } from '../http/fields.ts'
import type { Camera } from './camera.ts'

export const cameraInput = z.object({
  location: text({ max: 100 }),
  time_zone: z.optional(z.nullable(timeZone())),
  is_armed: z.optional(flag()),
  snoozed_until: z.optional(z.nullable(moment())),
})

/** `previewUrl` is signed, or null if there is no picture or none is shown. */
export const cameraJson = (camera: Camera, previewUrl: string | null) => ({
  id: camera.id,
  public_camera_id: camera.publicCameraId,
  owner: camera.owner,
  location: camera.location,
  created_at: camera.createdAt,
  time_zone: camera.timeZone,
  is_armed: camera.isArmed,
  snoozed_until: camera.snoozedUntil,
  is_online: camera.isOnline,
  last_seen_at: camera.lastSeenAt,
  camera_preview_url: previewUrl,
  preview_updated_at: camera.previewUpdatedAt,
})
