import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { log } from '../log.ts'

// OWASP asks for 210,000 rounds of PBKDF2-HMAC-SHA-512; Workers stop a call at 100,000. The output of each call is the key of
// the next, so their work adds up.
const CALLS = 3
const ROUNDS_PER_CALL = 70_000
const SALT_BYTES = 16
const HASH_BYTES = 32

/** The limit of Workers in production. Local workerd does not enforce it, so this code does. */
const MAX_ROUNDS_PER_CALL = 100_000
/** A stored hash with more rounds is refused: it would use up the request's CPU. */
export const MAX_STORED_ROUNDS = 2_000_000

/** The number of the only block, which RFC 8018 appends to the salt. */
const FIRST_BLOCK = Uint8Array.of(0, 0, 0, 1)
/** About 30 ms of CPU. */
const ROUNDS_PER_SLICE = 10_000

/** Django's other schemes. The log names a refused hash only by one of these. */
const OTHER_SCHEMES = [
  'argon2',
  'bcrypt',
  'bcrypt_sha256',
  'scrypt',
  'pbkdf2_sha1',
  'pbkdf2_sha256',
  'md5',
  'sha1',
]

const prefixOf = (rounds: number) => `pbkdf2_sha512_chain$${CALLS}x${rounds}$`

/**
 * Hashes a password as `pbkdf2_sha512_chain$<calls>x<rounds>$<salt>$<hash>`, base64, at most 128 characters. `rounds` comes
 * from the settings, if set.
 */
export async function hashPassword(password: string, rounds = ROUNDS_PER_CALL): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  return `${prefixOf(rounds)}${toBase64(salt)}$${toBase64(await chain(password, salt, CALLS, rounds))}`
}

/** Whether a verified hash should be replaced by one with today's parameters. */
export const isOutdated = (stored: string, rounds = ROUNDS_PER_CALL) => !stored.startsWith(prefixOf(rounds))

/**
 * Whether `password` matches `stored`, our own hash or Django's `pbkdf2_sha256`. Takes as long as a new hash of `rounds` also
 * for an account that does not exist (`null`) and for a hash that can't be verified.
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  rounds = ROUNDS_PER_CALL,
): Promise<boolean> {
  const [scheme, cost = '', salt = '', hash = ''] = stored?.split('$') ?? []
  if (scheme === 'pbkdf2_sha512_chain') {
    const [calls = 0, stored = 0] = cost.split('x').map(Number)
    if (stored > 0 && stored <= MAX_ROUNDS_PER_CALL && calls > 0 && calls * stored <= MAX_STORED_ROUNDS)
      return isSame(await chain(password, fromBase64(salt), calls, stored), hash)
  }
  if (
    scheme === 'pbkdf2_sha256' &&
    /^\d{1,7}$/.test(cost) &&
    Number(cost) > 0 &&
    Number(cost) <= MAX_STORED_ROUNDS
  )
    return isSame(await djangoHash(password, salt, Number(cost)), hash)
  if (stored) log.warn({ event: 'password_scheme_refused', scheme: nameOfScheme(stored) })
  await chain(password, new Uint8Array(SALT_BYTES), CALLS, rounds)
  return false
}

function nameOfScheme(stored: string) {
  if (stored.startsWith('!')) return 'unusable'
  return OTHER_SCHEMES.find((scheme) => stored.startsWith(`${scheme}$`)) ?? 'unknown'
}

async function chain(password: string, salt: Uint8Array, calls: number, rounds: number) {
  let key = new TextEncoder().encode(password)
  for (let call = 0; call < calls; call++) key = await derive(key, salt, rounds, 'SHA-512')
  return key
}

/** Django's `PBKDF2PasswordHasher`: the salt is its ASCII text. */
async function djangoHash(password: string, salt: string, rounds: number) {
  const [key, saltBytes] = [new TextEncoder().encode(password), new TextEncoder().encode(salt)]
  if (rounds <= MAX_ROUNDS_PER_CALL) return derive(key, saltBytes, rounds, 'SHA-256')
  return deriveInSlices(key, saltBytes, rounds)
}

/**
 * PBKDF2-HMAC-SHA-256 of one block (RFC 8018) in JavaScript: it takes seconds of CPU, and yields to other requests between
 * slices.
 */
async function deriveInSlices(key: Uint8Array, salt: Uint8Array, rounds: number) {
  const keyed = hmac.create(sha256, key)
  const block = keyed.clone().update(salt).update(FIRST_BLOCK).digest()
  const result = block.slice()
  const working = keyed.clone()
  for (let round = 1; round < rounds; round++) {
    if (round % ROUNDS_PER_SLICE === 0) await scheduler.wait(0)
    keyed._cloneInto(working).update(block).digestInto(block)
    for (let i = 0; i < HASH_BYTES; i++) result[i]! ^= block[i]!
  }
  return result
}

/** One native PBKDF2 call (RFC 8018). @throws RangeError beyond the production limit */
async function derive(key: Uint8Array, salt: Uint8Array, iterations: number, hash: 'SHA-256' | 'SHA-512') {
  if (iterations > MAX_ROUNDS_PER_CALL) throw new RangeError(`${iterations} rounds in one call of PBKDF2`)
  const material = await crypto.subtle.importKey('raw', key, 'PBKDF2', false, ['deriveBits'])
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: 'PBKDF2', hash, salt, iterations }, material, HASH_BYTES * 8),
  )
}

function isSame(actual: Uint8Array, expected: string) {
  const bytes = fromBase64(expected)
  return actual.length === bytes.length && crypto.subtle.timingSafeEqual(actual, bytes)
}

const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))

/** The bytes of a base64 text; empty for any other text. */
function fromBase64(text: string) {
  try {
    return Uint8Array.fromBase64(text)
  } catch {
    return new Uint8Array()
  }
}
