import { Icon } from '../../kit/icon.tsx'
import { Sheet } from '../../kit/sheet.tsx'
import { HowTo } from '../../kit/how-to.tsx'
import { to } from '../../router.ts'

/** How to get notifications on an iPhone or iPad: only an app on the Home Screen may show them. */
export const InstallSheet = ({ onClose }: { onClose: () => void }) => (
  <Sheet title="Add Scout to the Home Screen" onClose={onClose}>
    <HowTo
      steps={[
        [
          <Icon name="share" />,
          <>
            Tap <b>Share</b> in the browser’s toolbar. In some browsers it is behind <b>⋯</b>.
          </>,
        ],
        [
          <Icon name="add-box" />,
          <>
            Choose <b>Add to Home Screen</b>, further down, and tap <b>Add</b>.
          </>,
        ],
        [
          <img src={to('/icons/apple-touch-180.png')} alt="" />,
          <>
            Open <b>Scout</b> from the Home Screen, sign in, and turn on notifications in Settings.
          </>,
        ],
      ]}
    />
  </Sheet>
)
