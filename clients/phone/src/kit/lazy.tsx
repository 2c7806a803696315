import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Seen } from './seen.tsx'

const WHY = 'You are offline, or Scout was just updated.'

/** A screen whose code is loaded when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let Loaded: ComponentType<Props> | undefined
  return function Lazy(props: Props) {
    const [state, setState] = useState<'loading' | 'there' | 'failed'>('loading')
    useEffect(() => {
      if (Loaded) return
      load().then(
        (component) => {
          Loaded = component
          setState('there')
        },
        () => setState('failed'),
      )
    }, [])
    if (Loaded) return <Loaded {...props} />
    return (
      <div class="screen">
        <main>
          <Seen
            seen={state === 'failed' ? { state, why: WHY } : { state: 'loading' }}
            // Browsers cache a failed import, so reload the page.
            onRetry={() => location.reload()}
          >
            {() => null}
          </Seen>
        </main>
      </div>
    )
  }
}
