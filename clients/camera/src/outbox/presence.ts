import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { DeviceClient, Heartbeat } from '@scout/client'
import type { Say } from '../log.ts'

export type Present = { say: Say; stop: AbortSignal; everyInMs?: number }

const HEARTBEAT_IN_MS = 60_000
const PREVIEW_IN_MS = 600_000
/** A preview that could not be sent is tried again so soon. */
const AGAIN_IN_MS = 30_000

/** Says every minute that the camera is there, and how it is. */
export async function beat(
  device: Pick<DeviceClient, 'sendHeartbeat'>,
  state: () => Promise<Heartbeat>,
  { say, stop, everyInMs = HEARTBEAT_IN_MS }: Present,
) {
  while (!stop.aborted) {
    const temperature = await temperatureOf()
    await device
      .sendHeartbeat({ ...(await state()), ...(temperature !== null && { temperature }) })
      .catch((error: Error) => say(`No heartbeat: ${error.message}`))
    await wait(everyInMs, undefined, { signal: stop }).catch(() => {})
  }
}

/** Shows every ten minutes what the camera sees; soon, where there is no picture yet. */
export async function preview(
  device: Pick<DeviceClient, 'uploadMedia' | 'notePreview'>,
  picture: () => Uint8Array | null,
  { say, stop, everyInMs = PREVIEW_IN_MS }: Present,
) {
  while (!stop.aborted) {
    const jpeg = picture()
    let pause = jpeg ? everyInMs : 500
    try {
      if (jpeg) {
        await device.uploadMedia('CAMERA_PREVIEW', jpeg)
        await device.notePreview()
      }
    } catch (error) {
      say(`No preview: ${(error as Error).message}`)
      pause = Math.min(pause, AGAIN_IN_MS)
    }
    await wait(pause, undefined, { signal: stop }).catch(() => {})
  }
}

/** Of the processor, in degrees Celsius; null where nobody measures it. */
async function temperatureOf() {
  const text = await readFile('/sys/class/thermal/thermal_zone0/temp', 'utf8').catch(() => '')
  return text === '' ? null : Number(text) / 1000
}
