import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { close, KEEP_ALIVE_IN_MILLISECONDS, listen, LOOPBACK } from '../net.ts'
import { type Asked, faultIn, type ChatRequest, askedIn } from './protocol.ts'
import { perform, type Step } from './steps.ts'

/** The reactions to requests for one model: the steps in turn, then the last one for ever. */
export type Script = {
  model: string
  steps?: Step[] | undefined
  /**
   * Parameters that a 400 rejects, as from a server that does not support them; also `json_schema` and `json_object`.
   */
  refuses?: string[]
}

export type ContractJudgeOptions = {
  /** 0 means any free port. */
  port?: number
  apiKey?: string
  /** The reaction to requests for a model without a script. */
  answer?: (asked: Asked) => Step
}

/**
 * A contract server, not a judge: it checks each request strictly against OpenAI's chat completions and against our protocol
 * (400 with the fault), looks at no picture and answers by a script. `POST /script` sets one for a model, `GET /asked?model=`
 * lists its requests, `POST /release` {model} releases held answers. `url` is the value for JUDGE_URL.
 */
export async function startContractJudge({
  port = 0,
  apiKey,
  answer = () => ({}),
}: ContractJudgeOptions = {}) {
  const scripts = new Map<string, Script>()
  const asked = new Map<string, Asked[]>()
  const held = new Map<string, (() => void)[]>()

  async function complete(request: IncomingMessage, response: ServerResponse) {
    if (!isAuthorized(request, apiKey))
      return refuse(response, 401, 'Incorrect API key provided', 'invalid_api_key')
    const chat = (await json(request)) as ChatRequest
    const { model } = chat
    const script = scripts.get(model)
    const unknown = script?.refuses?.find((name) => name in chat || chat.response_format?.type === name)
    if (unknown) return refuse(response, 400, `Unrecognized request argument supplied: ${nameOf(unknown)}`)
    const fault = faultIn(chat, request.headers)
    if (fault) return refuse(response, 400, `Against the contract: ${fault}`)
    const one = askedIn(chat)
    asked.set(model, [...(asked.get(model) ?? []), one])
    const steps = script?.steps ?? []
    const step = (steps.length > 1 ? steps.shift() : steps[0]) ?? answer(one)
    if (step.delayInMs) await setTimeout(step.delayInMs)
    if (step.isHeld)
      await new Promise<void>((resolve) => held.set(model, [...(held.get(model) ?? []), resolve]))
    return perform(response, step, one)
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host')
    const route = `${request.method} ${pathname}`
    if (route === 'POST /v1/chat/completions')
      return complete(request, response).catch(({ message }: Error) =>
        refuse(response, 400, `Against the contract: ${message}`),
      )
    if (route === 'GET /asked') return send(response, 200, asked.get(searchParams.get('model') ?? '') ?? [])
    if (route === 'POST /script') {
      const script = (await json(request)) as Script
      scripts.set(script.model, script)
      return send(response, 204)
    }
    if (route === 'POST /release') {
      const { model } = (await json(request)) as { model: string }
      for (const go of held.get(model) ?? []) go()
      held.delete(model)
      return send(response, 204)
    }
    return refuse(response, 404, 'Not found')
  })
  server.keepAliveTimeout = KEEP_ALIVE_IN_MILLISECONDS
  const origin = `http://${LOOPBACK}:${await listen(server, port)}`
  return { url: `${origin}/v1`, stop: () => close(server) }
}

const nameOf = (refused: string) =>
  refused.startsWith('json_') ? `response_format of type '${refused}'` : refused

function isAuthorized({ headers }: IncomingMessage, apiKey: string | undefined) {
  const [sent, wanted] = [headers.authorization ?? '', apiKey ? `Bearer ${apiKey}` : ''].map((text) =>
    Buffer.from(text),
  )
  return sent!.length === wanted!.length && timingSafeEqual(sent!, wanted!)
}

const refuse = (response: ServerResponse, status: number, message: string, code: string | null = null) =>
  send(response, status, { error: { message, type: 'invalid_request_error', param: null, code } })

function send(response: ServerResponse, status: number, body?: object) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body))
}
