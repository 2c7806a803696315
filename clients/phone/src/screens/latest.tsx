import type { Event } from '@scout/client'
import { cameraEvents } from '../data/events.ts'
import { useSeen } from '../data/use.ts'
import { Picture } from '../kit/picture.tsx'
import { Empty, Seen } from '../kit/seen.tsx'
import { ago } from '../kit/time.ts'
import { to } from '../router.ts'

/** The newest pictures of a camera, in a strip. */
export function Latest({ camera, name }: { camera: string; name: string }) {
  const events = cameraEvents(camera)
  return (
    <section class="latest" aria-labelledby="latest">
      <header>
        <h2 id="latest">Latest</h2>
        <a href={to(`/timeline?camera=${camera}`)} aria-label={`All pictures of ${name}`}>
          All
        </a>
      </header>
      <Seen seen={useSeen(events)} onRetry={events.refresh} shapes={[1, 7]} empty={NONE}>
        {(list) => (
          <ul class="strip">
            {list.map((event) => (
              <li key={event.public_event_id}>
                <Thumbnail event={event} />
              </li>
            ))}
          </ul>
        )}
      </Seen>
    </section>
  )
}

const NONE = (
  <div class="card">
    <Empty icon="photo" title="No pictures yet">
      When the camera sees something move, its pictures appear here.
    </Empty>
  </div>
)

const Thumbnail = ({ event }: { event: Event }) => (
  <a href={to(`/events/${event.public_event_id}`)}>
    <Picture url={event.image_url} label={event.caption ?? 'A picture'} ratio="4 / 3" />
    <span class="strip-words">{outcomeOf(event)}</span>
    <span class="muted">{ago(event.captured_at)}</span>
  </a>
)

/** The rules that matched, or why none did. */
function outcomeOf({ state, verdicts }: Event) {
  if (state === 'received' || state === 'judging') return 'Being checked'
  if (state !== 'done') return 'Not checked'
  const matched = verdicts.filter(({ verdict }) => verdict === 'yes')
  return matched.map((one) => one.rule_nickname).join(', ') || 'No match'
}
