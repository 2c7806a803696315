import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import './row-field.css'

type FieldRowProps = { label: string; detail?: ComponentChildren; value: string }

/** A row with a time of day, as "22:00". `onChange` is called on blur, since a picker wheel passes many values. */
export function TimeRow({
  label,
  detail,
  value,
  onChange,
}: FieldRowProps & { onChange: (value: string) => unknown }) {
  const [draft, setDraft] = useState<string | null>(null)
  return (
    <label class="row row-field">
      <Words {...{ label, detail }} />
      <input
        type="time"
        value={draft ?? value}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
        onBlur={() => {
          setDraft(null)
          // An incomplete time has an empty value.
          if (draft && draft !== value) onChange(draft)
        }}
      />
    </label>
  )
}

/** A row with the browser's own select. */
export const SelectRow = ({
  label,
  detail,
  value,
  options,
  onChange,
}: FieldRowProps & {
  options: readonly (readonly [value: string, words: string])[]
  onChange: (value: string) => unknown
}) => (
  <label class="row row-field">
    <Words {...{ label, detail }} />
    <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      {options.map(([option, words]) => (
        <option key={option} value={option} selected={option === value}>
          {words}
        </option>
      ))}
    </select>
  </label>
)

const Words = ({ label, detail }: { label: string; detail: ComponentChildren }) => (
  <span class="row-text">
    <span class="row-label">{label}</span>
    {detail && <span class="row-detail">{detail}</span>}
  </span>
)
