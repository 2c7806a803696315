import { sql } from 'drizzle-orm'

/** So long after its last word a camera is offline. */
export const SILENCE_IN_SECONDS = 180

/** Whether a camera was seen lately, of a row of cameras or of a step that returns one. */
export const isOnline = sql<boolean>`coalesce(last_seen_at > now() - ${sql.raw(String(SILENCE_IN_SECONDS))} * interval '1 second', false)`
