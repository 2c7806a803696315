import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from './net.ts'

export type LocalMail = { from: string; to: string; subject: string; text: string; html: string }
export type MailOptions = {
  /** 0 means any free port. */
  port: number
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** Called with each accepted mail. */
  onMail?: (mail: LocalMail) => void
}

/** The number of mails that are remembered; the oldest is dropped first. */
const REMEMBERED = 1_000

/**
 * Stands in for Amazon SES: takes `POST /v2/email/outbound-emails` like SES if the request is signed with these keys (AWS
 * Signature Version 4), delivers nothing, and lists the accepted mails in order at `GET /mails?to=<address>`.
 */
export async function startMail(options: MailOptions) {
  const mails: LocalMail[] = []
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host')
    const body = await text(request)
    const route = `${request.method} ${pathname}`
    if (route === 'GET /mails') {
      const to = searchParams.get('to')
      return answer(
        response,
        200,
        mails.filter((mail) => mail.to === to),
      )
    }
    if (route !== 'POST /v2/email/outbound-emails') return answer(response, 404, { message: 'Not found' })
    if (!isSigned(request, body, options))
      return answer(response, 403, { message: 'The signature does not match' })
    const mail = read(body)
    if (!mail) return answer(response, 400, { message: 'The mail is not as SES wants it' })
    mails.push(mail)
    if (mails.length > REMEMBERED) mails.shift()
    options.onMail?.(mail)
    return answer(response, 200, { MessageId: crypto.randomUUID() })
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const port = await listen(server, options.port)
  return { endpoint: `http://${LOOPBACK}:${port}`, stop: () => close(server) }
}

function answer(response: ServerResponse, status: number, body: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** A `SendEmail` request of API version 2 with a simple message to one address. */
function read(body: string): LocalMail | null {
  try {
    const { FromEmailAddress: from, Destination, Content } = JSON.parse(body)
    const { Subject, Body } = Content.Simple
    const [to, ...others] = Destination.ToAddresses
    const mail = { from, to, subject: Subject.Data, text: Body.Text.Data, html: Body.Html.Data }
    return others.length === 0 && Object.values(mail).every((part) => typeof part === 'string' && part)
      ? mail
      : null
  } catch {
    return null
  }
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/ses\/aws4_request, SignedHeaders=([^,]+), Signature=([\da-f]{64})$/
const CLOCKS_MAY_DIFFER_BY_MS = 15 * 60 * 1000

/** Whether a request has these keys' signature over its method, path, query, signed headers and body. */
function isSigned(
  request: IncomingMessage,
  body: string,
  { region, accessKeyId, secretAccessKey }: MailOptions,
) {
  const [, key, day = '', place, names = '', signature = ''] =
    FORM.exec(request.headers.authorization ?? '') ?? []
  const date = String(request.headers['x-amz-date'])
  const signedHeaders = names.split(';')
  const isBound = ['host', 'x-amz-date'].every((name) => signedHeaders.includes(name))
  if (key !== accessKeyId || place !== region || !isBound || !date.startsWith(day) || !isNow(date))
    return false
  const [path, query = ''] = (request.url ?? '').split('?')
  const headers = signedHeaders
    .map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`)
    .join('')
  const canonical = [request.method, path, query, headers, names, sha256(body)].join('\n')
  const scope = `${day}/${region}/ses/aws4_request`
  const signed = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
  const keys = [day, region, 'ses', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  return timingSafeEqual(hmac(keys, signed), Buffer.from(signature, 'hex'))
}

function isNow(date: string) {
  const [, year, month, day, hours, minutes, seconds] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`)
  return Math.abs(Date.now() - at) < CLOCKS_MAY_DIFFER_BY_MS
}

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')
const hmac = (key: string | Buffer, content: string) => createHmac('sha256', key).update(content).digest()
