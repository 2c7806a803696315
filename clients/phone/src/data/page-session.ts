import type { Tokens } from '@scout/client'
import { type Ending, type SessionKeeper, sessionOf } from './session.ts'

/** Tells all tabs the public id of the session; it is not a secret. */
const SIGNED_IN = 'scout.session'
/** Tells all tabs why the last session ended. */
const ENDED = 'scout.ended'
const REFRESH = '/app/session/refresh'
const LOCK = 'scout.refresh'
/** The time in which a message of another tab arrives. */
const MESSAGE_IN_MS = 50

/** The session of a page: its secret is in a cookie that no script can read, and all tabs share one refresh. */
export function pageSession(): SessionKeeper {
  const session = localStorage.getItem(SIGNED_IN)
  return {
    isOwnPage: true,
    // The first call fetches the access token.
    tokens: session === null ? null : { access: '', public_session_id: session },
    keep,
    fetch: refreshingOnce((url, init) => fetch(url, { ...init, keepalive: init.method !== 'GET' })),
    onChange(changed) {
      addEventListener('storage', ({ key }) => {
        if (key !== SIGNED_IN && key !== null) return
        const ended = (localStorage.getItem(ENDED) as Ending | null) ?? 'signed out'
        changed(localStorage.getItem(SIGNED_IN) === null ? ended : null)
      })
    },
  }
}

function keep(tokens: Tokens | null, why: Ending) {
  const session = sessionOf(tokens)
  if (session === localStorage.getItem(SIGNED_IN)) return
  if (session !== null) {
    localStorage.removeItem(ENDED)
    return localStorage.setItem(SIGNED_IN, session)
  }
  localStorage.setItem(ENDED, why)
  localStorage.removeItem(SIGNED_IN)
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** If several tabs need a fresh token at once, one requests it and shares it with the others. */
function refreshingOnce(fetch: Fetch): Fetch {
  const channel = new BroadcastChannel('scout.access')
  let told: { access: string; at: number } | undefined
  channel.addEventListener('message', ({ data }: MessageEvent<string>) => {
    told = { access: data, at: performance.now() }
  })
  async function refreshed(url: string, init: RequestInit) {
    const response = await fetch(url, init)
    if (response.ok) channel.postMessage((await response.clone().json()).access)
    return response
  }
  return async (url, init) => {
    if (!url.endsWith(REFRESH) || !('locks' in navigator)) return fetch(url, init)
    const asked = performance.now()
    // The tab that holds the lock may be suspended.
    const waiting = init.signal ? { signal: init.signal } : {}
    for (;;) {
      const response = await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) =>
        lock ? refreshed(url, init) : null,
      )
      if (response) return response
      // Another tab refreshes. Its message may come after its lock is free.
      await navigator.locks.request(LOCK, waiting, () => wait(MESSAGE_IN_MS))
      if (told && told.at > asked) return Response.json({ access: told.access })
    }
  }
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
