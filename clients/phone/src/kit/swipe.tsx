import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import './swipe.css'

type SwipeAction = { label: string; tone?: 'danger' | 'tint'; onPress: () => unknown }

/**
 * A row that reveals its actions when it is swiped. It uses the browser's own scrolling, so it feels native. With a keyboard the
 * actions come after the row.
 */
export function Swipe({ actions, children }: { actions: SwipeAction[]; children: ComponentChildren }) {
  const strip = useRef<HTMLDivElement>(null)
  const close = () => strip.current?.scrollTo({ left: 0, behavior: 'smooth' })
  return (
    <div class="swipe" ref={strip} onBlur={close}>
      <div class="swipe-row">{children}</div>
      <div class="swipe-actions">
        {actions.map(({ label, tone = 'tint', onPress }) => (
          <button
            key={label}
            type="button"
            data-tone={tone}
            onClick={() => {
              close()
              onPress()
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  )
}
