import { trim } from './fields.ts'
import { problems } from '../problems.ts'

/** The fields of a form in order: the last of a repeated name counts. */
export type Sent = [name: string, value: string | File][]

const UTF_8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })
/** Makes one character of every byte, so that an index into the text is an index into the bytes. */
const LATIN_1 = new TextDecoder('latin1')

/** A decoder for a charset, which writes U+FFFD for invalid bytes; undefined if the charset is unknown. */
export function decoderOf(charset: string) {
  try {
    return new TextDecoder(charset, { fatal: false, ignoreBOM: true })
  } catch {
    return undefined
  }
}

/** A urlencoded form as Django's `QueryDict` reads it: raw bytes that are not valid in the charset are Latin-1. */
export function readUrlencoded(bytes: Uint8Array, decoder: TextDecoder): Sent {
  const fields = decodeOrLatin1(bytes, decoder).replaceAll('+', ' ').split('&')
  return fields
    .filter((field) => field !== '')
    .map((field) => {
      const [name = '', ...value] = field.split('=')
      return [unquote(name, decoder), unquote(value.join('='), decoder)]
    })
}

const BOUNDARY = /^[ -~]{0,200}[!-~]$/

/**
 * A multipart form as Django's `MultiPartParser` reads it, which is laxer than RFC 7578: a delimiter counts anywhere, none is
 * needed at the end, and a part without a name is skipped. A part with a filename is a file and takes precedence over any
 * text of the same name.
 * @throws malformed
 */
export function readMultipart(bytes: Uint8Array<ArrayBuffer>, decoder: TextDecoder, boundary = ''): Sent {
  if (!BOUNDARY.test(boundary)) throw problems.malformed('Multipart form', 'the boundary is missing or bad.')
  const [, ...parts] = split(bytes, `--${boundary}`)
  if (parts.length === 0)
    throw problems.malformed('Multipart form', 'the body does not have the boundary in it.')
  const isFile = ([, value]: Sent[number]) => Number(value instanceof File)
  return parts.flatMap((part) => readPart(part, decoder)).toSorted((a, b) => isFile(a) - isFile(b))
}

/** A header's value in lower case, and its parameters, as Django's `parse_header_parameters` reads them. */
export function readHeader(header: string) {
  const [value = '', ...parameters] = Array.from(`;${header}`.matchAll(PARTS), ([, part]) => trim(part!))
  return { value: value.toLowerCase(), parameters: new Map(parameters.flatMap(readParameter)) }
}
/** A semicolon in quotes does not split, and an escaped quote does not end them; unclosed quotes take all the rest. */
const PARTS = /;((?:\\"|"(?:\\"|[^"])*(?:"|$)|[^;"])*)/g

function readParameter(parameter: string): [name: string, value: string][] {
  const [, name, rest] = /^([^=]*)=(.*)$/s.exec(parameter) ?? []
  if (name === undefined) return []
  const [, quoted] = /^"(.*)"$/s.exec(trim(rest!)) ?? []
  const value = quoted?.replaceAll('\\\\', '\\').replaceAll('\\"', '"') ?? trim(rest!)
  const key = trim(name).toLowerCase()
  if (!key.endsWith('*')) return [[key, value]]
  // RFC 8187: the charset, a language and the escaped text, separated by apostrophes. Names here are ASCII in any charset.
  const [, , escaped, ...more] = value.split("'")
  const isEscaped = escaped !== undefined && more.length === 0
  return [[key.slice(0, -1), isEscaped ? unquote(escaped, UTF_8) : value]]
}

/** The bytes before, between and after the delimiters. */
function* split(bytes: Uint8Array<ArrayBuffer>, delimiter: string) {
  let start = 0
  for (const { length } of LATIN_1.decode(bytes).split(delimiter)) {
    yield bytes.subarray(start, start + length)
    start += length + delimiter.length
  }
}

/** The name and value of a part; nothing if it has no headers or no name. */
function readPart(bytes: Uint8Array<ArrayBuffer>, decoder: TextDecoder): Sent {
  // The line break before a delimiter belongs to the delimiter.
  const part = LATIN_1.decode(bytes).replace(/\r?\n$|\r$/, '')
  const end = part.indexOf('\r\n\r\n')
  if (end < 0) return []
  const headers = readHeaders(UTF_8.decode(bytes.subarray(0, end)))
  const content = bytes.subarray(end + 4, part.length)
  const disposition = readHeader(headers.get('content-disposition') ?? '').parameters
  const name = disposition.get('name')
  const filename = disposition.get('filename')
  if (name === undefined) return []
  if (filename) return [[trim(name), new File([content], filename)]]
  const isBase64 = readHeader(headers.get('content-transfer-encoding') ?? '').value === 'base64'
  return [[trim(name), decoder.decode((isBase64 && fromBase64(content)) || content)]]
}

function readHeaders(lines: string) {
  const headers = lines.split('\r\n').filter((line) => line.includes(':'))
  return new Map(
    headers.map((line) => {
      const [name = '', ...value] = line.split(':')
      return [trim(name).toLowerCase(), value.join(':')]
    }),
  )
}

/** As Python's `b64decode`, which skips invalid characters and ends at the padding; null if it is incomplete. */
function fromBase64(bytes: Uint8Array) {
  let digits = ''
  let padding = 0
  for (const character of LATIN_1.decode(bytes)) {
    if (/[A-Za-z\d+/]/.test(character)) {
      digits += character
      padding = 0
    } else if (character === '=' && digits.length % 4 >= 2) padding++
    if (padding > 0 && (digits.length % 4) + padding === 4) break
  }
  if (((digits.length % 4) + padding) % 4 !== 0) return null
  return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0))
}

/** Django falls back to Latin-1 for a whole form. */
function decodeOrLatin1(bytes: Uint8Array, { encoding }: TextDecoder) {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return LATIN_1.decode(bytes)
  }
}

/** As Python's `unquote`. Decodes a whole run of ASCII, because the second byte of a character may be a letter. */
function unquote(text: string, decoder: TextDecoder) {
  if (!text.includes('%')) return text
  return text.replaceAll(/[\0-\x7f]+/g, (run) => {
    const raw = run.replaceAll(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
    return decoder.decode(Uint8Array.from(raw, (character) => character.charCodeAt(0)))
  })
}
