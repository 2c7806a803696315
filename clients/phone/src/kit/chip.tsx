import { Icon } from './icon.tsx'
import './chip.css'

/** An active filter: a link to the same list without it. */
export const Chip = ({ words, href }: { words: string; href: string }) => (
  <a class="chip" href={href} data-replace aria-label={`Remove filter: ${words}`}>
    <span>{words}</span>
    <Icon name="close" size={16} />
  </a>
)
