import { setTimeout as wait } from 'node:timers/promises'
import { type DeviceClient, ScoutError } from '@scout/client'
import type { Say } from '../log.ts'
import { pauseAfter, RESEND_IN_SECONDS } from '../programs/pauses.ts'
import type { Kept, Spool } from './spool.ts'

export type Sending = { say: Say; stop: AbortSignal; pauses?: readonly number[]; idleInMs?: number }
type Device = Pick<DeviceClient, 'uploadMedia' | 'announceEvent'>

/** Refusals that pass. */
const PASSES = [408, 425, 429]
/** A device that was revoked asks no more than once an hour. */
const REVOKED_IN_MS = 3_600_000
/** An upload's URL is made anew for another try: so often where storage refuses one, as it does after the clock jumped. */
const REFUSALS = 2

/** Sends what is in the spool, the oldest first, until it is stopped. One that is refused for good is dropped; the others wait for what passes. */
export async function sendAll(spool: Spool, device: Device, sending: Sending) {
  const { say, stop, pauses = RESEND_IN_SECONDS, idleInMs = 500 } = sending
  const pause = (milliseconds: number) => wait(milliseconds, undefined, { signal: stop }).catch(() => {})
  let failures = 0
  let refusals = 0
  while (!stop.aborted) {
    const item = await spool.oldest()
    if (!item) {
      await pause(idleInMs)
      continue
    }
    try {
      await send(item, spool, device)
      await spool.remove(item.name)
      failures = refusals = 0
    } catch (error) {
      if (isRefusal(error) && ++refusals >= REFUSALS) {
        say(`A picture is dropped, since it was refused: ${(error as Error).message}`)
        await spool.remove(item.name)
        refusals = 0
        continue
      }
      failures += 1
      say(`Sending waits: ${(error as Error).message}`)
      await pause(pauseFor(error, failures, pauses))
    }
  }
}

async function send({ name, key: known, capturedAt, labels, jpeg }: Kept, spool: Spool, device: Device) {
  const key = known ?? (await device.uploadMedia('DETECTION', jpeg)).key
  if (!known) await spool.noteUploaded(name, key)
  await device.announceEvent({ key, captured_at: new Date(capturedAt).toISOString(), labels })
}

/** Whether it is the item that is at fault. A token that is refused is not. */
const isRefusal = (error: unknown) =>
  error instanceof ScoutError &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 401 &&
  !PASSES.includes(error.status)

function pauseFor(error: unknown, failures: number, pauses: readonly number[]) {
  const isRefused = error instanceof ScoutError
  if (isRefused && error.status === 401) return REVOKED_IN_MS
  const asked = isRefused ? (error.retryAfterInSeconds ?? 0) * 1000 : 0
  return Math.max(asked, pauseAfter(pauses, failures))
}
