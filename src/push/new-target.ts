import { type Faults, problems } from '../problems.ts'
import { addressOf, type Reach } from './endpoints.ts'
import { BAD_KEYS, type TargetInput } from './json.ts'
import type { Kind } from './push.ts'
import type { NewTarget } from './register.ts'
import { newSecret } from './webhook.ts'

const NEEDED = {
  web_push: ['endpoint', 'keys'],
  apns: ['token', 'environment', 'topic'],
  webhook: ['url'],
  ntfy: ['url'],
} as const
const WORDS = {
  web_push: 'Enter the endpoint of a push subscription, at a push service that this service knows.',
  webhook: 'Enter a public https address.',
  ntfy: 'Enter the public https address of a topic, like https://ntfy.sh/my-topic.',
}
const TOPIC = /^\/[\w-]{1,64}$/

/**
 * Validates a new target, and makes a secret for a webhook. `faults` are those of single fields.
 * @throws invalid if a field that its kind needs is missing, or the address is not allowed
 */
export async function newTarget(
  input: TargetInput,
  faults: Faults | null,
  channels: Record<Kind, boolean>,
  reach: Reach,
): Promise<NewTarget> {
  const { kind } = input
  if (!kind) throw problems.invalid(faults ?? {})
  const found: Faults = channels[kind] ? {} : { kind: ['This service is not set up for it.'] }
  for (const field of NEEDED[kind]) if (input[field] === undefined) found[field] = ['This field is required.']
  const address = addressIn(input, reach)
  if (address === null && kind !== 'apns') found[NEEDED[kind][0]] ??= [WORDS[kind]]
  if (kind === 'web_push' && input.keys && !(await isPoint(input.keys.p256dh))) found.keys = [BAD_KEYS]
  const all = { ...found, ...faults }
  if (Object.keys(all).length > 0) throw problems.invalid(all)
  return {
    kind,
    address: address!,
    keys: keysOf(kind, input),
    name: input.name || null,
    called: hostOf(kind, address!),
  }
}

function addressIn({ kind, endpoint, url, token }: TargetInput, reach: Reach) {
  if (kind === 'apns') return token ?? null
  const address = addressOf(kind!, (kind === 'web_push' ? endpoint : url) ?? '', reach)
  const isNoTopic = address !== null && kind === 'ntfy' && !TOPIC.test(new URL(address).pathname)
  return isNoTopic ? null : address
}

function keysOf(kind: Kind, { keys, environment, topic }: TargetInput): Record<string, string> {
  if (kind === 'web_push') return { ...keys }
  if (kind === 'apns') return { environment: environment!, topic: topic! }
  return kind === 'webhook' ? { secret: newSecret() } : {}
}

/** The default name of a service. */
const hostOf = (kind: Kind, address: string) =>
  kind === 'webhook' || kind === 'ntfy' ? new URL(address).host : ''

/** Whether a browser's key is a point of the curve. */
function isPoint(p256dh: string) {
  const point = Uint8Array.fromBase64(p256dh, { alphabet: 'base64url' })
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' }
  return crypto.subtle.importKey('raw', point, algorithm, false, []).then(
    () => true,
    () => false,
  )
}
