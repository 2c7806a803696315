import type { Answer } from './request.ts'
import type { CameraNotification, Event, Verdict } from './types.ts'

export type ListOptions = {
  /** How many one request asks for: 1 to 1000, which it is by itself. */
  pageSize?: number
}
export type CameraListOptions = ListOptions & {
  /** Everyone's, for staff. */
  all?: boolean
}
/** Which events; times are RFC 3339, with a time zone. */
export type EventListOptions = ListOptions & {
  /** Public ids. */
  camera?: string
  rule?: string
  state?: Event['state']
  verdict?: NonNullable<Verdict['verdict']>
  /** Pictures that were taken then or later. */
  from?: string
  /** Pictures that were taken before. */
  to?: string
}
export type NotificationListOptions = ListOptions & {
  /** A public id. */
  camera?: string
  kind?: CameraNotification['kind']
}
type Ask = <T>(method: string, path: string) => Promise<Answer<T>>

/** What a list holds, one after the other; a page is asked for when the one before it is through. */
export async function* each<T>(
  ask: Ask,
  path: string,
  { pageSize, ...filters }: CameraListOptions | EventListOptions | NotificationListOptions = {},
) {
  const query = Object.entries({ ...filters, limit: pageSize })
    .flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : []))
    .join('&')
  for (let next: string | undefined = query ? `${path}?${query}` : path; next !== undefined;) {
    const { body, headers }: Answer<T[]> = await ask<T[]>('GET', next)
    for (const item of body) yield item
    next = nextIn(headers)
  }
}

/** All of it at once. */
export async function whole<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** The next page, by its path: a page of the web may reach the service by another name than the service knows. */
function nextIn(headers: Response['headers']) {
  const [, url] = /<([^>]*)>;\s*rel="next"/.exec(headers.get('Link') ?? '') ?? []
  return url?.replace(/^(\w+:\/\/)?[^/]*/, '')
}
