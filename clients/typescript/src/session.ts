import { ScoutError } from './problems.ts'
import type { Answer, CallOptions, createRequests } from './request.ts'
import { lifetimeInMs } from './token.ts'
import type { AccessToken } from './types.ts'

/** A signed-in user: an access token, and what renews it: a refresh token for a day or a session's secret for months. */
export type Tokens = { access: string; refresh?: string; session?: string; public_session_id?: string }

export type SessionOptions = {
  /** A stored session, as `onTokens` passed it; an access token of '' is fetched with the first call. */
  tokens?: Tokens | null
  /** For a page that the service itself serves: a cookie that no script can read keeps the session's secret. */
  isOwnPage?: boolean
  /** Called whenever the session changes, so that it can be stored; null when it has ended. */
  onTokens?: (tokens: Tokens | null) => void
  /** The clock, in milliseconds. */
  now?: () => number
}

/** How long before its expiry a token is renewed. */
const MARGIN_IN_MS = 30_000

/** Holds the tokens of the signed-in user and makes calls with a fresh access token. */
export function createSession(call: ReturnType<typeof createRequests>['call'], options: SessionOptions) {
  const { now = Date.now, isOwnPage = false } = options
  let tokens = options.tokens ?? null
  /** When to renew the access token, by our clock; unknown for a stored one. */
  let staleAt = tokens?.access === '' ? 0 : Infinity
  let refreshing: Promise<string> | null = null

  function keep(session: Tokens | null) {
    tokens = session
    const lifetime = session ? lifetimeInMs(session.access) : Infinity
    staleAt = now() + lifetime - Math.min(MARGIN_IN_MS, lifetime / 2)
    options.onTokens?.(session)
  }

  /** Like `call`, with the access token of the signed-in user. */
  async function ask<T>(
    method: string,
    path: string,
    sent?: object,
    options?: CallOptions,
  ): Promise<Answer<T>> {
    // If the refresh fails, the current token is still valid for a while.
    if (tokens && now() >= staleAt)
      await refreshToken().catch((error) => tokens?.access || Promise.reject(error))
    const session = tokens
    try {
      return await call<T>(method, path, sent, session?.access, options)
    } catch (error) {
      const isStale = error instanceof ScoutError && error.status === 401 && error.code === 'token_not_valid'
      // Another call may have renewed the token meanwhile. After a sign-out or another sign-in, do not retry.
      const isSameSession = () => session !== null && tokens !== null && keyOf(tokens) === keyOf(session)
      if (!isStale || !isSameSession()) throw error
      if (tokens?.access === session?.access) await refreshToken()
      if (!isSameSession()) throw error
      return call<T>(method, path, sent, tokens?.access, options)
    }
  }

  /** Fetches a fresh access token; concurrent callers share one request. If it is refused, the session has ended. */
  function refreshToken(): Promise<string> {
    refreshing ??= refresh().finally(() => (refreshing = null))
    return refreshing
  }

  async function refresh() {
    const session = tokens
    try {
      const [path, sent] = nextOf(session, isOwnPage)
      const { access } = (await call<AccessToken>('POST', path, sent)).body
      // A sign-in or sign-out meanwhile wins.
      if (tokens === session && session) keep({ ...session, access })
      return access
    } catch (error) {
      if (error instanceof ScoutError && error.status === 401 && tokens === session) keep(null)
      throw error
    }
  }

  return { ask, keep, refreshToken, current: () => tokens }
}

/** The path and body of the request for the next access token. */
function nextOf(tokens: Tokens | null, isOwnPage: boolean): [string, object] {
  if (isOwnPage) return ['/app/session/refresh', {}]
  if (tokens?.session) return ['/v1/auth/sessions/refresh/', { session: tokens.session }]
  return ['/v1/auth/token/refresh/', { refresh: tokens?.refresh ?? '' }]
}

/** What stays the same of a session when its access token is renewed. */
export const keyOf = ({ session, refresh, public_session_id: id }: Tokens) => session ?? refresh ?? id
