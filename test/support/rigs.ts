import { newSecret } from '../../src/push/webhook.ts'
import type { Rig } from '../contracts/sender.ts'

/** A browser's keys: the public ones for a server, and the private one. */
export async function browserKeys() {
  const pair = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
    'deriveBits',
  ])) as CryptoKeyPair
  const raw = new Uint8Array((await crypto.subtle.exportKey('raw', pair.publicKey)) as ArrayBuffer)
  const auth = crypto.getRandomValues(new Uint8Array(16))
  const { d = '' } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey
  return { p256dh: base64url(raw), auth: base64url(auth), d }
}
export const base64url = (bytes: Uint8Array) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })

export const webPushRig: Rig = {
  kind: 'web_push',
  keys: async () => {
    const { p256dh, auth } = await browserKeys()
    return { p256dh, auth }
  },
  at: (url) => ({ address: url }),
  notFound: 'unregistered',
  gone: 'unregistered',
}

export const apnsRig: Rig = {
  kind: 'apns',
  keys: () => ({}),
  at: (url) => ({ address: 'ab'.repeat(32), settings: { APNS_URL: url } }),
  notFound: 'refused',
  gone: 'unregistered',
}

export const webhookRig: Rig = {
  kind: 'webhook',
  keys: () => ({ secret: newSecret() }),
  at: (url) => ({ address: url }),
  notFound: 'refused',
  gone: 'unregistered',
}

export const ntfyRig: Rig = {
  kind: 'ntfy',
  keys: () => ({}),
  at: (url) => ({ address: url }),
  notFound: 'refused',
  gone: 'refused',
}
