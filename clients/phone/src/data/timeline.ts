import type { CameraNotification } from '@scout/client'

export type Told = CameraNotification
/** The loaded notifications, newest first, and whether there are older ones. */
export type Timeline = { told: Told[]; hasMore: boolean }
/** Filters: public ids, and a local day as "2026-11-26". */
export type Filters = { camera?: string; rule?: string; day?: string }

export const idOf = ({ public_notification_id: id }: Told) => id

/**
 * Joins the newest page with the older pages that are loaded. If they do not overlap, something may be missing between them, and only
 * the newest page is kept.
 */
export function joined(newest: Timeline, known: Timeline | undefined): Timeline {
  const last = newest.told.at(-1)
  const first = known?.told[0]
  if (!newest.hasMore || !known || !last || !first || idOf(first) < idOf(last)) return newest
  const before = known.told.filter((one) => idOf(one) < idOf(last))
  return { told: [...newest.told, ...before], hasMore: before.length > 0 ? known.hasMore : true }
}

/** The newest notifications of a timeline. */
export const upTo = (count: number, { told, hasMore }: Timeline): Timeline => ({
  told: told.slice(0, count),
  hasMore: hasMore || told.length > count,
})

/** Groups notifications by local day. */
export function byDay(told: Told[]): [day: string, told: Told[]][] {
  const days = new Map<string, Told[]>()
  for (const one of told) {
    const day = dayOf(one.created_at)
    days.set(day, [...(days.get(day) ?? []), one])
  }
  return [...days]
}

/** The local day of a moment: "2026-11-26". */
export function dayOf(at: string | number) {
  const date = new Date(at)
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
}

/** The start of a local day, and of the next one. */
export function spanOf(day: string) {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const at = (midnight: number) => new Date(year, month - 1, midnight).toISOString()
  return { from: at(date), to: at(date + 1) }
}

/** Reads the filters from an address, and ignores an invalid day. */
export function filtersIn(search: URLSearchParams): Filters {
  const [camera, rule, day] = ['camera', 'rule', 'day'].map((name) => search.get(name))
  return {
    ...(camera && { camera }),
    ...(rule && { rule }),
    ...(day && isDay(day) && { day }),
  }
}

/** The query of some filters: '' or "?camera=…". */
export function queryOf(filters: Filters) {
  const query = new URLSearchParams(filters).toString()
  return query && `?${query}`
}

export function without(filters: Filters, name: keyof Filters): Filters {
  const { [name]: _gone, ...others } = filters
  return others
}

const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && dayOf(`${text}T12:00`) === text
