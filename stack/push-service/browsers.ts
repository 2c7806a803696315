import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Message, newSubscriptions, Subscription } from './subscriptions.ts'

type Said = { messageType?: string; uaid?: string; channelID?: string; key?: string; updates?: Update[] }
type Update = { channelID: string; version: string; code?: number }
type Browser = { socket: WebSocket | null; channels: Map<string, Subscription> }

/** The browsers' side: the WebSocket protocol of Mozilla's autopush, as Firefox speaks it. */
export function serveBrowsers(
  server: Server,
  subscriptions: ReturnType<typeof newSubscriptions>,
  endpointOf: (subscription: Subscription) => string,
) {
  const browsers = new Map<string, Browser>()
  const sockets = new WebSocketServer({ server })

  sockets.on('connection', (socket) => {
    let uaid = ''
    const say = (messageType: string, more: object) => socket.send(JSON.stringify({ messageType, ...more }))
    const take = (channelID: string, of: string) => (message: Message) => {
      const to = browsers.get(of)?.socket
      if (!to) return false
      const { version, body } = message
      const data = body.toString('base64url')
      const headers = { encoding: 'aes128gcm' }
      to.send(JSON.stringify({ messageType: 'notification', channelID, version, data, headers }))
      return true
    }

    socket.on('message', (bytes) => {
      const said = JSON.parse(String(bytes)) as Said
      const { channelID = '' } = said
      const channels = browsers.get(uaid)?.channels
      if (said.messageType === 'hello') {
        uaid = said.uaid && browsers.has(said.uaid) ? said.uaid : randomUUID().replaceAll('-', '')
        const browser = browsers.get(uaid) ?? { socket, channels: new Map() }
        browser.socket = socket
        browsers.set(uaid, browser)
        say('hello', { status: 200, uaid, use_webpush: true, broadcasts: {} })
        for (const subscription of browser.channels.values()) subscriptions.resume(subscription)
      } else if (said.messageType === 'register' && channels) {
        const subscription = subscriptions.add(keyIn(said), take(channelID, uaid))
        channels.set(channelID, subscription)
        say('register', { status: 200, channelID, pushEndpoint: endpointOf(subscription) })
      } else if (said.messageType === 'unregister' && channels) {
        const subscription = channels.get(channelID)
        if (subscription) subscription.isEnded = true
        channels.delete(channelID)
        say('unregister', { status: 200, channelID })
      } else if (said.messageType === 'ack' && channels) {
        for (const { channelID, code = 100 } of said.updates ?? []) channels.get(channelID)?.acks.push(code)
      } else if (said.messageType === undefined || said.messageType === 'ping') {
        socket.send('{}')
      }
    })
    socket.on('close', () => {
      const browser = browsers.get(uaid)
      if (browser?.socket === socket) browser.socket = null
    })
  })
  return {
    stop() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

/** Firefox pads its key with `=`. */
const keyIn = ({ key }: Said) => (key ? Buffer.from(key, 'base64').toString('base64url') : null)
