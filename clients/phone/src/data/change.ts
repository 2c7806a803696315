import { toast } from '../kit/toast.tsx'
import { wordsOf } from './faults.ts'
import type { Resource } from './resource.ts'

/** A resource and how to edit its value. */
type Edit<T> = readonly [Resource<T>, (value: T) => T]
type Change = {
  // Each edit has its own type.
  // oxlint-disable-next-line typescript/no-explicit-any
  show: Edit<any>[]
  send: () => Promise<unknown>
  /** The toast after success. */
  words?: string | undefined
  /** What the toast's Undo does. */
  undo?: (() => unknown) | undefined
}

/**
 * Shows a change at once and sends it. If the service refuses it, drops it and shows the service's words. Returns whether it
 * succeeded.
 */
export async function change({ show, send, words, undo }: Change): Promise<boolean> {
  const resources = show.map(([resource]) => resource)
  const edits = show.map(([resource, how]) => resource.edit(how))
  let isDone = true
  try {
    await inTurn(resources, send)
  } catch (error) {
    isDone = false
    toast(wordsOf(error))
  }
  for (const edit of edits) edit[isDone ? 'done' : 'drop']()
  for (const resource of resources) void resource.renew()
  if (isDone && words) toast(words, undo)
  return isDone
}

const sending = new WeakMap<object, Promise<unknown>>()

/** Sends after earlier changes of the same resources, so that the last change stays. */
function inTurn(resources: object[], send: () => Promise<unknown>) {
  const before = resources.flatMap((resource) => sending.get(resource) ?? [])
  const sent = before.length > 0 ? Promise.allSettled(before).then(send) : send()
  for (const resource of resources) sending.set(resource, sent)
  return sent
}
