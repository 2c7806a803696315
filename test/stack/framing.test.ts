import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { unstable_readConfig as readConfig } from 'wrangler'
import { buildWorker } from '../../stack/bundle.ts'
import { startWorkerd } from '../../stack/workerd.ts'

let server: Awaited<ReturnType<typeof startWorkerd<'scout'>>>
beforeAll(async () => {
  const { script } = await buildWorker('test')
  const { vars } = readConfig({ config: 'wrangler.toml' })
  server = await startWorkerd({ scout: { script, bindings: { ...vars, ...inject('bindings') } } })
}, 60_000)
afterAll(() => server[Symbol.asyncDispose]())

const JSON_BODY = '{"refresh":"x"}'
const LENGTH = JSON_BODY.length
const CHUNKED_BODY = `${LENGTH.toString(16)}\r\n${JSON_BODY}\r\n0\r\n\r\n`
const SMUGGLED = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
const CHUNKED = 'Transfer-Encoding: chunked'
const length = (bytes: number | string) => `Content-Length: ${bytes}`

/** The statuses of all answers on a new connection, until the server closes it. The client does not close it first. */
async function statusesOf(headers: string[], body: string) {
  const { hostname, port } = new URL(server.url('scout'))
  const path = '/v1/auth/token/refresh/'
  const head = [`POST ${path} HTTP/1.1`, `Host: ${hostname}`, 'Content-Type: application/json', ...headers]
  const socket = connect(Number(port), hostname).end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // A reset also closes the connection.
  const answers = await text(socket).catch(() => '')
  return [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
}

// A smuggled second request would answer 200.
it.each([
  ['too short', [length(LENGTH - 5)], JSON_BODY],
  ['too long', [length(LENGTH + 5)], JSON_BODY],
  ['over the limit, which it is not', [length(10_000_000)], JSON_BODY],
  ['more than a number', [length('9'.repeat(30))], JSON_BODY],
  ['negative', [length(-1)], JSON_BODY],
  ['no number', [length('0x0f')], JSON_BODY],
  ['a list', [length(`${LENGTH}, ${LENGTH}`)], JSON_BODY],
  ['given twice, the first right', [length(LENGTH), length(LENGTH + SMUGGLED.length)], JSON_BODY + SMUGGLED],
  ['given twice, the second right', [length(LENGTH + SMUGGLED.length), length(LENGTH)], JSON_BODY + SMUGGLED],
  ['beside chunks', [length(CHUNKED_BODY.length), CHUNKED], CHUNKED_BODY + SMUGGLED],
  ['beside chunks, over the next request', [CHUNKED, length(999)], CHUNKED_BODY + SMUGGLED],
  ['beside chunks that are none', [CHUNKED, length(LENGTH)], JSON_BODY],
  ['beside an encoding that nobody knows', ['Transfer-Encoding: zip', length(LENGTH)], JSON_BODY],
])(
  'a length that is %s is refused at once, and the next connection is served',
  async (_, headers, body) => {
    const refused = await statusesOf(headers, body)
    const served = await statusesOf([length(LENGTH), 'Connection: close'], JSON_BODY)

    expect(refused.filter((status) => status < 400 || status >= 500)).toEqual([])
    expect(served).toEqual([401])
  },
  10_000,
)

it('two requests are told apart by a length that is right', async () => {
  expect(await statusesOf([length(LENGTH)], JSON_BODY + SMUGGLED)).toEqual([401, 200])
})
