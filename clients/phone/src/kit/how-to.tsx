import type { ComponentChildren } from 'preact'
import './how-to.css'

/** Numbered instructions, each with a picture. */
export const HowTo = ({ steps }: { steps: [picture: ComponentChildren, words: ComponentChildren][] }) => (
  <ol class="how-to">
    {steps.map(([picture, words], index) => (
      <li key={index}>
        <span class="how-to-picture" aria-hidden="true">
          {picture}
        </span>
        <span>{words}</span>
      </li>
    ))}
  </ol>
)
