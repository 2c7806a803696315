import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import './steps.css'

export type Step = { title: string; is: 'done' | 'now' | 'ahead'; children?: ComponentChildren }

/** A list of steps: done, current and ahead. */
export const Steps = ({ steps }: { steps: Step[] }) => (
  <ol class="steps">
    {steps.map(({ title, is, children }, index) => (
      <li key={title} data-is={is} aria-current={is === 'now' ? 'step' : undefined}>
        <span class="step-mark" aria-hidden="true">
          {is === 'done' ? <Icon name="check" size={16} /> : index + 1}
        </span>
        <h2>
          {title}
          {is === 'done' && <span class="visually-hidden">, done</span>}
        </h2>
        {children && <div class="step-body">{children}</div>}
      </li>
    ))}
  </ol>
)
