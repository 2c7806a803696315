/** A refusal: `detail` says why, or `fields` does for each invalid field. */
export class ScoutError extends Error {
  override name = 'ScoutError'
  readonly status: number
  /** The reason in words; '' if `fields` has it. */
  readonly detail: string
  /** A machine-readable reason, for token errors. */
  readonly code: string | null
  /** The errors of each field in words; `non_field_errors` are those of the whole body. */
  readonly fields: Record<string, string[]>
  readonly retryAfterInSeconds: number | null
  /** The request's id in the service's logs. */
  readonly requestId: string | null

  constructor(response: Pick<Response, 'status' | 'headers'>, body: unknown) {
    const { detail = '', code = null, messages: _, ...fields } = isObject(body) ? body : {}
    const faults = Object.keys(fields).length > 0 ? JSON.stringify(fields) : ''
    super(String(detail) || faults || `answered ${response.status}`)
    this.status = response.status
    this.detail = String(detail)
    this.code = code === null ? null : String(code)
    this.fields = fields as Record<string, string[]>
    this.retryAfterInSeconds = retryAfterIn(response.headers)
    this.requestId = response.headers.get('X-Request-Id')
  }
}

/** No answer, or not one from Scout; see `cause`. Whether the request took effect is unknown. */
export class UnreachableError extends Error {
  override name = 'UnreachableError'
  readonly reason: 'timed_out' | 'unreachable'
  override readonly cause: unknown

  constructor(url: string, reason: UnreachableError['reason'], cause: unknown) {
    // The rest of a presigned URL is secret.
    const [origin = url] = /^\w+:\/\/[^/?#]*/.exec(url) ?? []
    super(`${origin} ${reason === 'timed_out' ? 'did not answer in time' : 'cannot be reached'}`)
    this.reason = reason
    this.cause = cause
  }
}

/** The Retry-After of an answer in seconds, or null. */
export function retryAfterIn(headers: Response['headers']) {
  const seconds = Number(headers.get('Retry-After') ?? NaN)
  return Number.isFinite(seconds) ? seconds : null
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
