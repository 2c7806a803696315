import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { REASONS, type Kind, type Push, type Reason } from '../../src/push/push.ts'
import { sendersOf } from '../../src/push/senders.ts'
import type { Step } from '../../stack/answers.ts'
import type { Received } from '../support/receiver.ts'

const HUSH = 'hush-words-of-the-other-side'
const MEGABYTE = 1024 * 1024
const receiver = inject('receiver')

/** A push about a fox, with some fields changed. */
export const aPush = (change: Partial<Push> = {}): Push => ({
  publicNotificationId: crypto.randomUUID(),
  publicCameraId: crypto.randomUUID(),
  publicEventId: crypto.randomUUID(),
  kind: 'match',
  title: 'Front Door',
  body: 'Fox: a fox at the left. 🦊',
  ruleNicknames: ['Fox'],
  count: 1,
  importance: 'normal',
  createdAt: '2026-11-27T00:30:00.000Z',
  pictureUrl: 'https://bucket.example.com/detection/a/b.jpg?signed=much',
  appUrl: 'https://scout.example.com/app/events/1',
  actionToken: `token-${crypto.randomUUID()}`,
  ...change,
})

export type Rig = {
  kind: Kind
  /** The target's fields besides its address. */
  keys: () => Promise<Record<string, string>> | Record<string, string>
  /** Its address at the receiver for one test, and the setting if the address is one. */
  at: (url: string) => { address: string; settings?: Record<string, string> }
  /** The meaning of 404 and 410 for this kind. */
  notFound: Reason
  gone: Reason
}

/** A target of a kind at a receiver path of its own, with a script. */
export async function aTarget(rig: Rig, steps: Step[], change: Record<string, string> = {}) {
  const id = crypto.randomUUID()
  await fetch(`${receiver}/script`, { method: 'POST', body: JSON.stringify({ id, steps }) })
  const { address, settings = {} } = rig.at(`${receiver}/${id}`)
  const send = sendersOf({ ...env, LOOPBACK_TARGETS: 'on', ...settings, ...change } as Env)[rig.kind]!
  const target = { address, keys: await rig.keys(), registeredAt: '2026-11-27T00:00:00.000Z' }
  return {
    target,
    send: (push = aPush(), signal = new AbortController().signal) => send(push, target, signal),
    received: async (): Promise<Received[]> => (await fetch(`${receiver}/received?id=${id}`)).json(),
  }
}

/** The contract of every sender, for any behaviour of the receiver. */
export function behavesAsSender(name: string, rig: Rig) {
  const outcomeOf = async (step: Step) => (await aTarget(rig, [step])).send()
  const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString()
  const foreign = { body: JSON.stringify({ reason: HUSH, error: HUSH }), headers: { 'X-Words': HUSH } }

  afterEach(() => vi.restoreAllMocks())

  describe(name, () => {
    it.each<[string, Step, string, Reason, number | null, number | null]>([
      ['takes it', { status: 200 }, 'sent', 'accepted', 200, null],
      ['takes it as created', { status: 201, ...foreign }, 'sent', 'accepted', 201, null],
      ['takes it late', { status: 202, delayInMs: 400 }, 'sent', 'accepted', 202, null],
      ['takes it with a megabyte', { status: 200, padding: MEGABYTE }, 'sent', 'accepted', 200, null],
      ['says no', { status: 400, ...foreign }, 'refused', 'refused', 400, null],
      ['says no with a megabyte', { status: 400, padding: MEGABYTE }, 'refused', 'refused', 400, null],
      ['does not take it so large', { status: 413 }, 'refused', 'too_large', 413, null],
      ['is busy', { status: 429 }, 'later', 'busy', 429, null],
      ['is busy for a minute', { status: 429, headers: { 'Retry-After': '60' } }, 'later', 'busy', 429, 60],
      [
        'is busy for a year',
        { status: 429, headers: { 'Retry-After': '31536000' } },
        'later',
        'busy',
        429,
        86_400,
      ],
      [
        'is busy until it says what is no time',
        { status: 429, headers: { 'Retry-After': HUSH } },
        'later',
        'busy',
        429,
        null,
      ],
      ['fails', { status: 500, ...foreign }, 'later', 'failing', 500, null],
      [
        'is down for ten seconds',
        { status: 503, headers: { 'Retry-After': '10' } },
        'later',
        'failing',
        503,
        10,
      ],
      ['hangs up', { isCut: true }, 'later', 'unreachable', null, null],
    ])('whose other side %s', async (_, step, outcome, reason, status, laterInSeconds) => {
      expect(await outcomeOf(step)).toEqual({ outcome, reason, status, laterInSeconds })
    })

    it('reads when to ask again as a date, too', async () => {
      const { laterInSeconds, ...outcome } = await outcomeOf({
        status: 503,
        headers: { 'Retry-After': inAnHour() },
      })
      expect(outcome).toEqual({ outcome: 'later', reason: 'failing', status: 503 })
      expect(laterInSeconds).toBeGreaterThan(3_590)
      expect(laterInSeconds).toBeLessThanOrEqual(3_600)
    })

    it.each([
      [404, rig.notFound],
      [410, rig.gone],
    ] as const)('knows what %s means', async (status, reason) => {
      const outcome = reason === 'unregistered' ? 'gone' : 'refused'
      expect(await outcomeOf({ status })).toEqual({ outcome, reason, status, laterInSeconds: null })
    })

    it.each([301, 302, 303, 307, 308])('follows no %s', async (status) => {
      const elsewhere = await aTarget(rig, [{ status: 200 }])
      const { send, received } = await aTarget(rig, [
        { status, headers: { Location: elsewhere.target.address } },
      ])
      expect(await send()).toEqual({ outcome: 'refused', reason: 'refused', status, laterInSeconds: null })
      expect(await received()).toHaveLength(1)
      expect(await elsewhere.received()).toEqual([])
    })

    it.each<[string, Step]>([
      ['never answers', { isSilent: true }],
      ['never ends a refusal', { status: 400, isEndless: true, body: '{' }],
    ])('ends with its signal where the other side %s', async (_, step) => {
      const { send } = await aTarget(rig, [step])
      const outcome = await send(aPush(), AbortSignal.timeout(300))
      // A sender that does not read the body does not wait for its end.
      expect(outcome).toBeOneOf([
        { outcome: 'later', reason: 'timed_out', status: null, laterInSeconds: null },
        { outcome: 'refused', reason: 'refused', status: 400, laterInSeconds: null },
      ])
      if (step.isSilent) expect(outcome.reason).toBe('timed_out')
    })

    it('says that nobody listens', async () => {
      const { address, settings = {} } = rig.at('http://127.0.0.1:9')
      const send = sendersOf({ ...env, LOOPBACK_TARGETS: 'on', ...settings } as Env)[rig.kind]!
      const target = { address, keys: await rig.keys(), registeredAt: '2026-11-27T00:00:00.000Z' }
      expect(await send(aPush(), target, new AbortController().signal)).toEqual({
        outcome: 'later',
        reason: 'unreachable',
        status: null,
        laterInSeconds: null,
      })
    })

    it('passes on none of the other side’s words, in its answer or the log', async () => {
      const logged = (['log', 'info', 'warn', 'error'] as const).map((level) =>
        vi.spyOn(console, level).mockReturnValue(),
      )
      for (const status of [200, 302, 400, 403, 404, 410, 429, 500, 599]) {
        const outcome = await outcomeOf({ status, ...foreign })
        expect(JSON.stringify(outcome)).not.toContain(HUSH)
        expect(REASONS).toContain(outcome.reason)
      }
      expect(JSON.stringify(logged.map(({ mock }) => mock.calls))).not.toContain(HUSH)
    })

    it('sends of a push that is far too large what fits, in whole characters', async () => {
      const body = '🏳️‍🌈"é\n'.repeat(3_000)
      const { send, received } = await aTarget(rig, [{}])
      expect(await send(aPush({ body, title: 'Æ"'.repeat(127) }))).toMatchObject({ outcome: 'sent' })
      expect(await received()).toHaveLength(1)
    })
  })
}
