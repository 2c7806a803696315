import { useEffect, useRef } from 'preact/hooks'

/** Returns whether the component is still mounted. After an await, navigate only if it is: the user may have left. */
export function useIsThere() {
  const is = useRef(true)
  useEffect(() => () => void (is.current = false), [])
  return () => is.current
}
