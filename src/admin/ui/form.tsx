import type { Child } from 'hono/jsx'
import { type FieldFaults, HAS, type Typed } from '../entries.ts'
import type { Field } from '../fields.ts'
import type { Model, Section } from '../model.ts'
import type { Choice, Choices } from '../record.ts'
import { Token } from './page.tsx'
import { Value } from './words.tsx'

export type FormProps = {
  model: Model
  sections: Section[]
  csrf: string
  typed: Typed
  faults?: FieldFaults
  /** A fault of the whole form. */
  error?: string | undefined
  note?: Child
  choices: Choices
  labels?: Record<string, string | null>
  locks?: Record<string, boolean>
  isReadOnly?: boolean
  /** Values that come back with the form. */
  hidden?: Record<string, string>
  buttons: Child
}

/** The fields of a row, or of a new one. */
export function RowForm(props: FormProps) {
  const { sections, csrf, faults = {}, error, note, hidden = {}, buttons } = props
  const count = Object.keys(faults).length
  const summary = error ?? (count > 0 && `Please correct the error${count === 1 ? '' : 's'} below.`)
  return (
    <form method="post" id="row" data-unsaved={note || summary ? 'yes' : 'no'} novalidate>
      <Token csrf={csrf} />
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {summary && (
        <p class="note error" role="alert">
          {summary}
        </p>
      )}
      {note && (
        <p class="note warning" role="status">
          {note}
        </p>
      )}
      {sections.map((section) => (
        <fieldset class="card">
          {section.title ? (
            <legend>{section.title}</legend>
          ) : (
            <legend class="visually-hidden">{props.model.title}</legend>
          )}
          {section.help && <p class="help">{section.help}</p>}
          {Object.entries(section.fields).map(([name, field]) => (
            <Line {...props} name={name} field={field} />
          ))}
        </fieldset>
      ))}
      <div class="actions">{buttons}</div>
    </form>
  )
}

type LineProps = FormProps & { name: string; field: Field }

function Line(props: LineProps) {
  const { name, field, typed, locks = {}, isReadOnly = false, labels = {}, choices, faults = {} } = props
  const errors = faults[name] ?? []
  if (field.kind === 'shown' || isReadOnly || locks[name])
    return (
      <div class="line">
        <span class="label">{field.label}:</span>
        <div class="readonly">
          <ReadOnly field={field} value={typed[name]} label={labels[name]} choices={choices[name]} />
        </div>
      </div>
    )
  if (field.kind === 'password') return <Passwords {...props} errors={errors} />
  if (field.kind === 'flag')
    return (
      <div class={errors.length > 0 ? 'line tick wrong' : 'line tick'}>
        <input type="hidden" name={HAS} value={name} />
        <input
          type="checkbox"
          id={`id_${name}`}
          name={name}
          checked={typed[name] === true}
          {...describedBy(name, field, errors)}
        />
        <div>
          <label for={`id_${name}`}>{field.label}</label>
          <Around name={name} field={field} errors={errors} />
        </div>
      </div>
    )
  return (
    <div class={errors.length > 0 ? 'line wrong' : 'line'}>
      <label for={`id_${name}`} class={isRequired(field) ? 'required' : ''}>
        {field.label}:
      </label>
      <div>
        <Errors name={name} errors={errors} />
        <Input {...props} errors={errors} />
        <Around name={name} field={field} errors={[]} />
      </div>
    </div>
  )
}

const isRequired = (field: Field) => field.kind === 'reference' || (field.kind === 'text' && field.isRequired)

const Errors = ({ name, errors }: { name: string; errors: string[] }) => (
  <>
    {errors.length > 0 && (
      <ul class="errors" id={`id_${name}_error`}>
        {errors.map((words) => (
          <li>{words}</li>
        ))}
      </ul>
    )}
  </>
)

const Around = ({ name, field, errors }: { name: string; field: Field; errors: string[] }) => (
  <>
    <Errors name={name} errors={errors} />
    {helpOf(field) && (
      <p class="help" id={`id_${name}_helptext`}>
        {helpOf(field)}
      </p>
    )}
  </>
)

const MANY_HELP = 'Hold down “Control”, or “Command” on a Mac, to select more than one.'
const helpOf = (field: Field) => [field.help, field.kind === 'many' && MANY_HELP].filter(Boolean).join(' ')

function describedBy(name: string, field: Field, errors: string[]) {
  const ids = [errors.length > 0 && `id_${name}_error`, helpOf(field) && `id_${name}_helptext`].filter(
    Boolean,
  )
  return {
    ...(ids.length > 0 && { 'aria-describedby': ids.join(' ') }),
    ...(errors.length > 0 && { 'aria-invalid': 'true' as const }),
  }
}

function Input({ name, field, typed, choices, labels = {}, errors }: LineProps & { errors: string[] }) {
  const value = typed[name]
  const common = { id: `id_${name}`, name, ...describedBy(name, field, errors) }
  if (field.kind === 'many') {
    const chosen = Array.isArray(value) ? value : []
    return (
      <>
        <input type="hidden" name={HAS} value={name} />
        <select {...common} multiple size={10} class="picker" data-plural={field.plural}>
          {(choices[name] ?? []).map(({ id, label }) => (
            <option value={id} selected={chosen.includes(id)}>
              {label}
            </option>
          ))}
        </select>
      </>
    )
  }
  const text = typeof value === 'string' ? value : ''
  if (field.kind === 'reference')
    return (
      <div class="reference">
        <input {...common} value={text} required autocomplete="off" data-model={field.model} />
        {labels[name] && <strong>{labels[name]}</strong>}
      </div>
    )
  if (field.kind !== 'text') return null
  // A one-line input would silently drop line breaks.
  if (field.rows || text.includes('\n'))
    return (
      <textarea {...common} rows={field.rows ?? 2} maxlength={field.max} required={field.isRequired ?? false}>
        {text}
      </textarea>
    )
  return (
    <input
      {...common}
      type={field.type ?? 'text'}
      value={text}
      {...(Number.isFinite(field.max) && { maxlength: field.max })}
      required={field.isRequired ?? false}
      autocomplete="off"
    />
  )
}

const Passwords = ({ name, field, errors }: LineProps & { errors: string[] }) => (
  <>
    {(['1', '2'] as const).map((number) => (
      <div class={errors.length > 0 ? 'line wrong' : 'line'}>
        <label for={`id_${name}${number}`} class="required">
          {number === '1' ? field.label : `${field.label} confirmation`}:
        </label>
        <div>
          {number === '1' && <Errors name={name} errors={errors} />}
          <input
            type="password"
            id={`id_${name}${number}`}
            name={`${name}${number}`}
            required
            autocomplete="new-password"
            {...(errors.length > 0 && { 'aria-invalid': 'true', 'aria-describedby': `id_${name}_error` })}
          />
          {number === '2' && <p class="help">Enter the same password as before, for verification.</p>}
          {number === '1' && <PasswordHelp />}
        </div>
      </div>
    ))}
  </>
)

export const PasswordHelp = () => (
  <ul class="help">
    <li>Your password can’t be too similar to your other personal information.</li>
    <li>Your password must contain at least 8 characters.</li>
    <li>Your password can’t be a commonly used password.</li>
    <li>Your password can’t be entirely numeric.</li>
  </ul>
)

type ReadOnlyProps = {
  field: Field
  value: Typed[string] | undefined
  label: string | null | undefined
  choices: Choice[] | undefined
}

function ReadOnly({ field, value, label, choices = [] }: ReadOnlyProps) {
  if (field.kind === 'flag') return <Value of={value === true} as="flag" />
  if (field.kind === 'many') {
    const chosen = choices.filter(({ id }) => Array.isArray(value) && value.includes(id))
    if (chosen.length === 0) return <Value of={null} />
    return (
      <ul>
        {chosen.map(({ label }) => (
          <li>{label}</li>
        ))}
      </ul>
    )
  }
  if (field.kind === 'reference')
    return <Value of={label ? `${String(value)} (${label})` : (value as string)} />
  if (field.kind === 'shown' && field.says && typeof value === 'string')
    return <Value of={field.says(String(value))} />
  return <Value of={value as string} as={field.kind === 'shown' ? field.as : 'text'} />
}

type Buttons = { canAdd: boolean; deleteHref: string | null; back: string; isReadOnly: boolean }

/** The buttons under a row, in Django's order. */
export const SaveButtons = ({ canAdd, deleteHref, back, isReadOnly }: Buttons) => (
  <>
    {!isReadOnly && (
      <>
        <button name="_save">Save</button>
        {canAdd && (
          <button class="quiet" name="_addanother">
            Save and add another
          </button>
        )}
        <button class="quiet" name="_continue">
          Save and continue editing
        </button>
      </>
    )}
    {isReadOnly && (
      <a class="button" href={back}>
        Close
      </a>
    )}
    {deleteHref && (
      <a class="button danger" href={deleteHref}>
        Delete
      </a>
    )}
  </>
)
