import { log } from '../log.ts'

/** Logs that some work of the event processor failed: its lease will end, and another attempt will take it. */
export function logFailure(work: string, error: unknown, publicEventId?: string) {
  const { name, sqlstate, reason } = error as { name?: string; sqlstate?: string; reason?: string }
  log.error({ event: 'events_failed', work, publicEventId, name, sqlstate, reason })
}
