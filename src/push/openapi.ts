import * as z from 'zod/mini'
import { type Operations, paging } from '../openapi/operation.ts'
import { answer, flag, input, publicId, text, timestamp } from '../openapi/schema.ts'
import { apnsInput, outcomeJson, targetInput, type targetJson } from './json.ts'
import { KINDS, REASONS } from './push.ts'

const MESSAGE = 'APNs token updated successfully'

type Target = ReturnType<typeof targetJson>
const fields = {
  public_target_id: publicId('The id of the target in paths.'),
  kind: z.enum(KINDS).check(z.describe('What speaks to it.')),
  name: text('What it was called; a webhook or a topic without a name is called by its host.'),
  last_sent_at: z.nullable(timestamp('When it took a notification last; null before the first.')),
  failures: z.number().check(
    z.meta({
      type: 'integer',
      minimum: 0,
      description: 'How many it did not take since, one after the other.',
    }),
  ),
  is_current: flag('Whether it is of the session that asks.'),
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
  'Where somebody is told. Its address is not shown.',
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
            'Of a webhook, by which its receiver verifies what comes (Standard Webhooks). It is told here only.',
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
    summary: 'Have an iPhone told',
    description:
      'An app sends the token that it has of Apple at each start. A phone belongs to the account that registered it last; null changes nothing.',
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
        'It is kept.',
        { message: text('That it is.') },
        { message: MESSAGE },
      ),
    },
  },

  'GET /v1/push/key/': {
    operationId: 'getPushKey',
    summary: 'Read the key that a browser subscribes with',
    description:
      'The `applicationServerKey` of `pushManager.subscribe`. 404 where this service sends no Web Push.',
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
    summary: 'List where you are told',
    description: 'Phones, browsers, webhooks and topics of ntfy, the oldest first.',
    query: paging,
    answers: { 200: { listOf: target } },
  },
  'POST /v1/push/targets/': {
    operationId: 'registerPushTarget',
    summary: 'Be told somewhere',
    description:
      'A browser and a phone register at each start: the same address again is the same target, answered with 200. They belong to who registered them last, and end with the session that did; of more than 20 targets the phone that registered longest ago makes room. An account has 10 webhooks and topics at most; their addresses are public https ones.',
    body: input(
      'PushTargetInput',
      'Where, by its kind: `web_push` needs `endpoint` and `keys`, `apns` needs `token`, `environment` and `topic`, `webhook` and `ntfy` need `url`.',
      targetInput,
      {
        kind: 'What speaks to it; `channels` of the notification settings say what this service is set up for.',
        endpoint: 'Of a browser’s push subscription.',
        keys: 'Of the same subscription.',
        token: 'Of an iPhone for Apple’s push service, in hexadecimal digits.',
        environment: 'Whether the app is from the App Store or TestFlight, or from Xcode.',
        topic: 'The id of the app.',
        url: 'Of a webhook, or of a topic: https://ntfy.sh/my-topic.',
        name: 'By what its owner knows it again.',
      },
      { kind: 'webhook', url: 'https://home.example.com/api/webhook/abc', name: 'Home Assistant' },
    ),
    answers: { 200: target, 201: newTarget },
  },
  'DELETE /v1/push/targets/{public_target_id}/': {
    operationId: 'removePushTarget',
    summary: 'Be told there no more',
    description: 'What is on its way there may still come.',
    answers: { 204: 'It is forgotten.' },
    refuses: ['NoSuchTarget'],
  },
  'POST /v1/push/targets/{public_target_id}/test/': {
    operationId: 'testPushTarget',
    summary: 'Send a test there',
    description:
      'Says how it went, in words of this service’s own; 20 a minute. A target that is gone is forgotten. It is no notification: no list has it.',
    answers: {
      200: answer<ReturnType<typeof outcomeJson>>(
        'PushOutcome',
        'What became of it.',
        {
          outcome: z
            .enum(['sent', 'gone', 'later', 'refused'])
            .check(
              z.describe(
                '`sent`: the service has it. `gone`: nobody is there any more. `later`: not now; a notification would be tried again. `refused`: it never will be taken.',
              ),
            ),
          status: z.nullable(
            z
              .number()
              .check(
                z.meta({ type: 'integer', description: 'Of the HTTP answer; null where there was none.' }),
              ),
          ),
          reason: z.enum(REASONS).check(z.describe('Why.')),
        },
        { outcome: 'sent', status: 201, reason: 'accepted' },
      ),
    },
    refuses: ['NoSuchTarget'],
  },
}
