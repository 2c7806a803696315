import { beside, event as eventOf } from '../data/events.ts'
import { unseen } from '../data/notifications.ts'
import { useMarkSeen, useSeen } from '../data/use.ts'
import { Beside } from '../kit/beside.tsx'
import { ButtonLink } from '../kit/button.tsx'
import { Screen } from '../kit/screen.tsx'
import { Empty, Seen } from '../kit/seen.tsx'
import { back, to } from '../router.ts'
import { EventBody } from './event-body.tsx'
import { sorted } from './reasons.ts'

/** One picture, opened from a camera's list. */
export function EventScreen({ id }: { id: string }) {
  const of = eventOf(id)
  const seen = useSeen(of)
  const news = useSeen(unseen())
  const told = 'value' in news ? news.value.told.filter((one) => one.public_event_ids.includes(id)) : []
  useMarkSeen(told)
  const event = 'value' in seen ? seen.value : null
  const names =
    event &&
    sorted(event)
      .told.map((said) => said.rule_nickname)
      .join(', ')
  const title = names || 'Picture'
  const fallback = event?.public_camera_id ? `/cameras/${event.public_camera_id}` : '/timeline'
  return (
    <Screen title={title} onBack={() => back(fallback)}>
      <Seen seen={seen} onRetry={of.refresh} shapes={[2, 14]}>
        {(event) =>
          event === null ? (
            <Gone />
          ) : (
            <>
              <EventBody event={event} title={title} place="Unknown camera" />
              <BesideEvent event={event} />
            </>
          )
        }
      </Seen>
    </Screen>
  )
}

function BesideEvent({ event }: { event: Parameters<typeof beside>[0] }) {
  const seen = useSeen(beside(event))
  if (!('value' in seen)) return null
  const { newer, older } = seen.value
  return (
    <Beside
      newer={newer ? to(`/events/${newer}`) : undefined}
      older={older ? to(`/events/${older}`) : undefined}
    />
  )
}

/** Shown for something that was deleted or has expired. */
export const Gone = () => (
  <Empty
    icon="photo"
    title="No longer available"
    action={<ButtonLink href={to('/timeline')}>Go to the timeline</ButtonLink>}
  >
    It was deleted, or it was too old to keep.
  </Empty>
)
