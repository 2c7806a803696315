/** A push: the present state of a notification. It replaces what the phone shows of the same one. */
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
  /** The number of its pictures. */
  count: number
  /** `passive` rings nowhere; `time_sensitive` also rings on a phone that is set to be quiet. */
  importance: 'passive' | 'normal' | 'time_sensitive'
  createdAt: string
  /** Signed for a day: its holder reads the picture without a token. */
  pictureUrl: string | null
  /** The address at which the app shows it. */
  appUrl: string
  /**
   * Lets the holder of the phone snooze its camera or mark it as wrong without signing in. Not sent to third-party services.
   */
  actionToken: string
}

/** The kinds of targets. */
export const KINDS = ['web_push', 'apns', 'webhook', 'ntfy'] as const
export type Kind = (typeof KINDS)[number]
/** Whether a kind is a person's phone or browser; the others are services. */
export const isPhone = (kind: Kind) => kind === 'web_push' || kind === 'apns'

/** An address of an account, the keys that a push to it needs, and when a phone last registered (RFC 3339). */
export type Target = { address: string; keys: Record<string, string>; registeredAt: string }

/**
 * The reason for an outcome. `accepted`: the service accepted it. `unregistered`: the phone is gone. `refused`: the service
 * refused this push. `misconfigured`: it does not know us. `forbidden_address`: the address is not allowed. `too_large`: it
 * does not fit. `busy` and `failing`: not now. `timed_out`, `unreachable`: no answer.
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

/** `gone`: the target is deleted. `later`: it is retried, not before `laterInSeconds`, which counts up to an
 * hour. `refused`: it is not retried. */
export type Outcome = {
  outcome: 'sent' | 'gone' | 'later' | 'refused'
  reason: Reason
  /** The HTTP status, if there was an answer. */
  status: number | null
  laterInSeconds: number | null
  /** New entries for the target's `keys`. */
  learned?: Record<string, string>
}

/**
 * Sends a push to a target of its kind. A failure of the other side is a value, never an error; its words are never passed
 * on.
 */
export type Sender = (push: Push, target: Target, signal: AbortSignal) => Promise<Outcome>
