import type { IncomingMessage, ServerResponse } from 'node:http'
import { NoRuntime, UnreadablePicture } from '@scout/detector'

/** A picture that the Worker sends has at most 4 MiB; base64 adds a third. */
const MOST_BYTES = 8 * 1024 * 1024
const DATA_URI = /^data:image\/(?:jpeg|png);base64,([A-Za-z0-9+/]+={0,2})$/

/** An answer other than 200. */
export class Refused extends Error {
  readonly status: number
  readonly code: string | null
  constructor(status: number, message: string, code: string | null = null) {
    super(message)
    this.status = status
    this.code = code
  }
}

type Rule = { number: number; description: string }
export type Question = { model: string; picture: Uint8Array; rules: Rule[] }

/** Reads a chat completion of the OpenAI API with the Worker's question. Throws Refused. */
export async function questionIn(request: IncomingMessage): Promise<Question> {
  const chat = parsed(await bodyOf(request)) as { model?: unknown; stream?: unknown; messages?: unknown }
  if (typeof chat?.model !== 'string') throw new Refused(400, 'you must provide a model parameter')
  if (chat.stream) throw new Refused(400, 'This judge answers at once, not as a stream.')
  const parts = partsOf(chat.messages)
  const url = parts.find(({ type }) => type === 'image_url')?.image_url?.url
  const [, base64] = DATA_URI.exec(String(url)) ?? []
  const asked = parsed(String(parts.find(({ type }) => type === 'text')?.text)) as
    { rules?: unknown } | undefined
  if (!base64 || !areRules(asked?.rules))
    throw new Refused(
      400,
      'This judge answers what the Worker asks: a JPEG or PNG as a data URI, and numbered rules.',
    )
  return { model: chat.model, picture: Buffer.from(base64, 'base64'), rules: asked.rules }
}

type Part = { type?: string; text?: unknown; image_url?: { url?: unknown } | null }

/** The parts of the last message, if it has any. */
function partsOf(messages: unknown): Part[] {
  const last = Array.isArray(messages) ? (messages.at(-1) as { content?: unknown } | null) : null
  return Array.isArray(last?.content) ? last.content.filter((part) => part && typeof part === 'object') : []
}

const areRules = (rules: unknown): rules is Rule[] =>
  Array.isArray(rules) &&
  rules.length > 0 &&
  rules.every((rule) => Number.isInteger(rule?.number) && typeof rule.description === 'string')

async function bodyOf(request: IncomingMessage) {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request) {
    size += piece.length
    if (size > MOST_BYTES) throw new Refused(413, `The request has more than ${MOST_BYTES} bytes.`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function send(response: ServerResponse, status: number, body: object, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Sends a refusal in OpenAI's format, with `Retry-After` if the client should retry. */
export function refuse(response: ServerResponse, error: unknown) {
  const { status, message, code } = asRefused(error)
  const type = status >= 500 ? 'server_error' : 'invalid_request_error'
  // The rest of a body that is too large is not read.
  const headers = {
    ...(status === 429 && { 'retry-after': '1' }),
    ...(status === 413 && { connection: 'close' }),
  }
  send(response, status, { error: { message, type, param: null, code } }, headers)
}

function asRefused(error: unknown) {
  if (error instanceof Refused) return error
  if (error instanceof UnreadablePicture) return new Refused(400, error.message, 'invalid_image')
  if (error instanceof NoRuntime) return new Refused(503, error.message)
  console.error(error)
  return new Refused(500, 'The judge failed.')
}
