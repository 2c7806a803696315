import { Icon, type IconName } from './icon.tsx'
import './tabs.css'

export type Tab = {
  href: string
  label: string
  icon: IconName
  isHere: boolean
  /** The number of new items. */ badge?: number
}

/** The tab bar: at the bottom on a phone, at the side of a wide page. */
export const Tabs = ({ tabs }: { tabs: Tab[] }) => (
  <nav class="tabs" aria-label="Places">
    {tabs.map(({ href, label, icon, isHere, badge = 0 }) => (
      <a key={href} href={href} aria-current={isHere ? 'page' : undefined}>
        <Icon name={icon} size={26} />
        <span class="tab-label">{label}</span>
        {badge > 0 && (
          <span class="badge">
            {badge > 99 ? '99+' : badge}
            <span class="visually-hidden"> new</span>
          </span>
        )}
      </a>
    ))}
  </nav>
)
