import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { describe, expect, inject, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { newSecret } from '../../src/push/webhook.ts'
import { aTarget } from '../support/factories.ts'
import { aHouse } from '../support/house.ts'
import type { Received, Step } from '../support/receiver.ts'

const receiver = inject('receiver')

/** A house whose owner has a webhook with scripted answers. */
async function aRungHouse(steps: Step[] = []) {
  const house = await aHouse()
  await house.sql`truncate deliveries, push_targets, notification_settings, sweeps`
  const id = crypto.randomUUID()
  await fetch(`${receiver}/script`, { method: 'POST', body: JSON.stringify({ id, steps }) })
  const secret = newSecret()
  const columns = { address: `${receiver}/${id}`, keys: { secret } }
  await aTarget(house.owner, 'webhook', null, columns, house.sql)
  const environment = { ...house.environment, LOOPBACK_TARGETS: 'on' }
  const rule = await house.rule({ cooldown_in_seconds: 0 })
  const call = async (work: (context: ExecutionContext) => Promise<void>) => {
    const context = createExecutionContext()
    await work(context)
    await waitOnExecutionContext(context)
  }
  return {
    ...house,
    rule,
    judge: (changes: object = {}) => house.judge({ LOOPBACK_TARGETS: 'on', ...changes }),
    /** The posted bodies, in order. */
    posted: async () =>
      ((await (await fetch(`${receiver}/received?id=${id}`)).json()) as Received[]).map(({ body }) =>
        JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(body))),
      ),
    rows: () => house.sql`select state, attempts, reason, status from deliveries order by id`,
    makeDue: () => house.sql`update deliveries set due_at = now() where due_at is not null`,
    byMessage: (body: object) =>
      call((context) => {
        const messages = [{ id: '1', timestamp: new Date(), attempts: 1, body, ack() {}, retry() {} }]
        const batch = { queue: 'scout-events', messages, ackAll() {}, retryAll() {}, metadata: {} }
        return worker.queue(batch as never, environment as Env, context)
      }),
    byClock: () =>
      call((context) =>
        worker.scheduled(
          { cron: '* * * * *', scheduledTime: Date.now(), noRetry() {} },
          environment as Env,
          context,
        ),
      ),
  }
}

describe('a match', () => {
  it('is at the phone when it is judged, with its picture, rule and reason', async () => {
    const { picture, judge, posted, rows, rule, camera, sql } = await aRungHouse()
    const key = await picture()
    await judge()

    const [notification] = await sql`select * from notifications`
    expect(await posted()).toEqual([
      {
        type: 'notification',
        timestamp: expect.any(String),
        data: {
          public_notification_id: notification!.public_notification_id,
          public_camera_id: camera.publicCameraId,
          public_event_id: notification!.event,
          kind: 'match',
          title: 'Front Door',
          body: `${rule.nickname}: a fox by the bin`,
          rule_nicknames: [rule.nickname],
          count: 1,
          importance: 'normal',
          created_at: expect.any(String),
          picture_url: expect.stringContaining(key),
          app_url: expect.stringMatching(/^https:\/\/scout\.test\/app\//),
        },
      },
    ])
    expect(await rows()).toEqual([{ state: 'sent', attempts: 1, reason: 'accepted', status: 200 }])
    const [target] = await sql`select last_sent_at, failures from push_targets`
    expect(target).toEqual({ last_sent_at: expect.anything(), failures: 0 })
  })

  it('is sent again where the service fails, when somebody is woken for it, and once in effect', async () => {
    const { picture, judge, posted, rows, makeDue, byMessage } = await aRungHouse([
      { status: 503 },
      { status: 429, headers: { 'Retry-After': '120' } },
      { status: 200 },
    ])
    await picture()
    await judge()
    expect(await rows()).toEqual([{ state: 'waiting', attempts: 1, reason: 'failing', status: 503 }])
    await makeDue()
    await byMessage({ work: 'judge' })
    expect(await posted()).toHaveLength(1)
    await byMessage({ work: 'deliver' })
    expect(await rows()).toEqual([{ state: 'waiting', attempts: 2, reason: 'busy', status: 429 }])
    await makeDue()
    await byMessage({ work: 'deliver' })
    expect((await rows()).map(({ state }) => state)).toEqual(['sent'])
    const all = await posted()
    expect(all).toHaveLength(3)
    expect(new Set(all.map(({ data }) => data.public_notification_id)).size).toBe(1)
  })

  it('is failed, and seen to be, where the service never answers', async () => {
    const { picture, judge, rows, makeDue, byClock, sql } = await aRungHouse(
      Array.from({ length: 9 }, () => ({ status: 500 })),
    )
    await picture()
    await judge()
    for (let i = 0; i < 6; i++) {
      await makeDue()
      await byClock()
    }
    expect(await rows()).toEqual([{ state: 'failed', attempts: 7, reason: 'failing', status: 500 }])
    expect(await sql`select failures from push_targets`).toEqual([{ failures: 1 }])
    expect(await sql`select from notifications where cleared_at is null`).toHaveLength(1)
  })

  it('has the target forgotten that is gone', async () => {
    const { picture, judge, rows, sql } = await aRungHouse([{ status: 410 }])
    await picture()
    await judge()
    expect(await rows()).toEqual([{ state: 'gone', attempts: 1, reason: 'unregistered', status: 410 }])
    expect(await sql`select from push_targets`).toEqual([])
    expect(await sql`select from notifications`).toHaveLength(1)
  })

  it('is listed and does not ring in quiet hours, unless its rule is time-sensitive', async () => {
    const { picture, judge, rows, posted, sql, owner, rule } = await aRungHouse()
    // The whole day except the minute before midnight.
    await sql`
      insert into notification_settings (user_id, quiet_from, quiet_to) values (${owner.id}, '00:00', '23:59')`
    await picture()
    await judge()
    expect(await rows()).toEqual([{ state: 'held', attempts: 1, reason: 'quiet', status: null }])
    expect(await posted()).toEqual([])
    expect(await sql`select from notifications where cleared_at is null`).toHaveLength(1)
    await sql`update rules_rule set importance = 'time_sensitive' where id = ${rule.id}`
    await picture()
    await judge()
    expect(await posted()).toHaveLength(1)
  })

  it('that was seen meanwhile is not sent again', async () => {
    const { picture, judge, rows, posted, makeDue, byMessage, sql } = await aRungHouse([{ status: 503 }])
    await picture()
    await judge()
    await sql`update notifications set seen_at = now()`
    await makeDue()
    await byMessage({ work: 'deliver' })
    expect(await posted()).toHaveLength(1)
    expect(await rows()).toEqual([{ state: 'held', attempts: 2, reason: 'seen', status: null }])
  })

  it('is refused where this deployment has no key for the kind', async () => {
    const { picture, judge, rows, sql } = await aRungHouse()
    await sql`update push_targets set kind = 'apns', address = 'ab'`
    await picture()
    await judge({ APNS_KEY: '' })
    expect(await rows()).toEqual([{ state: 'refused', attempts: 1, reason: 'misconfigured', status: null }])
  })

  it('is no reason to settle none of the others where one breaks', async () => {
    const { picture, judge, rows, sql, owner } = await aRungHouse()
    await aTarget(owner, 'webhook', null, { keys: { secret: 'whsec_%' }, address: `${receiver}/x` }, sql)
    await picture()
    await judge()
    expect((await rows()).map(({ state, reason }) => [state, reason]).toSorted()).toEqual([
      ['sent', 'accepted'],
      ['waiting', 'failing'],
    ])
  })

  it('is at the phone at once though a webhook hangs, and one webhook after the other', async () => {
    const { picture, judge, sql, owner } = await aRungHouse([{ isSilent: true }, {}])
    const [hanging] = await sql`select address from push_targets`
    await aTarget(
      owner,
      'webhook',
      null,
      { keys: { secret: newSecret() }, address: `${hanging!.address}/2` },
      sql,
    )
    await aTarget(owner, 'apns', null, { address: 'a1'.repeat(32) }, sql)
    const id = new URL(hanging!.address).pathname.slice(1)
    const count = async () =>
      ((await (await fetch(`${receiver}/received?id=${id}`)).json()) as Received[]).length
    const ofPhone = async () =>
      (await sql`select from push_targets where kind = 'apns' and last_sent_at is null and failures = 0`)
        .length

    await picture()
    const judging = judge()
    await vi.waitUntil(async () => (await count()) > 0 && (await ofPhone()) === 0, { timeout: 7_000 })
    expect(await count()).toBe(1)
    await judging
    expect(await count()).toBe(2)
  })

  it('waits where the deployment is not set up to send it', async () => {
    const { picture, judge, rows, posted } = await aRungHouse()
    await picture()
    await judge({ VAPID_PUBLIC_KEY: 'no key' })
    expect(await posted()).toEqual([])
    expect(await rows()).toMatchObject([{ state: 'waiting', reason: 'misconfigured' }])
  })
})

describe('what else is told', () => {
  it('of a judge that does not answer rings, and the verdict that comes then takes its place', async () => {
    const { picture, judge, says, makeDue, posted, sql } = await aRungHouse()
    await says([{ status: 503 }, { status: 503 }, { status: 503 }, { verdicts: ['yes'], evidence: 'a fox' }])
    await picture()
    for (let i = 0; i < 4; i++) {
      await judge()
      await sql`update events set due_at = now() where due_at is not null`
    }
    await makeDue()
    await judge()
    const all = await posted()
    expect(all.map(({ data }) => data.kind)).toEqual(['unjudged', 'match'])
    expect(new Set(all.map(({ data }) => data.public_notification_id)).size).toBe(1)
  })

  it('of a text that speaks to the camera rings', async () => {
    const { picture, judge, says, posted } = await aRungHouse()
    await says([{ verdicts: ['no'], textAddressesYou: true }])
    await picture()
    await judge()
    expect((await posted()).map(({ data }) => data.kind)).toEqual(['text'])
  })

  it('of too many pictures rings nowhere loud', async () => {
    const { picture, judge, posted } = await aRungHouse()
    for (let i = 0; i < 3; i++) await picture()
    await judge({ JUDGEMENTS_PER_HOUR: '2' })
    const limited = (await posted()).filter(({ data }) => data.kind === 'limited')
    expect(limited.map(({ data }) => data.importance)).toEqual(['passive'])
  })

  it('of a camera that fell silent rings, by the clock', async () => {
    const { byClock, posted, camera, sql } = await aRungHouse()
    await byClock()
    await sql`update sweeps set resumed_at = now() - interval '1 hour'`
    await sql`
      update camera_camera set beats = true, last_seen_at = now() - interval '4 minutes', told_offline_at = null
      where id = ${camera.id}`
    await byClock()
    await sql`update camera_camera set last_seen_at = now() where id = ${camera.id}`
    await byClock()
    expect((await posted()).map(({ data }) => data.kind)).toEqual(['offline', 'online'])
  })
})
