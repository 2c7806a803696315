import type { NoJudgement } from './judge/judge.ts'

/**
 * The states of an event. `received`: it waits until it is due. `judging`: an attempt holds its lease; if it dies, the event
 * is due again when the lease ends. `done`: it has verdicts. `failed`: its judge or the storage never answered, or it killed
 * every attempt. `discarded`: there is no picture to judge, or the limit was reached.
 */
export const STATES = ['received', 'judging', 'done', 'failed', 'discarded'] as const
export type State = (typeof STATES)[number]

/** The allowed transitions between states. Ending an attempt requires its lease. */
export const ARROWS = {
  take: { from: ['received', 'judging'], to: ['judging', 'received', 'failed', 'discarded'] },
  conclude: { from: ['judging'], to: ['done'] },
  postpone: { from: ['judging'], to: ['received'] },
  giveUp: { from: ['judging'], to: ['failed', 'discarded'] },
  /** The bucket's first event, after an announcement that came too early to find the picture. */
  receive: { from: ['discarded'], to: ['received'] },
  /** Its camera is deleted. */
  discard: { from: ['received', 'judging'], to: ['discarded'] },
  /** By staff. */
  judgeAgain: { from: ['done', 'failed', 'discarded'], to: ['received'] },
} satisfies Record<string, { from: State[]; to: State[] }>

/** Why an event was not judged, or not at the last attempt. docs/events.md says what happens then. */
export type Failure =
  | NoPicture
  | 'storage_unreachable'
  | `judge_${NoJudgement['failure']}`
  | 'limited'
  | 'budget_spent'
  | 'interrupted'
  | 'device_revoked'
  | 'camera_gone'
/** Why there is no picture to show. `missing` may still come. */
export type NoPicture = 'missing' | 'overwritten' | 'too_large' | 'not_an_image'

/** The schedule for a picture that is missing: longer than the lifetime of an upload URL. */
export const LOOKS_IN_SECONDS = [5, 60, 360]
/** The schedule for a judge that did not answer. */
export const RETRIES_IN_SECONDS = [5, 30, 120, 600, 1_800, 7_200]
/** More attempts than the schedules allow mean that the event kills its worker. */
export const MOST_ATTEMPTS = RETRIES_IN_SECONDS.length + LOOKS_IN_SECONDS.length + 1
/** The failure at which the owner is notified that a picture could not be judged. */
export const TOLD_AFTER_ATTEMPTS = 3
/** How long a picture waits if the limit of the whole deployment is reached. */
export const SPENT_IN_SECONDS = 900
