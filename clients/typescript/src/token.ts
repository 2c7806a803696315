/** How long a token lasts from when it was made: by its own claims, since a camera's clock may be far off. */
export function lifetimeInMs(token: string) {
  try {
    const { exp, iat } = JSON.parse(decoded(token.split('.')[1]!)) as { exp: number; iat: number }
    return (exp - iat) * 1000 || Infinity
  } catch {
    return Infinity
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** What stands in base64url, each byte a character; React Native has `atob` since 0.74 only. */
function decoded(digits: string) {
  let text = ''
  let bits = 0
  let held = 0
  for (const digit of digits) {
    held = (held << 6) | DIGITS.indexOf(digit)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    text += String.fromCharCode((held >> bits) & 255)
  }
  return text
}
