/** A token's lifetime from its own claims, since a camera's clock may be far off. */
export function lifetimeInMs(token: string) {
  try {
    const { exp, iat } = JSON.parse(decoded(token.split('.')[1]!)) as { exp: number; iat: number }
    return (exp - iat) * 1000 || Infinity
  } catch {
    return Infinity
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Decodes base64url to one character per byte; React Native has `atob` only since 0.74. */
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
