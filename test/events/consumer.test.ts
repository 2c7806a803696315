import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { judgeDue } from '../../src/events/consumer.ts'
import { LOOKS_IN_SECONDS, RETRIES_IN_SECONDS } from '../../src/events/life.ts'
import { aCamera, aTarget, type Rule } from '../support/factories.ts'
import { aHouse, jpeg } from '../support/house.ts'
import { askedOf, releaseJudge } from '../support/judge.ts'
import { detectionOf, put, uploadOf } from '../support/pictures.ts'
import { aPublicId } from '../support/shapes.ts'

type House = Awaited<ReturnType<typeof aHouse>>
const BUSY = [{ status: 429, body: '{}' }]
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)
const nicknames = ({ nickname }: Rule) => nickname
/** The seconds until an event is due. */
const pause = async (house: House, key: string) => {
  const [row] = await house.sql`
    select extract(epoch from due_at - now())::float8 as seconds from events where object_key = ${key}`
  return Math.round(row!.seconds as number)
}
/** Fails this many times, each time when the event is due. */
async function tryAgain(house: House, times: number) {
  for (let time = 0; time < times; time++) {
    await house.makeDue()
    await house.judge()
  }
}

/** The UTC hour this many hours from now, as in 9:59pm; 9:59 alone would be ambiguous. */
const clock = (offset: number, minute = '00') => {
  const hour = new Date(Date.now() + offset * 3_600_000).getUTCHours()
  return `${hour % 12 || 12}:${minute}${hour < 12 ? 'am' : 'pm'}`
}

describe('a picture that a rule matches', () => {
  it('is told once, with the rule, the reason and the picture', async () => {
    const house = await aHouse()
    const rule = await house.rule()
    const key = await house.picture()
    await house.judge()
    const event = await house.event(key)
    expect(event).toMatchObject({ state: 'done', attempts: 1, lease: null, due_at: null, failure: null })
    expect(event).toMatchObject({ judge: expect.stringMatching(`^127.0.0.1:\\d+ ${house.model}$`) })
    expect(event).toMatchObject({
      tokens_in: 1_500,
      tokens_out: 60,
      caption: 'A picture.',
      judge_in_ms: expect.any(Number),
    })
    expect(await house.verdicts(key)).toMatchObject([
      {
        rule: rule.publicRuleId,
        rule_text: rule.rule,
        verdict: 'yes',
        skipped: null,
        evidence: 'a fox by the bin',
      },
    ])
    expect(await house.notifications()).toMatchObject([
      {
        public_notification_id: aPublicId,
        owner: house.owner.publicUserId,
        camera: house.camera.publicCameraId,
        event: event.public_event_id,
        kind: 'match',
        rule_ids: [rule.publicRuleId],
        rule_nicknames: ['Fox'],
        title: 'Front Door',
        body: 'Fox: a fox by the bin',
        count: 1,
        image_key: key,
      },
    ])
    await house.judge()
    expect(await house.notifications()).toHaveLength(1)
    expect(await askedOf(house.model)).toHaveLength(1)
  })

  it('is told of all rules that match in one notification, of none that does not', async () => {
    const house = await aHouse([{ verdicts: ['yes', 'no', 'unsure', 'yes'] }])
    const rules = [
      await house.rule({ nickname: 'A' }),
      await house.rule({ nickname: 'B' }),
      await house.rule({ nickname: 'C' }),
      await house.rule({ nickname: 'D' }),
    ]
    const key = await house.picture()
    await house.judge()
    expect((await house.verdicts(key)).map(({ verdict }) => verdict)).toEqual(['yes', 'no', 'unsure', 'yes'])
    const [told, ...others] = await house.notifications()
    expect(others).toEqual([])
    expect(told).toMatchObject({
      rule_nicknames: ['A', 'D'].map((name) => nicknames(rules.find((one) => one.nickname === name)!)),
    })
  })

  it('is asked without what is read of its rule already', async () => {
    const house = await aHouse()
    await house.rule({ rule: `Alert when a fox shows up between ${clock(0)} and ${clock(2)}` })
    await house.picture()
    await house.judge()
    const [asked] = await askedOf(house.model)
    expect(asked!.question.rules).toEqual([{ number: 1, description: 'Alert when a fox shows up' }])
  })
})

describe('what its owner said of a rule', () => {
  it('goes along with its next question, as long as its words are the same', async () => {
    const house = await aHouse()
    const rule = await house.rule({ rule: 'a person', cooldown_in_seconds: 0 })
    await house.picture()
    await house.judge()
    await house.sql`update verdicts set feedback = 'wrong', feedback_at = now()`
    await house.picture()
    await house.judge()
    await house.sql`update rules_rule set rule = 'a red truck' where id = ${rule.id}`
    await house.picture()
    await house.judge()
    const said = (await askedOf(house.model)).map(({ question }) => question.rules)
    expect(said).toEqual([
      [{ number: 1, description: 'a person' }],
      [
        {
          number: 1,
          description: 'a person',
          said_before: [{ verdict: 'yes', evidence: 'a fox by the bin', feedback: 'wrong' }],
        },
      ],
      [{ number: 1, description: 'a red truck' }],
    ])
  })
})

describe('a rule is not asked', () => {
  it.each([
    ['disabled', { is_enabled: false }, ''],
    ['snoozed', { snoozed_until: new Date(Date.now() + 60_000).toISOString() }, ''],
    ['snoozed', {}, `update camera_camera set snoozed_until = now() + interval '1 minute'`],
    ['not_armed', {}, 'update camera_camera set is_armed = false'],
    ['cooling_down', { last_triggered: ago(100).toISOString() }, ''],
    ['hours', { rule: `a fox between ${clock(3)} and ${clock(5)}` }, ''],
    [
      'hours',
      { rule: `a fox between ${clock(-1)} and ${clock(1, '59')}` },
      `update camera_camera set time_zone = 'Asia/Tokyo'`,
    ],
  ])('%s: the event says so, and no judge is asked', async (skipped, columns, change) => {
    const house = await aHouse()
    await house.rule(columns)
    if (change) await house.sql.query(change)
    const key = await house.picture()
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'done', judge: null, judged_at: null })
    expect(await house.verdicts(key)).toMatchObject([{ verdict: null, skipped }])
    expect(await askedOf(house.model)).toEqual([])
    expect(await house.notifications()).toEqual([])
    expect(await house.used()).toEqual({ all: 0, camera: 0, owner: 0 })
  })

  it('in UTC, where nobody knows the time zone any more', async () => {
    const house = await aHouse()
    await house.rule({ rule: `a fox between ${clock(-1)} and ${clock(1, '59')}` })
    await house.sql`update camera_camera set time_zone = 'Mars/Olympus'`
    const key = await house.picture()
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'done' })
    expect(await house.verdicts(key)).toMatchObject([{ verdict: 'yes' }])
  })

  it('in the time zone of its owner, where its camera has none', async () => {
    const house = await aHouse()
    await house.rule({ rule: `a fox between ${clock(-1)} and ${clock(1, '59')}` })
    await house.sql`insert into notification_settings (user_id, time_zone) values (${house.owner.id}, 'Asia/Tokyo')`
    const key = await house.picture()
    await house.judge()
    expect(await house.verdicts(key)).toMatchObject([{ skipped: 'hours' }])
  })

  it('by what held when its picture was taken', async () => {
    const house = await aHouse()
    await house.rule({ snoozed_until: ago(1_000).toISOString() })
    const [before, after] = [await house.picture({ at: ago(2_000) }), await house.picture()]
    await house.judge()
    expect(await house.verdicts(before)).toMatchObject([{ skipped: 'snoozed' }])
    expect(await house.verdicts(after)).toMatchObject([{ verdict: 'yes' }])
  })

  it('beyond twenty of them', async () => {
    const house = await aHouse([{ verdicts: [] }])
    for (let count = 0; count < 22; count++) await house.rule()
    const key = await house.picture()
    await house.judge()
    const verdicts = await house.verdicts(key)
    expect(verdicts.filter(({ skipped }) => skipped === 'too_many')).toHaveLength(2)
    expect(verdicts.filter(({ verdict }) => verdict === 'no')).toHaveLength(20)
  })

  it('beyond two hundred of them, of which those that are switched on come first', async () => {
    const house = await aHouse([{ verdicts: ['yes'] }])
    await house.sql`
      insert into rules_rule (owner_id, camera_id, rule, rule_nickname, is_enabled, created_at)
      select ${house.owner.id}, ${house.camera.id}, 'a cat', 'Off', false, now() from generate_series(1, 300)`
    await house.rule()
    const key = await house.picture()
    await house.judge()
    const verdicts = await house.verdicts(key)
    expect(verdicts).toHaveLength(200)
    expect(verdicts.filter(({ verdict }) => verdict === 'yes')).toHaveLength(1)
  })

  it('and there is none at all: the picture is done', async () => {
    const house = await aHouse()
    const key = await house.picture()
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'done', judge: null })
  })
})

describe('a rule that has told', () => {
  it('is silent for its cool-down by the pictures’ own times, however late and out of order they come', async () => {
    const house = await aHouse()
    await house.rule({ cooldown_in_seconds: 300 })
    const keys: string[] = []
    for (let count = 0; count < 40; count++) keys.push(await house.picture({ at: ago(600 - count * 15) }))
    await Promise.all([house.judge(), house.judge()])
    const told = (await house.sql`select verdict, skipped from verdicts`).filter(
      ({ skipped }) => skipped === null,
    )
    expect(await house.sql`select distinct state from events`).toEqual([{ state: 'done' }])
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThanOrEqual(2)
    const [{ sum }] = (await house.sql`select sum(count)::int from notifications`) as [{ sum: number }]
    expect(sum).toBe(told.length)
  })

  it('says in each verdict why it did not tell', async () => {
    const house = await aHouse([{ verdicts: ['yes'], isHeld: true }])
    await house.rule()
    const keys = [await house.picture(), await house.picture()]
    const judging = house.judge()
    await vi.waitUntil(async () => (await askedOf(house.model)).length === 2, {
      timeout: 10_000,
      interval: 20,
    })
    await releaseJudge(house.model)
    await judging
    const verdicts = await Promise.all(keys.map(house.verdicts))
    expect(
      verdicts
        .flat()
        .map(({ verdict, skipped }) => `${verdict} ${skipped}`)
        .sort(),
    ).toEqual(['yes cooling_down', 'yes null'])
  })

  it.each([
    ['is switched off', 'update rules_rule set is_enabled = false'],
    ['is deleted', 'delete from rules_rule'],
    [
      'goes to somebody else with its camera',
      `
      with other as (
        insert into users (password, is_superuser, username, first_name, last_name, is_staff, is_active, date_joined, email)
        values ('', false, 'other', '', '', false, true, now(), 'other@example.com') returning id),
      moved as (update camera_camera set owner_id = (select id from other) returning id)
      update rules_rule set owner_id = (select id from other)`,
    ],
  ])('and %s while it is asked, tells nothing', async (_, change) => {
    const house = await aHouse([{ verdicts: ['yes'], isHeld: true }])
    await house.rule()
    const key = await house.picture()
    const judging = house.judge()
    await vi.waitUntil(async () => (await askedOf(house.model)).length === 1, {
      timeout: 10_000,
      interval: 20,
    })
    await house.sql.query(change)
    await releaseJudge(house.model)
    await judging
    expect(await house.event(key)).toMatchObject({ state: 'done' })
    expect(await house.notifications()).toEqual([])
    expect(await house.verdicts(key)).toMatchObject([{ verdict: 'yes', skipped: 'disabled' }])
  })
})

describe('pictures of a camera that come together', () => {
  it('are one notification, also where two are told at once', async () => {
    const house = await aHouse([{ verdicts: ['yes'], isHeld: true }])
    await house.rule({ cooldown_in_seconds: 0 })
    await house.picture()
    await house.picture()
    const judging = Promise.all([house.judge(), house.judge()])
    await vi.waitUntil(async () => (await askedOf(house.model)).length === 2, {
      timeout: 10_000,
      interval: 20,
    })
    await releaseJudge(house.model)
    await judging
    expect(await house.notifications()).toMatchObject([{ kind: 'match', count: 2, rule_nicknames: ['Fox'] }])
  })

  it('are new again with each: the newest picture, all rules, unseen', async () => {
    const house = await aHouse([{ verdicts: ['yes', 'no'] }, { verdicts: ['no', 'yes'], evidence: 'a cat' }])
    const rules = [await house.rule({ cooldown_in_seconds: 0 }), await house.rule({ nickname: 'Cat' })]
    await house.picture()
    await house.judge()
    await house.sql`update notifications set seen_at = now(), cleared_at = now()`
    const second = await house.picture()
    await house.judge()
    expect(await house.notifications()).toMatchObject([
      {
        count: 2,
        rule_ids: rules.map(({ publicRuleId }) => publicRuleId),
        rule_nicknames: ['Fox', 'Cat'],
        body: 'Cat: a cat',
        image_key: second,
        seen_at: null,
        cleared_at: null,
      },
    ])
  })

  it.each([
    ['a minute later', `update camera_camera set last_notified_at = now() - interval '61 seconds'`, 2],
    [
      'less than a minute later',
      `update camera_camera set last_notified_at = now() - interval '58 seconds'`,
      1,
    ],
  ])('%s', async (_, change, notifications) => {
    const house = await aHouse()
    await house.rule({ cooldown_in_seconds: 0 })
    await house.picture()
    await house.judge()
    await house.sql.query(change)
    await house.picture()
    await house.judge()
    expect(await house.notifications()).toHaveLength(notifications)
  })

  it('for five minutes at most', async () => {
    const house = await aHouse()
    await house.rule({ cooldown_in_seconds: 0 })
    await house.picture()
    await house.judge()
    const id = `(select uuidv7(interval '-301 seconds'))`
    await house.sql.query(`
      with old as materialized (select ${id} as id), moved as (update notifications set public_notification_id = (select id from old))
      update camera_camera set last_notification_id = (select id from old)`)
    await house.picture()
    await house.judge()
    expect(await house.notifications()).toHaveLength(2)
  })
})

describe('what names no camera, of an account with several', () => {
  it('is told once for each camera whose rules match, which says so', async () => {
    const house = await aHouse([{ verdicts: ['yes', 'yes', 'no'] }])
    const garden = await aCamera(house.owner, 'Garden', house.sql)
    await house.rule()
    await house.rule({ nickname: 'Cat' }, garden)
    await house.rule({ nickname: 'Dog' }, garden)
    const key = uploadOf(house.owner)
    await house.tell(key, await put(key, jpeg()))
    await house.judge()
    const told = await house.notifications()
    expect(told.map(({ title }) => title).sort()).toEqual([
      'Front Door, camera unknown',
      'Garden, camera unknown',
    ])
    expect(await house.event(key)).toMatchObject({ state: 'done', camera: null })
  })
})

describe('a picture that speaks to its judge', () => {
  it('is told once an hour, and says no to nothing', async () => {
    const house = await aHouse([{ verdicts: ['no'], textAddressesYou: true }])
    await house.rule()
    const keys = [await house.picture(), await house.picture()]
    await house.judge()
    for (const key of keys) expect(await house.verdicts(key)).toMatchObject([{ verdict: 'unsure' }])
    expect(await house.notifications()).toMatchObject([{ kind: 'text', camera: house.camera.publicCameraId }])
    await house.sql`update notifications set created_at = now() - interval '61 minutes'`
    await house.picture()
    await house.judge()
    expect(await house.notifications()).toHaveLength(2)
  })
})

describe('what is no picture', () => {
  const png = (width: number, height: number) => {
    const bytes = new Uint8Array(33)
    bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
    new DataView(bytes.buffer).setUint32(16, width)
    new DataView(bytes.buffer).setUint32(20, height)
    return bytes
  }
  const text = (words: string) => new TextEncoder().encode(words)
  it.each([
    ['not_an_image', text('<html><script>alert(1)</script></html>')],
    ['not_an_image', text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['not_an_image', text('GIF89a')],
    ['not_an_image', new Uint8Array()],
    ['not_an_image', new Uint8Array([0xff, 0xd8, 0xff])],
    ['not_an_image', jpeg().slice(0, 24)],
    ['not_an_image', jpeg(0, 480)],
    ['too_large', jpeg(50_000, 1_000)],
    ['too_large', png(60_000, 60_000)],
    ['too_large', new Uint8Array(4 * 1024 * 1024 + 1).fill(0xff)],
  ])('%s: it is discarded, and no judge sees it', async (failure, bytes) => {
    const house = await aHouse()
    await house.rule()
    const key = await house.picture({ bytes })
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'discarded', failure, due_at: null })
    expect(await askedOf(house.model)).toEqual([])
    expect(await house.used()).toEqual({ all: 0, camera: 0, owner: 0 })
  })

  it('is told from what is one by its bytes alone', async () => {
    const house = await aHouse()
    await house.rule()
    const keys = [
      await house.picture({ bytes: png(640, 480) }),
      await house.picture({ bytes: jpeg(5_000, 5_000) }),
    ]
    await house.judge()
    for (const key of keys) expect(await house.event(key)).toMatchObject({ state: 'done' })
  })

  it('the one that the bucket told of, is discarded', async () => {
    const house = await aHouse()
    await house.rule()
    const key = await house.picture()
    await put(key, jpeg(320, 240))
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'discarded', failure: 'overwritten' })
  })

  it('there yet, is looked for again, and discarded when no URL could bring it any more', async () => {
    const house = await aHouse()
    await house.rule()
    const key = detectionOf(house.camera)
    await house.tell(key, 'abc')
    await house.judge()
    for (const [index, seconds] of LOOKS_IN_SECONDS.entries()) {
      expect(await house.event(key)).toMatchObject({
        state: 'received',
        failure: 'missing',
        attempts: index + 1,
      })
      expect(Math.abs((await pause(house, key)) - seconds)).toBeLessThan(4)
      await tryAgain(house, 1)
    }
    expect(await house.event(key)).toMatchObject({ state: 'discarded', failure: 'missing', due_at: null })
    expect(await house.notifications()).toEqual([])
    expect(await house.used()).toEqual({ all: 0, camera: 0, owner: 0 })
  })

  it('ever, that was only announced, counts', async () => {
    const house = await aHouse()
    await house.rule()
    const key = detectionOf(house.camera)
    await house.announce(key)
    await house.judge()
    expect(await house.used()).toEqual({ all: 0, camera: 0, owner: 0 })
    await tryAgain(house, LOOKS_IN_SECONDS.length)
    expect(await house.event(key)).toMatchObject({ state: 'discarded', failure: 'missing' })
    expect(await house.used()).toEqual({ all: 0, camera: 1, owner: 1 })
  })

  it('there when it was looked for the last time, while the bucket told of it, is looked for anew', async () => {
    const house = await aHouse()
    await house.rule()
    const key = detectionOf(house.camera)
    await house.announce(key)
    await house.judge()
    await tryAgain(house, LOOKS_IN_SECONDS.length - 1)
    await house.makeDue()
    const [event] = (await house.take()).taken
    await house.tell(key, await put(key, jpeg()))
    const ended = await house.giveUp(event!, 'discarded', { failure: 'missing', attempts: 4, judge: null })
    expect(ended).toMatchObject({ isDue: true })
    expect(await house.event(key)).toMatchObject({ state: 'received', attempts: 0 })
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'done' })
  })

  it('there when it was announced, is looked at when the bucket tells of it', async () => {
    const house = await aHouse()
    await house.rule()
    const key = detectionOf(house.camera)
    await house.announce(key)
    await house.judge()
    await tryAgain(house, 2)
    expect(await pause(house, key)).toBeGreaterThan(300)
    await house.tell(key, await put(key, jpeg()))
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'done' })
  })

  it('small where it is compressed, is read no further than a picture may be large', async () => {
    const house = await aHouse()
    await house.rule()
    const bomb = new Blob([jpeg(), new Uint8Array(60_000_000)])
      .stream()
      .pipeThrough(new CompressionStream('gzip'))
    const key = detectionOf(house.camera)
    await house.tell(key, await put(key, await new Response(bomb).arrayBuffer(), 'image/jpeg', 'gzip'))
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'discarded', failure: 'too_large' })
  })

  it('to be had with this key though the bucket told of it, is looked for as long as a judge is', async () => {
    const house = await aHouse()
    await house.rule()
    const key = await house.picture()
    await house.judge({ AWS_SECRET_ACCESS_KEY: 'another' })
    expect(await house.event(key)).toMatchObject({ state: 'received', failure: 'storage_unreachable' })
  })

  it('to be had in an outage of the bucket, is told as what could not be judged', async () => {
    const house = await aHouse()
    await house.rule()
    await house.picture()
    for (let time = 0; time < 3; time++) {
      await house.makeDue()
      await house.judge({ S3_ENDPOINT: 'http://127.0.0.1:9' })
    }
    expect(await house.notifications()).toMatchObject([{ kind: 'unjudged' }])
  })

  it('to be had from a bucket that is not reached, is looked for again', async () => {
    const house = await aHouse()
    await house.rule()
    const key = await house.picture()
    await house.judge({ S3_ENDPOINT: 'http://127.0.0.1:9' })
    expect(await house.event(key)).toMatchObject({
      state: 'received',
      failure: 'storage_unreachable',
      attempts: 1,
    })
    await tryAgain(house, 1)
    expect(await house.event(key)).toMatchObject({ state: 'done' })
  })
})

it(
  'puts back a picture for which the memory has no room, as if it had not been taken',
  { timeout: 30_000 },
  async () => {
    const house = await aHouse([{ verdicts: ['yes'], isHeld: true }])
    await house.rule({ cooldown_in_seconds: 0 })
    const large = () => house.picture({ bytes: new Blob([jpeg(), new Uint8Array(3_900_000)]) })
    const keys = [await large(), await large(), await large()]
    const context = createExecutionContext()
    await judgeDue(house.environment, context)
    const states = async () => Promise.all(keys.map(async (key) => (await house.event(key)).state as string))
    await expect.poll(states, { timeout: 10_000 }).toEqual(['judging', 'judging', 'received'])
    expect(await house.event(keys[2]!)).toMatchObject({ attempts: 0, failure: null, lease: null })
    await releaseJudge(house.model)
    await waitOnExecutionContext(context)
    await house.says([{ verdicts: ['yes'] }])
    await tryAgain(house, 1)
    expect(await states()).toEqual(['done', 'done', 'done'])
  },
)

describe('a judge that does not answer', () => {
  it('is asked again, ever later, until it is given up', async () => {
    const house = await aHouse(BUSY)
    await house.rule()
    const key = await house.picture()
    await house.judge()
    for (const [index, seconds] of RETRIES_IN_SECONDS.entries()) {
      expect(await house.event(key)).toMatchObject({
        state: 'received',
        failure: 'judge_busy',
        attempts: index + 1,
      })
      expect(Math.abs((await pause(house, key)) - seconds)).toBeLessThan(4)
      await tryAgain(house, 1)
    }
    expect(await house.event(key)).toMatchObject({ state: 'failed', failure: 'judge_busy', due_at: null })
    expect(await house.used()).toEqual({ all: 0, camera: 0, owner: 0 })
  })

  it('and says when to ask, is asked then', async () => {
    const house = await aHouse([{ status: 503, headers: { 'retry-after': '77' }, body: '{}' }])
    await house.rule()
    const key = await house.picture()
    await house.judge()
    expect(Math.abs((await pause(house, key)) - 77)).toBeLessThan(4)
  })

  it('for the third time, is told once, and the verdict takes its place', async () => {
    const house = await aHouse(BUSY)
    await house.rule()
    const key = await house.picture()
    await house.judge()
    await tryAgain(house, 1)
    expect(await house.notifications()).toEqual([])
    await tryAgain(house, 1)
    const [unjudged] = await house.notifications()
    expect(unjudged).toMatchObject({
      kind: 'unjudged',
      title: 'Front Door',
      count: 1,
      rule_nicknames: [],
      image_key: key,
    })
    await house.sql`update camera_camera set last_notified_at = now() - interval '10 minutes'`
    await house.says([{ verdicts: ['yes'], evidence: 'a fox' }])
    await tryAgain(house, 1)
    expect(await house.notifications()).toMatchObject([
      {
        public_notification_id: unjudged!.public_notification_id,
        kind: 'match',
        body: 'Fox: a fox',
        count: 1,
      },
    ])
  })

  it('and again after its owner cleared that, leaves it cleared', async () => {
    const house = await aHouse(BUSY)
    await house.rule()
    await house.picture()
    await house.judge()
    await tryAgain(house, 2)
    await house.sql`update notifications set cleared_at = now(), created_at = now() - interval '10 minutes'`
    await tryAgain(house, 1)
    expect(await house.notifications()).toMatchObject([{ kind: 'unjudged', cleared_at: expect.any(Date) }])
  })

  /** A match that rang, and just after it a later picture that nobody can judge. */
  async function aMatchBefore(change = '') {
    const house = await aHouse()
    await house.rule({ importance: 'passive' })
    await aTarget(house.owner, 'webhook', null, {}, house.sql)
    const matched = await house.picture()
    await house.judge()
    if (change) await house.sql.query(change)
    await house.sql`update rules_rule set last_triggered = null`
    const rung = () => house.sql`select * from deliveries order by id`
    const before = await rung()
    await house.says(BUSY)
    const unjudged = await house.picture({ at: new Date(Date.now() + 30_000) })
    await house.judge()
    await tryAgain(house, 2)
    return { house, matched, unjudged, before, rung }
  }

  it('just after a match, adds its picture to that and changes nothing else', async () => {
    const { house, matched, before, rung } = await aMatchBefore()
    const told = async () =>
      expect(await house.notifications()).toMatchObject([
        { kind: 'match', count: 2, image_key: matched, body: 'Fox: a fox by the bin', importance: 'passive' },
      ])
    await told()
    expect(before).toHaveLength(1)
    expect(await rung()).toEqual(before)
    await house.sql`update camera_camera set last_notified_at = now() - interval '10 minutes'`
    await tryAgain(house, 1)
    await told()
  })

  it.each(['seen_at', 'cleared_at'])('just after a match with %s, is told by itself', async (column) => {
    const { house, matched, unjudged, before, rung } = await aMatchBefore(
      `update notifications set ${column} = now()`,
    )
    expect(await house.notifications()).toMatchObject([
      { kind: 'match', count: 1, image_key: matched, [column]: expect.any(Date) },
      { kind: 'unjudged', count: 1, image_key: unjudged },
    ])
    expect(await rung()).toHaveLength(before.length + 1)
  })

  it('is told once, also where a match has joined that', async () => {
    const house = await aHouse(BUSY)
    const rule = await house.rule()
    const key = await house.picture()
    await house.judge()
    await tryAgain(house, 2)
    await house.says([{ verdicts: ['yes'] }])
    const other = await house.picture()
    await house.judge()
    expect(await house.notifications()).toMatchObject([{ kind: 'match', count: 2, image_key: other }])
    await house.sql`update camera_camera set last_notified_at = now() - interval '10 minutes'`
    await house.sql`update rules_rule set last_triggered = null where id = ${rule.id}`
    await house.says(BUSY)
    await tryAgain(house, 1)
    expect(await house.event(key)).toMatchObject({ state: 'received', failure: 'judge_busy' })
    expect(await house.notifications()).toHaveLength(1)
  })

  it('and then says no: nothing is left to tell', async () => {
    const house = await aHouse(BUSY)
    await house.rule()
    await house.picture()
    await house.judge()
    await tryAgain(house, 2)
    await house.says([{ verdicts: ['no'] }])
    await tryAgain(house, 1)
    expect(await house.notifications()).toMatchObject([{ kind: 'unjudged', cleared_at: expect.any(Date) }])
  })

  it('until its rule cools down: it stays told that nobody judged it', async () => {
    const house = await aHouse(BUSY)
    const rule = await house.rule()
    const key = await house.picture()
    await house.judge()
    await tryAgain(house, 2)
    await house.sql`update rules_rule set last_triggered = now() + interval '1 minute' where id = ${rule.id}`
    await tryAgain(house, 1)
    expect(await house.verdicts(key)).toMatchObject([{ skipped: 'cooling_down' }])
    expect(await house.notifications()).toMatchObject([{ kind: 'unjudged', cleared_at: null }])
  })

  it('after something else did not, is asked as for the first time', async () => {
    const house = await aHouse(BUSY)
    await house.rule()
    const key = await house.picture()
    for (let time = 0; time < 3; time++) {
      await house.makeDue()
      await house.judge({ S3_ENDPOINT: 'http://127.0.0.1:9' })
    }
    await tryAgain(house, 1)
    expect(await house.event(key)).toMatchObject({ failure: 'judge_busy', attempts: 1 })
    expect(await pause(house, key)).toBeLessThan(10)
  })

  it('quickly is waited for', async () => {
    const house = await aHouse([{ verdicts: ['yes'], delayInMs: 300 }])
    await house.rule()
    const key = await house.picture()
    const beside = { waitUntil: () => expect.unreachable('it is cut off after half a minute') }
    await judgeDue({ ...house.environment, JUDGE_TIMEOUT_IN_MS: '60000' }, beside)
    expect(await house.event(key)).toMatchObject({ state: 'done' })
  })

  it('does not ring for each of many pictures', async () => {
    const house = await aHouse(BUSY)
    await house.rule()
    for (let count = 0; count < 6; count++) await house.picture()
    await house.judge()
    await tryAgain(house, 3)
    expect(await house.notifications()).toHaveLength(1)
  })

  it('does not ring where its owner does not want to hear of that', async () => {
    const house = await aHouse(BUSY)
    await house.rule()
    await house.sql`insert into notification_settings (user_id, tells_unjudged) values (${house.owner.id}, false)`
    await house.picture()
    await house.judge()
    await tryAgain(house, 3)
    expect(await house.notifications()).toEqual([])
  })

  it('is not there: pictures wait', async () => {
    const house = await aHouse()
    await house.rule()
    const key = await house.picture()
    await house.judge({ JUDGE_URL: '' })
    expect(await house.event(key)).toMatchObject({ state: 'received', attempts: 0, due_at: expect.any(Date) })
  })
})

describe('a picture that staff have judged again', () => {
  const again = `update events set state = 'received', attempts = 0, due_at = now(), failure = null`
  it('is told no second time, keeps what it cost, and what its owner said of the same verdict', async () => {
    const house = await aHouse()
    await house.rule()
    const key = await house.picture()
    await house.judge()
    await house.sql`update verdicts set feedback = 'right', feedback_at = now()`
    await house.sql.query(again)
    await house.judge()
    expect(await askedOf(house.model)).toHaveLength(2)
    expect(await house.verdicts(key)).toMatchObject([{ verdict: 'yes', skipped: null, feedback: 'right' }])
    expect(await house.event(key)).toMatchObject({ tokens_in: 3_000, tokens_out: 120 })
    expect(await house.notifications()).toMatchObject([{ count: 1 }])
  })

  it('is told no second time by a rule that may tell of every picture', async () => {
    const house = await aHouse()
    await house.rule({ cooldown_in_seconds: 0 })
    const key = await house.picture()
    await house.judge()
    await house.sql`update camera_camera set last_notified_at = now() - interval '10 minutes'`
    await house.sql`update notifications set seen_at = now()`
    await house.sql.query(again)
    await house.judge()
    expect(await house.notifications()).toMatchObject([{ count: 1, seen_at: expect.any(Date) }])
    expect(await house.verdicts(key)).toMatchObject([{ verdict: 'yes', skipped: null }])
  })

  it('is judged whatever the camera and the account have used up, and counts', async () => {
    const house = await aHouse()
    await house.rule()
    const key = await house.picture()
    const limits = { JUDGEMENTS_PER_HOUR: '1', JUDGEMENTS_PER_DAY: '1' }
    await house.judge(limits)
    await house.sql.query(again)
    await house.judge(limits)
    expect(await house.event(key)).toMatchObject({ state: 'done', tokens_in: 3_000 })
    expect(await house.used()).toEqual({ all: 2, camera: 2, owner: 2 })
  })

  it('is judged also where a limit kept it the first time', async () => {
    const house = await aHouse()
    await house.rule({ cooldown_in_seconds: 0 })
    const limits = { JUDGEMENTS_PER_HOUR: '1' }
    const [, kept] = [await house.picture(), await house.picture()]
    await house.judge(limits)
    expect(await house.event(kept)).toMatchObject({ state: 'discarded', failure: 'limited' })
    await house.sql`update events set state = 'received', attempts = 0, due_at = now() where object_key = ${kept}`
    await house.judge(limits)
    expect(await house.event(kept)).toMatchObject({ state: 'done', failure: null })
    expect(await house.used()).toEqual({ all: 2, camera: 2, owner: 2 })
  })

  it('keeps the verdict of a rule that is not asked now, and no word on one that changed', async () => {
    const house = await aHouse([{ verdicts: ['yes', 'yes'] }])
    await house.rule()
    const cat = await house.rule({ nickname: 'Cat' })
    const key = await house.picture()
    await house.judge()
    await house.sql`update verdicts set feedback = 'wrong', feedback_at = now()`
    await house.sql`update rules_rule set is_enabled = false where id = ${cat.id}`
    await house.says([{ verdicts: ['no'] }])
    await house.sql.query(again)
    await house.judge()
    expect(await house.verdicts(key)).toMatchObject([
      { rule_nickname: 'Cat', verdict: 'yes', feedback: 'wrong' },
      { rule_nickname: 'Fox', verdict: 'no', feedback: null },
    ])
  })
})

describe('pictures and previews of a camera that the bucket tells of at once', () => {
  it('keep nobody from concluding, who locks the camera first', async () => {
    const house = await aHouse()
    await house.rule({ cooldown_in_seconds: 0 })
    const preview = { key: `preview/${house.camera.publicCameraId}/latest.jpg`, etag: 'abc', at: null }
    for (let round = 0; round < 5; round++) {
      const keys = [await house.picture(), await house.picture(), await house.picture()]
      const words = [...keys.map((key) => ({ key, etag: 'abc', at: null })), preview]
      await Promise.all([house.judge(), ...Array.from({ length: 4 }, () => house.tellAll(words))])
    }
    expect(await house.sql`select distinct state, attempts from events`).toEqual([
      { state: 'done', attempts: 1 },
    ])
  })
})

describe('whoever dies', () => {
  it('loses the lease, and what they do later counts for nothing', async () => {
    const house = await aHouse([
      { verdicts: ['yes'], evidence: 'the first', isHeld: true },
      { verdicts: ['yes'], evidence: 'the second' },
    ])
    await house.rule({ cooldown_in_seconds: 0 })
    const key = await house.picture()
    const first = house.judge()
    await vi.waitUntil(async () => (await askedOf(house.model)).length === 1, {
      timeout: 10_000,
      interval: 20,
    })
    await house.judge()
    expect(await askedOf(house.model)).toHaveLength(1)
    await house.makeDue()
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'done', attempts: 2 })
    await releaseJudge(house.model)
    await first
    expect(await house.verdicts(key)).toMatchObject([{ evidence: 'the second' }])
    expect(await house.notifications()).toMatchObject([{ count: 1, body: 'Fox: the second' }])
  })

  it('again and again over one picture, is not asked for ever', async () => {
    const house = await aHouse()
    await house.rule()
    const key = await house.picture()
    await house.sql`update events set attempts = 10, state = 'judging', lease = gen_random_uuid(), due_at = now()`
    await house.judge()
    expect(await house.event(key)).toMatchObject({ state: 'failed', failure: 'interrupted', lease: null })
    expect(await askedOf(house.model)).toEqual([])
  })

  it('loses no picture to a limit that it has used up itself, and counts it once', async () => {
    const house = await aHouse([{ verdicts: ['no'] }])
    await house.rule()
    for (let count = 0; count < 3; count++) await house.picture()
    const limits = { JUDGEMENTS_PER_HOUR: 2, JUDGEMENTS_PER_DAY: 2, JUDGEMENTS_PER_DAY_IN_ALL: 2 }
    expect((await house.take(limits)).taken).toHaveLength(2)
    await house.sql`update events set due_at = now() where state = 'judging'`
    expect((await house.take(limits)).taken).toHaveLength(2)
    expect(await house.used()).toEqual({ all: 2, camera: 2, owner: 2 })
  })
})

describe('too many pictures', () => {
  it('of a camera in an hour are discarded, exactly those beyond, and told once', async () => {
    const house = await aHouse([{ verdicts: ['no'] }])
    await house.rule()
    for (let count = 0; count < 9; count++) await house.picture()
    const changes = { JUDGEMENTS_PER_HOUR: '5' }
    await Promise.all([house.judge(changes), house.judge(changes), house.judge(changes)])
    expect(
      await house.sql`select state, failure, count(*)::int from events group by 1, 2 order by 1`,
    ).toEqual([
      { state: 'discarded', failure: 'limited', count: 4 },
      { state: 'done', failure: null, count: 5 },
    ])
    expect(await house.notifications()).toMatchObject([
      {
        kind: 'limited',
        camera: house.camera.publicCameraId,
        body: 'More than 5 pictures in an hour: the others are not judged.',
      },
    ])
    expect(await house.used()).toEqual({ all: 5, camera: 5, owner: 5 })
  })

  it('of an account in a day likewise', async () => {
    const house = await aHouse([{ verdicts: ['no'] }])
    const garden = await aCamera(house.owner, 'Garden', house.sql)
    await house.rule()
    await house.rule({}, garden)
    for (const of of [house.camera, garden, house.camera, garden, house.camera]) await house.picture({ of })
    await house.judge({ JUDGEMENTS_PER_DAY: '3' })
    expect(await house.sql`select state, count(*)::int from events group by 1 order by 1`).toEqual([
      { state: 'discarded', count: 2 },
      { state: 'done', count: 3 },
    ])
    expect(await house.notifications()).toMatchObject([{ kind: 'limited', camera: null }])
  })

  it('over hours are not too many at once', async () => {
    const house = await aHouse([{ verdicts: ['no'] }])
    await house.rule()
    for (let count = 0; count < 6; count++) await house.picture()
    await house.sql`update events set received_at = now() - id % 6 * interval '1 hour'`
    await house.judge({ JUDGEMENTS_PER_HOUR: '1' })
    expect(await house.sql`select distinct state from events`).toEqual([{ state: 'done' }])
  })

  it('of a camera by the thousand are discarded by the thousand', async () => {
    const house = await aHouse([{ verdicts: ['no'] }])
    await house.rule()
    await house.sql`
      insert into events (bucket, object_key, owner, camera, captured_at, received_at, state, due_at)
      select 'b', 'crowd ' || i, ${house.owner.publicUserId}, ${house.camera.publicCameraId}, now(), now(), 'received', now()
      from generate_series(1, 1500) as i`
    const { taken } = await house.take({ JUDGEMENTS_PER_HOUR: 2 })
    expect(taken).toHaveLength(2)
    const [{ count }] = (await house.sql`select count(*)::int from events where failure = 'limited'`) as [
      { count: number },
    ]
    expect(count).toBe(1_000)
  })

  it('of all in a day count for nobody while they wait', async () => {
    const house = await aHouse([{ verdicts: ['no'] }])
    await house.rule()
    for (let count = 0; count < 4; count++) await house.picture()
    for (let time = 0; time < 4; time++) {
      await house.makeDue()
      await house.judge({ JUDGEMENTS_PER_DAY_IN_ALL: '1', JUDGEMENTS_PER_HOUR: '5', JUDGEMENTS_PER_DAY: '5' })
    }
    expect(await house.used()).toEqual({ all: 1, camera: 1, owner: 1 })
    await house.makeDue()
    await house.judge()
    expect(await house.sql`select distinct state from events`).toEqual([{ state: 'done' }])
    expect(await house.notifications()).toEqual([])
  })

  it('of all in a day wait', async () => {
    const house = await aHouse([{ verdicts: ['no'] }])
    await house.rule()
    for (let count = 0; count < 3; count++) await house.picture()
    await house.judge({ JUDGEMENTS_PER_DAY_IN_ALL: '2' })
    expect(
      await house.sql`select state, failure, count(*)::int from events group by 1, 2 order by 1`,
    ).toEqual([
      { state: 'done', failure: null, count: 2 },
      { state: 'received', failure: 'budget_spent', count: 1 },
    ])
    expect(await house.notifications()).toEqual([])
  })
})
