import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'

/** What a server does with one request in place of what it would: data, since a test says it from another process. */
export type Step = {
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Zeros after the body. */
  padding?: number
  delayInMs?: number
  /** Never answers. */
  isSilent?: boolean
  /** Answers, and never ends. */
  isEndless?: boolean
  /** Ends the connection in place of an answer. */
  isCut?: boolean
}

/** Answers as a step says; one that only waits answers nothing, and leaves that to who asked. */
export async function perform(response: ServerResponse, step: Step) {
  if (step.isSilent) return
  if (step.isCut) return void response.destroy()
  if (step.delayInMs) await setTimeout(step.delayInMs)
  response.writeHead(step.status ?? 200, step.headers ?? {})
  response.write(step.body ?? '')
  if (!step.isEndless) response.end(Buffer.alloc(step.padding ?? 0))
}
