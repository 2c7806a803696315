import './row-action.css'

/** A text button at the end of a row; `label` is its accessible name. */
export const RowAction = ({
  words,
  label,
  tone = 'tint',
  onPress,
}: {
  words: string
  label: string
  tone?: 'danger' | 'tint'
  onPress: () => unknown
}) => (
  <button class="row-action" type="button" aria-label={label} data-tone={tone} onClick={onPress}>
    {words}
  </button>
)
