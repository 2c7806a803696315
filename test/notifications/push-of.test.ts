import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { isActionToken } from '../../src/notifications/action-token.ts'
import { heldBy, pushOf } from '../../src/notifications/push-of.ts'
import type { Delivery } from '../../src/push/outbox.ts'
import { settings } from '../../src/settings.ts'
import { put } from '../support/pictures.ts'

const NOW = Date.parse('2026-03-28T22:30:00Z')
const at = (milliseconds: number) => new Date(NOW + milliseconds).toISOString()

const aDelivery = (changes: Partial<Delivery> = {}): Delivery => ({
  id: 1,
  lease: crypto.randomUUID(),
  attempts: 1,
  kind: 'webhook',
  address: 'https://hooks.example.com/',
  keys: {},
  registeredAt: at(-1000),
  notification: '019731a2-1234-7abc-8def-000000000004',
  camera: '019731a2-1234-7abc-8def-000000000002',
  event: '019731a2-1234-7abc-8def-000000000005',
  notificationKind: 'match',
  title: 'Front Door',
  body: 'Fox: a fox',
  ruleNicknames: ['Fox'],
  count: 1,
  importance: 'normal',
  imageKey: 'detection/a/b.jpg',
  createdAt: at(-500),
  capturedAt: at(-2000),
  seenAt: null,
  clearedAt: null,
  timeZone: null,
  quietFrom: null,
  quietTo: null,
  snoozedUntil: null,
  cameraSnoozedUntil: null,
  ...changes,
})
const parts = {
  storage: settings(env, 'storage'),
  site: settings(env, 'site'),
  tokens: settings(env, 'tokens'),
}

describe('a notification', () => {
  const quiet = { quietFrom: '22:00', quietTo: '07:00' }
  it.each([
    ['rings', {}, null],
    ['is held in quiet hours', quiet, 'quiet'],
    ['rings outside of them', { quietFrom: '23:00', quietTo: '07:00' }, null],
    ['rings in their last minute that is none any more', { quietFrom: '20:00', quietTo: '22:30' }, null],
    ['goes by the hours of its owner’s zone', { ...quiet, timeZone: 'America/New_York' }, null],
    [
      'is held by the hours of its owner’s zone',
      { ...quiet, timeZone: 'Asia/Tokyo', quietTo: '08:00' },
      'quiet',
    ],
    ['rings in quiet hours where it is time-sensitive', { ...quiet, importance: 'time_sensitive' }, null],
    ['is held while its owner is snoozed', { snoozedUntil: at(1000) }, 'snoozed'],
    ['rings when that is over', { snoozedUntil: at(0) }, null],
    [
      'is held while snoozed, however loud',
      { snoozedUntil: at(1000), importance: 'time_sensitive' },
      'snoozed',
    ],
    ['is held while its camera is snoozed', { cameraSnoozedUntil: at(1000) }, 'snoozed'],
    [
      'rings where a snoozed camera fell silent',
      { cameraSnoozedUntil: at(1000), notificationKind: 'offline' },
      null,
    ],
    ['is held where it was seen', { seenAt: at(0) }, 'seen'],
    ['is held where it was cleared', { clearedAt: at(0) }, 'seen'],
    ['goes by UTC where the zone is none any more', { ...quiet, timeZone: 'Mars/Olympus' }, 'quiet'],
  ] as [string, Partial<Delivery>, string | null][])('%s', (_, changes, held) => {
    expect(heldBy(aDelivery(changes), NOW)).toBe(held)
  })

  it('is held by hours that the clock skips or repeats', () => {
    const inBerlin = { timeZone: 'Europe/Berlin', quietFrom: '02:00', quietTo: '03:00' }
    // 02:00 to 03:00 is skipped on 29 March 2026 and occurs twice on 25 October 2026.
    const held = (time: string) => heldBy(aDelivery(inBerlin), Date.parse(time))
    expect(held('2026-03-29T00:59:00Z')).toBe(null)
    expect(held('2026-03-29T01:00:00Z')).toBe(null)
    expect(held('2026-10-25T00:30:00Z')).toBe('quiet')
    expect(held('2026-10-25T01:30:00Z')).toBe('quiet')
    expect(held('2026-10-25T02:00:00Z')).toBe(null)
  })
})

describe('a push', () => {
  it('holds a picture for a day, where it leads, and a token of its own', async () => {
    const key = `detection/${crypto.randomUUID()}/a.jpg`
    await put(key, 'a picture')
    const now = Date.now()
    const recent = new Date(now - 1_000).toISOString()
    const delivery = aDelivery({ imageKey: key, createdAt: recent, capturedAt: recent })
    const push = await pushOf(delivery, now, parts)

    expect(push).toEqual({
      publicNotificationId: delivery.notification,
      publicCameraId: delivery.camera,
      publicEventId: delivery.event,
      kind: 'match',
      title: 'Front Door',
      body: 'Fox: a fox',
      ruleNicknames: ['Fox'],
      count: 1,
      importance: 'normal',
      createdAt: recent,
      pictureUrl: expect.stringMatching(/\.jpg\?.*X-Amz-Expires=86400/),
      appUrl: `https://scout.test/app/notifications/${delivery.notification}`,
      actionToken: expect.any(String),
    })
    expect(await (await fetch(push.pictureUrl!)).text()).toBe('a picture')
    expect(await isActionToken(push.actionToken, delivery.notification, parts.tokens, now)).toBe(true)
  })

  it('that comes late says when its picture was taken, and rings nowhere', async () => {
    const late = { capturedAt: '2026-03-28T20:05:00Z', timeZone: 'Europe/Berlin' }
    const push = await pushOf(aDelivery({ ...late, importance: 'time_sensitive' }), NOW, parts)

    expect(push.importance).toBe('passive')
    expect(push.body).toBe('Fox: a fox\nSaturday, 28 March 2026 at 21:05')
    const offline = await pushOf(aDelivery({ capturedAt: null, createdAt: at(-601_000) }), NOW, parts)
    expect(offline.importance).toBe('passive')
    expect((await pushOf(aDelivery({ capturedAt: at(-599_000) }), NOW, parts)).body).toBe('Fox: a fox')
  })

  it('has no picture where there is none', async () => {
    expect((await pushOf(aDelivery({ imageKey: null }), NOW, parts)).pictureUrl).toBe(null)
  })
})
