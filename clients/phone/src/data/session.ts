import { signal } from '@preact/signals'
import { type Client, type ClientOptions, createClient, ScoutError, type Tokens } from '@scout/client'
import { nameOfThis } from './browser.ts'
import { PhoneError } from './faults.ts'
import { doWaiting, dropWaiting } from './later.ts'
import { forgetAnswersBut } from './resource.ts'

/** Where a session is kept: in a cookie for a page (page-session.ts), in the Keychain for the iPhone app. */
export type SessionKeeper = Pick<ClientOptions, 'isOwnPage' | 'fetch'> & {
  tokens: Tokens | null
  /** Null ends the session, for this reason. */
  keep(tokens: Tokens | null, why: Ending): void
  /** Calls back when the session ended in another tab, with the reason, or with null when somebody signed in there. */
  onChange(changed: (ended: Ending | null) => void): void
}
/** Why the session ended: signed out here or in another tab, ended `elsewhere`, or the account was deleted. */
export type Ending = 'signed out' | 'another tab' | 'elsewhere' | 'deleted'

export const isSignedIn = signal(false)
/** The base URL of the API, also for cameras. */
export const serviceUrl = import.meta.env.VITE_API ?? location.origin
export const ending = signal<Ending | null>(null)
/** The API client of the signed-in user. */
export let scout: Client

/** Clean-up of this device after every end of a session: pictures, shown notifications, drafts. */
const forgets: (() => Promise<unknown>)[] = []
export const onSignOut = (forget: () => Promise<unknown>) => void forgets.push(forget)

/** Resumes the stored session. */
export function takeUpSession({ keep, onChange, tokens, ...options }: SessionKeeper) {
  let session = sessionOf(tokens)
  scout = createClient({
    ...options,
    tokens,
    baseUrl: serviceUrl,
    onTokens(next) {
      const why = wished ?? 'elsewhere'
      keep(next, why)
      const before = session
      session = sessionOf(next)
      const isOver = isSignedIn.value && next === null
      if (isOver) ending.value = why
      if (session !== before) forgetAllBut(session)
      isSignedIn.value = next !== null
      // The tabs share the cookie, which is of another session now.
      if (before !== null && session !== null && session !== before) location.reload()
    },
  })
  isSignedIn.value = tokens !== null
  // The end of the page may have interrupted an earlier clean-up.
  forgetAllBut(session)
  onChange((ended) => {
    // Another user may be signed in now.
    if (ended === null || !isSignedIn.value) return location.reload()
    const why = ended === 'signed out' ? 'another tab' : ended
    // A sign-out of this tab may be under way.
    void leaving(wished ?? why, async () => scout.signOut())
  })
  // The refresh starts before the first screen needs it. A call that comes meanwhile shares it; a later one tries again.
  if (tokens?.access === '') scout.refreshSession().catch(() => {})
}

/** Clears this device of every session but this one. */
function forgetAllBut(session: string | null) {
  void forgetAnswersBut(session)
  dropWaiting()
  if (session === null) for (const forget of forgets) forget().catch(console.warn)
}

const NO_MATCH = 'The email or the password is wrong.'
let wished: Ending | null = null

/** Runs `end`, which ends the session, and records the reason. */
export async function leaving(why: Ending, end: () => Promise<unknown>) {
  wished = why
  await end().finally(() => (wished = null))
}

/**
 * Signs in for 90 days after the last use, under the name of this browser. Signs out the current user first.
 * @throws PhoneError, ScoutError, UnreachableError
 */
export async function signIn(email: string, password: string) {
  if (isSignedIn.value) await signOut()
  await scout.startSession({ email, password, name: nameOfThis() }).catch((error) => {
    throw error instanceof ScoutError && error.status === 401 ? new PhoneError(NO_MATCH) : error
  })
  ending.value = null
}

/** Ends the session, at the service first. @throws PhoneError, ScoutError, UnreachableError, without ending it */
export async function signOut() {
  if (!navigator.onLine) throw new PhoneError('You are offline.')
  await doWaiting()
  const { public_session_id: id, session } = scout.tokens ?? {}
  await leaving('signed out', () =>
    (session && id ? scout.endSession(id) : scout.endOwnSession()).catch((error) => {
      // The session has ended already.
      const isOver = error instanceof ScoutError && [401, 404].includes(error.status)
      if (!isOver) throw error
      scout.signOut()
    }),
  )
}

/** The public id of the user of an access token. */
export const ownerOf = (access: string) => claimsOf(access).sub

/** The public id of the session of these tokens. The access token decides, since another tab may have fetched it. */
export function sessionOf(tokens: Tokens | null): string | null {
  const { access = '', public_session_id: id = null } = tokens ?? {}
  return (access && claimsOf(access).sid) || id
}

/** The claims of an access token (RFC 7519). */
function claimsOf(access: string): { sub: string; sid?: string } {
  const [, claims = ''] = access.split('.')
  return JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')))
}
