import type { HonoRequest } from 'hono'
import { problems } from '../problems.ts'
import { decoderOf, readHeader, readMultipart, readUrlencoded, type Sent } from './forms.ts'

const BODY_LIMIT_IN_BYTES = 64 * 1024
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type Read = Record<string, unknown>

type Bytes = Uint8Array<ArrayBuffer>

/** By type: returns the parser for a whole header, or undefined for an unknown charset. */
const PARSERS = new Map<string, (header: string) => ((bytes: Bytes) => Read) | undefined>([
  ['application/json', () => readJson],
  ['application/x-www-form-urlencoded', form(readUrlencoded)],
  ['multipart/form-data', form(readMultipart)],
])

/**
 * The fields of a body: JSON or either kind of form; none if it is empty.
 * @throws bodyCutShort, unsupportedMediaType, bodyTooLarge, malformed, notAnObject
 */
export async function readBody(request: HonoRequest): Promise<Record<string, unknown>> {
  let bytes: Bytes | null
  try {
    bytes = await readBytes(request.raw)
  } catch {
    throw problems.bodyCutShort()
  }
  if (bytes?.length === 0) return {}
  const header = request.header('Content-Type') ?? ''
  const parse = PARSERS.get(header.split(';', 1)[0]!.trim().toLowerCase())?.(header)
  if (!parse) throw problems.unsupportedMediaType(header)
  if (!bytes) throw problems.bodyTooLarge(BODY_LIMIT_IN_BYTES)
  return parse(bytes)
}

/** The whole body, or null if it is over the limit. Reading stops at the limit. */
export async function readBytes(
  request: Request | Response,
  limitInBytes = BODY_LIMIT_IN_BYTES,
): Promise<Bytes | null> {
  const declared = request.headers.get('Content-Length')
  if (declared !== null && Number(declared) > limitInBytes) return null
  if (declared !== null) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length > limitInBytes ? null : bytes
  }
  return request.body ? readStream(request.body, limitInBytes) : new Uint8Array()
}

/** As `readBytes`, for a stream: compressed data counts by its decompressed length, whatever length was declared. */
export async function readStream(body: ReadableStream<Bytes>, limitInBytes: number): Promise<Bytes | null> {
  const chunks: Bytes[] = []
  let size = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of body) {
    size += chunk.length
    if (size > limitInBytes) return null
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

function readJson(bytes: Uint8Array) {
  let text: string
  let value: unknown
  try {
    text = UTF_8.decode(bytes)
  } catch {
    throw problems.malformed('JSON', 'the body is not UTF-8.')
  }
  try {
    value = JSON.parse(text)
  } catch {
    throw problems.malformed('JSON', 'the body is not valid JSON.')
  }
  if (value === null) throw problems.notAnObject('No data provided')
  if (typeof value !== 'object' || Array.isArray(value))
    throw problems.notAnObject(`Invalid data. Expected a dictionary, but got ${pythonType(value, text)}.`)
  return value as Record<string, unknown>
}

function pythonType(value: unknown, text: string) {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  return /[.eE]/.test(text) ? 'float' : 'int'
}

function form(read: (bytes: Bytes, decoder: TextDecoder, boundary?: string) => Sent) {
  return (header: string) => {
    const { parameters } = readHeader(header)
    const decoder = decoderOf(parameters.get('charset') || 'utf-8')
    return decoder && ((bytes: Bytes) => fieldsOf(read(bytes, decoder, parameters.get('boundary'))))
  }
}

/**
 * The last of a repeated key counts. A blank `is_enabled`, which a form sends for an untouched choice, counts as missing.
 */
function fieldsOf(sent: Sent): Read {
  const { is_enabled, ...fields } = Object.fromEntries(sent)
  return is_enabled === undefined || is_enabled === '' ? fields : { ...fields, is_enabled }
}
