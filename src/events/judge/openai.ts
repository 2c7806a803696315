import { secondsIn } from '../../http/retry-after.ts'
import type { Settings } from '../../settings.ts'
import { readAnswer } from './answer.ts'
import { dialectOf, lesser } from './dialect.ts'
import type { Failure, Judge, NoJudgement } from './judge.ts'
import { messagesOf } from './question.ts'

/** An answer about twenty rules has about 8 KiB. */
const MAX_ANSWER_IN_BYTES = 256 * 1024
/** These mean "not now". */
const BUSY = [408, 409, 425, 429]
/** These may mean that a parameter is not supported. */
const NOT_SO = [400, 422]

/** The judge in the settings, and its display name; null if none is set. */
export const judgeOf = (settings: Settings['judge']): { judge: Judge; name: string } | null =>
  settings.JUDGE_URL
    ? { judge: judgeByChat(settings), name: `${new URL(settings.JUDGE_URL).host} ${settings.JUDGE_MODEL}` }
    : null

/**
 * Judges with a chat completion of the OpenAI API, version 1, which OpenAI, Gemini, Workers AI, Ollama, llama.cpp and vLLM
 * support. If a server does not support a parameter, the request is retried without it, within the same timeout.
 */
function judgeByChat(settings: Settings['judge']): Judge {
  const { JUDGE_URL, JUDGE_MODEL: model, JUDGE_TIMEOUT_IN_MS } = settings
  const dialect = dialectOf(`${JUDGE_URL} ${model}`)
  return async function judge(question, signal) {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(JUDGE_TIMEOUT_IN_MS)])
    const messages = messagesOf(question)
    const rules = question.rules.length
    for (let spoken = dialect.spoken(); ;) {
      const asked = JSON.stringify({ model, messages, ...dialect.parameters(spoken, rules) })
      const answered = await post(settings, asked, patience)
      if ('failure' in answered) return answered
      const { response, text } = answered
      if (response.ok) {
        if (text === null) return none('too_large')
        dialect.remember(spoken)
        return readAnswer(text, rules) ?? none('unreadable')
      }
      const less = lesser(spoken, text ?? '')
      if (!less) return failureOf(response)
      spoken = less
    }
  }
}

type Answered = { response: Response; text: string | null } | NoJudgement

async function post(
  { JUDGE_URL, JUDGE_API_KEY }: Settings['judge'],
  body: string,
  signal: AbortSignal,
): Promise<Answered> {
  const headers = new Headers({ 'Content-Type': 'application/json' })
  if (JUDGE_API_KEY) headers.set('Authorization', `Bearer ${JUDGE_API_KEY}`)
  try {
    // Follows no redirect: the key and the picture are only for this server.
    const init = { method: 'POST', headers, body, redirect: 'manual', signal } as const
    const response = await fetch(`${JUDGE_URL}/chat/completions`, init)
    if (response.ok || NOT_SO.includes(response.status)) return { response, text: await textOf(response) }
    await response.body?.cancel()
    return { response, text: '' }
  } catch {
    // The message of a network error may quote an address.
    return none(signal.aborted ? 'timed_out' : 'unreachable')
  }
}

const none = (failure: Failure, laterInSeconds: number | null = null): NoJudgement => ({
  failure,
  laterInSeconds,
})

function failureOf({ status, headers }: Response) {
  if (BUSY.includes(status)) return none('busy', secondsIn(headers.get('Retry-After')))
  return status >= 500 ? none('failing', secondsIn(headers.get('Retry-After'))) : none('refused')
}

/** The text of an answer; null if it is over the limit. */
async function textOf({ body }: Response) {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const bytes of body ?? []) {
    size += bytes.byteLength
    // Leaving the loop cancels the rest.
    if (size > MAX_ANSWER_IN_BYTES) return null
    text += decoder.decode(bytes, { stream: true })
  }
  return text + decoder.decode()
}
