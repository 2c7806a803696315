import { retryAfterIn, ScoutError, UnreachableError } from './problems.ts'

export type RequestOptions = {
  /** Where the API is: `https://api.example.com`. */
  baseUrl: string
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

export type CallOptions = {
  headers?: Record<string, string>
  /** Whether it may be sent again where no answer came. */
  isSafe?: boolean
  limitInMs?: number
  /** Its answer has no body. */
  isEmpty?: boolean
}
export type Answer<T> = { body: T; headers: Response['headers'] }
type Text = Pick<Response, 'ok' | 'status' | 'headers'> & { text: string }

const TRIES = 3
const BACKOFF_IN_MS = 250
/** Who is told to wait longer than this is told so, instead of waiting here. */
const PATIENCE_IN_SECONDS = 10
/** The slowest line that an upload may take, 64 kbit/s. */
const SLOWEST_BYTES_PER_SECOND = 8_000
/** Beyond it `setTimeout` does not wait at all. */
const LONGEST_TIMER_IN_MS = 2 ** 31 - 1

/** The two ways out: to the API, and to storage. Both try what is safe to repeat three times. */
export function createRequests(options: RequestOptions) {
  const {
    fetch = (url, init) => globalThis.fetch(url, init),
    now = Date.now,
    wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    timeoutInMs = 15_000,
  } = options
  const baseUrl = options.baseUrl.replace(/\/+$/, '')

  /** Asks the API. @throws ScoutError, UnreachableError */
  async function call<T>(
    method: string,
    path: string,
    sent?: object,
    access?: string,
    {
      isSafe = method === 'GET' || path.endsWith('/refresh/'),
      limitInMs = timeoutInMs,
      ...more
    }: CallOptions = {},
  ): Promise<Answer<T>> {
    const headers: Record<string, string> = { Accept: 'application/json' }
    if (access) headers.Authorization = `Bearer ${access}`
    if (sent) headers['Content-Type'] = 'application/json'
    Object.assign(headers, more.headers)
    const init = { method, headers, ...(sent && { body: JSON.stringify(sent) }) }
    const answer = await send(baseUrl + path, init, isSafe ? Infinity : 0, limitInMs)
    const body = parsed(answer.text)
    if (!answer.ok) throw new ScoutError(answer, body)
    // A network that wants a sign-in of its own answers everything, with a page.
    if (body === undefined && answer.status !== 204 && !more.isEmpty)
      throw new UnreachableError(baseUrl, 'unreachable', new Error(`answered ${answer.status} without JSON`))
    return { body: body as T, headers: answer.headers }
  }

  /** Puts an image into storage, again and again until its URL is over. @throws ScoutError, UnreachableError */
  async function upload(url: string, type: string, bytes: Blob | ArrayBuffer | Uint8Array, until: number) {
    const size = 'size' in bytes ? bytes.size : bytes.byteLength
    const limitInMs = timeoutInMs + (size / SLOWEST_BYTES_PER_SECOND) * 1000
    // The types of a page's own `fetch` refuse bytes whose buffer might be shared.
    const init = { method: 'PUT', headers: { 'Content-Type': type }, body: bytes as Blob }
    const answer = await send(url, init, until, limitInMs)
    if (!answer.ok) throw new ScoutError(answer, { detail: `The storage answered ${answer.status}.` })
  }

  /** Sends, and until that moment sends again, where no answer came or one that will pass. */
  async function send(url: string, init: RequestInit, until: number, limitInMs = timeoutInMs): Promise<Text> {
    for (let tries = 1; ; tries++) {
      let pause = BACKOFF_IN_MS * 2 ** tries * (0.5 + Math.random() / 2)
      const mayRepeat = () => tries < TRIES && now() + pause < until
      try {
        const answer = await exchange(url, init, limitInMs)
        const asked = retryAfterIn(answer.headers) ?? 0
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
  async function exchange(url: string, init: RequestInit, limitInMs: number): Promise<Text> {
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

  return { call, upload }
}

/** What JSON says; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
