import type { NoJudgement } from './judge/judge.ts'

/**
 * The states of an event. `received`: it waits until it is due. `judging`: somebody holds its lease and works on it; where they
 * die, it is due again when the lease ends. `done`: its verdicts stand. `failed`: its judge or the storage never answered, or it
 * killed whoever took it. `discarded`: there is no picture to judge, or there were too many.
 */
export const STATES = ['received', 'judging', 'done', 'failed', 'discarded'] as const
export type State = (typeof STATES)[number]

/** What leads from a state to another. Nothing else does; whoever ends work shows the lease of their attempt. */
export const ARROWS = {
  take: { from: ['received', 'judging'], to: ['judging', 'received', 'failed', 'discarded'] },
  conclude: { from: ['judging'], to: ['done'] },
  postpone: { from: ['judging'], to: ['received'] },
  giveUp: { from: ['judging'], to: ['failed', 'discarded'] },
  /** The bucket's first word, where the announcement had come so early that nothing was found. */
  receive: { from: ['discarded'], to: ['received'] },
  /** Its camera is deleted. */
  discard: { from: ['received', 'judging'], to: ['discarded'] },
  /** By staff. */
  judgeAgain: { from: ['done', 'failed', 'discarded'], to: ['received'] },
} satisfies Record<string, { from: State[]; to: State[] }>

/** Why an event was not judged, or not at the last attempt: docs/events.md says what becomes of each. */
export type Failure =
  | NoPicture
  | 'storage_unreachable'
  | `judge_${NoJudgement['failure']}`
  | 'limited'
  | 'budget_spent'
  | 'interrupted'
  | 'device_revoked'
  | 'camera_gone'
/** Why there is no picture to show: `missing` may come yet. */
export type NoPicture = 'missing' | 'overwritten' | 'too_large' | 'not_an_image'

/** A picture that is not there yet: longer than a URL to upload it lives. */
export const LOOKS_IN_SECONDS = [5, 60, 360]
/** A judge that did not answer. */
export const RETRIES_IN_SECONDS = [5, 30, 120, 600, 1_800, 7_200]
/** Whoever takes it so often and never ends it is killed by it. */
export const MOST_ATTEMPTS = RETRIES_IN_SECONDS.length + LOOKS_IN_SECONDS.length + 1
/** From this failure on its owner is told that a picture could not be judged. */
export const TOLD_AFTER_ATTEMPTS = 3
/** Beyond the budget of a whole deployment a picture waits so long. */
export const SPENT_IN_SECONDS = 900

/** When to try again after so many attempts; null where that was the last. `retryAfter` is what the other side asks for. */
export const nextTry = (schedule: readonly number[], attempts: number, retryAfter: number | null = null) => {
  const pause = schedule[attempts - 1]
  return pause === undefined ? null : Math.max(pause, Math.min(retryAfter ?? 0, 3_600))
}
