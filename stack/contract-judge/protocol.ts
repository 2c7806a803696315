import type { IncomingHttpHeaders } from 'node:http'

type Rule = { number: number; description: string; said_before?: { evidence: string; feedback: string }[] }
export type ChatRequest = {
  model: string
  messages: [
    { role: string; content: string },
    { role: string; content: [{ type: string; image_url: { url: string } }, { type: string; text: string }] },
  ]
  response_format?: { type: string; json_schema?: { name: string; strict: boolean; schema: Schema } }
  [parameter: string]: unknown
}
type Schema = {
  type: string
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
  items?: Schema
  enum?: string[]
}

/** The question, without the picture's bytes. */
export type Asked = {
  at: number
  image: { type: string; bytes: number }
  question: { place: string | null; local_time: string; rules: Rule[] }
  /** The text as it was sent, and everything except the messages. */
  text: string
  parameters: Record<string, unknown>
}

const KNOWN = new Set(
  'model messages response_format temperature max_completion_tokens max_tokens reasoning_effort chat_template_kwargs'.split(
    ' ',
  ),
)
const BEGINNINGS: Record<string, number[]> = {
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
}
const DATA_URI = /^data:(image\/(?:jpeg|png));base64,([A-Za-z0-9+/]+={0,2})$/

/**
 * The fault of a request by OpenAI's protocol or by ours: the image before the rules, evidence before verdict. Null if there
 * is none.
 */
export function faultIn(chat: ChatRequest, headers: IncomingHttpHeaders): string | null {
  const unknown = Object.keys(chat).find((name) => !KNOWN.has(name))
  if (unknown) return `unknown parameter ${unknown}`
  if (headers['content-type'] !== 'application/json') return 'the content type is not JSON'
  const [system, user, ...others] = chat.messages
  if (system?.role !== 'system' || user?.role !== 'user' || others.length > 0)
    return 'not one system and one user message'
  if (typeof system.content !== 'string' || !system.content) return 'the system message is no text'
  const [image, text, ...more] = user.content
  if (image?.type !== 'image_url' || text?.type !== 'text' || more.length > 0)
    return 'not one image, then one text'
  const [, type = '', base64 = ''] = DATA_URI.exec(image.image_url.url) ?? []
  const bytes = Buffer.from(base64, 'base64')
  if (!BEGINNINGS[type]?.every((byte, i) => bytes[i] === byte))
    return 'the image is no data URI of a JPEG or PNG'
  const rules = questionIn(text.text)?.rules ?? []
  if (rules.length === 0 || rules.some(({ number, description }, i) => number !== i + 1 || !description))
    return 'the rules are not numbered from 1'
  const limit = chat.max_completion_tokens ?? chat.max_tokens
  if (limit !== undefined && limit !== 150 + 60 * rules.length) return `${String(limit)} tokens`
  if (chat.temperature !== undefined && chat.temperature !== 0) return 'another temperature than 0'
  return chat.response_format ? formatFault(chat.response_format) : null
}

function formatFault({ type, json_schema }: NonNullable<ChatRequest['response_format']>) {
  if (type === 'json_object') return null
  if (type !== 'json_schema' || !json_schema) return `a response_format of type ${type}`
  if (!/^[\w-]{1,64}$/.test(json_schema.name) || json_schema.strict !== true)
    return 'the schema has no name or is not strict'
  const { rules } = json_schema.schema.properties ?? {}
  const order = Object.keys(rules?.items?.properties ?? {})
  if (order.indexOf('evidence') >= order.indexOf('verdict')) return 'the verdict comes before its evidence'
  return schemaFault(json_schema.schema)
}

/** As the strict mode of structured outputs requires: closed objects whose properties are all required. */
function schemaFault({
  type,
  properties,
  required = [],
  additionalProperties,
  items,
}: Schema): string | null {
  if (type === 'array') return items ? schemaFault(items) : 'an array without items'
  if (type !== 'object') return ['string', 'integer', 'boolean'].includes(type) ? null : `the type ${type}`
  const names = Object.keys(properties ?? {})
  if (additionalProperties !== false || names.some((name) => !required.includes(name)))
    return 'an open object'
  return (
    Object.values(properties ?? {})
      .map(schemaFault)
      .find(Boolean) ?? null
  )
}

export function askedIn({ messages, ...parameters }: ChatRequest): Asked {
  const [image, { text }] = messages[1].content
  const [, type = '', base64 = ''] = DATA_URI.exec(image.image_url.url) ?? []
  const bytes = Buffer.byteLength(base64, 'base64')
  return { at: Date.now(), image: { type, bytes }, question: questionIn(text)!, text, parameters }
}

function questionIn(text: string): Asked['question'] | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
