import { createServer, type IncomingMessage } from 'node:http'
import { buffer, json } from 'node:stream/consumers'
import { perform, type Step } from '../../stack/answers.ts'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from '../../stack/net.ts'

export type { Step }

/** A received request, with its body in base64. */
export type Received = { method: string; path: string; headers: Record<string, string>; body: string }

/**
 * Receives posts to `/<id>…`, or to `/` with the id as `topic`, and answers by that id's script: its steps in turn, then the last one
 * again. `POST /script` {id, steps}, `GET /received?id=`.
 */
export async function startReceiver() {
  const scripts = new Map<string, Step[]>()
  const received = new Map<string, Received[]>()
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host')
    if (pathname === '/script') {
      const { id, steps } = (await json(request)) as { id: string; steps: Step[] }
      scripts.set(id, steps)
      return void response.writeHead(204).end()
    }
    if (pathname === '/received')
      return void response.end(JSON.stringify(received.get(searchParams.get('id') ?? '') ?? []))
    const body = await buffer(request)
    const id = pathname.split('/')[1] || topicIn(body)
    received.set(id, [...(received.get(id) ?? []), asReceived(request, body)])
    const steps = scripts.get(id) ?? []
    return perform(response, (steps.length > 1 ? steps.shift() : steps[0]) ?? {})
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const url = `http://${LOOPBACK}:${await listen(server, 0)}`
  return { url, stop: () => close(server) }
}

const asReceived = ({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Received => ({
  method,
  path: url,
  headers: headers as Record<string, string>,
  body: body.toString('base64'),
})

function topicIn(body: Buffer): string {
  try {
    return String(JSON.parse(body.toString()).topic)
  } catch {
    return ''
  }
}
