import './banner.css'

/** A message with an action, on top of every screen. */
export const Banner = ({
  words,
  action,
  onPress,
}: {
  words: string
  action: string
  onPress: () => unknown
}) => (
  <div class="banner" role="status">
    <span>{words}</span>
    <button type="button" onClick={onPress}>
      {action}
    </button>
  </div>
)
