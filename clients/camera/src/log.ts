type Write = (line: string) => unknown

/** Passwords in URLs, tokens, and upload signatures. */
const SECRETS = [
  [/(\w:\/\/)\S*@/g, '$1***@'],
  [/\bsc[a-z]_[\w-]{20,}/g, '***'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '***'],
  [/(X-Amz-\w+=)[^&\s"]+/g, '$1***'],
  [/((?:password|passwd|pwd|token|secret)=)[^&\s"]+/gi, '$1***'],
] as const

/** Masks the secrets in a text. */
export const mask = (text: string) =>
  SECRETS.reduce((masked, [pattern, instead]) => masked.replace(pattern, instead), text)

export type Say = (words: string) => void

/** Makes a logger that writes one line with the time, and masks secrets. */
export const sayTo =
  (write: Write, now = () => new Date()): Say =>
  (words) =>
    write(`${now().toISOString()} ${mask(words).replaceAll('\n', ' ')}\n`)
