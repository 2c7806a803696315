import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { DatabaseError } from './db/client.ts'
import type { AppEnv } from './http/router.ts'
import { log } from './log.ts'
import { Problem, problems } from './problems.ts'

/** Turns anything thrown into a problem for the client. An unexpected error is logged and reveals nothing. */
export function explain(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error
  if (error instanceof HTTPException) return new Problem(error.status, { detail: error.message })
  if (error instanceof DatabaseError) {
    const { sqlstate, constraint, reason } = error
    if (error.isParentGone) return problems.stillReferredTo()
    log.error({ event: 'database_error', requestId, sqlstate, constraint, reason })
    if (error.isValueRefused) return problems.valueRefused()
    // A duplicate that no verb expects is not the client's fault: an id was given out before, and the next try gets another.
    return error.isUnavailable || error.isDuplicate ? problems.unavailable() : problems.unexpected()
  }
  const { name, stack } = error instanceof Error ? error : new Error('thrown')
  // The first line of a stack is the message, which may quote the client's input.
  log.error({ event: 'unexpected_error', requestId, name, stack: stack?.split('\n    at ').slice(1) })
  return problems.unexpected()
}

/** Answers an error in JSON, as `explain` describes it. */
export function answerProblem(error: unknown, c: Context<AppEnv>) {
  const { status, body, headers } = explain(error, c.get('requestId'))
  return c.json(body, status, headers)
}
