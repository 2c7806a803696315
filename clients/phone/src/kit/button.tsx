import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'
import './button.css'

type Look = 'filled' | 'tinted' | 'plain' | 'danger'
type ButtonProps = {
  children: ComponentChildren
  look?: Look
  icon?: IconName
  /** Shows a spinner and disables the button. */
  isBusy?: boolean
  isDisabled?: boolean
  type?: 'button' | 'submit'
  onPress?: () => unknown
}

export const Button = ({
  children,
  look = 'filled',
  icon,
  isBusy = false,
  isDisabled = false,
  type = 'button',
  onPress,
}: ButtonProps) => (
  <button
    class={`button ${look}`}
    type={type}
    disabled={isBusy || isDisabled}
    aria-busy={isBusy}
    onClick={onPress}
  >
    {icon && <Icon name={icon} size={20} />}
    <span>{children}</span>
    {isBusy && <Spinner />}
  </button>
)

/** A link that looks like a `Button`. */
export const ButtonLink = ({ children, look = 'filled', icon, href }: ButtonProps & { href: string }) => (
  <a class={`button ${look}`} href={href}>
    {icon && <Icon name={icon} size={20} />}
    <span>{children}</span>
  </a>
)

/** A round button with an icon; `label` is its accessible name. */
export const IconButton = ({
  icon,
  label,
  href,
  isDisabled = false,
  onPress,
}: {
  icon: IconName
  label: string
  href?: string
  isDisabled?: boolean
  onPress?: () => unknown
}) =>
  href === undefined ? (
    <button class="icon-button" type="button" aria-label={label} disabled={isDisabled} onClick={onPress}>
      <Icon name={icon} />
    </button>
  ) : (
    <a class="icon-button" href={href} aria-label={label}>
      <Icon name={icon} />
    </a>
  )

export const Spinner = () => <span class="spinner" role="presentation" />
