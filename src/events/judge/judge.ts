/** A picture and the rules to judge. All its words are data that people wrote. */
export type Question = {
  image: Uint8Array
  type: 'image/jpeg' | 'image/png'
  /** The camera's place, as its owner entered it. */
  place: string | null
  /** When the picture was taken, in the camera's time zone, in words. */
  time: string
  /** With the owner's last corrections for each rule. */
  rules: { description: string; corrections: Correction[] }[]
}

/** An earlier verdict, and the owner's feedback on it. */
export type Correction = Verdict & { feedback: 'right' | 'wrong' }

/**
 * Only a yes notifies anybody. The evidence has at most 240 characters, without control characters and links; so does a
 * caption.
 */
export type Verdict = { verdict: 'yes' | 'no' | 'unsure'; evidence: string }

export type Judgement = {
  /** One per rule, in their order. */
  verdicts: Verdict[]
  caption: string
  /** A text in the picture addresses its viewer: no verdict of it is `no`. */
  textAddressesYou: boolean
  tokensIn: number | null
  tokensOut: number | null
}

/**
 * Why there is no judgement. `refused` is permanent (a key, a model, a redirect). The others are temporary: `unreachable`,
 * `timed_out`, `busy` (408, 409, 425, 429), `failing` (5xx), `unreadable` (not an answer), `too_large` (an endless answer).
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

/** No judgement, and the seconds until a retry, if the judge sent them: at most a day. */
export type NoJudgement = { failure: Failure; laterInSeconds: number | null }

/**
 * Looks at a picture and judges each rule. A failure of the other side is a value, never an error; its words are never passed
 * on. Aborting the signal ends it.
 */
export type Judge = (question: Question, signal: AbortSignal) => Promise<Judgement | NoJudgement>
