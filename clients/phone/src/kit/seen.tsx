import type { ComponentChildren } from 'preact'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'
import { stamp } from './time.ts'
import './seen.css'

/** The state of a resource: see data/resource.ts. */
type Known<T> =
  | { state: 'loading' }
  | { state: 'fresh'; value: T; asOf: number }
  | { state: 'stale'; value: T; asOf: number; why: string }
  | { state: 'failed'; why: string }

type SeenProps<T> = {
  seen: Known<T>
  onRetry: () => unknown
  /** Shown in place of an empty list. */
  empty?: ComponentChildren
  /** The number of grey placeholder shapes while loading, and the height of each in rem. */
  shapes?: [count: number, height: number]
  children: (value: T) => ComponentChildren
}

/** Shows a resource: its value, the loading state, or the error. A stale value shows its time. */
export function Seen<T>({ seen, onRetry, empty, shapes = [3, 4], children }: SeenProps<T>) {
  if (seen.state === 'loading') return <Shapes shapes={shapes} />
  if (seen.state === 'failed')
    return (
      <Empty
        icon="warning"
        title="This could not be loaded"
        action={<Button onPress={onRetry}>Try again</Button>}
      >
        {seen.why}
      </Empty>
    )
  const isEmpty = Array.isArray(seen.value) && seen.value.length === 0
  return (
    <>
      {seen.state === 'stale' && seen.why && (
        <p class="as-of" role="status">
          <Icon name="offline" size={18} />
          <span>
            {seen.why} Last updated {stamp(seen.asOf)}.
          </span>
        </p>
      )}
      {isEmpty && empty ? empty : children(seen.value)}
    </>
  )
}

/** A message for an empty screen, with an action. */
export const Empty = ({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName
  title: string
  children?: ComponentChildren
  action?: ComponentChildren
}) => (
  <div class="empty">
    <Icon name={icon} size={44} />
    <h2>{title}</h2>
    {children && <p>{children}</p>}
    {action}
  </div>
)

/** Grey placeholders, which CSS shows only after a delay. */
const Shapes = ({ shapes: [count, height] }: { shapes: [number, number] }) => (
  <div class="shapes" role="status">
    <span class="visually-hidden">Loading</span>
    {Array.from({ length: count }, (_, index) => (
      <div key={index} class="shape" style={{ blockSize: `${height}rem` }} />
    ))}
  </div>
)
