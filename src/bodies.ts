import type { HonoRequest } from 'hono'
import { problems } from './errors.ts'

const BODY_LIMIT_IN_BYTES = 64 * 1024
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type Read = Record<string, unknown>

const PARSERS = new Map<string, (bytes: Uint8Array, header: string) => Read | Promise<Read>>([
  ['application/json', readJson],
  [
    'application/x-www-form-urlencoded',
    (bytes) => readForm(new URLSearchParams(new TextDecoder().decode(bytes))),
  ],
  ['multipart/form-data', readMultipart],
])

/**
 * The fields of a body: JSON, or a form of either kind; none where it is empty.
 * @throws bodyCutShort, unsupportedMediaType, bodyTooLarge, malformed, notAnObject
 */
export async function readBody(request: HonoRequest): Promise<Record<string, unknown>> {
  let bytes: Uint8Array | null
  try {
    bytes = await readBytes(request.raw)
  } catch {
    throw problems.bodyCutShort()
  }
  if (bytes?.length === 0) return {}
  const header = request.header('Content-Type') ?? ''
  const parse = PARSERS.get(header.split(';', 1)[0]!.trim().toLowerCase())
  if (!parse) throw problems.unsupportedMediaType(header)
  if (!bytes) throw problems.bodyTooLarge(BODY_LIMIT_IN_BYTES)
  return parse(bytes, header)
}

/** The whole body, or null where it is over the limit. A body of unknown length is read no further than that. */
export async function readBytes(
  request: Request,
  limitInBytes = BODY_LIMIT_IN_BYTES,
): Promise<Uint8Array | null> {
  const declared = request.headers.get('Content-Length')
  if (declared !== null && Number(declared) > limitInBytes) return null
  if (declared !== null) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length > limitInBytes ? null : bytes
  }
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
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

async function readMultipart(bytes: Uint8Array, header: string) {
  // Only the type's name is free in its letter case; the boundary is not.
  const type = header.replace(/^[^;]*/, 'multipart/form-data')
  try {
    return readForm(await new Response(bytes, { headers: { 'Content-Type': type } }).formData())
  } catch {
    throw problems.malformed('Multipart form', 'the body is not valid.')
  }
}

/** Of a repeated key the last counts; a blank `is_enabled`, as a form sends an untouched choice, is none. */
function readForm(form: Iterable<[string, unknown]>) {
  const { is_enabled, ...fields } = Object.fromEntries(form)
  return is_enabled === undefined || is_enabled === '' ? fields : { ...fields, is_enabled }
}
