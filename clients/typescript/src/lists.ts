import type { Answer } from './request.ts'
import type { CameraNotification, Event, Verdict } from './types.ts'

export type ListOptions = {
  /** Items per request: 1 to 1000, the default. */
  pageSize?: number
  /** The list starts after this public id. */
  after?: string
}
export type CameraListOptions = ListOptions & {
  /** The cameras of all users, for staff. */
  all?: boolean
}
/** Which events; times are RFC 3339, with a time zone. */
export type EventListOptions = ListOptions & {
  /** Public ids. */
  camera?: string
  rule?: string
  state?: Event['state']
  verdict?: NonNullable<Verdict['verdict']>
  /** Pictures taken at this time or later. */
  from?: string
  /** Pictures taken before this time. */
  to?: string
}
/** Which notifications; times are RFC 3339, with a time zone. */
export type NotificationListOptions = ListOptions & {
  /** Public ids. */
  camera?: string
  rule?: string
  kind?: CameraNotification['kind']
  /** Only unseen ones, among the newest 1000. */
  unseen?: true
  /** Notifications from this time or later. */
  from?: string
  /** Notifications from before this time. */
  to?: string
}
type Ask = <T>(method: string, path: string) => Promise<Answer<T>>

/** Iterates over a list, and requests each page when the one before is consumed. */
export async function* each<T>(
  ask: Ask,
  path: string,
  { pageSize, ...filters }: CameraListOptions | EventListOptions | NotificationListOptions = {},
) {
  const query = queryOf({ ...filters, limit: pageSize })
  for (let next: string | undefined = query ? `${path}?${query}` : path; next !== undefined;) {
    const { body, headers }: Answer<T[]> = await ask<T[]>('GET', next)
    for (const item of body) yield item
    next = nextIn(headers)
  }
}

/** Writes the fields that have a value as a query. */
export const queryOf = (fields: Record<string, string | number | boolean | undefined>) =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : []))
    .join('&')

/** Collects all items into an array. */
export async function whole<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** The path of the next page, without the host: a web page may reach the service under another name. */
function nextIn(headers: Response['headers']) {
  const [, url] = /<([^>]*)>;\s*rel="next"/.exec(headers.get('Link') ?? '') ?? []
  return url?.replace(/^(\w+:\/\/)?[^/]*/, '')
}
