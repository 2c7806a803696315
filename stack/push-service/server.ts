import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer, json } from 'node:stream/consumers'
import { perform, type Step } from '../answers.ts'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from '../net.ts'
import { serveBrowsers } from './browsers.ts'
import { newPhone, type Shown } from './phones.ts'
import { newSubscriptions, type Subscription } from './subscriptions.ts'
import { faultOfVapid } from './vapid.ts'

export type PushServiceOptions = {
  /** 0 means any free port. */
  port?: number
  /** Called with each notification that one of our phones shows. */
  onShown?: (shown: Shown) => void
}

/** The size that RFC 8030 guarantees. */
const MAX_BYTES = 4_096
const URGENCIES = ['very-low', 'low', 'normal', 'high']

/**
 * A push service: pushes come by `POST /push/<id>` (RFC 8030, checked strictly against RFC 8188, 8291 and 8292) and go to
 * browsers over a WebSocket, or to phones of our own. `POST /phones` {key?} makes one: {id, endpoint, keys}; `GET
 * /phones/<id>` is its screen, `DELETE` ends its subscription. `POST /script` {endpoint, steps} sets reactions that replace
 * taking a push; `GET /acks?endpoint=` lists a browser's acknowledgements.
 */
export async function startPushService({ port = 0, onShown }: PushServiceOptions = {}) {
  const subscriptions = newSubscriptions()
  const phones = new Map<string, { phone: ReturnType<typeof newPhone>; subscription: Subscription }>()
  const server = createServer((request, response) =>
    answer(request, response).catch(() => response.destroy()),
  )
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const host = `${LOOPBACK}:${await listen(server, port)}`
  const endpointOf = ({ id }: Subscription) => `http://${host}/push/${id}`
  const subscriptionAt = (endpoint: string | null) => subscriptions.find(endpoint?.split('/').at(-1) ?? '')
  const browsers = serveBrowsers(server, subscriptions, endpointOf)

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host')
    const [, room = '', id = ''] = pathname.split('/')
    const route = `${request.method} /${room}`
    if (route === 'POST /push') return takePush(request, response, subscriptions.find(id))
    if (route === 'POST /phones')
      return send(response, 201, newOne((await json(request)) as { key?: string }))
    if (route === 'POST /script') {
      const { endpoint, steps } = (await json(request)) as { endpoint: string; steps: Step[] }
      const subscription = subscriptionAt(endpoint)
      if (subscription) subscription.steps = steps
      return send(response, subscription ? 204 : 404)
    }
    if (route === 'GET /acks')
      return send(response, 200, subscriptionAt(searchParams.get('endpoint'))?.acks ?? [])
    const one = room === 'phones' ? phones.get(id) : undefined
    if (!one) return send(response, 404, { error: 'Not found' })
    if (request.method === 'DELETE') one.subscription.isEnded = true
    return send(response, 200, one.phone.screen())
  }

  function newOne({ key = null }: { key?: string | null }) {
    const phone = newPhone()
    const subscription = subscriptions.add(key, ({ body }) => {
      const shown = phone.receive(body)
      onShown?.(shown)
      return true
    })
    phones.set(phone.id, { phone, subscription })
    return { id: phone.id, endpoint: endpointOf(subscription), keys: phone.keys }
  }

  async function takePush(
    request: IncomingMessage,
    response: ServerResponse,
    subscription: Subscription | undefined,
  ) {
    const body = await buffer(request)
    if (!subscription) return send(response, 404, { error: 'no such subscription' })
    const { steps } = subscription
    const step = steps.length > 1 ? steps.shift() : steps[0]
    if (step) return perform(response, step)
    if (subscription.isEnded) return send(response, 410, { error: 'unsubscribed' })
    const fault =
      faultOf(request, body) ?? faultOfVapid(request.headers.authorization, host, subscription.key)
    if (fault) return send(response, fault.status, { error: fault.word })
    const { ttl, topic } = request.headers
    const version = randomUUID()
    const endsAt = Date.now() + Number(ttl) * 1000
    try {
      subscriptions.deliver(subscription, { version, topic: topic ? String(topic) : null, body, endsAt })
    } catch (error) {
      return send(response, 400, { error: String(error) })
    }
    return response.writeHead(201, { location: `http://${host}/message/${version}`, ttl: String(ttl) }).end()
  }

  return {
    url: `http://${host}`,
    webSocketUrl: `ws://${host}/`,
    async stop() {
      browsers.stop()
      await close(server)
    },
  }
}

/** The fault of a push, except that of its signature. */
function faultOf({ headers }: IncomingMessage, body: Buffer) {
  const { ttl = '', urgency = 'normal', topic = 'none' } = headers
  if (!/^\d{1,9}$/.test(String(ttl))) return { status: 400, word: 'no TTL' }
  if (!URGENCIES.includes(String(urgency))) return { status: 400, word: 'urgency' }
  if (!/^[\w-]{1,32}$/.test(String(topic))) return { status: 400, word: 'topic' }
  if (headers['content-encoding'] !== 'aes128gcm')
    return { status: 415, word: 'another encoding than aes128gcm' }
  if (body.length > MAX_BYTES) return { status: 413, word: 'too large' }
  // Salt, record size and the sender's key, then at least a delimiter and a tag.
  const isWhole = body.length > 103 && body.readUInt32BE(16) >= 18 && body[20] === 65 && body[21] === 4
  return isWhole ? null : { status: 400, word: 'no header of aes128gcm' }
}

function send(response: ServerResponse, status: number, body?: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body))
}
