import { type Environment, settings, settingsIfGood } from '../settings.ts'
import { sendByApns } from './apns.ts'
import type { Reach } from './endpoints.ts'
import { sendByNtfy } from './ntfy.ts'
import { type Kind, KINDS, type Sender } from './push.ts'
import { sendByWebPush } from './web-push.ts'
import { sendByWebhook } from './webhook.ts'

type Senders = { [K in Kind]: Sender | null }

/** An isolate has one environment. */
const known = new WeakMap<Environment, Senders>()

/**
 * The sender of each kind of target; null if this deployment has no keys for it. @throws unavailable if a push setting is
 * wrong
 */
export function sendersOf(env: Environment): Senders {
  const senders = known.get(env) ?? makeSenders(env)
  known.set(env, senders)
  return senders
}

/** The channels of this deployment: none if a push setting is wrong. */
export function channelsOf(env: Environment) {
  const senders = settingsIfGood(env, 'push') && settingsIfGood(env, 'site') && sendersOf(env)
  return Object.fromEntries(KINDS.map((kind) => [kind, Boolean(senders?.[kind])])) as { [K in Kind]: boolean }
}

/** Where pushes may go. @throws unavailable, as above */
export const reachOf = (env: Environment): Reach => {
  const { PUSH_SERVICES, LOOPBACK_TARGETS } = settings(env, 'push')
  const ourHost = new URL(settings(env, 'site').PUBLIC_URL).hostname
  return { services: PUSH_SERVICES, isLoopbackAllowed: LOOPBACK_TARGETS === 'on', ourHost }
}

function makeSenders(env: Environment): Senders {
  const push = settings(env, 'push')
  const reach = reachOf(env)
  return {
    web_push: push.VAPID_PUBLIC_KEY ? sendByWebPush(push, reach) : null,
    apns: push.APNS_KEY ? sendByApns(push) : null,
    webhook: sendByWebhook(reach),
    ntfy: sendByNtfy(reach),
  }
}
