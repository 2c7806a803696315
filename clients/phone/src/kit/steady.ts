import { type RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/**
 * Keeps the visible rows in place when rows are inserted above them, in a list whose rows match `rows`. At the top of the page new rows
 * are shown. The list needs `overflow-anchor: none`, since all browsers but Safari would do the same again.
 */
export function useSteady(list: RefObject<HTMLElement | null>, rows: string) {
  const looked = scrollY > 0 ? firstShown(list.current, rows) : undefined
  useLayoutEffect(() => {
    if (!looked?.row.isConnected) return
    const by = looked.row.getBoundingClientRect().top - looked.top
    if (Math.abs(by) > 1) scrollBy({ top: by, behavior: 'instant' })
  })
}

function firstShown(list: HTMLElement | null, rows: string) {
  for (const row of list?.querySelectorAll(rows) ?? []) {
    const { top, bottom } = row.getBoundingClientRect()
    if (bottom > 0) return { row, top }
  }
  return undefined
}
