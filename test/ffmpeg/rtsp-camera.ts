import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { listen } from '../../stack/net.ts'
import { packetsOf } from './rtp-jpeg.ts'

export type Auth = 'none' | 'basic' | 'digest'
/** Its behaviour after five pictures: continue, stall with an open connection, or close the connection. */
export type Temper = 'steady' | 'stalls' | 'dies'

export const USER = 'admin'
export const PASSWORD = 's3cret-of-the-camera'
const REALM = 'camera'
const FPS = 10
const PICTURES = 5

/** A network camera: RTSP (RFC 2326) over one connection, with pictures as interleaved RTP. Each connection gets the next behaviour. */
export async function startRtspCamera(jpeg: Uint8Array, auth: Auth, ...tempers: Temper[]) {
  const nonce = randomBytes(8).toString('hex')
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const temper = tempers[Math.min(connections++, tempers.length - 1)] ?? 'steady'
    let heard = ''
    socket.on('data', (bytes) => {
      // Interleaved reports of the client start with a dollar sign.
      heard += bytes.toString('latin1')
      for (let end = heard.indexOf('\r\n\r\n'); end >= 0; end = heard.indexOf('\r\n\r\n')) {
        const request = heard.slice(0, end).replace(/^[^]*?(?=[A-Z_]+ rtsp:)/, '')
        heard = heard.slice(end + 4)
        answer(request, socket, temper)
      }
    })
  })
  const port = await listen(server, 0)

  function answer(request: string, socket: Socket, temper: Temper) {
    const [method = '', uri = ''] = request.split(' ')
    const headers = { CSeq: valueOf(request, 'CSeq') }
    const say = (status: string, more: Record<string, string> = {}, body = '') => {
      const lines = Object.entries({ ...headers, ...more }).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`RTSP/1.0 ${status}\r\n${lines.join('')}\r\n${body}`)
    }
    if (method === 'OPTIONS') return say('200 OK', { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' })
    if (!isKnown(method, uri, valueOf(request, 'Authorization')))
      return say('401 Unauthorized', {
        'WWW-Authenticate':
          CHALLENGES[auth as keyof typeof CHALLENGES] + (auth === 'digest' ? `, nonce="${nonce}"` : ''),
      })
    if (method === 'DESCRIBE')
      return say(
        '200 OK',
        {
          'Content-Base': `${uri}/`,
          'Content-Type': 'application/sdp',
          'Content-Length': String(SDP.length),
        },
        SDP,
      )
    const session = { Session: '1' }
    if (method === 'SETUP')
      return say('200 OK', { ...session, Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' })
    say('200 OK', session)
    return method === 'PLAY' ? void show(jpeg, socket, temper) : undefined
  }

  function isKnown(method: string, uri: string, authorization: string) {
    if (auth === 'none') return true
    if (auth === 'basic') return authorization === `Basic ${btoa(`${USER}:${PASSWORD}`)}`
    const secret = md5(`${USER}:${REALM}:${PASSWORD}`)
    return authorization.includes(`response="${md5(`${secret}:${nonce}:${md5(`${method}:${uri}`)}`)}"`)
  }

  return {
    url: (password = PASSWORD) =>
      auth === 'none'
        ? `rtsp://127.0.0.1:${port}/stream1`
        : `rtsp://${USER}:${password}@127.0.0.1:${port}/stream1`,
    port,
    connections: () => connections,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const CHALLENGES = { basic: `Basic realm="${REALM}"`, digest: `Digest realm="${REALM}"` }
const SDP = [
  'v=0',
  'o=- 0 0 IN IP4 127.0.0.1',
  's=Camera',
  'c=IN IP4 0.0.0.0',
  't=0 0',
  'm=video 0 RTP/AVP 26',
  'a=control:track0',
  '',
].join('\r\n')

const valueOf = (request: string, name: string) =>
  new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(request)?.[1] ?? ''
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

async function show(jpeg: Uint8Array, socket: Socket, temper: Temper) {
  let number = 0
  for (let picture = 0; !socket.destroyed; picture++) {
    if (picture === PICTURES && temper === 'dies') return void socket.destroy()
    if (picture === PICTURES && temper === 'stalls') return
    const { packets, next } = packetsOf(jpeg, number, picture / FPS)
    number = next
    for (const packet of packets) {
      const head = Buffer.from([36, 0, packet.length >> 8, packet.length & 255])
      socket.write(Buffer.concat([head, packet]))
    }
    await wait(1000 / FPS)
  }
}
