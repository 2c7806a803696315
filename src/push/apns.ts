import { sign } from 'hono/jwt'
import type { Settings } from '../settings.ts'
import { type Answer, post } from './endpoints.ts'
import { fitted } from './fitting.ts'
import { gone, later, outcomeOf, refused } from './outcomes.ts'
import type { Outcome, Push, Sender, Target } from './push.ts'

const MAX_BYTES = 4_096
const EXPIRES_IN_SECONDS = 3_600
/** Apple accepts tokens of 20 to 60 minutes, and few of them: all isolates use the same issue time. */
const TOKEN_LIFETIME_IN_SECONDS = 1_800
const HOSTS = ['https://api.push.apple.com', 'https://api.sandbox.push.apple.com']
const ENVIRONMENTS = ['production', 'sandbox']
const LEVELS = { passive: 'passive', normal: 'active', time_sensitive: 'time-sensitive' }

/** Apple's reasons that are faults of this service, not of the push. */
const OURS =
  /^(BadCertificate|BadCertificateEnvironment|BadEnvironmentKeyInToken|BadTopic|Forbidden|InvalidProviderToken|MissingProviderToken|MissingTopic|TopicDisallowed|UnrelatedKeyIdInToken)$/
/** Apple's reasons that mean the phone is gone. */
const GONE = /^(BadDeviceToken|DeviceTokenNotForTopic|ExpiredToken)$/

/** Sends with Apple's push service and a provider token (ES256). */
export function sendByApns(settings: Settings['push']): Sender {
  const hosts = settings.APNS_URL.length > 0 ? settings.APNS_URL : HOSTS
  const provider = providerOf(settings)
  return async function send(push, target, signal) {
    const { topic: ours, environment = settings.APNS_ENVIRONMENT } = target.keys
    const body = fitted(push, MAX_BYTES, (push) => payloadOf(push, Boolean(ours)))
    if (!body) return refused('too_large')
    const authorization = await provider.authorization().catch(() => null)
    if (!authorization) return refused('misconfigured')
    const headers = {
      authorization,
      'content-type': 'application/json',
      'apns-topic': ours ?? settings.APNS_TOPIC,
      'apns-push-type': 'alert',
      'apns-priority': push.importance === 'passive' ? '5' : '10',
      'apns-expiration': String(Math.floor(Date.now() / 1000) + EXPIRES_IN_SECONDS),
      'apns-collapse-id': push.publicNotificationId,
    }
    const ask = (environment: string) => {
      const host = hosts[ENVIRONMENTS.indexOf(environment)] ?? hosts[0]
      return post(`${host}/3/device/${target.address}`, { headers, body }, signal, true)
    }
    const answer = await ask(environment)
    if (reasonIn(answer) !== 'BadDeviceToken' || hosts.length < 2) return outcomeFor(answer, target)
    // The token belongs to the other environment, or to none.
    const other = ENVIRONMENTS.find((name) => name !== environment)!
    const outcome = outcomeFor(await ask(other), target)
    return outcome.outcome === 'sent' ? { ...outcome, learned: { environment: other } } : outcome
  }
}

/** Apps in the field read the three keys beside `aps`; our own app also has buttons. */
const payloadOf = (push: Push, isOurs: boolean) => ({
  aps: {
    alert: { title: push.title, body: push.body },
    ...(push.importance !== 'passive' && { sound: 'default' }),
    'thread-id': push.publicCameraId ?? push.kind,
    'interruption-level': LEVELS[push.importance],
    'mutable-content': 1,
    ...(isOurs && { category: push.kind }),
  },
  ...(push.pictureUrl && { 'detection-image-url': push.pictureUrl }),
  ...(push.publicCameraId && { 'camera-id': push.publicCameraId }),
  'notification-id': push.publicNotificationId,
  ...(isOurs && { 'action-token': push.actionToken, 'app-url': push.appUrl }),
})

function outcomeFor(answer: Answer | 'timed_out' | 'unreachable', { registeredAt }: Target): Outcome {
  if (typeof answer === 'string') return later(answer)
  const { status } = answer
  const reason = reasonIn(answer)
  if (reason === 'ExpiredProviderToken') return later('misconfigured', status)
  if (OURS.test(reason)) return refused('misconfigured', status)
  if (GONE.test(reason)) return gone(status)
  // A phone that registered after Apple's timestamp still exists.
  if (status === 410)
    return unregisteredAt(answer) > Date.parse(registeredAt) ? gone(status) : later('unregistered', status)
  return outcomeOf(answer, { 413: 'too_large' })
}

/** Apple's own reason; it is not passed on. */
const reasonIn = (answer: Answer | string) => String(wordsOf(answer).reason ?? '')
const unregisteredAt = (answer: Answer) => Number(wordsOf(answer).timestamp ?? Infinity)

function wordsOf(answer: Answer | string): { reason?: unknown; timestamp?: unknown } {
  try {
    return typeof answer === 'string' ? {} : (JSON.parse(answer.text) ?? {})
  } catch {
    return {}
  }
}

/** The provider token, which stays the same for half an hour. */
function providerOf({ APNS_KEY, APNS_TEAM_ID: iss }: Settings['push']) {
  let kept: { iat: number; authorization: Promise<string> } | null = null
  return {
    authorization() {
      const now = Math.floor(Date.now() / 1000)
      const iat = now - (now % TOKEN_LIFETIME_IN_SECONDS)
      if (kept?.iat !== iat)
        kept = {
          iat,
          authorization: sign({ iss, iat }, APNS_KEY!, 'ES256').then((token) => `bearer ${token}`),
        }
      return kept.authorization
    },
  }
}
