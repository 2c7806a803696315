import type { Answer } from './endpoints.ts'
import type { Outcome, Reason } from './push.ts'

/** These mean "not now". */
const BUSY = [408, 425, 429]

export const refused = (reason: Reason, status: number | null = null): Outcome => ({
  outcome: 'refused',
  reason,
  status,
  laterInSeconds: null,
})

/** The phone or the receiver no longer exists. */
export const gone = (status: number): Outcome => ({
  outcome: 'gone',
  reason: 'unregistered',
  status,
  laterInSeconds: null,
})

export const later = (
  reason: Reason,
  status: number | null = null,
  laterInSeconds: number | null = null,
): Outcome => ({ outcome: 'later', reason, status, laterInSeconds })

/** The outcome for an HTTP status, for any service; `reasons` are statuses with a special meaning. */
export function outcomeOf(
  answer: Answer | 'timed_out' | 'unreachable',
  reasons: Record<number, Reason> = {},
) {
  if (typeof answer === 'string') return later(answer)
  const { status, laterInSeconds } = answer
  if (status < 300) return { outcome: 'sent', reason: 'accepted', status, laterInSeconds: null } as const
  if (reasons[status] === 'unregistered') return gone(status)
  if (BUSY.includes(status)) return later('busy', status, laterInSeconds)
  if (status >= 500) return later('failing', status, laterInSeconds)
  return refused(reasons[status] ?? 'refused', status)
}
