import { setTimeout as wait } from 'node:timers/promises'
import { Unexpected } from './report.ts'

const LOOK_AGAIN_IN_MS = 500

/** Asks again and again until it is so, or throws what came last. */
export async function until<T>(
  patienceInMs: number,
  expected: string,
  look: () => Promise<[T | false | undefined, came: string]>,
  signal?: AbortSignal,
  againInMs = LOOK_AGAIN_IN_MS,
): Promise<T> {
  const end = Date.now() + patienceInMs
  for (;;) {
    signal?.throwIfAborted()
    const [found, came] = await look()
    if (found) return found
    if (Date.now() >= end) throw new Unexpected(`${expected} within ${patienceInMs / 1000} s`, came)
    await wait(againInMs, undefined, { signal })
  }
}

/** Aborts a request with `signal`, or after 15 seconds. */
export const soon = (...signal: AbortSignal[]) => AbortSignal.any([...signal, AbortSignal.timeout(15_000)])
