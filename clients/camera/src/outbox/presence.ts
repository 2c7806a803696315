import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { DeviceClient, Heartbeat } from '@scout/client'
import type { Say } from '../log.ts'
import { REVOKED_IN_MS } from '../programs/pauses.ts'
import { isRevoked } from './send.ts'

export type Present = { say: Say; stop: AbortSignal; everyInMs?: number }

const HEARTBEAT_IN_MS = 60_000
const PREVIEW_IN_MS = 600_000
/** The pause before looking again whether there is a picture. */
const LOOK_IN_MS = 500
/** The pause before retrying a failed preview. */
const AGAIN_IN_MS = 30_000

/** Sends a heartbeat with the camera's state every minute; none while it has no pictures, so that it counts as offline. */
export async function beat(
  device: Pick<DeviceClient, 'sendHeartbeat'>,
  state: () => Promise<Heartbeat | null>,
  { say, stop, everyInMs = HEARTBEAT_IN_MS }: Present,
) {
  while (!stop.aborted) {
    let pause = everyInMs
    try {
      const [now, temperature] = await Promise.all([state(), temperatureOf()])
      if (now) await device.sendHeartbeat({ ...now, ...(temperature !== null && { temperature }) })
      else pause = Math.min(pause, LOOK_IN_MS)
    } catch (error) {
      say(`Heartbeat failed: ${(error as Error).message}`)
      if (isRevoked(error)) pause = REVOKED_IN_MS
    }
    await wait(pause, undefined, { signal: stop }).catch(() => {})
  }
}

/** Uploads a preview every ten minutes; while there is no picture, it checks twice a second. */
export async function preview(
  device: Pick<DeviceClient, 'uploadMedia' | 'notePreview'>,
  picture: () => Uint8Array | null,
  { say, stop, everyInMs = PREVIEW_IN_MS }: Present,
) {
  while (!stop.aborted) {
    const jpeg = picture()
    let pause = jpeg ? everyInMs : LOOK_IN_MS
    try {
      if (jpeg) {
        await device.uploadMedia('CAMERA_PREVIEW', jpeg)
        await device.notePreview()
      }
    } catch (error) {
      say(`Preview failed: ${(error as Error).message}`)
      pause = isRevoked(error) ? REVOKED_IN_MS : Math.min(pause, AGAIN_IN_MS)
    }
    await wait(pause, undefined, { signal: stop }).catch(() => {})
  }
}

/** The processor's temperature in degrees Celsius; null if there is no sensor. */
async function temperatureOf() {
  const text = await readFile('/sys/class/thermal/thermal_zone0/temp', 'utf8').catch(() => '')
  return text === '' ? null : Number(text) / 1000
}
