type Write = (line: string) => unknown

/** Passwords in addresses, tokens, and what signs an upload. */
const SECRETS = [
  [/(\w:\/\/)\S*@/g, '$1***@'],
  [/\bsc[a-z]_[\w-]{20,}/g, '***'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '***'],
  [/(X-Amz-\w+=)[^&\s"]+/g, '$1***'],
  [/((?:password|passwd|pwd|token|secret)=)[^&\s"]+/gi, '$1***'],
] as const

/** A text without its secrets. */
export const mask = (text: string) =>
  SECRETS.reduce((masked, [pattern, instead]) => masked.replace(pattern, instead), text)

export type Say = (words: string) => void

/** Says something in a line, with its time; no secret gets past it. */
export const sayTo =
  (write: Write, now = () => new Date()): Say =>
  (words) =>
    write(`${now().toISOString()} ${mask(words).replaceAll('\n', ' ')}\n`)
