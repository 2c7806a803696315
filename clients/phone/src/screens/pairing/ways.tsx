import { LinkRow, Rows } from '../../kit/rows.tsx'
import { Screen } from '../../kit/screen.tsx'
import { back, to } from '../../router.ts'
import { PhotoRow } from './photo.tsx'

/** The ways to add a camera. */
export const Ways = ({ onToken }: { onToken: (token: string) => void }) => (
  <Screen title="Add a camera" isNarrow onBack={() => back('/')}>
    <Rows title="Camera with a sticker" note="The sticker with the QR code is on the camera or in its box.">
      <LinkRow icon="scan" label="Scan the sticker" href={to('/cameras/add?by=scan')} />
      <LinkRow icon="keyboard" label="Type the code" href={to('/cameras/add?by=code')} />
      <PhotoRow onToken={onToken} />
    </Rows>
    <Rows title="Camera without a sticker">
      <LinkRow
        icon="wrench"
        label="A camera I built"
        detail="A Raspberry Pi, an old PC, or any camera on your network"
        href={to('/cameras/add?by=built')}
      />
    </Rows>
  </Screen>
)
