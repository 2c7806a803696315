import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'
import './rows.css'
import './switch.css'
import './large-text.css'

/** A card of rows, with a title above and a note below. */
export function Rows({
  title,
  note,
  children,
}: {
  title?: string
  note?: ComponentChildren
  children: ComponentChildren
}) {
  const id = useId()
  return (
    <section class="rows" aria-labelledby={title ? id : undefined}>
      {title && <h2 id={id}>{title}</h2>}
      <div class="card">{children}</div>
      {note && <p class="note">{note}</p>}
    </section>
  )
}

type RowProps = {
  label: ComponentChildren
  /** A second line, smaller. */
  detail?: ComponentChildren
  /** The current value, at the end of the row. */
  value?: ComponentChildren
  icon?: IconName
  tone?: 'danger' | 'tint'
}

/** A row that shows information. */
export const Row = (props: RowProps) => <div class="row">{inside(props)}</div>

/** A row that is a link. */
export const LinkRow = ({ href, ...props }: RowProps & { href: string }) => (
  <a class="row" href={href}>
    {inside(props)}
    <Icon name="next" size={16} />
  </a>
)

/** A row that is a button. */
export const ButtonRow = ({
  onPress,
  isBusy = false,
  ...props
}: RowProps & { onPress: () => unknown; isBusy?: boolean }) => (
  <button
    class="row"
    type="button"
    data-tone={props.tone ?? 'tint'}
    disabled={isBusy}
    aria-busy={isBusy}
    onClick={onPress}
  >
    {inside(props)}
  </button>
)

type SwitchProps = { isOn: boolean; onChange: (isOn: boolean) => unknown; isDisabled?: boolean }

/** A row with a switch. */
export const SwitchRow = ({ isOn, onChange, isDisabled = false, ...props }: RowProps & SwitchProps) => (
  <label class="row">
    {inside(props)}
    <Switch {...{ isOn, onChange, isDisabled }} />
  </label>
)

/** A row with a link and a switch; `switchLabel` is the switch's accessible name. */
export const LinkSwitchRow = ({
  href,
  switchLabel,
  isOn,
  onChange,
  isDisabled = false,
  ...props
}: RowProps & SwitchProps & { href: string; switchLabel: string }) => (
  <div class="row row-parts">
    <a class="row-link" href={href}>
      {inside(props)}
    </a>
    <label class="row-switch">
      <Switch {...{ isOn, onChange, isDisabled }} label={switchLabel} />
    </label>
  </div>
)

const Switch = ({ isOn, onChange, isDisabled, label }: SwitchProps & { label?: string }) => (
  <input
    class="switch"
    type="checkbox"
    role="switch"
    aria-label={label}
    checked={isOn}
    disabled={isDisabled ?? false}
    onChange={(event) => {
      const box = event.currentTarget
      const wanted = box.checked
      // The switch is controlled: it moves when `isOn` changes.
      box.checked = isOn
      onChange(wanted)
    }}
  />
)

const inside = ({ label, detail, value, icon }: RowProps) => (
  <>
    {icon && <Icon name={icon} />}
    <span class="row-text">
      <span class="row-label">{label}</span>
      {detail && <span class="row-detail">{detail}</span>}
    </span>
    {value !== undefined && <span class="row-value">{value}</span>}
  </>
)
