import { signal } from '@preact/signals'
import { isWithin } from './match.ts'

/** The current address: a path below the app's base, as `/cameras/1`, with its query and hash. */
export type Address = { path: string; search: URLSearchParams; hash: string }

const BASE = import.meta.env.BASE_URL.replace(/\/$/, '')
const here = (): Address => ({
  path: location.pathname.slice(BASE.length) || '/',
  search: new URLSearchParams(location.search),
  hash: location.hash.slice(1),
})

export const address = signal(here())

/** The href of a path in the app. */
export const to = (path: string) => BASE + path

/** The path in the app of a URL, with its query and hash. */
export const placeOf = (url: string) => {
  const { pathname, search, hash } = new URL(url, location.href)
  return (pathname.slice(BASE.length) || '/') + search + hash
}

/** Navigates to a path in the app; `replace` replaces the current history entry. */
export function go(path: string, { replace = false } = {}) {
  const depth = replace ? depthOf(history.state) : depthOf(history.state) + 1
  rememberScroll()
  history[replace ? 'replaceState' : 'pushState']({ depth }, '', to(path))
  void show(replace ? 'none' : 'forward', 0)
}

/** Goes back, or to `fallback` if the app was opened at this address. */
export function back(fallback: string) {
  if (depthOf(history.state) > 0) history.back()
  else go(fallback, { replace: true })
}

/** Handles links within the app, and the browser's back and forward. */
export function startRouter() {
  history.scrollRestoration = 'manual'
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a')
    if (!link || !isOurs(event, link)) return
    event.preventDefault()
    go(placeOf(link.href), { replace: 'replace' in link.dataset })
  })
  addEventListener('popstate', () => void show('back', Number(history.state?.scroll ?? 0)))
  addEventListener('hashchange', () => (address.value = here()))
}

/** The browser handles links to other sites, with a target, or opened in another tab (after preact-iso). */
function isOurs(event: MouseEvent, link: HTMLAnchorElement) {
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.altKey || event.shiftKey)
  return (
    isPlain &&
    isWithin(link, location, BASE) &&
    !event.defaultPrevented &&
    !link.target &&
    !link.hasAttribute('download')
  )
}

async function show(direction: 'forward' | 'back' | 'none', scroll: number) {
  // If only the query changes (a sheet, a filter), the screen stays.
  const isSame = here().path === address.value.path
  const next = async () => {
    address.value = here()
    // Preact renders in the next microtask, and a screen may need a cached answer.
    await new Promise((resolve) => setTimeout(resolve))
    if (!isSame) scrollTo(0, scroll)
  }
  const isStill = isSame || direction === 'none' || matchMedia('(prefers-reduced-motion: reduce)').matches
  if (isStill || !('startViewTransition' in document)) return next()
  document.documentElement.dataset.going = direction
  await document.startViewTransition(next).finished.catch(() => {})
}

const rememberScroll = () => history.replaceState({ ...history.state, scroll: scrollY }, '')
const depthOf = (state: { depth?: number } | null) => state?.depth ?? 0
