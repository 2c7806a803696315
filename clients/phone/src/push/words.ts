import type { PushOutcome, PushTarget } from '@scout/client'
import type { PushState } from './push.ts'

/** Whether this device gets notifications; if not, why, and what to do. */
export const PUSH_STATES: Record<PushState['state'], string> = {
  unsupported: 'This browser cannot show notifications while the page is closed.',
  'needs-install': 'To get notifications, add Scout to the Home Screen first.',
  unavailable: 'This Scout is not set up to notify browsers.',
  denied: 'Blocked for this site. Allow notifications in the browser’s settings, then open Scout again.',
  off: 'You get no notifications here.',
  on: 'You get notifications here.',
}

/** The outcome of a test. */
export const OUTCOMES: Record<PushOutcome['reason'], string> = {
  accepted: 'Sent. It should arrive in a moment.',
  unregistered: 'It is no longer registered and gets no more notifications.',
  refused: 'The receiver refused it.',
  misconfigured: 'This Scout is not set up correctly for it. Tell the person who runs it.',
  forbidden_address: 'This Scout does not send to this address.',
  too_large: 'It was too large for the receiver.',
  busy: 'The receiver is busy. A notification would be sent again later.',
  failing: 'The receiver has a problem. A notification would be sent again later.',
  timed_out: 'The receiver did not answer in time. A notification would be sent again later.',
  unreachable: 'The receiver cannot be reached. A notification would be sent again later.',
}

/** The same with the status code, which helps the person who runs the receiver. */
export function outcomeWords({ outcome, reason, status }: PushOutcome) {
  const words = OUTCOMES[reason]
  return outcome === 'sent' || status === null ? words : `${words} (It answered ${status}.)`
}

export const KINDS = {
  web_push: 'Browser',
  apns: 'iPhone app',
  webhook: 'Webhook',
  ntfy: 'ntfy topic',
} as const

/** The name that the user gave it, or its kind. */
export const nameOf = ({ name, kind }: PushTarget) => name || KINDS[kind]
