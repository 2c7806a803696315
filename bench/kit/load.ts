import { setTimeout as wait } from 'node:timers/promises'
import autocannon from 'autocannon'

/** One request, sent repeatedly over a few connections. */
export type Variant = {
  name: string
  url: string
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: unknown
  /** The token of the next request, instead of the one in the headers. */
  nextToken?: () => string
  connections?: number
}
/** Answers per second, and the processor's microseconds for each. */
export type Round = { perSecond: number; cpuInUs: number }
/** Every round, and the latencies of all of them together, in milliseconds. */
export type Measured = { rounds: Round[]; p50: number; p99: number }

const CONNECTIONS = 16
/** At most: until V8 has compiled what a route runs. At least: until a password is hashed. */
const WARM_UP_IN_SECONDS = { atMost: 3, atLeast: 1 }
/** Until work after an answer is done. */
const PAUSE_IN_MS = 100
/** Autocannon ends at its next sample, which by default comes every second. */
const SAMPLE_IN_MS = 20

/**
 * Sends the load of the variants in turn, round after round, so that other work of the machine affects all of them alike: as
 * many requests as take about `seconds`, all of them answered. `cpuInSeconds` is read before and after each.
 * @throws if an answer is not 2xx
 */
export async function measure(
  variants: Variant[],
  { rounds, seconds }: { rounds: number; seconds: number },
  cpuInSeconds: () => Promise<number>,
): Promise<Map<string, Measured>> {
  const all = variants.map((variant) => ({
    variant,
    amount: 0,
    times: [] as number[],
    rounds: [] as Round[],
  }))
  const { atMost, atLeast } = WARM_UP_IN_SECONDS
  for (const one of all) {
    const { times, took } = await load(one.variant, {
      duration: Math.max(atLeast, Math.min(rounds * seconds, atMost)),
    })
    one.amount = Math.max(connectionsOf(one.variant), Math.round((times.length / took) * seconds))
  }
  for (let round = 0; round < rounds; round++) {
    for (const { variant, amount, times, rounds: measured } of all) {
      // Reopens the database connections that were idle during the other variants.
      await load(variant, { amount: connectionsOf(variant) })
      await wait(PAUSE_IN_MS)
      const before = await cpuInSeconds()
      const answers = await load(variant, { amount })
      await wait(PAUSE_IN_MS)
      const took = (await cpuInSeconds()) - before
      const count = answers.times.length
      measured.push({ perSecond: count / answers.took, cpuInUs: (took / count) * 1e6 })
      for (const time of answers.times) times.push(time)
    }
  }
  return new Map(
    all.map(({ variant, times, rounds }) => [
      variant.name,
      { rounds, p50: percentile(times, 0.5), p99: percentile(times, 0.99) },
    ]),
  )
}

const connectionsOf = ({ connections = CONNECTIONS }: Variant) => connections

export function percentile(values: number[], share: number) {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.floor(sorted.length * share)] ?? NaN
}

/** Autocannon's own percentiles are whole milliseconds, so every latency is kept. */
async function load(variant: Variant, howMuch: { amount: number } | { duration: number }) {
  const { name, url, method = 'GET', headers = {}, body, nextToken } = variant
  const times: number[] = []
  const start = performance.now()
  const { promise: ended, resolve, reject } = Promise.withResolvers<autocannon.Result>()
  const instance = autocannon(
    {
      url,
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(nextToken && {
        requests: [
          {
            setupRequest: (request) => ({
              ...request,
              headers: { ...request.headers, Authorization: `Bearer ${nextToken()}` },
            }),
          },
        ],
      }),
      connections: connectionsOf(variant),
      sampleInt: SAMPLE_IN_MS,
      ...howMuch,
    },
    (error: Error | null, result) => (error ? reject(error) : resolve(result)),
  )
  let last = start
  instance.on('response', (_client, _status, _bytes, milliseconds) => {
    times.push(milliseconds)
    last = performance.now()
  })
  const { non2xx, errors } = await ended
  if (non2xx + errors > 0 || times.length === 0)
    throw new Error(`${name}: ${non2xx} answers that are not 2xx, ${errors} errors, ${times.length} in all.`)
  return { times, took: (last - start) / 1000 }
}
