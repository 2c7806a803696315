import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'

/** A scripted reaction to one request. It is data, because tests send it from another process. */
export type Step = {
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Zeros after the body. */
  padding?: number
  delayInMs?: number
  /** Never answers. */
  isSilent?: boolean
  /** Answers without ending. */
  isEndless?: boolean
  /** Closes the connection instead of answering. */
  isCut?: boolean
}

/** Reacts as a step says. A step that only waits sends no answer and leaves that to the caller. */
export async function perform(response: ServerResponse, step: Step) {
  if (step.isSilent) return
  if (step.isCut) return void response.destroy()
  if (step.delayInMs) await setTimeout(step.delayInMs)
  response.writeHead(step.status ?? 200, step.headers ?? {})
  response.write(step.body ?? '')
  if (!step.isEndless) response.end(Buffer.alloc(step.padding ?? 0))
}
