import { randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Client } from 'pg'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from '../../stack/net.ts'
import { newApnsKey } from '../../stack/push-keys.ts'

/** A push that a service accepted for a phone: its notification, message id and pictures. */
export type Ring = {
  target: string
  notification: string
  message: string
  count: number | null
  pictureUrl: string | null
}
/** How a service answers; null: never. */
type Answering = (
  ring: Ring,
) => { status: number; headers?: Record<string, string>; delayInMs?: number } | null

type Told = { data: { public_notification_id: string; count: number; picture_url: string | null } }

/**
 * A server that is a webhook at `/<target>` and Apple's push service at `/3/device/<target>`. `answer` decides each answer;
 * `onRing` is called with each accepted push.
 */
export async function startPhones(onRing: (ring: Ring) => void, answer: Answering = () => ({ status: 200 })) {
  const server = createServer(async (request, response) => {
    const target = request.url!.split('/').at(-1)!
    const collapse = request.headers['apns-collapse-id']
    const body = await text(request)
    const ring =
      typeof collapse === 'string'
        ? ofApple(target, collapse)
        : ofWebhook(target, request.headers['webhook-id'], body)
    const how = answer(ring)
    if (how === null) return
    const { status, headers = {}, delayInMs = 0 } = how
    if (status < 300) onRing(ring)
    setTimeout(() => end(response, status, headers), delayInMs)
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const port = await listen(server, 0)
  return {
    bindings: { LOOPBACK_TARGETS: 'on', ...appleKeys(), APNS_URL: `http://${LOOPBACK}:${port}` },
    /** Adds a target to an account, by its email: the target's address is its name here. */
    async add(client: Client, email: string, kind: 'webhook' | 'apns') {
      const name = randomBytes(32).toString('hex')
      const address = kind === 'apns' ? name : `http://${LOOPBACK}:${port}/${name}`
      const keys = kind === 'apns' ? {} : { secret: `whsec_${randomBytes(32).toString('base64')}` }
      await client.query(
        `insert into push_targets (owner_id, kind, address, keys, created_at, seen_at)
         select id, $2, $3, $4, now(), now() from users where email = $1`,
        [email, kind, address, JSON.stringify(keys)],
      )
      return name
    },
    stop: () => close(server),
  }
}

function ofWebhook(target: string, message: unknown, body: string): Ring {
  const { data } = JSON.parse(body) as Told
  return {
    target,
    notification: data.public_notification_id,
    message: String(message),
    count: data.count,
    pictureUrl: data.picture_url,
  }
}

/** A message replaces the one with the same collapse id. */
const ofApple = (target: string, notification: string): Ring => ({
  target,
  notification,
  message: notification,
  count: null,
  pictureUrl: null,
})

function end(response: ServerResponse, status: number, headers: Record<string, string>) {
  response.writeHead(status, headers).end()
}

const appleKeys = () => ({
  APNS_KEY: JSON.stringify(newApnsKey('ABCDE12345')),
  APNS_TEAM_ID: 'TEAM123456',
  APNS_TOPIC: 'com.example.scout',
})
