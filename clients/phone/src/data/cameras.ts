import type { Camera, CameraPatch, Device } from '@scout/client'
import { change } from './change.ts'
import { ifThere } from './if-there.ts'
import { changeLater, removeFrom } from './leaving.ts'
import { type Resource, resource } from './resource.ts'
import { scout } from './session.ts'

const idOf = ({ public_camera_id: id }: Camera) => id

/** The user's cameras, in the order in which they were added. */
export const cameras = () => resource('cameras', () => scout.listCameras())

/** One camera, first with the value from the list if it is loaded. */
export function camera(id: string): Resource<Camera> {
  const one = resource(`cameras/${id}`, () => scout.getCamera(id))
  const all = cameras().seen.peek()
  const listed = 'value' in all ? all.value.find((other) => idOf(other) === id) : undefined
  if (listed && 'asOf' in all) one.suppose(listed, all.asOf)
  return one
}

/** The paired device of a camera, or null. */
export const device = (id: string): Resource<Device | null> =>
  resource(`cameras/${id}/device`, () => ifThere(scout.getDevice(id)))

/** Changes a camera and shows it at once. With `words` it shows a toast whose Undo sends `back`. */
export const changeCamera = (
  id: string,
  patch: CameraPatch,
  { words, back }: { words?: string; back?: CameraPatch } = {},
): Promise<boolean> => {
  const edit = (one: Camera): Camera => (idOf(one) === id ? { ...one, ...patch } : one)
  return change({
    show: [
      [camera(id), edit],
      [cameras(), (all: Camera[]) => all.map(edit)],
    ],
    send: () => scout.updateCamera(id, patch),
    words,
    undo: back && (() => changeCamera(id, back)),
  })
}

/** Like `changeCamera`, for a form, which shows the errors. @throws ScoutError, UnreachableError */
export async function saveCamera(id: string, patch: CameraPatch) {
  const saved = await scout.updateCamera(id, patch)
  camera(id).show(saved)
  cameras()
    .edit((all) => all.map((one) => (idOf(one) === id ? saved : one)))
    .done()
}

/** Deletes a camera with its rules and pictures, after the time for Undo. */
export const removeCamera = (one: Camera) =>
  removeFrom(cameras(), [idOf(one)], {
    words: `${one.location} was deleted.`,
    idOf,
    act: () => scout.deleteCamera(idOf(one)),
  })

/** Revokes a device, after the time for Undo. The service refuses its next request. */
export function revokeDevice(id: string, revoked: Device) {
  changeLater('The camera’s access is revoked.', {
    of: device(id),
    how: () => ({ ...revoked, revoked_at: new Date().toISOString() }),
    act: () => scout.revokeDevice(id),
  })
}
