import { retryAfterIn, ScoutError, UnreachableError } from './problems.ts'

export type RequestOptions = {
  /** The API's base URL: `https://api.example.com`. */
  baseUrl: string
  /**
   * The timeout of one request, including the answer's body: 15 s. An upload gets additional time for its bytes at 8 KB/s. An idle timeout
   * would be kinder, but progress is not visible here: the operating system takes 1.2 MB from `fetch` in 0.3 s (measured, with a request
   * stream and a storage that reads 20 KB/s), and then nothing happens until the answer comes.
   */
  timeoutInMs?: number
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** The clock, in milliseconds. */
  now?: () => number
  wait?: (milliseconds: number) => Promise<unknown>
}

export type CallOptions = {
  headers?: Record<string, string>
  /** Whether it may be sent again if there was no answer. */
  isSafe?: boolean
  limitInMs?: number
  /** Whether the answer has no body. */
  isEmpty?: boolean
}
export type Answer<T> = { body: T; headers: Response['headers'] }
type Text = Pick<Response, 'ok' | 'status' | 'headers'> & { text: string }

const TRIES = 3
const BACKOFF_IN_MS = 250
/** A longer Retry-After is returned to the caller instead of waiting. */
const PATIENCE_IN_SECONDS = 10
/** The slowest connection for an upload, 64 kbit/s. */
const SLOWEST_BYTES_PER_SECOND = 8_000
/** With a longer delay `setTimeout` fires at once. */
const LONGEST_TIMER_IN_MS = 2 ** 31 - 1

/** Requests to the API and uploads to storage. Both try requests that are safe to repeat three times. */
export function createRequests(options: RequestOptions) {
  const {
    fetch = (url, init) => globalThis.fetch(url, init),
    now = Date.now,
    wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    timeoutInMs = 15_000,
  } = options
  const baseUrl = options.baseUrl.replace(/\/+$/, '')

  /** Calls the API. @throws ScoutError, UnreachableError */
  async function call<T>(
    method: string,
    path: string,
    sent?: object,
    access?: string,
    {
      isSafe = method === 'GET' || /\/refresh\/?$/.test(path),
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
    // A captive portal answers every request with a page.
    if (body === undefined && answer.status !== 204 && !more.isEmpty)
      throw new UnreachableError(baseUrl, 'unreachable', new Error(`answered ${answer.status} without JSON`))
    return { body: body as T, headers: answer.headers }
  }

  /** Uploads to storage, with retries until the URL expires. @throws ScoutError, UnreachableError */
  async function upload(url: string, type: string, bytes: Blob | ArrayBuffer | Uint8Array, until: number) {
    const size = 'size' in bytes ? bytes.size : bytes.byteLength
    const limitInMs = timeoutInMs + (size / SLOWEST_BYTES_PER_SECOND) * 1000
    // The DOM's types of `fetch` reject bytes whose buffer might be shared.
    const init = { method: 'PUT', headers: { 'Content-Type': type }, body: bytes as Blob }
    const answer = await send(url, init, until, limitInMs)
    if (!answer.ok) throw new ScoutError(answer, { detail: `The storage answered ${answer.status}.` })
  }

  /** Sends a request, and until that moment retries if there is no answer or a temporary failure. */
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

  /** Sends one request and reads the whole answer. */
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

/** Parses JSON; undefined if it is invalid. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
