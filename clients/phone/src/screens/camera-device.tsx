import type { Camera, Device } from '@scout/client'
import { device, revokeDevice } from '../data/cameras.ts'
import { useSeen } from '../data/use.ts'
import { ButtonRow, LinkRow, Row, Rows } from '../kit/rows.tsx'
import { Seen } from '../kit/seen.tsx'
import { Tag } from '../kit/tag.tsx'
import { ago, day } from '../kit/time.ts'
import { to } from '../router.ts'

const REVOKING =
  'If the camera was stolen or sold, revoke its access. Its next request is refused. Its rules and pictures stay.'

const NEW_ONE = 'A camera that you pair is added as a new one. You can delete this one then.'

/** The device that is paired with a camera, and the button that revokes it. */
export function CameraDevice({ camera }: { camera: Camera }) {
  const { public_camera_id: id } = camera
  const hanging = device(id)
  return (
    <Seen seen={useSeen(hanging)} onRetry={hanging.refresh} shapes={[1, 12]}>
      {(now) => {
        const isPaired = now !== null && now.revoked_at === undefined
        return (
          <>
            <Rows
              title="Paired device"
              note={
                isPaired
                  ? undefined
                  : `${now ? '' : 'No device is paired, so there are no new pictures. '}${NEW_ONE}`
              }
            >
              {now && <Facts device={now} />}
              {!isPaired && <LinkRow icon="scan" label="Pair a camera" href={to('/cameras/add')} />}
            </Rows>
            {isPaired && (
              <Rows note={REVOKING}>
                <ButtonRow
                  label="Revoke access"
                  icon="lock"
                  tone="danger"
                  onPress={() => revokeDevice(id, now)}
                />
              </Rows>
            )}
          </>
        )
      }}
    </Seen>
  )
}

function Facts({ device }: { device: Device }) {
  const state = device.is_online ? <Tag tone="good">Online</Tag> : <Tag tone="danger">Offline</Tag>
  return (
    <>
      <Row
        label="State"
        value={device.revoked_at === undefined ? state : <Tag tone="warn">Access revoked</Tag>}
      />
      {device.model && <Row label="Model" value={device.model} />}
      {device.version && <Row label="Version" value={device.version} />}
      {device.device_id && <Row label="Serial number" value={device.device_id} />}
      {device.last_seen_at && <Row label="Last seen" value={ago(device.last_seen_at)} />}
      {device.claimed_at && <Row label="Paired" value={day(device.claimed_at)} />}
    </>
  )
}
