import type { Camera } from '@scout/client'
import { camera, changeCamera } from '../data/cameras.ts'
import { useSeen } from '../data/use.ts'
import { ButtonLink, IconButton } from '../kit/button.tsx'
import { Picture } from '../kit/picture.tsx'
import { Pull } from '../kit/pull.tsx'
import { LinkRow, Row, Rows, SwitchRow } from '../kit/rows.tsx'
import { Screen } from '../kit/screen.tsx'
import { Empty, Seen } from '../kit/seen.tsx'
import { ago, isAhead, until } from '../kit/time.ts'
import { address, back, to } from '../router.ts'
import { CameraRules } from './camera-rules.tsx'
import { CameraTags, isOffline } from './home.tsx'
import { Latest } from './latest.tsx'
import { SnoozeSheet } from './snooze.tsx'
import './camera.css'

/** A camera: its last picture, its switches and its rules. */
export function CameraScreen({ id }: { id: string }) {
  const one = camera(id)
  const seen = useSeen(one)
  const path = `/cameras/${id}`
  return (
    <Screen
      title={'value' in seen ? seen.value.location : 'Camera'}
      onBack={() => back('/')}
      actions={<IconButton icon="settings" label="Camera settings" href={to(`${path}/settings`)} />}
    >
      <Pull onPull={one.refresh}>
        <Seen seen={seen} onRetry={one.refresh} shapes={[2, 14]}>
          {(now) => (
            <div class="camera">
              <LastPicture camera={now} />
              {isUnpaired(now) ? <Unpaired /> : <Standing camera={now} />}
              <CameraRules camera={id} />
              <Latest camera={id} name={now.location} />
              {address.value.search.get('sheet') === 'snooze' && (
                <SnoozeSheet camera={now} onClose={() => back(path)} />
              )}
            </div>
          )}
        </Seen>
      </Pull>
    </Screen>
  )
}

/** No device has ever sent anything for this camera. */
const isUnpaired = (camera: Camera) => camera.last_seen_at === null && camera.preview_updated_at === null

const LastPicture = ({ camera }: { camera: Camera }) => (
  <section class="last-picture" aria-label="Last picture">
    <Picture
      url={camera.camera_preview_url}
      label={`The last picture of ${camera.location}`}
      ratio="4 / 3"
      icon="camera"
      words={camera.preview_updated_at ? 'The picture could not be loaded' : 'No picture yet'}
    />
    <p class="last-picture-words">
      {camera.preview_updated_at && <span class="muted">{ago(camera.preview_updated_at)}</span>}
      <CameraTags camera={camera} />
    </p>
  </section>
)

const Unpaired = () => (
  <div class="card">
    <Empty
      icon="scan"
      title="No camera paired yet"
      action={<ButtonLink href={to('/cameras/add')}>Pair a camera</ButtonLink>}
    >
      A camera that you pair is added as a new one. You can delete this one then.
    </Empty>
  </div>
)

function Standing({ camera }: { camera: Camera }) {
  const { public_camera_id: id, location, is_armed, snoozed_until } = camera
  const arm = (isArmed: boolean) =>
    changeCamera(
      id,
      { is_armed: isArmed },
      {
        words: isArmed ? `${location} is armed.` : `${location} is disarmed.`,
        back: { is_armed: !isArmed },
      },
    )
  return (
    <Rows>
      {isOffline(camera) && (
        <Row
          icon="offline"
          label="Offline"
          detail={`Last seen ${ago(camera.last_seen_at!)}. Check its power and network. It reconnects by itself.`}
        />
      )}
      <SwitchRow
        icon="shield"
        label="Armed"
        detail={
          is_armed
            ? 'New pictures are checked against your rules.'
            : 'Pictures are not checked, and you get no notifications.'
        }
        isOn={is_armed}
        onChange={arm}
      />
      <LinkRow
        icon="quiet"
        label="Snooze"
        value={isAhead(snoozed_until) ? `until ${until(snoozed_until)}` : 'Off'}
        href={to(`/cameras/${id}?sheet=snooze`)}
      />
    </Rows>
  )
}
