import { Agent, createServer, request as ask } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from '../../stack/net.ts'
import { endOnStop } from '../../stack/stopping.ts'
import type { BucketFault } from './script.ts'

const SLOW_IN_MS = 800
/** A kept-alive connection may be closed just as it is reused. */
const agent = new Agent({ keepAlive: false })

/** `lost`: the request arrives, and its answer does not. */
type FaultOf = (path: string, method: string) => BucketFault | 'lost' | undefined

/**
 * A proxy before a bucket that makes some requests fail, as `faultOf` says. Ends at the end of `await using`.
 */
export async function startFaultyBucket(endpoint: string, faultOf: FaultOf) {
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const fault = faultOf(new URL(url, endpoint).pathname, method)
    if (fault === 'slow') await wait(SLOW_IN_MS)
    if (fault === 'cut') return response.destroy()
    if (fault === 'failing' || fault === 'missing')
      return response.writeHead(fault === 'missing' ? 404 : 500).end()
    const passed = ask(endpoint + url, { method, headers, agent }, (answer) => {
      if (fault === 'lost') return answer.resume().once('end', () => response.destroy())
      response.writeHead(answer.statusCode!, answer.headers)
      return answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    return request.pipe(passed)
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const url = `http://${LOOPBACK}:${await listen(server, 0)}`
  return { url, [Symbol.asyncDispose]: endOnStop(() => close(server)) }
}
