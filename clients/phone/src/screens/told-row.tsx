import { clear, notThis } from '../data/notifications.ts'
import { idOf, type Told } from '../data/timeline.ts'
import { Icon } from '../kit/icon.tsx'
import { Picture } from '../kit/picture.tsx'
import { Swipe } from '../kit/swipe.tsx'
import { clock } from '../kit/time.ts'
import { to } from '../router.ts'
import { countOf, evidenceOf, iconOf, lateness, titleOf } from './told.ts'
import './told-row.css'

/** A notification as a row that opens it. A swipe offers Not this and Delete. */
export const ToldRow = ({ told, query }: { told: Told; query: string }) => (
  <Swipe
    actions={[
      ...(told.kind === 'match' ? [{ label: 'Not this', onPress: () => notThis(told) }] : []),
      { label: 'Delete', tone: 'danger', onPress: () => clear(told) },
    ]}
  >
    <a class="told" href={to(`/notifications/${idOf(told)}${query}`)}>
      <span class="told-picture">
        {told.detection_preview_url === null ? (
          <span class="told-icon">
            <Icon name={iconOf(told)} size={28} />
          </span>
        ) : (
          <Picture url={told.detection_preview_url} label="" ratio="4 / 3">
            {told.kind !== 'match' && (
              <span class="told-mark">
                <Icon name={iconOf(told)} size={18} />
              </span>
            )}
          </Picture>
        )}
      </span>
      <span class="told-text">
        <span class="told-head">
          <span class="told-title">
            {told.seen_at === null && (
              <span class="told-new">
                <span class="visually-hidden">New: </span>
              </span>
            )}
            {titleOf(told)}
          </span>
          <time class="muted" dateTime={told.created_at}>
            {clock(told.created_at)}
          </time>
        </span>
        <span class="told-camera">{[told.title, countOf(told)].filter(Boolean).join(' · ')}</span>
        <span class="told-body">{evidenceOf(told)}</span>
        {lateness(told) && <span class="told-body">{lateness(told)}</span>}
      </span>
    </a>
  </Swipe>
)
