import { ifThere } from './if-there.ts'
import { later } from './later.ts'
import { asShown, type Mark, mark, marked } from './marks.ts'
import { type Resource, resource, resourcesUnder, valueIn } from './resource.ts'
import { scout } from './session.ts'
import { type Filters, idOf, joined, queryOf, spanOf, type Timeline, type Told, upTo } from './timeline.ts'

const PAGE = 30
/** The most that one request returns with their pictures. */
const PICTURED = 50
/** The badge shows 99+ beyond 99. */
const COUNTED = 100

/** Older rows may have been seen elsewhere or judged since, and the URLs of their pictures end after two hours. */
const GOOD_FOR_IN_MS = 60 * 60_000
/** When all rows of a timeline were requested last. */
const askedAt = new WeakMap<Resource<Timeline>, number>()

/** The notifications of all cameras, newest first: one page, then as many as were loaded. The first page is cached. */
export const timeline = (filters: Filters = {}): Resource<Timeline> => {
  const load = async () => {
    const now = Date.now()
    if (now - (askedAt.get(of) ?? 0) < GOOD_FOR_IN_MS) return joined(await pageOf(filters, PAGE), valueIn(of))
    const all = await pageOf(filters, Math.max(PAGE, valueIn(of)?.told.length ?? 0))
    askedAt.set(of, now)
    return all
  }
  const of: Resource<Timeline> = resource(`timeline${queryOf(filters)}`, load, (all) => upTo(PAGE, all))
  return of
}

/** Refreshes all loaded rows. */
export function lookAgain(filters: Filters) {
  const of = timeline(filters)
  askedAt.delete(of)
  return of.renew()
}

/** Loads the next older page. @throws ScoutError, UnreachableError */
export async function loadMore(filters: Filters) {
  const of = timeline(filters)
  const last = valueIn(of)?.told.at(-1)
  if (!last) return of.refresh()
  const page = await pageOf({ ...filters, after: idOf(last) }, PAGE)
  const { told = [] } = valueIn(of) ?? {}
  // The list may have been replaced meanwhile.
  const now = told.at(-1)
  if (!now || idOf(now) !== idOf(last)) return
  of.edit((known) => ({ told: [...known.told, ...page.told], hasMore: page.hasMore })).done()
}

/** The unseen notifications, as many as the badge counts. */
export const unseen = () => resource<Timeline>('timeline-unseen', () => pageOf({ unseen: true }, COUNTED))

/** One notification, or null if it no longer exists. */
export const notification = (id: string) =>
  resource<Told | null>(`notifications/${id}`, () => ifThere(scout.getNotification(id)))

async function pageOf({ day, ...of }: Filters & { unseen?: true; after?: string }, size: number) {
  const told: Told[] = []
  const asked = { ...of, ...(day && spanOf(day)), pageSize: of.unseen ? size : Math.min(size, PICTURED) }
  for await (const one of scout.eachNotification(asked)) if (told.push(one) === size) break
  return { told, hasMore: told.length === size }
}

/** Applies a change that the service has accepted to all loaded values. Answers to earlier requests are ignored. */
function settle(ids: string[], as: Mark) {
  const edit = (told: Told[]) => marked(told, new Set(ids), as)
  for (const of of resourcesUnder<Timeline>('timeline'))
    of.edit((known) => ({ ...known, told: edit(known.told) })).done()
  for (const of of ids.map(notification)) of.edit((one) => (one && edit([one])[0]) ?? null).done()
}

/** Shows a change at once, and makes it with `later`. `act` returns the ids of what the service has changed. */
function markLater(
  words: string,
  ids: string[],
  { as, act }: { as: Mark; act: (isLeaving: boolean) => Promise<string[]> },
) {
  let unmark: () => void
  later(words, {
    hide: () => (unmark = mark(ids, as)),
    restore: () => unmark(),
    async act(isLeaving) {
      settle(await act(isLeaving), as)
      unmark()
    },
  })
}

/** Marks notifications as seen. If that fails, they become unseen again without a message. */
export async function markSeen(told: Told[]) {
  const ids = asShown(told)
    .filter(({ seen_at }) => seen_at === null)
    .map(idOf)
  if (ids.length === 0) return
  const unmark = mark(ids, 'seen')
  await scout.markNotificationsSeen(ids).then(
    () => settle(ids, 'seen'),
    () => {},
  )
  unmark()
}

/** Marks all notifications that match the filters as seen, except those that arrive or get another picture later. */
export function markAllSeen(filters: Filters) {
  const [news = [], listed = []] = [unseen(), timeline(filters)].map((of) => valueIn(of)?.told)
  const newest = [...news, ...listed].map(idOf).toSorted().at(-1) ?? ''
  const isFiltered = queryOf(filters) !== ''
  const matching = isFiltered ? listed : [...news, ...listed]
  const counts = new Map(matching.map((one) => [idOf(one), one.count]))
  // The page may end before the list of all unseen ones arrives.
  const shown = (isFiltered ? listed : news).filter(({ seen_at }) => seen_at === null).map(idOf)
  const { day, ...rest } = filters
  markLater('All marked as seen.', matching.map(idOf), {
    as: 'seen',
    async act(isLeaving) {
      if (isLeaving && shown.length > 0) await scout.markNotificationsSeen(shown)
      const all = await scout.listNotifications({ ...rest, ...(day && spanOf(day)), unseen: true })
      const hasGrown = (one: Told) => one.count > (counts.get(idOf(one)) ?? one.count)
      const ids = all.filter((one) => idOf(one) <= newest && !hasGrown(one)).map(idOf)
      if (ids.length > 0) await scout.markNotificationsSeen(ids)
      return [...new Set([...(isLeaving ? shown : []), ...ids])]
    },
  })
}

/** Deletes a notification, after the time for Undo. */
export function clear(one: Told) {
  const ids = [idOf(one)]
  markLater('Notification deleted.', ids, {
    as: 'gone',
    act: () => scout.clearNotifications(ids).then(() => ids),
  })
}

/** Sends the feedback "not this", from which the rules learn. */
export function notThis(one: Told) {
  const ids = [idOf(one)]
  markLater('Noted: not this. Scout learns from it.', ids, {
    as: 'seen',
    act: () => scout.actOnNotification(idOf(one), 'not_this').then(() => ids),
  })
}
