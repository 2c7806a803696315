import type { Event, Verdict } from '@scout/client'
import { giveFeedback } from '../data/events.ts'
import { Choice } from '../kit/choice.tsx'
import { Tag } from '../kit/tag.tsx'
import { to } from '../router.ts'
import { reasonOf, saidOf, sorted } from './reasons.ts'

/** The verdicts on a picture: why the user was notified, and why the other rules did not match. */
export function Why({ event, canEdit }: { event: Event; canEdit: boolean }) {
  const { told, others } = sorted(event)
  return (
    <>
      {told.length > 0 && <Reasons title="Why" event={event} canEdit={canEdit} verdicts={told} />}
      {others.length > 0 && (
        <Reasons
          title={told.length > 0 ? 'Why not the others' : 'Why you were not notified'}
          event={event}
          canEdit={canEdit}
          verdicts={others}
        />
      )}
      {event.verdicts.length === 0 && event.state === 'done' && (
        <p class="muted">The camera had no rules then, so this picture was not checked.</p>
      )}
    </>
  )
}

type ReasonsProps = { title: string; event: Event; canEdit: boolean; verdicts: Verdict[] }

const Reasons = ({ title, event, canEdit, verdicts }: ReasonsProps) => (
  <section class="rows" aria-label={title}>
    <h2>{title}</h2>
    <ul class="card">
      {verdicts.map((said) => (
        <li key={said.public_rule_id} class="reason">
          <Reason said={said} event={event} canEdit={canEdit} />
        </li>
      ))}
    </ul>
  </section>
)

function Reason({ said, event, canEdit }: { said: Verdict; event: Event; canEdit: boolean }) {
  const { public_rule_id: rule, rule_nickname: name } = said
  const isYes = said.verdict === 'yes'
  return (
    <>
      <span class="reason-head">
        <span class="reason-name">{name}</span>
        <Tag tone={isYes && said.skipped === null ? 'good' : 'plain'}>{saidOf(said)}</Tag>
      </span>
      <span>{reasonOf(said)}</span>
      <span class="muted reason-rule">Rule: {said.rule}</span>
      <span class="reason-do">
        {said.verdict !== null && (
          <Choice
            label={`Is that right for ${name}?`}
            options={[
              ['right', 'Right'],
              ['wrong', isYes ? 'Not this' : 'It was there'],
            ]}
            value={said.feedback}
            onChoose={(feedback) => giveFeedback(event.public_event_id, rule, feedback)}
          />
        )}
        {canEdit && (
          <a
            class="reason-edit"
            href={to(`/cameras/${event.public_camera_id}/rules/${rule}`)}
            aria-label={`Edit rule: ${name}`}
          >
            Edit rule
          </a>
        )}
      </span>
    </>
  )
}
