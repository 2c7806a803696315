import { Agent, createServer, request as ask } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from '../../stack/net.ts'
import { endOnStop } from '../../stack/stopping.ts'
import type { BucketFault } from './script.ts'

const SLOW_IN_MS = 800
/** A connection that is kept may be ended just as it is used again. */
const agent = new Agent({ keepAlive: false })

/** Stands before a bucket and has some of what is read from it fail, as `faultOf` says by the path. Ends where `await using` does. */
export async function startFaultyBucket(
  endpoint: string,
  faultOf: (path: string) => BucketFault | undefined,
) {
  const server = createServer(async (request, response) => {
    const { method, url = '', headers } = request
    const fault = method === 'GET' ? faultOf(new URL(url, endpoint).pathname) : undefined
    if (fault === 'slow') await wait(SLOW_IN_MS)
    if (fault === 'cut') return response.destroy()
    if (fault === 'failing' || fault === 'missing')
      return response.writeHead(fault === 'missing' ? 404 : 500).end()
    const passed = ask(endpoint + url, { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    return request.pipe(passed)
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const url = `http://${LOOPBACK}:${await listen(server, 0)}`
  return { url, [Symbol.asyncDispose]: endOnStop(() => close(server)) }
}
