import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { DatabaseError } from './db/client.ts'
import { type AppEnv, json } from './http/router.ts'
import { log } from './log.ts'
import { Problem, problems } from './problems.ts'

export { type Faults, Problem, problems } from './problems.ts'

/** Turns whatever was thrown into what the client may see; what nobody foresaw is logged and tells nothing. */
export function explain(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error
  if (error instanceof HTTPException) return new Problem(error.status, { detail: error.message })
  if (error instanceof DatabaseError) {
    const { sqlstate, constraint, reason } = error
    if (error.isParentGone) return parentGone(constraint)
    log.error({ event: 'database_error', requestId, sqlstate, constraint, reason })
    if (error.isValueRefused) return problems.valueRefused()
    // A duplicate that no verb foresaw is not the client's: an id was given out before, and the next try gets another.
    return error.isUnavailable || error.isDuplicate ? problems.unavailable() : problems.unexpected()
  }
  const { name, stack } = error instanceof Error ? error : new Error('thrown')
  // The first line of a stack is the message, which may quote what a client sent.
  log.error({ event: 'unexpected_error', requestId, name, stack: stack?.split('\n    at ').slice(1) })
  return problems.unexpected()
}

/** Answers in JSON with what `explain` says. */
export function answerProblem(error: unknown, c: Context<AppEnv>) {
  const { status, body, headers } = explain(error, c.get('requestId'))
  return json(body, status, headers)
}

/**
 * What a row was to belong to was deleted while the row was being written; or, where the constraint is none of ours, a row
 * of a table that an adopted database has besides keeps another from being deleted.
 */
function parentGone(constraint = '') {
  if (constraint.startsWith('rules_rule_camera_id')) return problems.notYourCamera()
  const isOurs = /^(rules_rule|camera_camera|django_admin_log|users_groups|users_user_permissions)_/.test(
    constraint,
  )
  return isOurs ? problems.userNotFound() : problems.stillReferredTo()
}
