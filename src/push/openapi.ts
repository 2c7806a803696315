import * as z from 'zod/mini'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, flag, input, publicId, text, timestamp } from '../openapi/schema.ts'
import { apnsInput, outcomeJson, targetInput, type targetJson } from './json.ts'
import { KINDS, REASONS } from './push.ts'

const MESSAGE = 'APNs token updated successfully'

type Target = ReturnType<typeof targetJson>
const fields = {
  public_target_id: publicId('The id of the target in paths.'),
  kind: z.enum(KINDS).check(z.describe('The protocol of the target.')),
  name: text('Its name; defaults to the host for a webhook or a topic.'),
  last_sent_at: z.nullable(timestamp('When it last accepted a notification; null before the first.')),
  failures: z.number().check(
    z.meta({
      type: 'integer',
      minimum: 0,
      description: 'The number of consecutive failures since then.',
    }),
  ),
  is_current: flag('Whether it belongs to the session of this request.'),
}
const example: Target = {
  public_target_id: '019731a2-1234-7abc-8def-000000000006',
  kind: 'webhook',
  name: 'Home Assistant',
  last_sent_at: '2026-04-28T12:00:00Z',
  failures: 0,
  is_current: false,
}
const target = answer<Target>(
  'PushTarget',
  'A place where an account is notified. Its address is not shown.',
  fields,
  example,
)
const newTarget = answer<Target & { secret?: string }>(
  'NewPushTarget',
  'A target that has just been registered.',
  {
    ...fields,
    secret: z.optional(
      z.string().check(
        z.meta({
          pattern: '^whsec_[A-Za-z0-9+/]{43}=$',
          description:
            'The secret with which the receiver of a webhook verifies requests (Standard Webhooks). Returned only here.',
        }),
      ),
    ),
  },
  {
    ...example,
    last_sent_at: null,
    secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfXK8Ikw3M=',
  },
)

export const pushOperations: Operations = {
  'POST /v1/users/apns_token/': {
    operationId: 'registerApnsToken',
    summary: 'Register an iPhone for push',
    description:
      'An app sends the token that Apple gave it at each start. A phone belongs to the account that registered it last. Null changes nothing.',
    body: input(
      'ApnsToken',
      'An iPhone.',
      apnsInput,
      { apns_device_id: 'Its token for Apple’s push service, in hexadecimal digits.' },
      { apns_device_id: '0123456789abcdef'.repeat(4) },
    ),
    answers: {
      200: answer<{ message: string }>(
        'ApnsTokenKept',
        'The token is stored.',
        { message: text('A confirmation.') },
        { message: MESSAGE },
      ),
    },
  },

  'GET /v1/push/key/': {
    operationId: 'getPushKey',
    summary: 'Read the key for a browser’s push subscription',
    description:
      'The `applicationServerKey` for `pushManager.subscribe`. Returns 404 if this service sends no Web Push.',
    answers: {
      200: answer<{ key: string }>(
        'PushKey',
        'The public key of this service (VAPID).',
        { key: z.string().check(z.meta({ pattern: '^B[A-Za-z0-9_-]{86}$', description: 'In base64url.' })) },
        { key: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8' },
      ),
    },
    refuses: ['NotFound'],
  },
  'GET /v1/push/targets/': {
    operationId: 'listPushTargets',
    summary: 'List your push targets',
    description: 'Phones, browsers, webhooks and ntfy topics, the oldest first.',
    query: paging,
    answers: { 200: { listOf: target } },
  },
  'POST /v1/push/targets/': {
    operationId: 'registerPushTarget',
    summary: 'Register a push target',
    description:
      'A browser or phone registers at each start. The same address again is the same target and returns 200. It belongs to the account that registered it last, and ends with the session that did. Beyond 20 targets, the phone or browser that registered longest ago is removed. An account has at most 10 webhooks and topics; their addresses must be public and https.',
    body: input(
      'PushTargetInput',
      'The target, by kind: `web_push` needs `endpoint` and `keys`; `apns` needs `token`, `environment` and `topic`; `webhook` and `ntfy` need `url`.',
      targetInput,
      {
        kind: 'The protocol. `channels` in the notification settings lists those that this service is set up for.',
        endpoint: 'The endpoint of a browser’s push subscription.',
        keys: 'The keys of the same subscription.',
        token: 'The token of an iPhone for Apple’s push service, in hexadecimal digits.',
        environment: 'Whether the app is from the App Store or TestFlight, or from Xcode.',
        topic: 'The id of the app.',
        url: 'The address of a webhook or of a topic, like https://ntfy.sh/my-topic.',
        name: 'A name that its owner recognizes.',
      },
      { kind: 'webhook', url: 'https://home.example.com/api/webhook/abc', name: 'Home Assistant' },
    ),
    answers: { 200: target, 201: newTarget },
  },
  'DELETE /v1/push/targets/{public_target_id}/': {
    operationId: 'removePushTarget',
    summary: 'Remove a push target',
    description: 'A notification that is already on its way may still arrive.',
    answers: { 204: 'The target is removed.' },
    refuses: ['NoSuchTarget'],
  },
  'POST /v1/push/targets/{public_target_id}/test/': {
    operationId: 'testPushTarget',
    summary: 'Send a test to a push target',
    description:
      'Returns the outcome, in this service’s own words; at most 20 a minute. A target that is gone is removed. The test is not a notification and appears in no list.',
    answers: {
      200: answer<ReturnType<typeof outcomeJson>>(
        'PushOutcome',
        'The outcome of the test.',
        {
          outcome: z
            .enum(['sent', 'gone', 'later', 'refused'])
            .check(
              z.describe(
                '`sent`: the push service accepted it. `gone`: the target no longer exists. `later`: a temporary failure; a notification would be retried. `refused`: a permanent failure.',
              ),
            ),
          status: z.nullable(
            z
              .number()
              .check(
                z.meta({ type: 'integer', description: 'The HTTP status; null if there was no answer.' }),
              ),
          ),
          reason: z.enum(REASONS).check(z.describe('The reason.')),
        },
        { outcome: 'sent', status: 201, reason: 'accepted' },
      ),
    },
    refuses: ['NoSuchTarget'],
  },
}
