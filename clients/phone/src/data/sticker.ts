/** A sticker has a serial number of 16 characters, an underscore and a secret of 32 characters; or a link that ends with that. */
const TOKEN = /^(?:.*[/?#=])?([^\s/?#=]{16}_[\w-]{32})\/?$/
const LENGTH = 49

/** Finds the claim token in scanned or typed text, or returns null. Spaces and the long dashes of a phone's keyboard are accepted. */
export function tokenIn(text: string): string | null {
  const plain = text.replaceAll(/\s/g, '').replaceAll('—', '--').replaceAll('–', '-')
  return TOKEN.exec(plain)?.[1] ?? null
}

/** What is wrong with a typed code; '' if it is valid. */
export function faultIn(text: string): string {
  if (tokenIn(text)) return ''
  const count = Array.from(text.replaceAll(/\s/g, '')).length
  if (count === 0) return 'Type the code on the sticker.'
  if (count !== LENGTH) return `The code has ${LENGTH} characters; this one has ${count}.`
  return 'The code is 16 characters, then _, then 32 letters, digits, _ or -.'
}
