import type { ComponentChildren } from 'preact'
import { event as eventOf, eventsOf } from '../data/events.ts'
import { asShown } from '../data/marks.ts'
import { clear, notification, timeline } from '../data/notifications.ts'
import { filtersIn, idOf, queryOf, type Told } from '../data/timeline.ts'
import { useMarkSeen, useSeen } from '../data/use.ts'
import { Beside } from '../kit/beside.tsx'
import { Picture } from '../kit/picture.tsx'
import { ButtonRow } from '../kit/rows.tsx'
import { Screen } from '../kit/screen.tsx'
import { Seen } from '../kit/seen.tsx'
import { clock } from '../kit/time.ts'
import { address, back, to } from '../router.ts'
import { Gone } from './event.tsx'
import { EventBody } from './event-body.tsx'
import { PlainBody } from './notification-plain.tsx'
import { titleOf } from './told.ts'

const MOST_OTHERS = 12

/** One notification, which a push opens: its picture and verdicts, or the state of a camera. */
export function NotificationScreen({ id }: { id: string }) {
  const of = notification(id)
  const seen = useSeen(of)
  const query = queryOf(filtersIn(address.value.search))
  const told = 'value' in seen ? seen.value : null
  // A picture that joins the notification makes it unseen again; the open screen marks it as seen.
  useMarkSeen(told ? [told] : [])
  const leave = () => back(`/timeline${query}`)
  return (
    <Screen title={told ? titleOf(told) : 'Notification'} onBack={leave}>
      <Seen seen={seen} onRetry={of.refresh} shapes={[2, 14]}>
        {(told) => (told === null ? <Gone /> : <Body told={told} query={query} onLeave={leave} />)}
      </Seen>
    </Screen>
  )
}

function Body({ told, query, onLeave }: { told: Told; query: string; onLeave: () => void }) {
  const remove = (
    <ButtonRow
      icon="trash"
      label="Delete this notification"
      tone="danger"
      onPress={() => {
        clear(told)
        onLeave()
      }}
    />
  )
  return (
    <>
      {told.public_event_id === null ? (
        <PlainBody told={told}>{remove}</PlainBody>
      ) : (
        <OfEvent told={told} id={told.public_event_id}>
          {remove}
        </OfEvent>
      )}
      <BesideTold id={idOf(told)} query={query} />
    </>
  )
}

function OfEvent({ told, id, children }: { told: Told; id: string; children: ComponentChildren }) {
  const of = eventOf(id)
  const others = told.public_event_ids.filter((other) => other !== id)
  return (
    <Seen seen={useSeen(of)} onRetry={of.refresh} shapes={[2, 14]}>
      {(event) =>
        event === null ? (
          <PlainBody told={told}>{children}</PlainBody>
        ) : (
          <>
            <EventBody event={event} title={titleOf(told)} place={told.title}>
              {children}
            </EventBody>
            {others.length > 0 && <Others ids={others.slice(-MOST_OTHERS).toReversed()} count={told.count} />}
          </>
        )
      }
    </Seen>
  )
}

/** The other pictures of this notification. */
function Others({ ids, count }: { ids: string[]; count: number }) {
  const of = eventsOf(ids)
  const title = `One of ${count} pictures`
  return (
    <section class="rows" aria-label={title}>
      <h2>{title}</h2>
      <Seen seen={useSeen(of)} onRetry={of.refresh} shapes={[1, 7]}>
        {(events) => (
          <ul class="others">
            {events.map((event) => (
              <li key={event.public_event_id}>
                <a href={to(`/events/${event.public_event_id}`)}>
                  <Picture url={event.image_url} label={event.caption ?? 'A picture'} ratio="4 / 3" />
                  <span class="muted">{clock(event.captured_at)}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </Seen>
    </section>
  )
}

/** Links to the notifications before and after this one in the list that led here. */
function BesideTold({ id, query }: { id: string; query: string }) {
  const seen = useSeen(timeline(filtersIn(new URLSearchParams(query))))
  const list = 'value' in seen ? asShown(seen.value.told) : []
  const at = list.findIndex((one) => idOf(one) === id)
  const hrefOf = (one: Told | undefined) => one && to(`/notifications/${idOf(one)}${query}`)
  return at < 0 ? null : <Beside newer={hrefOf(list[at - 1])} older={hrefOf(list[at + 1])} />
}
