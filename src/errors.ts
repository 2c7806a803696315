import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { DatabaseError } from './db/client.ts'
import { type AppEnv, json } from './http.ts'
import { log } from './log.ts'

/** The faults of a request's fields, in Django REST Framework's shape. */
export type Faults = Record<string, string[]>

/** A refusal the client may see: a status, the whole body, and headers. */
export class Problem extends Error {
  readonly status: ContentfulStatusCode
  readonly body: object
  readonly headers: Record<string, string>

  constructor(status: ContentfulStatusCode, body: object, headers: Record<string, string> = {}) {
    super(`answered ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

const unauthenticated = (body: object) => new Problem(401, body, { 'WWW-Authenticate': 'Bearer realm="api"' })

/** Every refusal this service knows. The words are a contract with clients in the field. */
export const problems = {
  invalid: (faults: Faults) => new Problem(400, faults),
  notAnObject: (words: string) => new Problem(400, { non_field_errors: [words] }),
  malformed: (kind: 'JSON' | 'Multipart form', words: string) =>
    new Problem(400, { detail: `${kind} parse error - ${words}` }),
  bodyCutShort: () => new Problem(400, { detail: 'The request body ended early.' }),
  valueRefused: () => new Problem(400, { detail: 'The request holds a value that cannot be stored.' }),
  unsupportedContentType: () => new Problem(400, { detail: 'Unsupported content type' }),

  notAuthenticated: () => unauthenticated({ detail: 'Authentication credentials were not provided.' }),
  badAuthorizationHeader: () =>
    unauthenticated({
      detail: 'Authorization header must contain two space-delimited values',
      code: 'bad_authorization_header',
    }),
  accessTokenRefused: (words: string) =>
    unauthenticated({
      detail: 'Given token not valid for any token type',
      code: 'token_not_valid',
      messages: [{ token_class: 'AccessToken', token_type: 'access', message: words }],
    }),
  refreshTokenRefused: (words: string) => unauthenticated({ detail: words, code: 'token_not_valid' }),
  noUserIdentification: () =>
    unauthenticated({
      detail: 'Token contained no recognizable user identification',
      code: 'token_not_valid',
    }),
  userNotFound: () => unauthenticated({ detail: 'User not found', code: 'user_not_found' }),
  userInactive: () => unauthenticated({ detail: 'User is inactive', code: 'user_inactive' }),
  wrongCredentials: () => unauthenticated({ detail: 'No active account found with the given credentials' }),
  noActiveAccount: () => unauthenticated({ detail: 'No active account found for the given token.' }),

  notYourCamera: () => new Problem(403, { detail: 'Camera not found or does not belong to this user' }),
  lastSuperuser: () => new Problem(403, { detail: 'The last active superuser cannot be deleted.' }),

  stillReferredTo: () =>
    new Problem(409, { detail: 'Other data that this service does not know still refers to it.' }),

  notFound: () => new Problem(404, { detail: 'Not found.' }),
  noSuch: (model: 'User' | 'Camera' | 'Rule') =>
    new Problem(404, { detail: `No ${model} matches the given query.` }),
  methodNotAllowed: (method: string, allow: string) =>
    new Problem(405, { detail: `Method "${method}" not allowed.` }, { Allow: allow }),
  bodyTooLarge: (bytes: number) => new Problem(413, { detail: `Request body exceeds ${bytes / 1024} KiB.` }),
  unsupportedMediaType: (type: string) =>
    new Problem(415, { detail: `Unsupported media type "${type}" in request.` }),

  throttled: (seconds: number) =>
    new Problem(
      429,
      {
        detail: `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`,
      },
      { 'Retry-After': String(seconds) },
    ),
  unavailable: () =>
    new Problem(503, { detail: 'Service temporarily unavailable, try again later.' }, { 'Retry-After': '5' }),
  unexpected: () => new Problem(500, { detail: 'A server error occurred.' }),
}

/** Turns whatever was thrown into what the client may see; what nobody foresaw is logged and tells nothing. */
export function explain(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error
  if (error instanceof HTTPException) return new Problem(error.status, { detail: error.message })
  if (error instanceof DatabaseError) {
    const { sqlstate, constraint, reason } = error
    if (error.isParentGone) return parentGone(constraint)
    log.error({ event: 'database_error', requestId, sqlstate, constraint, reason })
    if (error.isValueRefused) return problems.valueRefused()
    return error.isUnavailable ? problems.unavailable() : problems.unexpected()
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
