import { later } from './later.ts'
import type { Edit, Resource } from './resource.ts'

/** Shows a change at once, and makes it at the service with `later`. */
export function changeLater<T>(
  words: string,
  { of, how, act }: { of: Resource<T>; how: (value: T) => T; act: () => Promise<unknown> },
) {
  let edit: Edit
  later(words, {
    hide: () => (edit = of.edit(how)),
    async act() {
      await act()
      edit.done()
      void of.renew()
    },
    restore: () => edit.drop(),
  })
}

/** Deletes items of a list with `later`. */
export const removeFrom = <T>(
  of: Resource<T[]>,
  ids: string[],
  { words, idOf, act }: { words: string; idOf: (one: T) => string; act: () => Promise<unknown> },
) => changeLater(words, { of, act, how: (all) => all.filter((one) => !ids.includes(idOf(one))) })
