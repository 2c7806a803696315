import { isHere } from '../settings.ts'
import { secondsIn } from '../http/retry-after.ts'
import type { Kind } from './push.ts'

/** Where pushes may go besides: hosts of other push services, this machine; and the host that is our own, where none may. */
export type Reach = { services: string[]; isLoopbackAllowed: boolean; ourHost: string }

const LONGEST = 2_048
/** A service has so long. */
export const PATIENCE_IN_MS = 8_000
const MAX_ANSWER_IN_BYTES = 1_024
/** Those of Chrome, Firefox, Edge and Safari. */
const SERVICES = ['fcm.googleapis.com', 'push.services.mozilla.com', 'notify.windows.com', 'push.apple.com']
/** Names that lead nowhere, or to a network of one's own: RFC 2606, 6761, 6762, 7686, 8375, 9476, and what routers and offices use. */
const NOT_PUBLIC =
  'alt arpa corp example home internal intranet invalid lan local localdomain localhost mail onion private test'
const LABEL = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/
/** No address of IPv4 ends in letters, in whatever spelling. */
const TOP_LABEL = /^([a-z]{2,63}|xn--[a-z\d-]{1,59})$/

/**
 * An address that a client gave, as it is called, or null where we do not call it: https, a public name whose every label is
 * looked at, and for `web_push` one of a push service's own.
 */
export function addressOf(kind: Kind, given: string, reach: Reach): string | null {
  const url = /^https?:\/\/[^\s\\]+$/i.test(given) && given.length <= LONGEST ? URL.parse(given) : null
  if (!url || url.username + url.password + url.hash !== '' || url.href.length > LONGEST) return null
  if (reach.isLoopbackAllowed && isHere(url.href)) return url.href
  const { protocol, hostname, port } = url
  if (protocol !== 'https:' || (port !== '' && Number(port) < 1_024) || !isPublic(hostname)) return null
  if (isUnder(hostname, [reach.ourHost])) return null
  if (kind !== 'web_push') return url.href
  return port === '' && isUnder(hostname, [...SERVICES, ...reach.services]) ? url.href : null
}

function isPublic(hostname: string) {
  const labels = hostname.split('.')
  const top = labels.at(-1)!
  return (
    hostname.length <= 253 &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label)) &&
    TOP_LABEL.test(top) &&
    !NOT_PUBLIC.split(' ').includes(top)
  )
}

/** Whole labels are compared: `evilpush.apple.com.example.com` is under none of them. */
const isUnder = (hostname: string, names: string[]) =>
  names.some((name) => `.${hostname}`.endsWith(`.${name}`))

/** What the other side answered: its first KiB where it is read. */
export type Answer = { status: number; laterInSeconds: number | null; text: string }

/** Posts to one address, follows no redirect and waits 8 seconds. */
export async function post(
  address: string,
  init: { headers: Record<string, string>; body: BodyInit },
  signal: AbortSignal,
  isRead = false,
): Promise<Answer | 'timed_out' | 'unreachable'> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_IN_MS)])
  const response = await fetch(address, {
    method: 'POST',
    ...init,
    redirect: 'manual',
    signal: patience,
    // The network's own words may quote an address.
  }).catch(() => null)
  if (!response) return patience.aborted ? 'timed_out' : 'unreachable'
  // What is known by now stays so, whatever becomes of the rest.
  const text = await (isRead ? beginningOf(response) : response.body?.cancel().then(() => ''))?.catch(
    () => '',
  )
  return {
    status: response.status,
    laterInSeconds: secondsIn(response.headers.get('Retry-After')),
    text: text ?? '',
  }
}

async function beginningOf({ body }: Response) {
  const bytes = new Uint8Array(MAX_ANSWER_IN_BYTES)
  let size = 0
  for await (const chunk of body ?? []) {
    const fitting = chunk.subarray(0, bytes.length - size)
    bytes.set(fitting, size)
    size += fitting.length
    // To leave the loop cancels the rest.
    if (size === bytes.length) break
  }
  return new TextDecoder().decode(bytes.subarray(0, size))
}
