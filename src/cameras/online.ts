import { sql } from 'drizzle-orm'

/** A camera that is silent for this long is offline. */
export const SILENCE_IN_SECONDS = 180

/** Whether a camera was seen recently, for a row of cameras or of a step that returns one. */
export const isOnline = sql<boolean>`coalesce(last_seen_at > now() - ${sql.raw(String(SILENCE_IN_SECONDS))} * interval '1 second', false)`
