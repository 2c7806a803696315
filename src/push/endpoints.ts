import { isHere } from '../settings.ts'
import { secondsIn } from '../http/retry-after.ts'
import type { Kind } from './push.ts'

/**
 * Where pushes may go in addition: hosts of other push services, and this machine; and our own host, where none may go.
 */
export type Reach = { services: string[]; isLoopbackAllowed: boolean; ourHost: string }

const LONGEST = 2_048
/** The timeout of a push service. */
export const PATIENCE_IN_MS = 8_000
const MAX_ANSWER_IN_BYTES = 1_024
/** The hosts of Chrome, Firefox, Edge and Safari. */
const SERVICES = ['fcm.googleapis.com', 'push.services.mozilla.com', 'notify.windows.com', 'push.apple.com']
/**
 * Names that lead nowhere or to a private network: RFC 2606, 6761, 6762, 7686, 8375, 9476, and names that routers and offices
 * use.
 */
const NOT_PUBLIC =
  'alt arpa corp example home internal intranet invalid lan local localdomain localhost mail onion private test'
const LABEL = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/
/** No IPv4 address ends in letters, in any spelling. */
const TOP_LABEL = /^([a-z]{2,63}|xn--[a-z\d-]{1,59})$/

/**
 * A client's address in normal form, or null if it is not allowed: it must be https, a public name with valid labels, and for
 * `web_push` a push service's host.
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

/** Compares whole labels: `evilpush.apple.com.example.com` is under none of them. */
const isUnder = (hostname: string, names: string[]) =>
  names.some((name) => `.${hostname}`.endsWith(`.${name}`))

/** The answer of the other side, with its first KiB if it is read. */
export type Answer = { status: number; laterInSeconds: number | null; text: string }

/** Posts to an address, without redirects and with a timeout of 8 seconds. */
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
    // The message of a network error may quote an address.
  }).catch(() => null)
  if (!response) return patience.aborted ? 'timed_out' : 'unreachable'
  // The status is known by now and stays, whatever happens to the body.
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
    // Leaving the loop cancels the rest.
    if (size === bytes.length) break
  }
  return new TextDecoder().decode(bytes.subarray(0, size))
}
