import { setTimeout as wait } from 'node:timers/promises'
import type { Say } from '../log.ts'
import { pauseAfter, REOPEN_IN_SECONDS } from '../programs/pauses.ts'
import type { Frame, Source } from './source.ts'

export type Lasting = { say: Say; silenceInMs?: number; pauses?: readonly number[] }

/** Reopens a source whenever it ends, fails or is silent, with growing pauses, and logs each time. */
export const lasting = (
  source: Source,
  { say, silenceInMs = 10_000, pauses = REOPEN_IN_SECONDS }: Lasting,
): Source =>
  async function* (stop) {
    for (let failures = 1; !stop.aborted; failures++) {
      try {
        for await (const frame of watched(source, silenceInMs, stop)) {
          failures = 0
          yield frame
        }
        if (stop.aborted) return
        say('The camera ended its stream.')
      } catch (error) {
        if (stop.aborted) return
        say((error as Error).message)
      }
      failures = Math.max(1, failures)
      const pause = pauseAfter(pauses, failures)
      say(`Opening the camera again in ${Math.round(pause / 1000)} s.`)
      await wait(pause, undefined, { signal: stop }).catch(() => {})
    }
  }

/** The frames of one connection. Throws if no frame comes within `silenceInMs`. */
async function* watched(source: Source, silenceInMs: number, stop: AbortSignal): AsyncGenerator<Frame> {
  const silence = new AbortController()
  const frames = source(AbortSignal.any([stop, silence.signal]))[Symbol.asyncIterator]()
  const isSilent = () => silence.signal.aborted && !stop.aborted
  const words = `No picture from the camera for ${silenceInMs / 1000} s.`
  try {
    for (;;) {
      const watchdog = setTimeout(() => silence.abort(), silenceInMs)
      const next = await frames.next().finally(() => clearTimeout(watchdog))
      if (isSilent()) throw new Error(words)
      if (next.done) return
      yield next.value
    }
  } catch (error) {
    throw isSilent() ? new Error(words) : error
  } finally {
    await frames.return?.()
  }
}
