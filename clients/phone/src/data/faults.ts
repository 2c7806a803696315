import { ScoutError, UnreachableError } from '@scout/client'

/** Why something failed: one message for each invalid field, and one for the whole, which is '' if the fields say it all. */
export type Faults = { words: string; fields: Record<string, string> }

/** Something this phone cannot or may not do; the message is for the user. */
export class PhoneError extends Error {
  override name = 'PhoneError'
}

const OFFLINE = 'You are offline.'
const UNREACHABLE = 'Scout cannot be reached right now.'
const UNEXPECTED = 'Something went wrong. Try again.'

/** Converts an error to messages for the user, in the service's own words if it has any. */
export function faultsIn(error: unknown): Faults {
  if (error instanceof UnreachableError)
    return { words: navigator.onLine ? UNREACHABLE : OFFLINE, fields: {} }
  if (error instanceof PhoneError) return { words: error.message, fields: {} }
  if (!(error instanceof ScoutError)) {
    console.error(error)
    return { words: UNEXPECTED, fields: {} }
  }
  if (error.status === 429) return { words: tooMany(error.retryAfterInSeconds), fields: {} }
  const { non_field_errors: general = [], ...rest } = error.fields
  const words = [error.detail, ...general].filter(Boolean).join(' ')
  const fields = Object.fromEntries(Object.entries(rest).map(([name, words]) => [name, sentences(words)]))
  // A proxy in front of the service answers with a page, which has neither.
  const isOfProxy = words === '' && Object.keys(fields).length === 0
  return { words: isOfProxy ? UNREACHABLE : words, fields }
}

/** The same as one text, for places without fields. */
export function wordsOf(error: unknown) {
  const { words, fields } = faultsIn(error)
  return [words, ...Object.values(fields)].filter(Boolean).join(' ')
}

/** Converts Retry-After, which may be thousands of seconds, to minutes or hours. */
function tooMany(seconds: number | null) {
  const minutes = Math.ceil((seconds ?? 0) / 60)
  if (minutes <= 1) return 'Too many tries. Try again in a minute.'
  return `Too many tries. Try again in ${minutes > 90 ? `${Math.ceil(minutes / 60)} hours` : `${minutes} minutes`}.`
}

const sentences = (words: unknown) =>
  Array.isArray(words) ? words.map(String).join(' ') : JSON.stringify(words)
