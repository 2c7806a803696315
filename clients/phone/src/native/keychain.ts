import { KeychainAccess, SecureStorage } from '@aparajita/capacitor-secure-storage'
import type { Tokens } from '@scout/client'
import type { SessionKeeper } from '../data/session.ts'
import { installation } from './installation.ts'

const KEY = 'session'
type Kept = { installation: string; session: string; public_session_id: string }

/**
 * Keeps the session in the iPhone's Keychain. It is readable after the first unlock since a restart, and never leaves this iPhone. A
 * session of an earlier installation is wiped, since its owner deleted the app.
 */
export async function keychainSession(): Promise<SessionKeeper> {
  await SecureStorage.setKeyPrefix('scout.')
  await SecureStorage.setDefaultKeychainAccess(KeychainAccess.afterFirstUnlockThisDeviceOnly)
  const found = (await SecureStorage.get(KEY).catch(console.error)) as Kept | null | undefined
  const last = found?.installation === installation ? found : null
  if (found && !last) await SecureStorage.clear()
  let kept = last?.session
  let writing: Promise<unknown> = Promise.resolve()

  /** Writes in order, so that the last one wins. */
  function keep({ session, public_session_id }: Partial<Tokens>) {
    // An access token lasts minutes and can be renewed with the session, so it is not kept.
    if (session === kept) return
    kept = session
    const write = () =>
      session
        ? SecureStorage.set(KEY, { installation, session, public_session_id })
        : SecureStorage.remove(KEY)
    writing = writing.then<unknown>(write).catch(console.error)
  }

  return {
    tokens: last && { access: '', session: last.session, public_session_id: last.public_session_id },
    keep: (tokens) => keep(tokens ?? {}),
    // The app has only one page.
    onChange() {},
  }
}
