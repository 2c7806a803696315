import type { Session } from '@scout/client'
import { removeFrom } from './leaving.ts'
import { resource } from './resource.ts'
import { scout } from './session.ts'

/** The user's sessions: this one first, then by last use. */
export const sessions = () =>
  resource('sessions', async () =>
    (await scout.listSessions()).toSorted(
      (one, other) =>
        Number(other.is_current) - Number(one.is_current) ||
        other.last_used_at.localeCompare(one.last_used_at),
    ),
  )

/** Ends sessions of other devices, after the time for Undo. */
export function endSessions(some: Session[]) {
  const ids = some.map(idOf)
  removeFrom(sessions(), ids, {
    words: some.length === 1 ? `${some[0]!.name} is signed out.` : `${some.length} devices are signed out.`,
    idOf,
    // In parallel, since the page may be closing.
    act: () => Promise.all(ids.map((id) => scout.endSession(id))),
  })
}

const idOf = ({ public_session_id: id }: Session) => id
