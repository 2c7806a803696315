import { generateKeyPairSync } from 'node:crypto'

/** A pair that signs Web Push (VAPID, RFC 8292), as browsers and the settings take it. */
export function newVapidKeys() {
  const { x = '', y = '', d = '' } = newKey()
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return { VAPID_PUBLIC_KEY: point.toString('base64url'), VAPID_PRIVATE_KEY: d }
}

/** A key that signs for an APNs of our own, as a JWK. */
export const newApnsKey = (kid: string) => ({ ...newKey(), alg: 'ES256', kid })

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
}
