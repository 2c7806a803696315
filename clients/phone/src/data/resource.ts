import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'
import { wordsOf } from './faults.ts'
import { type Kept, keep, keepOnlyOf, kept } from './kept.ts'
import { watching } from './watching.ts'

/**
 * The state of a resource. `stale` is a value from `asOf` (milliseconds): it is being refreshed, or, with a `why`, the refresh failed.
 */
export type Seen<T> =
  | { state: 'loading' }
  | { state: 'fresh'; value: T; asOf: number }
  | { state: 'stale'; value: T; asOf: number; why: string }
  | { state: 'failed'; why: string }

export type Resource<T> = {
  seen: ReadonlySignal<Seen<T>>
  /** Loads it from the service. Concurrent callers share one request. */
  refresh(): Promise<void>
  /** As `refresh`, after a change: if a request is under way, its answer may be older, so another one follows. */
  renew(): Promise<void>
  /** Sets the value that the service has just returned. */
  show(value: T): void
  /** Sets a value of `asOf` from another answer, if there is none yet. */
  suppose(value: T, asOf: number): void
  /** Shows a change on top of every answer, until it is done at the service or dropped. */
  edit(how: (value: T) => T): Edit
  /** Refreshes now, every 20 seconds while the page is visible, and when it becomes visible. Returns a function that stops it. */
  watch(): () => void
}

export type Edit = {
  /** Makes it part of the value. */
  done(): void
  /** Shows the value without it. */
  drop(): void
}

const resources = new Map<string, Resource<unknown>>()

/** The resource with this key, one per page. Its last answer, or the part that `keeping` returns, is cached for use without a network. */
export function resource<T>(key: string, load: () => Promise<T>, keeping = (value: T) => value): Resource<T> {
  const known = resources.get(key) ?? made(key, load, keeping)
  resources.set(key, known as Resource<unknown>)
  return known as Resource<T>
}

/** The current value, fresh or stale, if there is one. */
export function valueIn<T>({ seen }: Resource<T>): T | undefined {
  const now = seen.value
  return 'value' in now ? now.value : undefined
}

/** All resources whose key starts with this prefix. */
export const resourcesUnder = <T>(prefix: string) =>
  [...resources].filter(([key]) => key.startsWith(prefix)).map(([, one]) => one as Resource<T>)

/** Drops all answers, in memory and in IndexedDB, except those that IndexedDB has of this session. */
export async function forgetAnswersBut(session: string | null) {
  resources.clear()
  await keepOnlyOf(session)
}

function made<T>(key: string, load: () => Promise<T>, keeping: (value: T) => T): Resource<T> {
  const said = signal<Seen<T>>({ state: 'loading' })
  const edits = signal<((value: T) => T)[]>([])
  const seen = computed<Seen<T>>(() => {
    const now = said.value
    return 'value' in now ? { ...now, value: edits.value.reduce((value, how) => how(value), now.value) } : now
  })
  let asking: Promise<void> | undefined
  // A change that is done is newer than the answer to an earlier request.
  let knownAt = 0

  async function ask() {
    const asked = performance.now()
    // The request does not wait for the database of a slow phone.
    const recalled = said.value.state === 'loading' ? recall() : undefined
    try {
      const value = await load()
      if (knownAt <= asked) show(value)
    } catch (error) {
      await recalled
      const now = said.value
      const why = wordsOf(error)
      said.value =
        'value' in now ? { state: 'stale', value: now.value, asOf: now.asOf, why } : { state: 'failed', why }
    }
  }

  async function recall() {
    const last = await kept<T>(key)
    if (last) suppose(last.value, last.asOf)
  }

  function suppose(value: T, asOf: number) {
    if (said.value.state === 'loading') said.value = { state: 'stale', value, asOf, why: '' }
  }

  const show = (value: T) => know({ state: 'fresh', value, asOf: Date.now() })

  function know(now: Seen<T> & Kept<T>) {
    knownAt = performance.now()
    said.value = now
    // A resource that was dropped belongs to a session that is over.
    if (resources.get(key) === one) void keep(key, { value: keeping(now.value), asOf: now.asOf })
  }

  function edit(how: (value: T) => T): Edit {
    const own = (value: T) => how(value)
    edits.value = [...edits.value, own]
    const drop = () => (edits.value = edits.value.filter((other) => other !== own))
    return {
      drop,
      done: () =>
        batch(() => {
          drop()
          const now = said.value
          if ('value' in now) know({ ...now, value: how(now.value) })
        }),
    }
  }

  const refresh = () => (asking ??= ask().finally(() => (asking = undefined)))
  const renew = () => (asking ? asking.then(refresh) : refresh())
  const watch = watching(refresh, renew)
  const one: Resource<T> = { seen, refresh, renew, show, suppose, edit, watch }
  return one
}
