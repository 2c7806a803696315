import { setTimeout as wait } from 'node:timers/promises'

/** What is not heard is said again after so long, and at last each half minute. */
const PAUSES_IN_MS = [200, 1_000, 5_000, 30_000]

/**
 * Tells a Worker what the bucket says, as Amazon does: a document with `Records`, again and again until it is heard, which `tell`
 * answers. What is said before the Worker is there waits for it; what waits when this stops is lost, and `npm run dev` looks for
 * none of it.
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
