import { describe, expect, it } from 'vitest'
import { connect } from '../../src/db/client.ts'
import { conclude } from '../../src/events/conclude.ts'
import {
  type Delivery,
  RETRIES_IN_SECONDS,
  settle,
  type Settled,
  STATES,
  takeDeliveries,
} from '../../src/push/outbox.ts'
import { aTarget, aUser } from '../support/factories.ts'
import { aHouse } from '../support/house.ts'

/** A house with a target, and its actions by name. `match` judges a new picture as a yes. */
async function aRingingHouse() {
  const house = await aHouse()
  await house.sql`truncate deliveries, push_targets`
  const target = await aTarget(house.owner, 'webhook', null, { keys: { secret: 'a' } }, house.sql)
  const rule = await house.rule({ cooldown_in_seconds: 0 })
  const db = () => connect(house.environment)
  async function match(at?: Date, meanwhile = async () => {}) {
    await house.picture(at ? { at } : {})
    const { taken } = await house.take()
    await meanwhile()
    const judgement = {
      verdicts: [{ verdict: 'yes' as const, evidence: 'a fox' }],
      caption: '',
      textAddressesYou: false,
      tokensIn: null,
      tokensOut: null,
    }
    const judged = { judgement, judge: 'a judge', inMs: 1, etag: 'abc' }
    const concluded = await conclude(db(), taken[0]!, [], [taken[0]!.rules[0]!], judged)
    return concluded!.deliveries
  }
  const rows = () => house.sql`select * from deliveries order by id`
  const targets = () => house.sql`select * from push_targets order by id`
  return {
    ...house,
    target,
    rule,
    match,
    rows,
    targets,
    take: (limit = 10) => takeDeliveries(db(), limit),
    settle: (deliveries: Delivery[], changes: Partial<Settled> = {}) =>
      settle(
        db(),
        deliveries.map(({ id, lease, registeredAt }) => ({
          id,
          lease,
          registeredAt,
          state: 'sent',
          reason: 'accepted',
          status: 201,
          inSeconds: null,
          learned: {},
          ...changes,
        })),
      ),
    makeDue: () =>
      house.sql`update deliveries set due_at = now() - interval '1 second' where due_at is not null`,
  }
}

describe('what is told', () => {
  it('is delivered to every target of its owner, by the statement that tells, and taken already', async () => {
    const { match, rows, owner, target, sql, rule, camera, take } = await aRingingHouse()
    const other = await aTarget(owner, 'ntfy', null, {}, sql)
    await aTarget(await aUser({}, sql), 'apns', null, {}, sql)
    const deliveries = await match()

    expect(deliveries).toHaveLength(2)
    const [notification] = await sql`select * from notifications`
    expect(deliveries.find(({ kind }) => kind === 'webhook')).toEqual({
      id: expect.any(Number),
      lease: expect.any(String),
      attempts: 1,
      kind: 'webhook',
      address: expect.stringContaining('https://push.example.net/'),
      keys: { secret: 'a' },
      registeredAt: expect.any(String),
      notification: notification!.public_notification_id,
      camera: camera.publicCameraId,
      event: notification!.event,
      notificationKind: 'match',
      title: 'Front Door',
      body: `${rule.nickname}: a fox`,
      ruleNicknames: [rule.nickname],
      count: 1,
      importance: 'normal',
      imageKey: notification!.image_key,
      createdAt: expect.any(String),
      capturedAt: expect.any(String),
      seenAt: null,
      clearedAt: null,
      timeZone: null,
      quietFrom: null,
      quietTo: null,
      snoozedUntil: null,
      cameraSnoozedUntil: null,
    })
    expect((await rows()).map((row) => [row.target, row.state, row.attempts]).toSorted()).toEqual(
      [
        [target, 'sending', 1],
        [other, 'sending', 1],
      ].toSorted(),
    )
    expect(await take()).toEqual({ deliveries: [], hasMore: false })
  })

  it('is delivered anew where a picture joins it', async () => {
    const { match, rows, settle, sql } = await aRingingHouse()
    const first = await match()
    await settle(first)
    expect((await rows())[0]).toMatchObject({
      state: 'sent',
      reason: 'accepted',
      status: 201,
      lease: null,
      due_at: null,
    })
    const second = await match()

    expect(second).toMatchObject([{ notification: first[0]!.notification, count: 2, attempts: 1 }])
    expect(await rows()).toMatchObject([{ state: 'sending', settled_at: null, reason: null }])
    expect(await settle(first)).toMatchObject({ count: 0 })
    expect(await settle(second)).toEqual({ count: 1, isAgain: false })
    expect(await sql`select from notifications`).toHaveLength(1)
  })

  it('waits for the push of it that is under way, and then is sent as it is', async () => {
    const { match, rows, settle, take } = await aRingingHouse()
    const first = await match()
    expect(await match()).toEqual([])
    expect(await match()).toEqual([])
    expect((await take()).deliveries).toEqual([])

    expect(await settle(first)).toEqual({ count: 1, isAgain: true })
    expect(await rows()).toMatchObject([{ state: 'waiting', attempts: 0, lease: null, settled_at: null }])
    const { deliveries } = await take()
    expect(deliveries).toMatchObject([{ count: 3, attempts: 1 }])
    expect(await settle(deliveries)).toEqual({ count: 1, isAgain: false })
  })

  it('is not held up by a push whose sender died', async () => {
    const { match, makeDue, settle } = await aRingingHouse()
    const first = await match()
    await makeDue()
    expect(await match()).toMatchObject([{ count: 2, attempts: 1 }])
    expect(await settle(first)).toMatchObject({ count: 0 })
  })

  it('is taken of a few targets at once, and of the others by whoever is woken', async () => {
    const { match, owner, sql, take } = await aRingingHouse()
    for (let i = 0; i < 19; i++) await aTarget(owner, 'webhook', null, {}, sql)
    const deliveries = await match()
    expect(deliveries).toHaveLength(12)
    const rest = (await take()).deliveries
    expect(rest).toHaveLength(8)
    expect(rest.every(({ attempts }) => attempts === 1)).toBe(true)
    expect(new Set([...deliveries, ...rest].map(({ address }) => address)).size).toBe(20)
  })

  it('rings as loudly as the loudest of its rules', async () => {
    const { match, sql, rule, settle } = await aRingingHouse()
    for (const [importance, is] of [
      ['passive', 'passive'],
      ['time_sensitive', 'time_sensitive'],
      ['normal', 'time_sensitive'],
    ]) {
      await sql`update rules_rule set importance = ${importance} where id = ${rule.id}`
      const deliveries = await match()
      expect(deliveries[0]!.importance).toBe(is)
      await settle(deliveries)
    }
  })

  it('rings nowhere where its picture is old, and is pushed once an hour', async () => {
    const { match, sql, settle } = await aRingingHouse()
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)
    const first = await match(ago(20))
    expect(first).toMatchObject([{ importance: 'passive', count: 1 }])
    await settle(first)
    // It joins the notification and is not pushed again.
    expect(await match(ago(19))).toEqual([])
    await sql`update camera_camera set last_notified_at = now() - interval '2 minutes'`
    expect(await match(ago(18))).toEqual([])
    expect(await sql`select importance, count from notifications order by id`).toEqual([
      { importance: 'passive', count: 2 },
      { importance: 'passive', count: 1 },
    ])
    // A new notification is pushed.
    expect(await match()).toMatchObject([{ importance: 'normal', count: 2 }])
  })

  it('rings late where it takes the place of what could not be judged', async () => {
    const { match, sql } = await aRingingHouse()
    const at = new Date(Date.now() - 1_200_000)
    const [{ public_notification_id: id } = {}] = await sql`
      insert into notifications (owner, camera, kind, rule_ids, rule_nicknames, title, body, captured_at, created_at)
      select public_user_id, public_camera_id, 'unjudged', '{}', '{}', 'Front Door', 'Not yet.', ${at.toISOString()}, now() - interval '19 minutes'
      from camera_camera join users on users.id = owner_id where users.id = (select max(owner_id) from camera_camera)
      returning public_notification_id`
    const unjudged = async () => {
      await sql`update notifications set event = (select max(public_event_id::text)::uuid from events), event_ids = (select array_agg(public_event_id) from events)`
    }
    expect(await match(at, unjudged)).toMatchObject([
      { notification: id, notificationKind: 'match', importance: 'normal', count: 1 },
    ])
  })

  it('is not rung again by an old picture that joins a new one, which keeps its own picture', async () => {
    const { match, sql, settle } = await aRingingHouse()
    const deliveries = await match()
    await settle(deliveries)
    const [before] = await sql`select image_key, captured_at, event from notifications`
    expect(await match(new Date(Date.now() - 3_600_000))).toEqual([])
    const [after] = await sql`
      select image_key, captured_at, event, count, cardinality(event_ids) as events from notifications`
    expect(after).toEqual({ ...before, count: 2, events: 2 })
  })

  it('is delivered to nobody whose account is switched off', async () => {
    const { match, sql, owner } = await aRingingHouse()
    const switchOff = async () => void (await sql`update users set is_active = false where id = ${owner.id}`)
    expect(await match(undefined, switchOff)).toEqual([])
    expect(await sql`select from notifications`).toHaveLength(1)
  })
})

describe('a delivery', () => {
  it.each([
    ['sent', { state: 'sent' }, { last_sent_at: expect.any(Date), failures: 0 }],
    ['refused', { state: 'refused', reason: 'too_large', status: 413 }, { last_sent_at: null, failures: 4 }],
    ['failed', { state: 'failed', reason: 'timed_out', status: null }, { last_sent_at: null, failures: 4 }],
    ['held', { state: 'held', reason: 'quiet', status: null }, { last_sent_at: null, failures: 3 }],
  ] as [string, Partial<Settled>, object][])('that is %s is noted at its target', async (_, how, noted) => {
    const { match, settle, targets, rows, sql } = await aRingingHouse()
    await sql`update push_targets set failures = 3`
    await settle(await match(), { learned: { host: 'sandbox' }, ...how })

    const { reason = 'accepted', status = 201 } = how
    expect((await rows())[0]).toMatchObject({ state: how.state, reason, status, due_at: null, lease: null })
    const keys = how.state === 'held' ? { secret: 'a' } : { secret: 'a', host: 'sandbox' }
    const last = (await targets())[0]!
    expect({
      ...last,
      last_sent_at: last.last_sent_at && new Date(last.last_sent_at as string),
    }).toMatchObject({
      ...noted,
      keys,
    })
  })

  it('whose phone is gone takes its target along, unless that registered again meanwhile', async () => {
    const { match, settle, targets, sql, owner } = await aRingingHouse()
    await aTarget(owner, 'webhook', null, { address: 'https://hooks.example.com/stays' }, sql)
    const deliveries = await match()
    await sql`update push_targets set seen_at = now() + interval '1 second' where address like '%stays'`

    expect(await settle(deliveries, { state: 'gone', reason: 'unregistered', status: 410 })).toMatchObject({
      count: 2,
    })
    expect((await targets()).map(({ address }) => address)).toEqual(['https://hooks.example.com/stays'])
  })

  it('that is to be sent later is taken when it is due, each time with a lease of its own', async () => {
    const { match, settle, take, makeDue, rows } = await aRingingHouse()
    const first = await match()
    await settle(first, { state: 'waiting', reason: 'busy', status: 429, inSeconds: 60 })
    const [row] = await rows()
    expect(Date.parse(String(row!.due_at)) - Date.now()).toBeGreaterThan(50_000)
    expect((await take()).deliveries).toEqual([])
    await makeDue()
    const { deliveries } = await take()
    expect(deliveries).toEqual([{ ...first[0], attempts: 2, lease: expect.any(String) }])
    expect(deliveries[0]!.lease).not.toBe(first[0]!.lease)
    expect(await settle(first)).toMatchObject({ count: 0 })
    expect(await settle(deliveries)).toMatchObject({ count: 1 })
  })

  it('whose sender died is taken again when its lease ends, and given up where that goes on', async () => {
    const { match, take, makeDue, rows } = await aRingingHouse()
    await match()
    for (let attempts = 2; attempts <= RETRIES_IN_SECONDS.length + 2; attempts++) {
      await makeDue()
      expect((await take()).deliveries).toMatchObject([{ attempts }])
    }
    await makeDue()
    expect((await take()).deliveries).toEqual([])
    expect((await rows())[0]).toMatchObject({ state: 'failed', lease: null, due_at: null })
  })

  it.each([
    ['target', 'delete from push_targets'],
    ['notification', 'delete from notifications'],
    ['owner', 'update users set is_active = false'],
    ['camera', 'update camera_camera set public_camera_id = uuidv7()'],
  ])('is gone with its %s', async (_, deletion) => {
    const { match, take, makeDue, rows, sql } = await aRingingHouse()
    await match()
    await makeDue()
    await sql.query(deletion)
    expect((await take()).deliveries).toEqual([])
    expect((await rows())[0]).toMatchObject({ state: 'gone', lease: null, due_at: null })
    await sql`update users set is_active = true`
  })

  it('does not follow a phone to its next account', async () => {
    const { match, take, makeDue, sql } = await aRingingHouse()
    await match()
    await makeDue()
    const other = await aUser({}, sql)
    await sql`update push_targets set owner_id = ${other.id}`
    expect((await take()).deliveries).toEqual([])
  })

  it('is taken by one of those who take at once', async () => {
    const { match, take, makeDue, owner, sql } = await aRingingHouse()
    for (let i = 0; i < 9; i++) await aTarget(owner, 'webhook', null, {}, sql)
    await match()
    await makeDue()
    const taken = await Promise.all(Array.from({ length: 5 }, () => take(3)))
    const ids = taken.flatMap(({ deliveries }) => deliveries.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    const rest = (await take()).deliveries.map(({ id }) => id)
    expect([...ids, ...rest]).toHaveLength(10)
  })

  it.each([
    `update deliveries set state = 'lost'`,
    `update deliveries set state = 'sent'`,
    `update deliveries set lease = null`,
    `update deliveries set due_at = null`,
    `update deliveries set state = 'waiting'`,
  ])('cannot lie about its state: %s', async (lie) => {
    const { match, sql } = await aRingingHouse()
    await match()
    await expect(sql.query(lie)).rejects.toThrow(/deliveries_(state|lease|due)/)
  })

  it('has no state that is not said', async () => {
    const { sql } = await aRingingHouse()
    const [check] = await sql`
      select pg_get_constraintdef(oid) as is from pg_constraint where conname = 'deliveries_state'`
    for (const state of STATES) expect(check!.is).toContain(`'${state}'`)
  })
})
