import { expect } from 'vitest'

/** Matchers for values of which only the shape is known. */
export const aPublicId: string = expect.stringMatching(
  /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
)
export const aMoment: string = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/)
export const aNumber: number = expect.any(Number)

/** A well-formed id that does not exist. */
export const UNKNOWN_ID = '0195d1a0-0000-7000-8000-000000000000'

/** The fields that answers have beyond the former service's contract, with the values of a new camera and a new rule. */
export const NEW_CAMERA = {
  time_zone: null,
  is_armed: true,
  snoozed_until: null,
  is_online: false,
  last_seen_at: null,
  camera_preview_url: null,
  preview_updated_at: null,
}
export const NEW_RULE = {
  cooldown_in_seconds: 300,
  snoozed_until: null,
  importance: 'normal',
  last_triggered: null,
  reading: expect.objectContaining({ unread: [] }) as object,
}
