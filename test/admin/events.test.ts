import { describe, expect, it } from 'vitest'
import { aStaffUser, aSuperuser, type Browser, fieldsOf, logOf, signedIn } from '../support/browser.ts'
import {
  aCamera,
  aDatabase,
  anEvent,
  aRule,
  aUser,
  aVerdict,
  type Camera,
  sql,
  type User,
} from '../support/factories.ts'
import { UNKNOWN_ID } from '../support/shapes.ts'

const LIST = '/admin/events/event/'
const IN_AN_HOUR = new Date(Date.now() + 3_600_000).toISOString()
const COLUMNS = {
  done: {},
  failed: { state: 'failed', failure: 'judge_refused', attempts: 7 },
  discarded: { state: 'discarded', failure: 'limited' },
  received: { state: 'received', due_at: IN_AN_HOUR },
  judging: { state: 'judging', due_at: IN_AN_HOUR, lease: UNKNOWN_ID },
}
type State = keyof typeof COLUMNS

/** Inserts an event in a state for a user's camera. Returns its id and public id. */
async function eventIn(state: State, owner: User, camera: Camera, columns: object = {}) {
  const publicId = await anEvent(owner, camera, { ...COLUMNS[state], ...columns })
  const [row] = await sql`select id from events where public_event_id = ${publicId}`
  return { id: String(row!.id), publicId }
}
const rowOf = async ({ id }: { id: string }) =>
  (
    await sql`
      select state, attempts, lease, failure, due_at <= now() as is_due from events where id = ${id}`
  )[0]
async function aHousehold() {
  const owner = await aUser()
  return { owner, camera: await aCamera(owner, 'Porch') }
}
/** Selects these events in the list and requests another judging. */
async function judgeAgain(browser: Browser, ids: string[]) {
  const [csrfmiddlewaretoken = ''] = fieldsOf((await browser.get('/admin/')).html).csrfmiddlewaretoken ?? []
  return browser.post(LIST, { csrfmiddlewaretoken, action: 'judge_again', _selected_action: ids })
}

describe('events in the admin', () => {
  it('are listed with what became of them, and found by owner, camera and state', async () => {
    const { browser } = await aSuperuser()
    const { owner, camera } = await aHousehold()
    const done = await eventIn('done', owner, camera, {
      judge: 'judge.example a-model',
      judge_in_ms: 1750,
      tokens_in: 1204,
      tokens_out: 61,
    })
    const failed = await eventIn('failed', owner, camera)
    const shownBy = async (query: string) => {
      const { status, html } = await browser.get(`${LIST}?${query}`)
      expect([query, status]).toEqual([query, 200])
      return [done, failed].filter(({ id }) => html.includes(`${LIST}${id}/change/`))
    }
    for (const owned of [owner.email, owner.email.toUpperCase(), owner.publicUserId])
      expect(await shownBy(`owner=${owned}`)).toEqual([done, failed])
    expect(await shownBy(`camera=${camera.publicCameraId.toUpperCase()}`)).toEqual([done, failed])
    expect(await shownBy(`owner=${owner.publicUserId}&state=failed`)).toEqual([failed])
    expect(await shownBy(`owner=${owner.publicUserId}&state=done&received_at=week`)).toEqual([done])
    for (const none of [
      'owner=nobody@example.com',
      `owner=${UNKNOWN_ID}`,
      'camera=Porch',
      `camera=${UNKNOWN_ID}`,
    ])
      expect(await shownBy(none)).toEqual([])
    const { text } = await browser.get(`${LIST}?owner=${owner.publicUserId}`)
    expect(text).toMatch(
      new RegExp(`done Porch ${owner.email} 1 .*judge.example a-model 1750 ms 1204 \\+ 61`),
    )
    expect(text).toMatch(new RegExp(`failed Porch ${owner.email} 7 .*judge_refused`))
    expect(text).not.toContain('Add event')
  })

  it.each(['waiting', 'judging', 'done', 'failed', 'discarded'] as const)(
    'are listed by state: %s',
    async (state) => {
      const { browser } = await aSuperuser()
      const { owner, camera } = await aHousehold()
      for (const each of Object.keys(COLUMNS) as State[]) await eventIn(each, owner, camera)
      const { html, text } = await browser.get(`${LIST}?owner=${owner.publicUserId}&state=${state}`)
      expect(html.match(/name="_selected_action" value/g)).toHaveLength(1)
      expect(text).toContain(`${state === 'waiting' ? 'received' : state} Porch`)
    },
  )

  it('show their verdicts, their lease and when they are due, and no form', async () => {
    const { browser } = await aSuperuser()
    const { owner, camera } = await aHousehold()
    const [fox, cat] = [await aRule(owner, camera), await aRule(owner, camera, 'A cat', 'Cat')]
    const { id, publicId } = await eventIn('judging', owner, camera)
    await aVerdict(publicId, fox, { skipped: 'cooling_down', feedback: 'wrong' })
    await aVerdict(publicId, cat, { verdict: null, skipped: 'hours', evidence: '' })
    const { text, html } = await browser.get(`${LIST}${id}/change/`)
    expect(text).toContain('View event')
    expect(html).toContain('Fox: yes, cooling_down, feedback wrong: A fox stands there.\nCat: hours')
    for (const shown of [publicId, UNKNOWN_ID, owner.email, camera.publicCameraId, 'Due at'])
      expect(text).toContain(shown)
    expect(html).not.toContain('name="_save"')
    expect(html).not.toContain(`${id}/delete/`)
  })

  it('of an owner and a camera who are gone are shown by their public ids', async () => {
    // In the shared database they might be erased at this moment.
    const { sql, settings } = await aDatabase()
    const browser = await signedIn(await aUser({ isStaff: true, isSuperuser: true }, sql), settings)
    const owner = await aUser({}, sql)
    const camera = await aCamera(owner, 'Porch', sql)
    await anEvent(owner, camera, {}, sql)
    await sql`delete from users where id = ${owner.id}`
    const [event] = await sql`select id from events`
    const { text } = await browser.get(`${LIST}${event!.id}/change/`)
    expect(text).toContain(`Camera: ${camera.publicCameraId} Owner: ${owner.publicUserId}`)
  })

  it('are neither added, changed nor deleted, by superusers neither', async () => {
    const { browser } = await aSuperuser()
    const { owner, camera } = await aHousehold()
    const event = await eventIn('failed', owner, camera)
    const before = await rowOf(event)
    const [csrfmiddlewaretoken = ''] = fieldsOf((await browser.get('/admin/')).html).csrfmiddlewaretoken ?? []
    expect((await browser.get(`${LIST}add/`)).status).toBe(403)
    for (const path of ['add/', `${event.id}/change/`, `${event.id}/delete/`]) {
      const { status } = await browser.post(LIST + path, { csrfmiddlewaretoken, post: 'yes', state: 'done' })
      expect([path, status]).toEqual([path, 403])
    }
    expect(await rowOf(event)).toEqual(before)
  })

  it('are judged again where they are over, one and many, and the log says who', async () => {
    const { user, browser } = await aStaffUser('events.view_event', 'events.change_event')
    const { owner, camera } = await aHousehold()
    const [failed, done, discarded] = [
      await eventIn('failed', owner, camera),
      await eventIn('done', owner, camera),
      await eventIn('discarded', owner, camera),
    ]
    const path = `${LIST}${failed.id}/judge_again/`
    const [csrfmiddlewaretoken = ''] =
      fieldsOf((await browser.get(`${LIST}${failed.id}/change/`)).html).csrfmiddlewaretoken ?? []
    expect((await browser.post(path, { csrfmiddlewaretoken })).location).toBe(`${LIST}${failed.id}/change/`)
    expect((await browser.get(LIST)).text).toContain(
      `${failed.publicId} will be judged again within a minute.`,
    )
    await judgeAgain(browser, [done.id, discarded.id])
    expect((await browser.get(LIST)).text).toContain('2 events will be judged again within a minute.')

    for (const event of [failed, done, discarded]) {
      expect(await rowOf(event)).toEqual({
        state: 'received',
        attempts: 0,
        lease: null,
        // Its failure exempts it from the limit.
        failure: event === discarded ? 'limited' : null,
        is_due: true,
      })
      expect(await logOf('event', event.id)).toEqual([
        { flag: 2, repr: event.publicId, message: '[{"changed": {"fields": ["State"]}}]', by: user.id },
      ])
    }
  })

  it('stay as they are where somebody is at them, or is to be', async () => {
    const { browser } = await aSuperuser()
    const { owner, camera } = await aHousehold()
    const events = [await eventIn('judging', owner, camera), await eventIn('received', owner, camera)]
    const before = await Promise.all(events.map(rowOf))
    await judgeAgain(
      browser,
      events.map(({ id }) => id),
    )
    expect((await browser.get(LIST)).text).toContain('0 events will be judged again')
    expect(await Promise.all(events.map(rowOf))).toEqual(before)
    for (const { id } of events) expect(await logOf('event', id)).toEqual([])
  })

  it('are judged again by those alone who may change them', async () => {
    const { browser } = await aStaffUser('events.view_event')
    const { owner, camera } = await aHousehold()
    const event = await eventIn('failed', owner, camera)
    const { text } = await browser.get(`${LIST}${event.id}/change/`)
    expect(text).not.toContain('Judge again')
    expect((await judgeAgain(browser, [event.id])).status).toBe(403)
    expect(await rowOf(event)).toMatchObject({ state: 'failed', attempts: 7 })
  })
})
