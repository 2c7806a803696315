import { toast, toastAfter } from '../kit/toast.tsx'
import { wordsOf } from './faults.ts'

/** Actions that wait for the end of their Undo. */
const waiting = new Set<{ now(isLeaving?: boolean): Promise<void>; drop(): void }>()
// Leaving the page confirms them. A phone may end a hidden page without a further event.
addEventListener('pagehide', () => void doWaiting(true))
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void doWaiting(true)
})

/** Runs the waiting actions now. `isLeaving`: the page may end after the first request of each. */
export const doWaiting = (isLeaving = false) => Promise.all([...waiting].map(({ now }) => now(isLeaving)))

/** Drops the waiting actions: their user is signed out. */
export const dropWaiting = () => waiting.forEach(({ drop }) => drop())

/**
 * Runs an action that the service cannot undo, when its toast with Undo is over. `hide` removes the thing from the screen at once.
 * `restore` brings it back, on Undo or if the service refuses.
 */
export function later(
  words: string,
  {
    hide,
    act,
    restore,
  }: { hide: () => void; act: (isLeaving: boolean) => Promise<unknown>; restore: () => void },
) {
  /** Returns whether it was still waiting. */
  function end() {
    hush()
    return waiting.delete(promised)
  }
  const promised = {
    async now(isLeaving = false) {
      if (!end()) return
      await act(isLeaving).catch((error: unknown) => {
        restore()
        toastAfter(wordsOf(error))
      })
    },
    drop: () => void (end() && restore()),
  }
  waiting.add(promised)
  hide()
  const hush = toast(words, promised.drop, () => void promised.now())
}
