import * as z from 'zod/mini'
import { text } from '../http/fields.ts'
import type { Camera } from './camera.ts'

export const cameraInput = z.object({ location: text({ max: 100 }) })

export const cameraJson = ({ id, publicCameraId, owner, location, createdAt }: Camera) => ({
  id,
  public_camera_id: publicCameraId,
  owner,
  location,
  created_at: createdAt,
})
