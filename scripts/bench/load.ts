import { setTimeout as wait } from 'node:timers/promises'
import autocannon from 'autocannon'

/** One request, sent again and again over a few connections. */
export type Variant = {
  name: string
  url: string
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: unknown
  connections?: number
}
/** What a variant did in all rounds together; times in milliseconds, of the processor in microseconds. */
export type Measured = { perSecond: number; p50: number; p99: number; cpuInUs: number }

const CONNECTIONS = 16
const WARM_UP_IN_SECONDS = 1
/** Until what a round left behind, a cancelled statement or work after an answer, is over. */
const PAUSE_IN_MS = 300

/**
 * Sends the variants' load one after the other, round after round, so that whatever else the machine does meets all of
 * them alike. `cpuInSeconds` is asked before and after each.
 * @throws where an answer is not 2xx
 */
export async function measure(
  variants: Variant[],
  { rounds, seconds }: { rounds: number; seconds: number },
  cpuInSeconds: () => Promise<number>,
): Promise<Map<string, Measured>> {
  const totals = new Map(variants.map(({ name }) => [name, { seconds: 0, cpu: 0, times: [] as number[] }]))
  for (const variant of variants) await load(variant, Math.min(seconds, WARM_UP_IN_SECONDS))
  for (let round = 0; round < rounds; round++) {
    for (const variant of variants) {
      const total = totals.get(variant.name)!
      await wait(PAUSE_IN_MS)
      const before = await cpuInSeconds()
      const { times, took } = await load(variant, seconds)
      await wait(PAUSE_IN_MS)
      total.cpu += (await cpuInSeconds()) - before
      total.seconds += took
      for (const time of times) total.times.push(time)
    }
  }
  return new Map(
    Array.from(totals, ([name, { seconds, cpu, times }]) => {
      const sorted = Float64Array.from(times).sort()
      const percentile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN
      const count = sorted.length
      return [
        name,
        {
          perSecond: count / seconds,
          p50: percentile(0.5),
          p99: percentile(0.99),
          cpuInUs: (cpu / count) * 1e6,
        },
      ]
    }),
  )
}

/** Autocannon's own percentiles are whole milliseconds, so every answer's time is kept. */
async function load(
  { name, url, method = 'GET', headers = {}, body, connections }: Variant,
  seconds: number,
) {
  const times: number[] = []
  const start = performance.now()
  const { promise: ended, resolve, reject } = Promise.withResolvers<autocannon.Result>()
  const instance = autocannon(
    {
      url,
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      connections: connections ?? CONNECTIONS,
      duration: seconds,
    },
    (error: Error | null, result) => (error ? reject(error) : resolve(result)),
  )
  instance.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds))
  const { non2xx, errors, finish } = await ended
  if (non2xx + errors > 0 || times.length === 0)
    throw new Error(`${name}: ${non2xx} answers that are not 2xx, ${errors} errors, ${times.length} in all.`)
  return { times, took: (finish.getTime() - start - performance.timeOrigin) / 1000 }
}
