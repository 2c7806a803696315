/** What a phone is told: a notification as it stands. It replaces what the phone shows of the same one. */
export type Push = {
  publicNotificationId: string
  publicCameraId: string | null
  publicEventId: string | null
  kind: string
  /** The camera's place. */
  title: string
  /** A line for each rule. */
  body: string
  ruleNicknames: string[]
  /** How many pictures it is about. */
  count: number
  /** `passive` rings nowhere, `time_sensitive` also where a phone is told to be quiet. */
  importance: 'passive' | 'normal' | 'time_sensitive'
  createdAt: string
  /** Signed, for a day: whoever has it reads the picture without a token. */
  pictureUrl: string | null
  /** Where the app shows it. */
  appUrl: string
  /** Lets whoever holds the phone snooze its camera or say that it was wrong, without signing in; not for others' services. */
  actionToken: string
}

/** The kinds of targets. */
export const KINDS = ['web_push', 'apns', 'webhook', 'ntfy'] as const
export type Kind = (typeof KINDS)[number]

/** An address of an account's, what a push to it needs besides, and when a phone last said that it is there (RFC 3339). */
export type Target = { address: string; keys: Record<string, string>; registeredAt: string }

/**
 * Why a push went as it went. `accepted`: the service has it. `unregistered`: the phone is not there any more. `refused`: the
 * service will not have this one. `misconfigured`: it does not know us. `forbidden_address`: we do not call it. `too_large`: it does not
 * fit. `busy` and `failing`: not now. `timed_out`, `unreachable`: no answer.
 */
export const REASONS = [
  'accepted',
  'unregistered',
  'refused',
  'misconfigured',
  'forbidden_address',
  'too_large',
  'busy',
  'failing',
  'timed_out',
  'unreachable',
] as const
export type Reason = (typeof REASONS)[number]

/** `gone`: the target is forgotten. `later`: it is tried again, not before `laterInSeconds`. `refused`: it never will be. */
export type Outcome = {
  outcome: 'sent' | 'gone' | 'later' | 'refused'
  reason: Reason
  /** Of the HTTP answer, where there was one. */
  status: number | null
  laterInSeconds: number | null
  /** What the target's `keys` gain by it. */
  learned?: Record<string, string>
}

/** Sends a push to a target of its kind. What goes wrong on the other side is a value, never an error; its words are never passed on. */
export type Sender = (push: Push, target: Target, signal: AbortSignal) => Promise<Outcome>
