import { Icon } from './icon.tsx'
import './beside.css'

/** Links to the items before and after in a list. They replace the address, so Back leads to the list. */
export const Beside = ({ newer, older }: { newer: string | undefined; older: string | undefined }) => (
  <nav class="beside" aria-label="Newer and older">
    {newer === undefined ? (
      <span />
    ) : (
      <a href={newer} data-replace>
        <Icon name="back" size={18} />
        Newer
      </a>
    )}
    {older === undefined ? (
      <span />
    ) : (
      <a href={older} data-replace>
        Older
        <Icon name="next" size={18} />
      </a>
    )}
  </nav>
)
