import type { Camera } from '@scout/client'
import { LinkRow, Row, Rows } from '../kit/rows.tsx'
import { ago, clockWithSeconds, day, isAhead, until } from '../kit/time.ts'
import { to } from '../router.ts'

type Facts = {
  at: string
  /** "Taken" or "Sent". */
  what: string
  /** Undefined if the camera is gone or unknown. */
  camera: Camera | undefined
  /** The camera's name at that time. */
  place: string
}

/** The time and the camera of a picture. */
export const EventFacts = ({ at, what, camera, place }: Facts) => (
  <Rows>
    <Row icon="clock" label={`${day(at)}, ${clockWithSeconds(at)}`} detail={`${what} ${ago(at)}`} />
    {camera ? (
      <LinkRow
        icon="camera"
        label={camera.location}
        href={to(`/cameras/${camera.public_camera_id}`)}
        {...(isAhead(camera.snoozed_until) && { detail: `Snoozed until ${until(camera.snoozed_until)}` })}
      />
    ) : (
      <Row icon="camera" label={place} detail="This camera was deleted or is no longer yours." />
    )}
  </Rows>
)
