import { arrival } from '../../data/arrival.ts'
import { type Arrival, type Phase, phaseOf } from '../../data/phase.ts'
import { useSeen } from '../../data/use.ts'
import { ButtonLink, Spinner } from '../../kit/button.tsx'
import { useEvery } from '../../kit/every.ts'
import { Picture } from '../../kit/picture.tsx'
import { Screen } from '../../kit/screen.tsx'
import { Seen } from '../../kit/seen.tsx'
import { go, to } from '../../router.ts'
import { Journey } from './journey.tsx'
import { Trouble } from './trouble.tsx'

/** Waits for the first picture of an added camera and says what may delay it. The user can leave and come back. */
export function Arriving({ id }: { id: string }) {
  const known = arrival(id)
  const seen = useSeen(known)
  const isHere = 'value' in seen && phaseOf(seen.value) === 'here'
  useEvery(3_000, () => isHere || known.refresh())
  return (
    <Screen title="Add a camera" isNarrow onBack={() => go('/', { replace: true })}>
      <Seen seen={seen} onRetry={known.refresh}>
        {(value) => {
          const phase = phaseOf(value)
          return phase === 'here' ? <Here {...value} /> : <Awaited {...value} phase={phase} />
        }}
      </Seen>
    </Screen>
  )
}

const Here = ({ camera, picture }: Arrival) => (
  <Journey {...journeyOf(camera)} at="rule" picture="The first picture is here">
    <Picture url={picture} label={`The first picture of ${camera.location}`} />
    <p>Say in plain words what you want to know about. Until then you get no notifications.</p>
    <ButtonLink href={to(`/cameras/${camera.public_camera_id}/rules/new`)}>Write its first rule</ButtonLink>
    <ButtonLink look="plain" href={to(`/cameras/${camera.public_camera_id}`)}>
      Later
    </ButtonLink>
  </Journey>
)

function Awaited({ camera, phase }: Arrival & { phase: Exclude<Phase, 'here'> }) {
  const isWaiting = phase !== 'revoked' && phase !== 'nothing'
  return (
    <Journey {...journeyOf(camera)} at="picture">
      {isWaiting && (
        <p class="waiting" role="status">
          <Spinner />{' '}
          <span>
            {phase === 'heard'
              ? 'The camera is online. Waiting for its picture …'
              : 'Waiting for the camera …'}
          </span>
        </p>
      )}
      <Trouble phase={phase} />
      {isWaiting ? (
        <ButtonLink look="tinted" href={to('/')}>
          Leave and come back later
        </ButtonLink>
      ) : (
        <ButtonLink look="tinted" href={to(`/cameras/${camera.public_camera_id}/settings`)}>
          Camera settings
        </ButtonLink>
      )}
    </Journey>
  )
}

const journeyOf = ({ location }: Arrival['camera']) => ({
  place: `Location: ${location}`,
  found: 'Camera added',
})
