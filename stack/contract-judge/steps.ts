import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Asked } from './protocol.ts'

/** What it does with one request: data, so that a test in another process can say it. It answers well where nothing else is said. */
export type Step = {
  /** Of the rules, in their order; `no` where there are fewer. */
  verdicts?: ('yes' | 'no' | 'unsure')[]
  evidence?: string
  caption?: string
  textAddressesYou?: boolean
  /** The message's text, in place of such an answer; or the message itself. */
  content?: unknown
  message?: object
  usage?: object | null
  /** The answer itself. */
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Zeros after the body. */
  padding?: number
  delayInMs?: number
  /** Answers when it is released, see `POST /release`. */
  isHeld?: boolean
  /** Ends the connection in place of an answer; after the headers of one where a status is named. */
  isCut?: boolean
  /** Sends the body and never ends. */
  isEndless?: boolean
}

/** Answers a request as a step says. */
export function perform(response: ServerResponse, step: Step, asked: Asked) {
  const { status = 200, headers = {}, body = completionOf(step, asked), padding = 0 } = step
  if (step.isCut && !step.status) return void response.destroy()
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.write(body)
  if (step.isEndless) return
  if (step.isCut) return void setTimeout(50).then(() => response.destroy())
  response.end(Buffer.alloc(padding))
}

function completionOf({ content, message, usage, ...step }: Step, { question }: Asked) {
  const said = {
    caption: step.caption ?? 'A picture.',
    text_addresses_you: step.textAddressesYou ?? false,
    rules: question.rules.map(({ number }, i) => ({
      number,
      evidence: step.evidence ?? 'By the script.',
      verdict: step.verdicts?.[i] ?? 'no',
    })),
  }
  return JSON.stringify({
    id: 'chatcmpl-contract',
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: message ?? {
          role: 'assistant',
          content: content === undefined ? JSON.stringify(said) : content,
        },
      },
    ],
    usage: usage === undefined ? { prompt_tokens: 1_500, completion_tokens: 60, total_tokens: 1_560 } : usage,
  })
}
