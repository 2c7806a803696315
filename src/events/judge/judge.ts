/** A picture, and what is asked of it. All of its words are data that people wrote. */
export type Question = {
  image: Uint8Array
  type: 'image/jpeg' | 'image/png'
  /** What the camera's owner calls the place. */
  place: string | null
  /** When the picture was taken, in the camera's time zone, in words. */
  time: string
  /** With what the owner last said of pictures that this rule was asked of. */
  rules: { description: string; corrections: Correction[] }[]
}

/** A verdict of before, and what the owner said of it. */
export type Correction = Verdict & { feedback: 'right' | 'wrong' }

/** Only a yes tells anybody. The evidence has at most 240 characters, without control characters and links; so has a caption. */
export type Verdict = { verdict: 'yes' | 'no' | 'unsure'; evidence: string }

export type Judgement = {
  /** As many as the rules, in their order. */
  verdicts: Verdict[]
  caption: string
  /** A text in the picture speaks to who looks at it: nothing of it was judged `no`. */
  textAddressesYou: boolean
  tokensIn: number | null
  tokensOut: number | null
}

/**
 * Why there is no judgement. `refused`: it will not do this, whenever it is asked (a key, a model, a redirect). All others may
 * pass: `unreachable`, `timed_out`, `busy` (408, 409, 425, 429), `failing` (5xx), `unreadable` (an answer that is none), `too_large` (an
 * answer without end).
 */
export const FAILURES = [
  'refused',
  'unreachable',
  'timed_out',
  'busy',
  'failing',
  'unreadable',
  'too_large',
] as const
export type Failure = (typeof FAILURES)[number]

/** No judgement, and after how many seconds to ask again, where the judge said so: at most a day. */
export type NoJudgement = { failure: Failure; laterInSeconds: number | null }

/**
 * Looks at a picture and says of each rule whether it holds. What goes wrong on the other side is a value, never an error; its words
 * are never passed on. It ends when the signal does.
 */
export type Judge = (question: Question, signal: AbortSignal) => Promise<Judgement | NoJudgement>
