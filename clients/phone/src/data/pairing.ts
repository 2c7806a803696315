import { type Camera, ScoutError } from '@scout/client'
import { cameras } from './cameras.ts'
import { keep, kept } from './kept.ts'
import { scout } from './session.ts'

/** A pairing code for a camera that the user built, its expiry by this phone's clock, and the cameras that existed before. */
export type Invitation = { location: string; code: string; until: number; before: string[] }

/** The service's lifetime of a code. It counts from the request, since a phone's clock may be wrong. */
const LIFETIME_IN_MS = 15 * 60_000

/** Stored, since a phone may unload the page while the user types the code elsewhere. */
const KEY = 'pairing'

/** Makes a code; with `before` it replaces an expired one. @throws ScoutError, UnreachableError */
export async function invite(location: string, before?: string[]): Promise<Invitation> {
  const known = before ?? (await scout.listCameras()).map(idOf)
  const asked = Date.now()
  const { pairing_code: code } = await scout.createPairingCode({ location })
  const invitation = { location: location.trim(), code, until: asked + LIFETIME_IN_MS, before: known }
  await keep(KEY, { value: invitation, asOf: Date.now() })
  return invitation
}

/** The last code, which may have expired; null if its camera was paired or it was discarded. */
export async function lastInvitation(): Promise<Invitation | null> {
  return (await kept<Invitation | null>(KEY))?.value ?? null
}

export const forgetInvitation = () => keep<null>(KEY, { value: null, asOf: Date.now() })

/** The camera that was paired with a code, if any. */
export async function cameraOf({ location, before }: Invitation): Promise<Camera | undefined> {
  const all = await scout.listCameras()
  return all.find((camera) => camera.location === location && !before.includes(idOf(camera)))
}

/** Claims the camera of a sticker. A camera that the user has already keeps its location. @throws ScoutError, UnreachableError */
export async function claim(claim_token: string, location: string): Promise<Camera> {
  const { public_camera_id: id } = await scout.claimDevice({ claim_token, location })
  void cameras().refresh()
  return scout.getCamera(id)
}

/** Whether the service refused the sticker's code. */
export const isOfSticker = (error: unknown) =>
  error instanceof ScoutError && error.status === 400 && !('location' in error.fields)

const idOf = ({ public_camera_id: id }: Camera) => id
