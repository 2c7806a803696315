/**
 * A client of the Scout API for cameras, pages and tests, in one file that needs nothing else: copy it, or import it.
 * Its methods are named like the operations in /openapi.json. A test holds its types against those of the service.
 * Of its surroundings it uses `fetch`, AbortController and timers alone, since React Native has little else.
 */

export type User = { first_name: string; last_name: string; email: string; public_user_id: string }
export type Camera = {
  id: number
  public_camera_id: string
  owner: string
  location: string
  /** RFC 3339 in UTC, with microseconds that a `Date` drops. */
  created_at: string
}
export type Rule = {
  id: number
  public_rule_id: string
  owner: number
  camera: number
  rule: string
  rule_nickname: string
  is_enabled: boolean
  created_at: string
}
export type Tokens = { access: string; refresh: string }
export type NewAccount = User & Tokens & { user: { public_user_id: string; username: string } }
export type ChangedUser = User & Partial<Tokens>
export type PresignedUpload = { url: string; key: string; expires_in: number }
export type ImageType = 'image/jpeg' | 'image/png'

export type Credentials = { email: string; password: string }
export type Registration = Credentials & { first_name?: string; last_name?: string }
export type CameraInput = { location: string }
export type RuleInput = { rule: string; rule_nickname: string; is_enabled?: boolean }
export type UserInput = {
  email: string
  first_name?: string
  last_name?: string
  password?: string
  current_password?: string
}

export type ListOptions = {
  /** How many one request asks for: 1 to 1000, which it is by itself. */
  pageSize?: number
}
export type CameraListOptions = ListOptions & {
  /** Everyone's, for staff. */
  all?: boolean
}

export type ClientOptions = {
  /** Where the API is: `https://api.example.com`. */
  baseUrl: string
  /** A session from before, as `onTokens` told it. */
  tokens?: Tokens | null
  /** Told whenever the session changes, so that it can be kept; null when it is over. */
  onTokens?: (tokens: Tokens | null) => void
  /**
   * How long one request may take, the answer's body included: 15 s. An upload may take longer by its bytes at 8 KB/s.
   * A limit on silence would be kinder, but nobody here can hear it: the operating system takes 1.2 MB off `fetch` in 0.3 s
   * (measured, with a request stream and a storage that reads 20 KB/s), and then nothing moves until the answer comes.
   */
  timeoutInMs?: number
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** The clock, in milliseconds. */
  now?: () => number
  wait?: (milliseconds: number) => Promise<unknown>
}

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
    this.retryAfterInSeconds = secondsIn(response.headers)
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

const TRIES = 3
const BACKOFF_IN_MS = 250
/** Who is told to wait longer than this is told so, instead of waiting here. */
const PATIENCE_IN_SECONDS = 10
/** How long before its end a token is replaced. */
const MARGIN_IN_MS = 30_000
/** The slowest line that an upload may take, 64 kbit/s. */
const SLOWEST_BYTES_PER_SECOND = 8_000
/** Beyond it `setTimeout` does not wait at all. */
const LONGEST_TIMER_IN_MS = 2 ** 31 - 1

type Said<T> = { said: T; headers: Response['headers'] }
type Answer = Pick<Response, 'ok' | 'status' | 'headers'> & { text: string }

export type Client = ReturnType<typeof createClient>

/**
 * Makes a client. It keeps the session fresh by itself: before the access token is over, and once where one is refused.
 * Calls that are safe to repeat are tried three times where the network or the service fails. Every method throws
 * ScoutError for a refusal, and UnreachableError where no answer came.
 */
export function createClient(options: ClientOptions) {
  const {
    fetch = (url, init) => globalThis.fetch(url, init),
    now = Date.now,
    wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    timeoutInMs = 15_000,
  } = options
  const baseUrl = options.baseUrl.replace(/\/+$/, '')
  let tokens = options.tokens ?? null
  /** When the access token should be replaced, by our clock; unknown for one from before. */
  let staleAt = Infinity
  let refreshing: Promise<string> | null = null

  function keep(session: Tokens | null) {
    tokens = session
    const lifetime = session ? lifetimeInMs(session.access) : Infinity
    staleAt = now() + lifetime - Math.min(MARGIN_IN_MS, lifetime / 2)
    options.onTokens?.(session)
  }

  /** Sends, and until that moment sends again, where no answer came or one that will pass. */
  async function send(
    url: string,
    init: RequestInit,
    until: number,
    limitInMs = timeoutInMs,
  ): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      let pause = BACKOFF_IN_MS * 2 ** tries * (0.5 + Math.random() / 2)
      const mayRepeat = () => tries < TRIES && now() + pause < until
      try {
        const answer = await exchange(url, init, limitInMs)
        const asked = secondsIn(answer.headers) ?? 0
        const mayPass = answer.status === 429 || answer.status >= 500
        pause = Math.max(pause, asked * 1000)
        if (!mayPass || asked > PATIENCE_IN_SECONDS || !mayRepeat()) return answer
      } catch (error) {
        if (!mayRepeat()) throw error
      }
      await wait(pause)
    }
  }

  /** One request, and its answer to the last byte. */
  async function exchange(url: string, init: RequestInit, limitInMs: number): Promise<Answer> {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), Math.min(limitInMs, LONGEST_TIMER_IN_MS))
    try {
      const response = await fetch(url, { ...init, signal: controller.signal })
      const { ok, status, headers } = response
      return { ok, status, headers, text: await response.text() }
    } catch (error) {
      throw new UnreachableError(url, controller.signal.aborted ? 'timed_out' : 'unreachable', error)
    } finally {
      clearTimeout(timer)
    }
  }

  async function call<T>(method: string, path: string, body?: object, access?: string): Promise<Said<T>> {
    const headers: Record<string, string> = { Accept: 'application/json' }
    if (access) headers.Authorization = `Bearer ${access}`
    if (body) headers['Content-Type'] = 'application/json'
    const isSafe = method === 'GET' || path === '/v1/auth/token/refresh/'
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    const answer = await send(baseUrl + path, init, isSafe ? Infinity : 0)
    const said = parsed(answer.text)
    if (!answer.ok) throw new ScoutError(answer, said)
    // A network that wants a sign-in of its own answers everything, with a page.
    if (said === undefined && answer.status !== 204)
      throw new UnreachableError(baseUrl, 'unreachable', new Error(`answered ${answer.status} without JSON`))
    return { said: said as T, headers: answer.headers }
  }

  /** As `call`, for whoever is signed in. */
  async function ask<T>(method: string, path: string, body?: object): Promise<Said<T>> {
    // Where the service fails to refresh it, the token at hand is still good for a while.
    if (tokens && now() >= staleAt) await refreshToken().catch((error) => tokens ?? Promise.reject(error))
    const session = tokens
    try {
      return await call<T>(method, path, body, session?.access)
    } catch (error) {
      const isStale = error instanceof ScoutError && error.status === 401 && error.code === 'token_not_valid'
      // Another call may have replaced the token meanwhile; who signed out or in again meanwhile did not ask for this.
      const isSameSession = () => session !== null && tokens?.refresh === session.refresh
      if (!isStale || !isSameSession()) throw error
      if (tokens?.access === session?.access) await refreshToken()
      if (!isSameSession()) throw error
      return call<T>(method, path, body, tokens?.access)
    }
  }

  const read = async <T>(method: string, path: string, body?: object): Promise<T> =>
    (await ask<T>(method, path, body)).said
  const remove = async (path: string): Promise<void> => void (await ask('DELETE', path))

  /** What a list holds, one after the other; a page is asked for when the one before it is through. */
  async function* each<T>(path: string, { pageSize, all = false }: CameraListOptions = {}) {
    const query = [all && 'all=true', pageSize && `limit=${pageSize}`].filter(Boolean).join('&')
    for (let next: string | undefined = query ? `${path}?${query}` : path; next !== undefined;) {
      const { said, headers }: Said<T[]> = await ask<T[]>('GET', next)
      for (const item of said) yield item
      next = nextIn(headers)
    }
  }

  async function whole<T>(items: AsyncIterable<T>): Promise<T[]> {
    const list: T[] = []
    for await (const item of items) list.push(item)
    return list
  }

  async function open<T extends Tokens>(path: string, body: object): Promise<T> {
    const { said: session } = await call<T>('POST', path, body)
    keep({ access: session.access, refresh: session.refresh })
    return session
  }

  /** A fresh access token; one request for however many calls wait for it. Where it is refused the session is over. */
  function refreshToken(): Promise<string> {
    refreshing ??= refresh().finally(() => (refreshing = null))
    return refreshing
  }

  async function refresh() {
    const session = tokens
    try {
      const body = { refresh: session?.refresh ?? '' }
      const { access } = (await call<{ access: string }>('POST', '/v1/auth/token/refresh/', body)).said
      // Who signed in or out meanwhile stays so.
      if (tokens === session && session) keep({ ...session, access })
      return access
    } catch (error) {
      if (error instanceof ScoutError && error.status === 401 && tokens === session) keep(null)
      throw error
    }
  }

  async function changeUser(method: 'PUT' | 'PATCH', id: string, change: Partial<UserInput>) {
    const user = await read<ChangedUser>(method, `/v1/user/${segment(id)}/`, change)
    if (user.access && user.refresh) keep({ access: user.access, refresh: user.refresh })
    return user
  }

  const eachUser = (options?: ListOptions) => each<User>('/v1/users/', options)
  const eachCamera = (options?: CameraListOptions) => each<Camera>('/v1/cameras/', options)
  const eachRule = (cameraId: string, options?: ListOptions) =>
    each<Rule>(`/v1/cameras/${segment(cameraId)}/rules/`, options)

  const presignUpload = (type: ImageType = 'image/jpeg') =>
    read<PresignedUpload>('POST', '/v1/uploads/presign', { 'content-type': type })

  return {
    /** The session, or null. */
    get tokens() {
      return tokens
    },
    /** Makes an account and signs it in. */
    register: (registration: Registration) => open<NewAccount>('/v1/auth/register/', registration),
    signIn: (credentials: Credentials) => open<Tokens>('/v1/auth/token/', credentials),
    refreshToken,
    /** Forgets the session; the tokens themselves stay good until they are over. */
    signOut: () => keep(null),

    listUsers: (options?: ListOptions) => whole(eachUser(options)),
    /** As `listUsers`, for `for await`: it asks for a page when the one before is through. So do the others. */
    eachUser,
    getUser: (id: string) => read<User>('GET', `/v1/user/${segment(id)}/`),
    /** A new password needs `current_password`; it ends every other session, and this one goes on. */
    replaceUser: (id: string, user: UserInput) => changeUser('PUT', id, user),
    updateUser: (id: string, change: Partial<UserInput>) => changeUser('PATCH', id, change),
    /** Deletes the account with its cameras and rules, and forgets the session. */
    deleteUser: async (id: string) => {
      await remove(`/v1/user/${segment(id)}/`)
      keep(null)
    },

    /** Your cameras, or with `all` everyone's. */
    listCameras: (options?: CameraListOptions) => whole(eachCamera(options)),
    eachCamera,
    createCamera: (camera: CameraInput) => read<Camera>('POST', '/v1/cameras/', camera),
    getCamera: (id: string) => read<Camera>('GET', `/v1/cameras/${segment(id)}/`),
    replaceCamera: (id: string, camera: CameraInput) =>
      read<Camera>('PUT', `/v1/cameras/${segment(id)}/`, camera),
    updateCamera: (id: string, change: Partial<CameraInput>) =>
      read<Camera>('PATCH', `/v1/cameras/${segment(id)}/`, change),
    deleteCamera: (id: string) => remove(`/v1/cameras/${segment(id)}/`),

    listRules: (cameraId: string, options?: ListOptions) => whole(eachRule(cameraId, options)),
    eachRule,
    createRule: (cameraId: string, rule: RuleInput) =>
      read<Rule>('POST', `/v1/cameras/${segment(cameraId)}/rules/`, rule),
    getRule: (cameraId: string, id: string) =>
      read<Rule>('GET', `/v1/cameras/${segment(cameraId)}/rules/${segment(id)}/`),
    replaceRule: (cameraId: string, id: string, rule: RuleInput) =>
      read<Rule>('PUT', `/v1/cameras/${segment(cameraId)}/rules/${segment(id)}/`, rule),
    updateRule: (cameraId: string, id: string, change: Partial<RuleInput>) =>
      read<Rule>('PATCH', `/v1/cameras/${segment(cameraId)}/rules/${segment(id)}/`, change),
    deleteRule: (cameraId: string, id: string) =>
      remove(`/v1/cameras/${segment(cameraId)}/rules/${segment(id)}/`),

    presignUpload,
    /** Uploads an image straight to storage, and again while its URL is good. Gives its key in the bucket. */
    uploadImage: async (bytes: Blob | ArrayBuffer | Uint8Array, type: ImageType = 'image/jpeg') => {
      const asked = now()
      const { url, key, expires_in } = await presignUpload(type)
      // The types of a page's own `fetch` refuse bytes whose buffer might be shared.
      const init = { method: 'PUT', headers: { 'Content-Type': type }, body: bytes as Blob }
      const size = 'size' in bytes ? bytes.size : bytes.byteLength
      const limitInMs = timeoutInMs + (size / SLOWEST_BYTES_PER_SECOND) * 1000
      const answer = await send(url, init, asked + expires_in * 1000, limitInMs)
      if (!answer.ok) throw new ScoutError(answer, { detail: `The storage answered ${answer.status}.` })
      return { key }
    },
  }
}

/** An id as one part of a path; whatever else it holds leads nowhere else. */
function segment(id: string) {
  if (/^\.{0,2}$/.test(id)) throw new TypeError(`not an id: '${id}'`)
  return encodeURIComponent(id)
}

/** How long a token lasts from when it was made: by its own claims, since a camera's clock may be far off. */
function lifetimeInMs(token: string) {
  const { exp, iat } = (parsed(decoded(token.split('.')[1] ?? '')) ?? {}) as { exp?: number; iat?: number }
  return (exp! - iat!) * 1000 || Infinity
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** What stands in base64url, each byte a character; React Native has `atob` since 0.74 only. */
function decoded(digits: string) {
  let text = ''
  let bits = 0
  let held = 0
  for (const digit of digits) {
    held = (held << 6) | DIGITS.indexOf(digit)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    text += String.fromCharCode((held >> bits) & 255)
  }
  return text
}

/** What JSON says; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The next page, by its path: a page of the web may reach the service by another name than the service knows. */
function nextIn(headers: Response['headers']) {
  const [, url] = /<([^>]*)>;\s*rel="next"/.exec(headers.get('Link') ?? '') ?? []
  return url?.replace(/^(\w+:\/\/)?[^/]*/, '')
}

function secondsIn(headers: Headers) {
  const seconds = Number(headers.get('Retry-After') ?? NaN)
  return Number.isFinite(seconds) ? seconds : null
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
