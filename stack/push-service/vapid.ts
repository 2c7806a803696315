import { createPublicKey, verify } from 'node:crypto'

const DAY_IN_SECONDS = 86_400

export type Jwt = { header: Record<string, unknown>; claims: Record<string, unknown> }

/**
 * The fault of a push's signature (RFC 8292): a status and a word, or null. `aud` may have either scheme: addresses on this
 * machine are http, and some libraries sign only for https.
 */
export function faultOfVapid(authorization: string | undefined, host: string, registered: string | null) {
  const [, token = '', key = ''] = /^vapid t=([^,\s]+), ?k=([\w-]+)$/i.exec(authorization ?? '') ?? []
  if (!token) return { status: 401, word: 'no vapid token' }
  if (registered !== null && key !== registered) return { status: 403, word: 'another key than registered' }
  const jwt = verified(token, pointAsJwk(key))
  if (!jwt) return { status: 403, word: 'a signature that does not match' }
  const { aud, exp, sub } = jwt.claims
  const now = Date.now() / 1000
  if (![`http://${host}`, `https://${host}`].includes(String(aud)))
    return { status: 403, word: 'another aud' }
  if (typeof exp !== 'number' || exp <= now || exp > now + DAY_IN_SECONDS) return { status: 403, word: 'exp' }
  if (!/^(mailto:|https:)./.test(String(sub))) return { status: 403, word: 'sub' }
  return null
}

/** A token's header and claims if it is signed with this key (ES256), otherwise null. */
export function verified(token: string, key: JsonWebKey): Jwt | null {
  const [header = '', claims = '', signature = ''] = token.split('.')
  try {
    const publicKey = createPublicKey({ key: key as import('node:crypto').JsonWebKey, format: 'jwk' })
    const signed = Buffer.from(`${header}.${claims}`)
    const isSigned = verify(
      'sha256',
      signed,
      { key: publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    )
    const jwt = { header: part(header), claims: part(claims) }
    return isSigned && jwt.header.alg === 'ES256' ? jwt : null
  } catch {
    return null
  }
}

const part = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())

function pointAsJwk(key: string): JsonWebKey {
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33, 65)].map((half) => half.toString('base64url'))
  return { kty: 'EC', crv: 'P-256', x: x!, y: y! }
}
