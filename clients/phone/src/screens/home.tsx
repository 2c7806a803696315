import type { Camera } from '@scout/client'
import { cameras } from '../data/cameras.ts'
import { useSeen } from '../data/use.ts'
import { ButtonLink, IconButton } from '../kit/button.tsx'
import { Picture } from '../kit/picture.tsx'
import { Pull } from '../kit/pull.tsx'
import { Screen } from '../kit/screen.tsx'
import { Empty, Seen } from '../kit/seen.tsx'
import { Tag } from '../kit/tag.tsx'
import { age, isAhead, span } from '../kit/time.ts'
import { to } from '../router.ts'
import { FirstRun } from './first-run.tsx'
import './home.css'

/** All cameras, each with its last picture. */
export function Home() {
  const all = cameras()
  const seen = useSeen(all)
  return (
    <Screen
      title="Cameras"
      actions={<IconButton icon="add" label="Add a camera" href={to('/cameras/add')} />}
    >
      <Pull onPull={all.refresh}>
        <Seen seen={seen} onRetry={all.refresh} shapes={[2, 15]} empty={NONE}>
          {(list) => (
            <div class="home">
              <ul class="cameras">
                {list.map((camera) => (
                  <li key={camera.public_camera_id}>
                    <CameraCard camera={camera} />
                  </li>
                ))}
              </ul>
              {/* Below the cameras, which it would move from under a finger: it comes later. */}
              <FirstRun cameras={list} />
            </div>
          )}
        </Seen>
      </Pull>
    </Screen>
  )
}

const NONE = (
  <Empty
    icon="camera"
    title="Add your first camera"
    action={<ButtonLink href={to('/cameras/add')}>Add a camera</ButtonLink>}
  >
    Scan the sticker on a camera, or use a Raspberry Pi, an old PC or any camera on your network.
  </Empty>
)

const CameraCard = ({ camera }: { camera: Camera }) => (
  <a class="camera-card" href={to(`/cameras/${camera.public_camera_id}`)}>
    <Picture
      url={camera.camera_preview_url}
      label={`The last picture of ${camera.location}`}
      icon="camera"
      words={camera.last_seen_at ? 'No picture yet' : 'Not paired yet'}
    />
    <span class="camera-card-words">
      <span class="camera-card-name">{camera.location}</span>
      <span class="muted">
        {camera.preview_updated_at ? `${span(age(camera.preview_updated_at))} ago` : 'No picture yet'}
      </span>
    </span>
    <CameraTags camera={camera} />
  </a>
)

/** The state of a camera as tags. Their times need no format, which a slow phone would have to make first. */
export const CameraTags = ({ camera }: { camera: Camera }) => (
  <span class="tags">
    {isOffline(camera) && <Tag tone="danger">{`Offline for ${span(age(camera.last_seen_at!))}`}</Tag>}
    {isAhead(camera.snoozed_until) && (
      <Tag tone="warn">{`Snoozed, ${span(-age(camera.snoozed_until))} left`}</Tag>
    )}
    <Tag tone={camera.is_armed ? 'good' : 'plain'}>{camera.is_armed ? 'Armed' : 'Disarmed'}</Tag>
  </span>
)

/** A camera that was never online is not offline: no device is paired yet. */
export const isOffline = (camera: Camera) => !camera.is_online && camera.last_seen_at !== null
