import { useEffect, useRef, useState } from 'preact/hooks'
import { Button, Spinner } from './button.tsx'
import './more.css'

const AHEAD = '0px 0px 600px'

/** The end of a list that has more: loads the next page as it scrolls near. Give it a new key after each page. */
export function More({ onMore }: { onMore: () => Promise<unknown> }) {
  const [hasFailed, setFailed] = useState(false)
  const end = useRef<HTMLDivElement>(null)
  function ask() {
    setFailed(false)
    onMore().catch(() => setFailed(true))
  }
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        // A busy page gets both entries at once: out of view, then in view.
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return
        observer.disconnect()
        ask()
      },
      { rootMargin: AHEAD },
    )
    observer.observe(end.current!)
    return () => observer.disconnect()
  }, [])
  return (
    <div class="more" ref={end} role="status">
      {hasFailed ? (
        <>
          <span>Earlier items could not be loaded.</span>
          <Button look="plain" onPress={ask}>
            Try again
          </Button>
        </>
      ) : (
        <>
          <Spinner />
          <span>Loading more</span>
        </>
      )}
    </div>
  )
}

/** Marks the end of a list. */
export const End = ({ words }: { words: string }) => <p class="more">{words}</p>
