import { createECDH, randomBytes, randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'

const { decrypt } = createRequire(import.meta.url)('http_ece') as {
  decrypt(body: Buffer, options: object): Buffer
}

/** The content of a push: the form of Declarative Web Push. */
export type Shown = {
  title: string
  body: string
  tag: string
  navigate: string
  image?: string
  actions: { action: string; title: string }[]
  data: Record<string, unknown>
  silent: boolean
}

/** A phone of our own: it has a browser's keys, decrypts pushes, and shows the newest notification for each tag. */
export function newPhone() {
  const ecdh = createECDH('prime256v1')
  const p256dh = ecdh.generateKeys('base64url')
  const authSecret = randomBytes(16).toString('base64url')
  const shown = new Map<string, Shown>()
  let received = 0
  return {
    id: randomUUID(),
    keys: { p256dh, auth: authSecret },
    /** @throws if the body is not for this phone, or is not Declarative Web Push */
    receive(body: Buffer) {
      received++
      const text = decrypt(body, { version: 'aes128gcm', privateKey: ecdh, authSecret }).toString()
      const { web_push, notification } = JSON.parse(text) as { web_push: number; notification: Shown }
      if (web_push !== 8030 || !notification.title || !URL.canParse(notification.navigate))
        throw new Error('The push is not of the form of Declarative Web Push.')
      shown.delete(notification.tag)
      shown.set(notification.tag, notification)
      return notification
    },
    /** The notifications on its screen, the oldest first, and the number of pushes received. */
    screen: () => ({ shown: [...shown.values()], received }),
  }
}
