import type { Event } from '@scout/client'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { cameras } from '../data/cameras.ts'
import { event as eventOf } from '../data/events.ts'
import { serviceUrl } from '../data/session.ts'
import { share } from '../data/share.ts'
import { useSeen } from '../data/use.ts'
import { Spinner } from '../kit/button.tsx'
import { ButtonRow, Rows } from '../kit/rows.tsx'
import { day, clock } from '../kit/time.ts'
import { EventFacts } from './event-facts.tsx'
import { EventPicture } from './event-picture.tsx'
import { stateOf } from './reasons.ts'
import { closeSheet, openSheet, showSheet } from './sheets.ts'
import { SnoozeSheet } from './snooze.tsx'
import { Why } from './why.tsx'
import './event.css'

const JUDGED_IN_MS = 3_000

type Body = {
  event: Event
  /** The names of the rules that matched. */
  title: string
  /** The camera's name at that time, if the camera is gone. */
  place: string
  /** Further rows of actions. */
  children?: ComponentChildren
}

/** A picture with its facts, verdicts and actions. */
export function EventBody({ event, title, place, children }: Body) {
  const all = useSeen(cameras())
  const camera =
    'value' in all ? all.value.find((one) => one.public_camera_id === event.public_camera_id) : undefined
  const isOpen = event.state === 'received' || event.state === 'judging'
  useEffect(() => {
    if (!isOpen) return
    const timer = setInterval(() => void eventOf(event.public_event_id).refresh(), JUDGED_IN_MS)
    return () => clearInterval(timer)
  }, [isOpen, event.public_event_id])
  const label = event.caption ?? `${title}, ${day(event.captured_at)}, ${clock(event.captured_at)}`
  const state = stateOf(event)
  // A rule's evidence may repeat the caption.
  const caption = event.verdicts.some(({ evidence }) => evidence === event.caption) ? null : event.caption
  return (
    <>
      <EventPicture
        picture={event.image_url}
        clip={event.clip_url}
        label={label}
        labels={event.labels}
        missing={camera ? 'This picture is no longer available.' : 'The picture was deleted with its camera.'}
      />
      {caption && <p class="event-words">{caption}</p>}
      {state && (
        <div class="event-state card" role="status">
          {isOpen && <Spinner />}
          <span>
            <strong>{state.title}</strong>
            <br />
            {state.words}
          </span>
        </div>
      )}
      <EventFacts at={event.captured_at} what="Taken" camera={camera} place={place} />
      <Why event={event} canEdit={camera !== undefined} />
      <Rows>
        {camera && (
          <ButtonRow icon="quiet" label={`Snooze ${camera.location}`} onPress={() => showSheet('snooze')} />
        )}
        <ButtonRow
          icon="share"
          label="Share the picture"
          onPress={() =>
            share({
              title,
              text: [
                camera?.location ?? place,
                `${day(event.captured_at)}, ${clock(event.captured_at)}`,
              ].join(', '),
              url: event.image_url,
              // The address of the iPhone app itself works for nobody else.
              link: new URL(`/app/events/${event.public_event_id}`, serviceUrl).href,
            })
          }
        />
        {children}
      </Rows>
      {camera && openSheet() === 'snooze' && <SnoozeSheet camera={camera} onClose={closeSheet} />}
    </>
  )
}
