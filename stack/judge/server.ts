import { createServer, type IncomingMessage } from 'node:http'
import { type Detection, type Detector, openDetector } from '@scout/detector'
import { readRule } from '../../src/rules/reading.ts'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from '../net.ts'
import { questionIn, Refused, refuse, send } from './protocol.ts'
import { captionOf, POSSIBLE, verdictOn } from './verdict.ts'

export const MODEL = 'scout-local'
/** The most looks in the queue; the client must retry beyond that. */
const MOST_WAITING = 16

/**
 * Judges pictures by the detections of `@scout/detector`, with OpenAI's API: `POST /v1/chat/completions` takes the Worker's
 * question, `GET /v1/models` names the one model. Loads the network at the first request. `url` is the value for JUDGE_URL.
 */
export async function startJudgeServer(open: () => Promise<Detector> = openDetector) {
  let detector: Promise<Detector> | undefined
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  /** One at a time: a look takes the whole thread. */
  async function look(picture: Uint8Array): Promise<Detection[]> {
    if (waiting === MOST_WAITING)
      throw new Refused(429, 'Too many pictures wait here.', 'rate_limit_exceeded')
    waiting++
    const found = last.then(async () =>
      (await (detector ??= open())).detect(picture, { threshold: POSSIBLE }),
    )
    last = found.catch(() => {}).finally(() => waiting--)
    return found
  }

  async function complete(request: IncomingMessage) {
    const { model, picture, rules } = await questionIn(request)
    if (model !== MODEL) throw new Refused(404, `The model \`${model}\` does not exist`, 'model_not_found')
    const found = await look(picture)
    const verdicts = rules.map(({ number, description }) => ({
      number,
      ...verdictOn(readRule(description), found),
    }))
    const said = { caption: captionOf(found), text_addresses_you: false, rules: verdicts }
    const message = { role: 'assistant', content: JSON.stringify(said), refusal: null }
    return {
      id: `chatcmpl-${crypto.randomUUID()}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model,
      choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    }
  }

  async function answerTo(request: IncomingMessage) {
    const route = `${request.method} ${request.url?.split('?')[0]}`
    if (route === 'POST /v1/chat/completions') return complete(request)
    if (route === 'GET /v1/models')
      return { object: 'list', data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'scout' }] }
    throw new Refused(404, `Unknown request URL: ${route}`, 'unknown_url')
  }

  const server = createServer((request, response) => {
    answerTo(request).then(
      (body) => send(response, 200, body),
      (error) => refuse(response, error),
    )
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const origin = `http://${LOOPBACK}:${await listen(server, 0)}`
  return { url: `${origin}/v1`, stop: () => close(server) }
}
