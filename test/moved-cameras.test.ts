import { describe, expect, it } from 'vitest'
import { beside } from './support/race.ts'
import { fieldsOf, signedIn } from './support/browser.ts'
import { send } from './support/client.ts'
import { aCamera, aDatabase, aRule, aUser, type User } from './support/factories.ts'

const CAMERAS = '/admin/camera/camera/'
const RULES = '/admin/rules/rule/'
const USERS = '/admin/users/user/'

type Sql = Awaited<ReturnType<typeof aDatabase>>['sql']

/** Two people; the first has a camera with two rules, and another one with one; an administrator's browser. */
async function twoHouseholds() {
  const { settings, sql } = await aDatabase()
  const admin = await aUser({ isStaff: true, isSuperuser: true }, sql)
  const [before, after] = [await aUser({}, sql), await aUser({}, sql)]
  const camera = await aCamera(before, 'Porch', sql)
  const rules = [
    await aRule(before, camera, 'Alert', 'Fox', sql),
    await aRule(before, camera, 'Alert', 'Cat', sql),
  ]
  await aRule(before, await aCamera(before, 'Attic', sql), 'Alert', 'Bat', sql)
  return { settings, sql, admin, browser: await signedIn(admin, settings), before, after, camera, rules }
}

/** Moves a camera like Django's admin: its rules keep their owner. */
const moveAsDjango = (sql: Sql, { id }: { id: number }, owner: User) =>
  sql`update camera_camera set owner_id = ${owner.id} where id = ${id}`

/** The owner of each rule, by its nickname. */
const ownersIn = async (sql: Sql) =>
  Object.fromEntries(
    (await sql`select rule_nickname as rule, owner_id::int as owner from rules_rule`).map(
      ({ rule, owner }) => [rule, owner],
    ),
  )

const leave = (settings: object, { publicUserId, access: token }: User) =>
  send('DELETE', `/v1/user/${publicUserId}/`, { settings, token })

describe('a camera that staff give to somebody else', () => {
  it('takes its rules along, and no others', async () => {
    const { sql, browser, before, after, camera } = await twoHouseholds()
    const path = `${CAMERAS}${camera.id}/change/`

    const moved = await browser.submit(path, { owner: after.email })

    expect(moved.location).toBe(CAMERAS)
    expect(await ownersIn(sql)).toEqual({ Fox: after.id, Cat: after.id, Bat: before.id })
    expect(await sql`select change_message as message from django_admin_log`).toEqual([
      { message: '[{"changed": {"fields": ["Owner"]}}]' },
    ])
  })

  it('keeps them after the account of whoever had it is gone', async () => {
    const { settings, sql, browser, before, after, camera } = await twoHouseholds()
    await browser.submit(`${CAMERAS}${camera.id}/change/`, { owner: after.email })

    expect((await leave(settings, before)).status).toBe(204)

    expect(await ownersIn(sql)).toEqual({ Fox: after.id, Cat: after.id })
    const url = `/v1/cameras/${camera.publicCameraId}/rules/`
    expect((await send('GET', url, { settings, token: after.access })).body).toHaveLength(2)
  })

  it('does not take them along where the form is refused', async () => {
    const { sql, browser, before, after, camera } = await twoHouseholds()
    const path = `${CAMERAS}${camera.id}/change/`
    const stale = fieldsOf((await browser.get(path)).html)
    await sql`update camera_camera set location = 'Loft' where id = ${camera.id}`

    const conflict = await browser.post(path, { ...stale, owner: after.email })
    const faulty = await browser.submit(path, { owner: after.email, location: '' })

    expect([conflict.status, faulty.status]).toEqual([409, 200])
    expect(await ownersIn(sql)).toEqual({ Fox: before.id, Cat: before.id, Bat: before.id })
  })
})

describe('rules that the old service left behind when their camera was given away', () => {
  it('become its owner’s when the account goes that they were left with', async () => {
    const { settings, sql, before, after, camera } = await twoHouseholds()
    await moveAsDjango(sql, camera, after)

    expect((await leave(settings, before)).status).toBe(204)

    expect(await ownersIn(sql)).toEqual({ Fox: after.id, Cat: after.id })
    expect(await sql`select location, owner_id::int as owner from camera_camera`).toEqual([
      { location: 'Porch', owner: after.id },
    ])
  })

  it('stay as they are where the account may not go', async () => {
    const { settings, sql, admin, after } = await twoHouseholds()
    const camera = await aCamera(admin, 'Shed', sql)
    await aRule(admin, camera, 'Alert', 'Owl', sql)
    await moveAsDjango(sql, camera, after)

    expect((await leave(settings, admin)).status).toBe(403)

    expect(await ownersIn(sql)).toMatchObject({ Owl: admin.id })
  })

  it('become its owner’s when staff delete the account, and are not said to go', async () => {
    const { sql, browser, before, after, camera } = await twoHouseholds()
    await moveAsDjango(sql, camera, after)
    const path = `${USERS}${before.id}/delete/`

    const asked = await browser.get(path)
    const { location } = await browser.submit(path)

    expect(asked.text).toContain('1 camera 1 rule Objects')
    expect(asked.text).not.toContain('Fox')
    expect(location).toBe(USERS)
    expect(await ownersIn(sql)).toEqual({ Fox: after.id, Cat: after.id })
  })

  it('become its owner’s when staff delete many accounts, and go where that one is among them', async () => {
    const { sql, browser, before, after, camera } = await twoHouseholds()
    const third = await aUser({}, sql)
    const garage = await aCamera(before, 'Garage', sql)
    await aRule(before, garage, 'Alert', 'Dog', sql)
    await moveAsDjango(sql, camera, after)
    await moveAsDjango(sql, garage, third)
    const ids = [before, after].map(({ id }) => String(id))

    const page = await browser.submit(USERS, { action: 'delete_selected', _selected_action: ids })
    await browser.post(USERS, fieldsOf(page.html))

    expect(await sql`select from users`).toHaveLength(2)
    expect(await ownersIn(sql)).toEqual({ Dog: third.id })
  })

  it('become its owner’s when staff save one of them', async () => {
    const { sql, browser, before, after, camera, rules } = await twoHouseholds()
    await moveAsDjango(sql, camera, after)

    await browser.submit(`${RULES}${rules[0]!.id}/change/`)

    expect(await ownersIn(sql)).toEqual({ Fox: after.id, Cat: before.id, Bat: before.id })
  })
})

describe('the owner of a rule', () => {
  it('is shown to staff, and is its camera’s whatever they send', async () => {
    const { sql, browser, before, after, camera, rules } = await twoHouseholds()
    const path = `${RULES}${rules[0]!.id}/change/`
    const page = await browser.get(path)
    expect(page.text).toContain(`Owner: ${before.email}`)
    expect(fieldsOf(page.html)).not.toHaveProperty('owner')

    await browser.submit(path, { owner: after.email, rule_nickname: 'Vixen' })
    const fields = { owner: after.email, camera: String(camera.id), rule: 'Alert', rule_nickname: 'Owl' }
    await browser.submit(`${RULES}add/`, fields)

    expect(await ownersIn(sql)).toEqual({
      Vixen: before.id,
      Cat: before.id,
      Bat: before.id,
      Owl: before.id,
    })
  })

  it('changes with its camera', async () => {
    const { sql, browser, before, after, rules } = await twoHouseholds()
    const other = await aCamera(after, 'Gate', sql)

    await browser.submit(`${RULES}${rules[0]!.id}/change/`, { camera: String(other.id) })

    expect(await ownersIn(sql)).toEqual({ Fox: after.id, Cat: before.id, Bat: before.id })
    expect(await sql`select change_message as message from django_admin_log`).toEqual([
      { message: '[{"changed": {"fields": ["Camera"]}}]' },
    ])
  })
})

describe('at the moment when a camera changes hands', () => {
  /** Runs something while another connection has moved the camera without committing yet. */
  const whileMoving = <T>(sql: Sql, camera: { id: number }, owner: User, request: () => Promise<T>) =>
    beside(sql, [moveAsDjango(sql, camera, owner)], request)

  it('the account that had it goes without its rules', async () => {
    const { settings, sql, before, after, camera } = await twoHouseholds()

    const { status } = await whileMoving(sql, camera, after, () => leave(settings, before))

    expect(status).toBe(204)
    expect(await ownersIn(sql)).toEqual({ Fox: after.id, Cat: after.id })
  })

  it('the account that had it is deleted without its rules', async () => {
    const { sql, browser, before, after, camera } = await twoHouseholds()
    const path = `${USERS}${before.id}/delete/`
    const fields = fieldsOf((await browser.get(path)).html)

    const { location } = await whileMoving(sql, camera, after, () => browser.post(path, fields))

    expect(location).toBe(USERS)
    expect(await ownersIn(sql)).toEqual({ Fox: after.id, Cat: after.id })
  })

  it('a rule that staff add is of whoever gets it', async () => {
    const { sql, browser, before, after, camera } = await twoHouseholds()
    const path = `${RULES}add/`
    const fields = { ...fieldsOf((await browser.get(path)).html), rule: 'Alert', rule_nickname: 'Owl' }

    const { location } = await whileMoving(sql, camera, after, () =>
      browser.post(path, { ...fields, camera: String(camera.id) }),
    )

    expect(location).toBe(RULES)
    expect(await ownersIn(sql)).toEqual({ Fox: before.id, Cat: before.id, Bat: before.id, Owl: after.id })
  })

  it('by staff here, it goes with its rules or stays with them', async () => {
    const { settings, sql, browser } = await twoHouseholds()
    for (let round = 0; round < 10; round++) {
      const [before, after] = [await aUser({}, sql), await aUser({}, sql)]
      const camera = await aCamera(before, 'Porch', sql)
      await aRule(before, camera, 'Alert', `Fox ${round}`, sql)
      const path = `${CAMERAS}${camera.id}/change/`
      const fields = { ...fieldsOf((await browser.get(path)).html), owner: after.email }

      const requests = [() => leave(settings, before), () => browser.post(path, fields)]
      const answers = await Promise.all((round % 2 ? requests.toReversed() : requests).map((send) => send()))

      const [left] = answers.filter((answer) => !('html' in answer))
      const [moved] = answers.filter((answer) => 'html' in answer)
      expect(left!.status).toBe(204)
      const nickname = `Fox ${round}`
      const wins = moved!.status === 302
      expect([302, 404]).toContain(moved!.status)
      expect(
        await sql`select rules_rule.owner_id::int as owner, camera_camera.owner_id::int as camera
          from rules_rule join camera_camera on camera_camera.id = camera_id where rule_nickname = ${nickname}`,
      ).toEqual(wins ? [{ owner: after.id, camera: after.id }] : [])
    }
  })
})
