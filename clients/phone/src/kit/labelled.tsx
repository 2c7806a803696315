import type { ComponentChildren } from 'preact'
import './field.css'

export type FieldProps = {
  label: string
  /** Its name in the form data. */
  name: string
  /** The error message; empty or undefined if the value is valid. */
  fault?: string | undefined
  note?: ComponentChildren
}
/** A label, its field, and the field's error and note. */
export function Labelled({
  id,
  label,
  fault,
  note,
  children,
}: {
  id: string
  label: string
  fault: string | undefined
  note: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <div class="field" data-wrong={fault ? true : undefined}>
      <label for={id}>{label}</label>
      <div class="field-line">{children}</div>
      {fault && (
        <p id={`${id}-fault`} class="field-fault">
          {fault}
        </p>
      )}
      {note && (
        <p id={`${id}-note`} class="note">
          {note}
        </p>
      )}
    </div>
  )
}

/** The ARIA attributes that link a field to its error and note. */
export const described = (id: string, fault: string | undefined, note: ComponentChildren) => ({
  'aria-invalid': Boolean(fault),
  'aria-describedby': [fault && `${id}-fault`, note && `${id}-note`].filter(Boolean).join(' ') || undefined,
})
