/** A text that nobody guesses: so many random bytes, in base64url. */
export const newSecret = (bytes: number) =>
  crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: 'base64url', omitPadding: true })

/** Whether a text could be a secret of 32 bytes, after a prefix that says which kind it is. */
export const isSecret = (text: string, prefix = '') =>
  text.startsWith(prefix) && /^[\w-]{43}$/.test(text.slice(prefix.length))

/** A secret as it is stored and looked for: its SHA-256. Found by an index, it is never compared with another as text. */
export const hashOf = async (secret: string) => new Uint8Array(await digest(secret)).toHex()

/** Compares in the same time wherever two texts differ, and whatever their lengths are. Nothing is the same as one that is missing. */
export async function isSameSecret(sent: string | null, expected: string | null) {
  if (!sent || !expected) return false
  const [a, b] = await Promise.all([digest(sent), digest(expected)])
  return crypto.subtle.timingSafeEqual(a, b)
}

const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
