/** A refusal: `detail` says why, or `fields` does for each field that is at fault. */
export class ScoutError extends Error {
  override name = 'ScoutError'
  readonly status: number
  /** Why not, in words; '' where `fields` says it. */
  readonly detail: string
  /** Why not, for a program, where a token is at fault. */
  readonly code: string | null
  /** The faults of each field in words, `non_field_errors` for those of the body as a whole. */
  readonly fields: Record<string, string[]>
  readonly retryAfterInSeconds: number | null
  /** What the service's logs call the request. */
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

/** No answer, or none of Scout's, as `cause` tells. Whether the work was done is unknown. */
export class UnreachableError extends Error {
  override name = 'UnreachableError'
  readonly reason: 'timed_out' | 'unreachable'
  override readonly cause: unknown

  constructor(url: string, reason: UnreachableError['reason'], cause: unknown) {
    // The rest of a presigned URL is a secret.
    const [origin = url] = /^\w+:\/\/[^/?#]*/.exec(url) ?? []
    super(`${origin} ${reason === 'timed_out' ? 'did not answer in time' : 'cannot be reached'}`)
    this.reason = reason
    this.cause = cause
  }
}

/** How many seconds an answer asks to wait; null where it does not say. */
export function retryAfterIn(headers: Response['headers']) {
  const seconds = Number(headers.get('Retry-After') ?? NaN)
  return Number.isFinite(seconds) ? seconds : null
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
