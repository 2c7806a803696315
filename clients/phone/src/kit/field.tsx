import { useId, useState } from 'preact/hooks'
import { IconButton } from './button.tsx'
import { described, type FieldProps, Labelled } from './labelled.tsx'

type TextFieldProps = FieldProps & {
  type?: 'text' | 'email' | 'url' | 'time' | 'date'
  /** The latest date, for type `date`. */
  max?: string
  value?: string
  autocomplete?: string
  autocapitalize?: 'none' | 'characters' | 'sentences'
  inputmode?: 'email' | 'url' | 'text'
  required?: boolean
  maxLength?: number
  placeholder?: string
  onInput?: (value: string) => unknown
}

/** A text field. Without `onInput` it is uncontrolled: it keeps what was typed when it is rendered again. */
export function TextField({ label, name, fault, note, onInput, value, ...given }: TextFieldProps) {
  const id = useId()
  const held = onInput ? { value } : { defaultValue: value }
  const attributes: object = { ...given, ...held, ...described(id, fault, note) }
  return (
    <Labelled {...{ id, label, fault, note }}>
      <input id={id} name={name} onInput={(event) => onInput?.(event.currentTarget.value)} {...attributes} />
    </Labelled>
  )
}

/** The email of an account, which password managers take for its name. */
export const EmailField = ({ fault }: Pick<FieldProps, 'fault'>) => (
  <TextField
    label="Email"
    name="email"
    type="email"
    autocomplete="username"
    inputmode="email"
    required
    fault={fault}
  />
)

/** Where a camera is, in its owner's words. */
export const LocationField = (given: Pick<TextFieldProps, 'fault' | 'maxLength' | 'value' | 'onInput'>) => (
  <TextField
    label="Location"
    name="location"
    placeholder="Front door"
    autocomplete="off"
    autocapitalize="sentences"
    required
    {...given}
  />
)

/** A password field with a button that shows the password. */
export function PasswordField({
  label,
  name,
  fault,
  note,
  autocomplete,
}: FieldProps & { autocomplete: 'current-password' | 'new-password' }) {
  const id = useId()
  const [isShown, setShown] = useState(false)
  const type = isShown ? 'text' : 'password'
  const attributes: object = { id, name, type, required: true, autocomplete, ...described(id, fault, note) }
  return (
    <Labelled {...{ id, label, fault, note }}>
      <input {...attributes} />
      <span class="field-end">
        <IconButton
          icon="eye"
          label={isShown ? 'Hide the password' : 'Show the password'}
          onPress={() => setShown(!isShown)}
        />
      </span>
    </Labelled>
  )
}

/** A password that is set; `more` is said below it, besides the rules. */
export const NewPasswordField = ({
  label = 'New password',
  fault,
  more = '',
}: Partial<Pick<FieldProps, 'label' | 'fault'>> & { more?: string }) => (
  <PasswordField
    label={label}
    name="password"
    autocomplete="new-password"
    fault={fault}
    note={`At least 8 characters, and not a common password. ${more}`.trim()}
  />
)

/** The browser's own select, with a label. */
export function SelectField<Value extends string>({
  label,
  name,
  fault,
  note,
  value,
  options,
  onChange,
}: FieldProps & {
  value: Value
  options: readonly (readonly [value: Value, words: string])[]
  onChange?: (value: Value) => unknown
}) {
  const id = useId()
  return (
    <Labelled {...{ id, label, fault, note }}>
      <select
        id={id}
        name={name}
        value={value}
        onChange={(event) => onChange?.(event.currentTarget.value as Value)}
        {...described(id, fault, note)}
      >
        {options.map(([option, words]) => (
          <option key={option} value={option} selected={option === value}>
            {words}
          </option>
        ))}
      </select>
    </Labelled>
  )
}
