import type { Verdict } from './judge/judge.ts'

/** What a notification says of a rule that matched: its name, and why. */
export const lineOf = (nickname: string, { evidence }: Pick<Verdict, 'evidence'>) =>
  evidence === '' ? nickname : `${nickname}: ${evidence}`

export const UNJUDGED = 'A picture came that could not be judged yet.'
export const TEXT = 'A text in the picture speaks to the camera.'
/** For a picture that names no camera, of an account with several. */
export const CAMERA_UNKNOWN = 'camera unknown'

/** A moment in words, as a clock on the wall and a calendar show it. */
export const inWords = (at: Date, timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'short' }).format(at)
