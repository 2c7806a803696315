import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { type Faults, faultsIn } from './faults.ts'
import { markSeen } from './notifications.ts'
import type { Resource, Seen } from './resource.ts'
import { idOf, type Told } from './timeline.ts'

/** The state of a resource, which is refreshed while the component is mounted. */
export function useSeen<T>(resource: Resource<T>): Seen<T> {
  // Before the browser paints, which a slow phone takes its time for.
  useLayoutEffect(() => resource.watch(), [resource])
  return resource.seen.value
}

/** Marks notifications as seen while the page is in front: in the background, nobody sees them. */
export function useMarkSeen(told: Told[]) {
  const news = told.filter(({ seen_at }) => seen_at === null).map(idOf)
  useEffect(() => {
    const mark = () => {
      if (document.visibilityState === 'visible') void markSeen(told)
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [news.join()])
}

/** The submit handler of a form, with its busy state and its errors. */
export function useSubmit<Sent>(act: (sent: Sent) => Promise<unknown>) {
  const [isBusy, setBusy] = useState(false)
  const [faults, setFaults] = useState<Faults>({ words: '', fields: {} })
  async function submit(sent: Sent) {
    setBusy(true)
    setFaults({ words: '', fields: {} })
    try {
      await act(sent)
    } catch (error) {
      setFaults(faultsIn(error))
    }
    setBusy(false)
  }
  return { submit, isBusy, faults }
}
