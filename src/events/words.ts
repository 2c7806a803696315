import { zoneOf } from '../http/fields.ts'
import type { Verdict } from './judge/judge.ts'

/** The line of a notification for a rule that matched: its nickname, and the evidence. */
export const lineOf = (nickname: string, { evidence }: Pick<Verdict, 'evidence'>) =>
  evidence === '' ? nickname : `${nickname}: ${evidence}`

export const UNJUDGED = 'A picture came that could not be judged yet.'
export const TEXT = 'A text in the picture speaks to the camera.'
/** For a picture without a camera, of an account with several. */
export const CAMERA_UNKNOWN = 'camera unknown'

/** A moment in words, in local time; in UTC if the time zone is unknown. */
export const inWords = (at: Date, timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: zoneOf(timeZone),
    dateStyle: 'full',
    timeStyle: 'short',
  }).format(at)
