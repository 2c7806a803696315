import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Asked } from './protocol.ts'

/**
 * The reaction to one request. It is data, so that a test in another process can send it. The default is a good answer.
 */
export type Step = {
  /** For the rules in their order; `no` for the rest. */
  verdicts?: ('yes' | 'no' | 'unsure')[]
  evidence?: string
  caption?: string
  textAddressesYou?: boolean
  /** The text of the message instead of such an answer; or the message itself. */
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
  /** Waits for `POST /release` before it answers. */
  isHeld?: boolean
  /** Closes the connection instead of answering; after the headers if a status is given. */
  isCut?: boolean
  /** Sends the body without ending. */
  isEndless?: boolean
}

/** Reacts to a request as a step says. */
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
