import { resource } from './resource.ts'
import { scout } from './session.ts'

/** The rules of all cameras, each with its camera. */
export const allRules = () =>
  resource('rules', async () => {
    const cameras = await scout.listCameras()
    const rules = await Promise.all(cameras.map((camera) => scout.listRules(camera.public_camera_id)))
    return rules.flatMap((some, at) => some.map((rule) => ({ rule, camera: cameras[at]! })))
  })
