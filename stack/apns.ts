import { createPublicKey, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer, json } from 'node:stream/consumers'
import { perform, type Step } from './answers.ts'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from './net.ts'
import { verified } from './push-service/vapid.ts'

export type ApnsOptions = {
  /** 0 means any free port. */
  port?: number
  /** The key that signs provider tokens, a JWK with its kid. The private half is ignored. */
  key: { kid: string; x?: string; y?: string }
  teamId: string
  topic: string
  /** Called with each notification that a phone shows. */
  onShown?: (shown: AppleShown) => void
}

export type AppleShown = { aps: { alert: { title: string; body: string } }; [key: string]: unknown }

/** A phone as Apple knows it; in production by default. */
export type Device = {
  token: string
  environment?: 'production' | 'sandbox' | null
  /** When the app was deleted, in milliseconds. */
  unregisteredAt?: number
  /** The reactions that replace taking a push: the steps in turn, then the last one for ever. */
  steps?: Step[]
}

const MAX_BYTES = 4_096
const HOUR_IN_SECONDS = 3_600

/**
 * Stands in for Apple's push service over HTTP/1.1: `POST /<environment>/3/device/<token>` checks requests against Apple's
 * documentation and answers with Apple's reasons. `POST /devices` takes a `Device`; `GET /devices/<token>` is its screen: one
 * notification per collapse id.
 */
export async function startApns({ port = 0, key, teamId, topic, onShown }: ApnsOptions) {
  const devices = new Map<string, Device>()
  const screens = new Map<string, { shown: Map<string, AppleShown>; received: number }>()
  const { kid, x = '', y = '' } = key
  createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })

  const server = createServer(async (request, response) => {
    const [, room = '', ...rest] = (request.url ?? '/').split('/')
    const route = `${request.method} /${room}`
    if (route === 'POST /devices') {
      const device = (await json(request)) as Device
      devices.set(device.token, device)
      return send(response, 204)
    }
    if (route === 'GET /devices') {
      const { shown, received } = screens.get(rest[0] ?? '') ?? { shown: new Map(), received: 0 }
      return send(response, 200, { shown: [...shown.values()], received })
    }
    const [version, word, token = ''] = rest
    if (version !== '3' || word !== 'device') return refuse(response, 404, 'BadPath')
    if (request.method !== 'POST') return refuse(response, 405, 'MethodNotAllowed')
    return take(request, response, room, token)
  })

  async function take(
    request: IncomingMessage,
    response: ServerResponse,
    environment: string,
    token: string,
  ) {
    const body = await buffer(request)
    const device = devices.get(token) ?? { token }
    const steps = device.steps ?? []
    const step = steps.length > 1 ? steps.shift() : steps[0]
    if (step) return perform(response, step)
    const fault = faultOfProvider(request) ?? faultOfPush(request, body) ?? faultOfDevice(device, environment)
    if (fault) return refuse(response, ...fault)
    const screen = screens.get(token) ?? { shown: new Map<string, AppleShown>(), received: 0 }
    const id = String(request.headers['apns-collapse-id'] ?? randomUUID())
    const shown = JSON.parse(body.toString()) as AppleShown
    screen.shown.delete(id)
    screen.shown.set(id, shown)
    screens.set(token, { ...screen, received: screen.received + 1 })
    onShown?.(shown)
    return response.writeHead(200, { 'apns-id': randomUUID().toUpperCase() }).end()
  }

  function faultOfProvider({ headers }: IncomingMessage): Fault | null {
    const [, token = ''] = /^bearer (\S+)$/i.exec(headers.authorization ?? '') ?? []
    if (!token) return [403, 'MissingProviderToken']
    const jwt = verified(token, { kty: 'EC', crv: 'P-256', x, y })
    if (jwt?.header.kid !== kid || jwt.claims.iss !== teamId) return [403, 'InvalidProviderToken']
    const age = Date.now() / 1000 - Number(jwt.claims.iat)
    if (!(age > -60)) return [403, 'InvalidProviderToken']
    return age > HOUR_IN_SECONDS ? [403, 'ExpiredProviderToken'] : null
  }

  function faultOfPush({ headers }: IncomingMessage, body: Buffer): Fault | null {
    const text = (name: string) => String(headers[name] ?? '')
    if (!text('apns-topic')) return [400, 'MissingTopic']
    if (text('apns-topic') !== topic) return [400, 'TopicDisallowed']
    if (text('apns-push-type') !== 'alert') return [400, 'InvalidPushType']
    if (!['1', '5', '10'].includes(text('apns-priority'))) return [400, 'BadPriority']
    if (!/^\d+$/.test(text('apns-expiration'))) return [400, 'BadExpirationDate']
    if (Buffer.byteLength(text('apns-collapse-id')) > 64) return [400, 'BadCollapseId']
    if (body.length > MAX_BYTES) return [413, 'PayloadTooLarge']
    return hasAlert(body) ? null : [400, 'PayloadEmpty']
  }

  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const url = `http://${LOOPBACK}:${await listen(server, port)}`
  return {
    url,
    /** In the format of APNS_URL. */
    environments: `${url}/production ${url}/sandbox`,
    stop: () => close(server),
  }
}

type Fault = [status: number, reason: string, timestamp?: number]

function faultOfDevice(
  { token, environment = 'production', unregisteredAt }: Device,
  asked: string,
): Fault | null {
  if (!/^([\da-f]{2}){32,}$/i.test(token) || environment !== asked) return [400, 'BadDeviceToken']
  return unregisteredAt === undefined ? null : [410, 'Unregistered', unregisteredAt]
}

function hasAlert(body: Buffer) {
  try {
    const { aps } = JSON.parse(body.toString())
    return typeof aps.alert.title === 'string' && typeof aps.alert.body === 'string'
  } catch {
    return false
  }
}

const refuse = (response: ServerResponse, status: number, reason: string, timestamp?: number) =>
  send(response, status, { reason, timestamp })

function send(response: ServerResponse, status: number, body?: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body))
}
