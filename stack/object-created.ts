import { setTimeout as wait } from 'node:timers/promises'

/** The pauses between retries; the last one repeats. */
const PAUSES_IN_MS = [200, 1_000, 5_000, 30_000]

/**
 * Sends the bucket's events to a Worker, as Amazon does: a document with `Records`, retried until the Worker accepts it;
 * `tell` resolves then. An event from before the Worker is there waits for it. Stopping loses the waiting events, and `npm
 * run dev` does not look for them.
 */
export function startTelling(secret: string, pausesInMs = PAUSES_IN_MS) {
  const stopping = new AbortController()
  const { promise: url, resolve } = Promise.withResolvers<string>()

  async function tell(document: object) {
    for (let tries = 0; !stopping.signal.aborted; tries++) {
      const response = await fetch(`${await url}/v1/storage_events/`, {
        method: 'POST',
        headers: { authorization: secret, 'content-type': 'application/json' },
        body: JSON.stringify(document),
        signal: stopping.signal,
      }).catch(() => null)
      await response?.body?.cancel()
      if (response?.ok) return
      const pause = pausesInMs[tries] ?? pausesInMs.at(-1)
      await wait(pause, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  return { tell, to: resolve, stop: async () => stopping.abort() }
}
