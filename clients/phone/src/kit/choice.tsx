import './choice.css'

/** A choice between a few answers. None is selected at first, and the answer can be changed later. */
export const Choice = <Value extends string>({
  label,
  options,
  value,
  onChoose,
}: {
  /** The question, for screen readers. */
  label: string
  options: readonly (readonly [value: Value, words: string])[]
  value: Value | null
  onChoose: (value: Value) => unknown
}) => (
  <span class="choice" role="group" aria-label={label}>
    {options.map(([option, words]) => (
      <button
        key={option}
        type="button"
        aria-pressed={option === value}
        onClick={() => option !== value && onChoose(option)}
      >
        {words}
      </button>
    ))}
  </span>
)
