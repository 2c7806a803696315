import { ScoutError } from './problems.ts'
import type { Answer, createRequests } from './request.ts'
import { lifetimeInMs } from './token.ts'
import type { AccessToken } from './types.ts'

/** Who is signed in: an access token, and what brings the next one, a refresh token for a day or a session's secret for months. */
export type Tokens = { access: string; refresh?: string; session?: string; public_session_id?: string }

export type SessionOptions = {
  /** A session from before, as `onTokens` told it. */
  tokens?: Tokens | null
  /** Told whenever the session changes, so that it can be kept; null when it is over. */
  onTokens?: (tokens: Tokens | null) => void
  /** The clock, in milliseconds. */
  now?: () => number
}

/** How long before its end a token is replaced. */
const MARGIN_IN_MS = 30_000

/** Who is signed in, and their calls, each with a fresh token. */
export function createSession(call: ReturnType<typeof createRequests>['call'], options: SessionOptions) {
  const { now = Date.now } = options
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

  /** As `call`, for whoever is signed in. */
  async function ask<T>(method: string, path: string, sent?: object): Promise<Answer<T>> {
    // Where the service fails to refresh it, the token at hand is still good for a while.
    if (tokens && now() >= staleAt) await refreshToken().catch((error) => tokens ?? Promise.reject(error))
    const session = tokens
    try {
      return await call<T>(method, path, sent, session?.access)
    } catch (error) {
      const isStale = error instanceof ScoutError && error.status === 401 && error.code === 'token_not_valid'
      // Another call may have replaced the token meanwhile; who signed out or in again meanwhile did not ask for this.
      const isSameSession = () => session !== null && tokens !== null && keyOf(tokens) === keyOf(session)
      if (!isStale || !isSameSession()) throw error
      if (tokens?.access === session?.access) await refreshToken()
      if (!isSameSession()) throw error
      return call<T>(method, path, sent, tokens?.access)
    }
  }

  /** A fresh access token; one request for however many calls wait for it. Where it is refused the session is over. */
  function refreshToken(): Promise<string> {
    refreshing ??= refresh().finally(() => (refreshing = null))
    return refreshing
  }

  async function refresh() {
    const session = tokens
    try {
      const path = session?.session ? '/v1/auth/sessions/refresh/' : '/v1/auth/token/refresh/'
      const sent = session?.session ? { session: session.session } : { refresh: session?.refresh ?? '' }
      const { access } = (await call<AccessToken>('POST', path, sent)).body
      // Who signed in or out meanwhile stays so.
      if (tokens === session && session) keep({ ...session, access })
      return access
    } catch (error) {
      if (error instanceof ScoutError && error.status === 401 && tokens === session) keep(null)
      throw error
    }
  }

  return { ask, keep, refreshToken, current: () => tokens }
}

/** What stays the same as long as it is one session. */
const keyOf = ({ session, refresh }: Tokens) => session ?? refresh
