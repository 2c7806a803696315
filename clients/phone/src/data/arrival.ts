import { ifThere } from './if-there.ts'
import type { Arrival } from './phase.ts'
import { resource } from './resource.ts'
import { scout } from './session.ts'

/** A new camera: its first picture and its paired device. */
export const arrival = (id: string) =>
  resource(`cameras/${id}/arrival`, async (): Promise<Arrival> => {
    const camera = await scout.getCamera(id)
    const [picture, device] = await Promise.all([
      camera.camera_preview_url ?? pictureOf(id),
      ifThere(scout.getDevice(id)),
    ])
    return { camera, picture, device }
  })

/** The picture of its newest event, since not every camera sends previews. */
async function pictureOf(id: string) {
  const { value } = await scout.eachEvent({ camera: id, pageSize: 1 }).next()
  return value?.image_url ?? null
}
