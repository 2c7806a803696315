import { untilLeaving } from './leaving.ts'

declare const self: ServiceWorkerGlobalScope

/** Defined by scripts/build-phone.ts for each build: the files of the shell, and the build's version. */
declare const SHELL: readonly string[]
declare const VERSION: string

const CURRENT = `shell ${VERSION}`
/** The cache of hashed files outside the shell, such as the QR code reader, which are cached on first use. */
const USED = 'used'
const PAGE = '/app/'

/** Whether a request is for a screen or a cacheable file; never for the session. */
export const isOfShell = ({ method, mode, url }: Request) =>
  method === 'GET' && kindOf(mode, new URL(url)) !== null

function kindOf(mode: RequestMode, { origin, pathname }: URL) {
  if (origin !== self.location.origin) return null
  if (pathname.startsWith('/app/assets/')) return 'file'
  const isScreen = mode === 'navigate' && !/\.\w+$/.test(pathname) && !pathname.startsWith('/app/session')
  return isScreen ? 'screen' : null
}

/** Caches the whole shell or nothing, so that a page never mixes two builds. @throws if the page is of another build */
export async function keepShell() {
  const page = await fetch(PAGE, { cache: 'reload' })
  // A deployment may happen between the requests for the worker and the page. The browser tries again.
  if ((await versionOf(page.clone())) !== VERSION) throw new Error('The page is of another build.')
  const cache = await caches.open(CURRENT)
  await cache.addAll(SHELL.filter((path) => path !== PAGE))
  await cache.put(PAGE, page)
}

/** The version as scripts/build-phone.ts computes it. */
async function versionOf(page: Response) {
  const known = await new Blob([await page.arrayBuffer(), SHELL.join()]).arrayBuffer()
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', known))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, VERSION.length)
}

export async function dropOldShells() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('shell ') && name !== CURRENT)
  await Promise.all([...old, USED].map((name) => caches.delete(name)))
}

/** Answers from the cache, so that a screen opens at once and without a network; else from the service. */
export async function answerOf(event: FetchEvent): Promise<Response> {
  const { request } = event
  const isScreen = request.mode === 'navigate'
  const cache = await caches.open(CURRENT)
  const kept = await cache.match(isScreen ? PAGE : request.url)
  if (kept && isScreen) event.waitUntil(refreshHeaders(cache, kept).catch(() => {}))
  if (kept) return kept
  return isScreen ? fetch(request) : usedFile(event)
}

/** Updates the page's headers: its policy names the bucket, which may change without a new build. A new page comes with a new worker. */
async function refreshHeaders(cache: Cache, kept: Response) {
  const now = await fetch(PAGE, { cache: 'no-cache', signal: untilLeaving() })
  if (now.ok && tagOf(now) === tagOf(kept)) await cache.put(PAGE, now)
}

const tagOf = ({ headers }: Response) => headers.get('ETag')?.replace(/^W\//, '')

async function usedFile(event: FetchEvent) {
  const { request } = event
  const cache = await caches.open(USED)
  const used = await cache.match(request.url)
  if (used) return used
  const response = await fetch(request, { signal: untilLeaving() })
  if (response.status === 200) event.waitUntil(cache.put(request.url, response.clone()))
  return response
}
