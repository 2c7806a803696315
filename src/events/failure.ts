import { log } from '../log.ts'

/** Logs that some of the event processor's work broke off: its lease ends, and somebody else takes it. */
export function logFailure(work: string, error: unknown, publicEventId?: string) {
  const { name, sqlstate, reason } = error as { name?: string; sqlstate?: string; reason?: string }
  log.error({ event: 'events_failed', work, publicEventId, name, sqlstate, reason })
}
