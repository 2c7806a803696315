import { setTimeout as wait } from 'node:timers/promises'
import { type DeviceClient, ScoutError } from '@scout/client'
import type { Say } from '../log.ts'
import { pauseAfter, RESEND_IN_SECONDS, REVOKED_IN_MS } from '../programs/pauses.ts'
import type { Kept, Spool, Upload } from './spool.ts'

export type Sending = { say: Say; stop: AbortSignal; pauses?: readonly number[]; idleInMs?: number }
type Device = Pick<DeviceClient, 'signMediaUpload' | 'putMedia' | 'announceEvent'>

/** Temporary refusals. */
const PASSES = [408, 425, 429]
/** Refusals before an item is dropped. The second try gets a new upload URL, since storage refuses one after a clock jump. */
const REFUSALS = 2

/** Sends the spool, oldest first, until stopped. An item that is refused twice is dropped; temporary failures are retried. */
export async function sendAll(spool: Spool, device: Device, sending: Sending) {
  const { say, stop, pauses = RESEND_IN_SECONDS, idleInMs = 100 } = sending
  const pause = (milliseconds: number) => wait(milliseconds, undefined, { signal: stop }).catch(() => {})
  let failures = 0
  let refused = { name: '', times: 0 }
  while (!stop.aborted) {
    let item: Kept | null = null
    try {
      item = await spool.oldest()
      if (item) {
        await send(item, spool, device)
        await spool.remove(item.name)
      } else await pause(idleInMs)
      failures = 0
    } catch (error) {
      if (item && isRefusal(error))
        refused = { name: item.name, times: refused.name === item.name ? refused.times + 1 : 1 }
      if (item && refused.name === item.name && refused.times >= REFUSALS) {
        say(`A picture was refused and is dropped: ${(error as Error).message}`)
        await spool.remove(item.name)
        continue
      }
      failures += 1
      say(`Sending failed, trying again later: ${(error as Error).message}`)
      await pause(pauseFor(error, failures, pauses))
    }
  }
}

/**
 * Uploads and announces one item. It keeps its key while its URL is valid, also after a crash, so that the service sees one picture. The
 * key contains the time of the picture, since the bucket may report it before the camera does.
 */
async function send({ name, upload: noted, capturedAt, labels, jpeg }: Kept, spool: Spool, device: Device) {
  const at = new Date(capturedAt)
  const isGood = noted && (noted.isDone || Date.now() < noted.until)
  const upload = isGood ? noted : await signed(device, at)
  if (!isGood) await spool.noteUpload(name, upload)
  if (!upload.isDone) {
    await device.putMedia('DETECTION', jpeg, upload.url, upload.until).catch(async (error: unknown) => {
      // Another URL may not be refused, as where the clock jumped.
      if (isRefusal(error)) await spool.noteUpload(name, null)
      throw error
    })
    await spool.noteUpload(name, { ...upload, isDone: true })
  }
  await device.announceEvent({ key: upload.key, captured_at: at.toISOString(), labels })
}

async function signed(device: Device, capturedAt: Date): Promise<Upload> {
  const asked = Date.now()
  const { url, key, expires_in } = await device.signMediaUpload('DETECTION', { capturedAt })
  return { url, key, until: asked + expires_in * 1000, isDone: false }
}

/** Whether the camera's token was refused. */
export const isRevoked = (error: unknown) => error instanceof ScoutError && error.status === 401

/** Whether the item itself was refused. A refused token does not count. */
const isRefusal = (error: unknown) =>
  error instanceof ScoutError &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 401 &&
  !PASSES.includes(error.status)

function pauseFor(error: unknown, failures: number, pauses: readonly number[]) {
  if (isRevoked(error)) return REVOKED_IN_MS
  const asked = error instanceof ScoutError ? (error.retryAfterInSeconds ?? 0) * 1000 : 0
  return Math.max(asked, pauseAfter(pauses, failures))
}
