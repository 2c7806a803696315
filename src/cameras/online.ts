import { sql } from 'drizzle-orm'
import { cameras } from '../db/schema.ts'

/** A camera that was silent for longer is offline. */
export const SILENCE_IN_SECONDS = 180

/** Whether a camera was seen lately. */
export const isOnline = sql<boolean>`coalesce(${cameras.lastSeenAt} > now() - ${SILENCE_IN_SECONDS} * interval '1 second', false)`
