const EACH_IN_MS = 20_000
type Refresh = () => Promise<void>

/** The refreshes of the resources on screen. */
const watched = new Set<Refresh>()

/** Refreshes every resource on screen after a change. */
export const refreshShown = () => watched.forEach((renew) => void renew())

/** Makes the `watch` of a resource: its callers, while there are any, have it refreshed. */
export function watching(refresh: Refresh, renew: Refresh) {
  let watchers = 0
  let watch: AbortController | undefined
  const refreshIfSeen = () => {
    if (document.visibilityState === 'visible') void refresh()
  }
  return () => {
    void refresh()
    if (watchers++ === 0) {
      watched.add(renew)
      watch = new AbortController()
      const timer = setInterval(refreshIfSeen, EACH_IN_MS)
      watch.signal.addEventListener('abort', () => clearInterval(timer))
      document.addEventListener('visibilitychange', refreshIfSeen, watch)
      addEventListener('online', refreshIfSeen, watch)
    }
    return () => {
      if (--watchers > 0) return
      watched.delete(renew)
      watch?.abort()
    }
  }
}
