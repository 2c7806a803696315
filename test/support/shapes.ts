import { expect } from 'vitest'

/** What a body holds where only the shape is known beforehand. */
export const aPublicId: string = expect.stringMatching(
  /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
)
export const aMoment: string = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/)
export const aNumber: number = expect.any(Number)

/** An id that is well-formed and nobody's. */
export const UNKNOWN_ID = '0195d1a0-0000-7000-8000-000000000000'
