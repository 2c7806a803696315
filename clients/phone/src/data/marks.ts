import { signal } from '@preact/signals'
import { idOf, type Told } from './timeline.ts'

/** A change that the service does not know yet. */
export type Mark = 'seen' | 'gone'

/** The marks of each action that is under way. The end of one takes no mark of another away. */
const marks = signal<readonly { ids: ReadonlySet<string>; as: Mark }[]>([])

/** Marks notifications. Returns a function that takes these marks away. */
export function mark(ids: string[], as: Mark) {
  const own = { ids: new Set(ids), as }
  marks.value = [...marks.value, own]
  return () => void (marks.value = marks.value.filter((other) => other !== own))
}

/** Notifications as shown: with the pending changes applied. */
export const asShown = (told: Told[]) =>
  marks.value.reduce((rest, { ids, as }) => marked(rest, ids, as), told)

export const countUnseen = (told: Told[]) => asShown(told).filter(({ seen_at }) => seen_at === null).length

/** Notifications with those of these ids changed. */
export function marked(told: Told[], ids: ReadonlySet<string>, as: Mark): Told[] {
  if (as === 'gone') return told.filter((one) => !ids.has(idOf(one)))
  const now = new Date().toISOString()
  return told.map((one) => (ids.has(idOf(one)) ? { ...one, seen_at: one.seen_at ?? now } : one))
}
