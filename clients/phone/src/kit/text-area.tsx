import { useEffect, useId, useRef } from 'preact/hooks'
import { described, type FieldProps, Labelled } from './labelled.tsx'

/** A multi-line text field with a character count. */
export function TextArea({
  label,
  name,
  fault,
  note,
  value,
  max,
  placeholder,
  onInput,
}: FieldProps & { value: string; max: number; placeholder?: string; onInput: (value: string) => void }) {
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  // Grow with the content in browsers without `field-sizing`.
  useEffect(() => {
    const { current } = area
    if (!current || CSS.supports('field-sizing', 'content')) return
    current.style.blockSize = 'auto'
    current.style.blockSize = `${current.scrollHeight}px`
  }, [value])
  return (
    <Labelled {...{ id, label, fault, note }}>
      <textarea
        ref={area}
        id={id}
        name={name}
        value={value}
        maxLength={max}
        placeholder={placeholder}
        rows={3}
        onInput={(event) => onInput(event.currentTarget.value)}
        {...described(id, fault, note)}
      />
      <span class="field-count" aria-hidden="true">
        {value.length}/{max}
      </span>
    </Labelled>
  )
}
