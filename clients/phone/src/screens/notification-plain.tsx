import type { ComponentChildren } from 'preact'
import { cameras } from '../data/cameras.ts'
import type { Told } from '../data/timeline.ts'
import { useSeen } from '../data/use.ts'
import { Icon } from '../kit/icon.tsx'
import { ButtonRow, Rows } from '../kit/rows.tsx'
import { EventFacts } from './event-facts.tsx'
import { EventPicture } from './event-picture.tsx'
import { closeSheet, openSheet, showSheet } from './sheets.ts'
import { SnoozeSheet } from './snooze.tsx'
import { evidenceOf, iconOf, titleOf } from './told.ts'
import './event.css'

/** What the user can do about each kind of notification. */
const ADVICE: Partial<Record<Told['kind'], string[]>> = {
  offline: [
    'Is it plugged in, and is its light on?',
    'Does its network work? Try another device next to it.',
    'Unplug it, wait ten seconds, and plug it in again.',
    'You get a notification when it is back. It keeps its pictures until then, if it can.',
  ],
  limited: [
    'Show the camera less: turn it away from a street or from trees in the wind.',
    'Turn off “Armed” on its page while you are at home.',
    'Scout checks pictures again from the next hour, or the next day.',
  ],
  unjudged: [
    'You don’t need to do anything. Scout keeps trying for some hours and notifies you of the result.',
  ],
  text: [
    'Look at the picture: its text may be meant to mislead Scout.',
    'Rules that said no count as not sure.',
  ],
}

/** A notification without verdicts, for example that a camera went offline, and what to do. */
export function PlainBody({ told, children }: { told: Told; children: ComponentChildren }) {
  const all = useSeen(cameras())
  const camera =
    'value' in all ? all.value.find((one) => one.public_camera_id === told.public_camera_id) : undefined
  const advice = ADVICE[told.kind] ?? []
  return (
    <>
      {told.detection_preview_url && (
        <EventPicture
          picture={told.detection_preview_url}
          clip={told.video_clip_url}
          label={`The last picture of ${told.title}`}
          missing="This picture is no longer available."
        />
      )}
      <p class="event-words">
        <Icon name={iconOf(told)} />
        <span>{evidenceOf(told) || titleOf(told)}</span>
      </p>
      <EventFacts at={told.created_at} what="Sent" camera={camera} place={told.title} />
      {advice.length > 0 && (
        <section class="rows" aria-label="What to do">
          <h2>What to do</h2>
          <ul class="card advice">
            {advice.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </section>
      )}
      <Rows>
        {camera && (
          <ButtonRow icon="quiet" label={`Snooze ${camera.location}`} onPress={() => showSheet('snooze')} />
        )}
        {children}
      </Rows>
      {camera && openSheet() === 'snooze' && <SnoozeSheet camera={camera} onClose={closeSheet} />}
    </>
  )
}
