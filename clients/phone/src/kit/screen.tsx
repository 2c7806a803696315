import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { IconButton } from './button.tsx'
import './bar.css'
import './screen.css'

type ScreenProps = {
  title: string
  /** What Back does; omitted on the screens of the tab bar. */
  onBack?: () => void
  /** Round buttons at the end of the bar. */
  actions?: ComponentChildren
  /** A narrower layout, for forms. */
  isNarrow?: boolean
  children: ComponentChildren
}

/** A screen: its bar, its title (also shown in the browser's tab) and its content. */
export function Screen({ title, onBack, actions, isNarrow = false, children }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = title === 'Scout' ? title : `${title} · Scout`
  }, [title])
  // A screen reader announces the focused heading.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <div class="screen" data-narrow={isNarrow || undefined}>
      <header class="bar">
        {onBack && <IconButton icon="back" label="Back" onPress={onBack} />}
        <span class="bar-title" aria-hidden="true">
          {title}
        </span>
        <span class="bar-actions">{actions}</span>
      </header>
      <main>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </main>
    </div>
  )
}
