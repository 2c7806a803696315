import { untilLeaving } from './leaving.ts'

declare const self: ServiceWorkerGlobalScope

const PICTURES = 'pictures'
const MOST_PICTURES = 60

/** Buckets without a CORS rule for GET: their pictures are shown but not cached. */
const closed = new Set<string>()

/** Whether a request is for a picture in the bucket; the app's own images do not count. */
export const isPicture = ({ method, destination, url }: Request) =>
  method === 'GET' &&
  destination === 'image' &&
  /^https?:/.test(url) &&
  new URL(url).origin !== self.location.origin

/** Fetches the picture; without a network, or if its URL has expired, answers from the cache. */
export async function pictureOf(event: FetchEvent): Promise<Response> {
  const { request } = event
  const key = keyOf(request.url)
  const cache = await caches.open(PICTURES)
  const now = await fetchPicture(request)
  if (now?.ok) event.waitUntil(keep(cache, key, now.clone()).catch(() => {}))
  if (now && (now.ok || now.type === 'opaque')) return now
  return (await cache.match(key)) ?? now ?? Response.error()
}

export const forgetPictures = () => caches.delete(PICTURES)

/** The object's URL without the signature, which changes. */
export function keyOf(url: string) {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

async function fetchPicture(request: Request) {
  const { url } = request
  const { origin } = new URL(url)
  const signal = untilLeaving()
  const readable = { mode: 'cors', credentials: 'omit', signal } as const
  // A response that the browser cached before this worker has no CORS header, so the second try bypasses the cache.
  const tries = closed.has(origin) ? [] : [readable, { ...readable, cache: 'reload' as const }]
  for (const options of tries) {
    const response = await fetch(url, options).catch(() => null)
    if (response) return response
  }
  const response = await fetch(request, { signal }).catch(() => null)
  if (response) closed.add(origin)
  return response
}

async function keep(cache: Cache, key: string, picture: Response) {
  // Cache keys are in order of insertion; a replaced key moves to the end.
  await cache.put(key, picture)
  const kept = await cache.keys()
  await Promise.all(kept.slice(0, -MOST_PICTURES).map((old) => cache.delete(old)))
}
