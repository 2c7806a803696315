import { useEffect, useRef, useState } from 'preact/hooks'

/** Calls `act` now and every so many milliseconds while the page is visible; calls never overlap. */
export function useEvery(milliseconds: number, act: () => unknown) {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    let isBusy = false
    async function tick() {
      if (isBusy || document.visibilityState !== 'visible') return
      isBusy = true
      try {
        await latest.current()
      } finally {
        isBusy = false
      }
    }
    void tick()
    const timer = setInterval(tick, milliseconds)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }, [milliseconds])
}

/** The current time in milliseconds; it re-renders at this interval. */
export function useNow(milliseconds: number) {
  const [now, setNow] = useState(Date.now)
  useEvery(milliseconds, () => setNow(Date.now()))
  return now
}
