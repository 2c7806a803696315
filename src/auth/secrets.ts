const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const

/** A secret of 32 random bytes, after a prefix that says what it is. It is told once and kept as its hash alone. */
export const newSecret = (prefix = '') =>
  prefix + crypto.getRandomValues(new Uint8Array(32)).toBase64(BASE64URL)

/** Whether a text could be such a secret. */
export const isSecret = (text: string, prefix = '') =>
  text.startsWith(prefix) && /^[\w-]{43}$/.test(text.slice(prefix.length))

/**
 * The SHA-256 of a secret, by which it is stored and found again. Nobody guesses 32 random bytes, so it needs neither salt nor
 * rounds; and the time that an index takes over a hash tells nothing of the secret.
 */
export async function hashSecret(secret: string) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return new Uint8Array(digest).toBase64()
}
