import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import './rows.css'

/** A titled section without rows. */
export function Titled({ title, children }: { title: string; children: ComponentChildren }) {
  const id = useId()
  return (
    <section class="rows" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}
