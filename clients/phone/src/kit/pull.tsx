import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { Spinner } from './button.tsx'
import './pull.css'

const PULLED_BY_PX = 70

/** Pull to refresh. */
export function Pull({ onPull, children }: { onPull: () => Promise<unknown>; children: ComponentChildren }) {
  const [state, setState] = useState<'still' | 'pulled' | 'busy'>('still')
  const [by, setBy] = useState(0)
  const from = useRef<number | null>(null)

  async function release() {
    from.current = null
    setBy(0)
    if (state !== 'pulled') return setState('still')
    setState('busy')
    await onPull().catch(() => {})
    setState('still')
  }

  return (
    <div
      class="pull"
      data-state={state}
      onTouchStart={({ touches }) => {
        from.current = scrollY <= 0 && state !== 'busy' ? touches[0]!.clientY : null
      }}
      onTouchMove={({ touches }) => {
        if (from.current === null) return
        // Follow the finger at half its speed.
        const way = Math.max(0, touches[0]!.clientY - from.current) * 0.5
        setBy(Math.min(way, PULLED_BY_PX * 1.4))
        setState(way > PULLED_BY_PX ? 'pulled' : 'still')
      }}
      onTouchEnd={release}
      onTouchCancel={release}
    >
      <div
        class="pull-sign"
        style={{ blockSize: `${state === 'busy' ? PULLED_BY_PX * 0.7 : by}px` }}
        role="status"
      >
        {state === 'busy' ? (
          <>
            <Spinner />
            <span class="visually-hidden">Refreshing</span>
          </>
        ) : (
          by > 0 && (
            <span class="pull-words">{state === 'pulled' ? 'Release to refresh' : 'Pull to refresh'}</span>
          )
        )}
      </div>
      {children}
    </div>
  )
}
