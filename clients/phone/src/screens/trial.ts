import type { Trial } from '@scout/client'

type Result = Trial['results'][number]
type Outcome = { tone: 'good' | 'warn' | 'plain'; word: string; why: string }

/** "2 of 20 match", and how many were not judged. */
export function summaryOf({ matched, judged, results }: Trial) {
  if (results.length === 0) return 'This camera has no pictures yet. Try again when it has some.'
  const missing = results.length - judged
  const verb = matched === 1 ? 'matches' : 'match'
  return `${matched} of ${results.length} ${verb}.${missing > 0 ? ` ${missing} ${missing === 1 ? 'was' : 'were'} not checked.` : ''}`
}

/** The verdict on a picture, and why. */
export function outcomeOf({ verdict, skipped, evidence }: Result): Outcome {
  if (verdict === null) return { tone: 'plain', word: 'Skipped', why: SKIPPED[skipped ?? 'no_answer'] }
  return { ...VERDICTS[verdict], why: evidence }
}

/** Matches first, then in the given order (newest first). */
export const byVerdict = (results: Result[]) =>
  results.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))

const ORDER: Result['verdict'][] = ['yes', 'unsure', 'no', null]
const VERDICTS = {
  yes: { tone: 'good', word: 'Yes' },
  unsure: { tone: 'warn', word: 'Unsure' },
  no: { tone: 'plain', word: 'No' },
} as const
const SKIPPED = {
  hours: 'It was taken outside this rule’s hours.',
  no_picture: 'The picture is no longer available.',
  no_answer: 'It was not checked in time.',
}
