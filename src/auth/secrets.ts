/** A random secret of this many bytes, in base64url. */
export const newSecret = (bytes: number) =>
  crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: 'base64url', omitPadding: true })

/** Whether a text has the form of a secret of 32 bytes after a prefix that names its kind. */
export const isSecret = (text: string, prefix = '') =>
  text.startsWith(prefix) && /^[\w-]{43}$/.test(text.slice(prefix.length))

/** The SHA-256 of a secret, as it is stored and looked up. An index finds it, so no code compares secrets as text. */
export const hashOf = async (secret: string) => new Uint8Array(await digest(secret)).toHex()

/** Compares in constant time, whatever the lengths. A missing value equals nothing. */
export async function isSameSecret(sent: string | null, expected: string | null) {
  if (!sent || !expected) return false
  const [a, b] = await Promise.all([digest(sent), digest(expected)])
  return crypto.subtle.timingSafeEqual(a, b)
}

const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
