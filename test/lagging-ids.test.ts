import { describe, expect, it, vi } from 'vitest'
import { signedIn } from './support/browser.ts'
import { send } from './support/client.ts'
import { aCamera, aDatabase, aRule, aUser, newEmail, PASSWORD } from './support/factories.ts'

const UNAVAILABLE = { detail: 'Service temporarily unavailable, try again later.' }

/** A user with a camera and a rule, in a database whose sequences start at 1 again, as after loading only rows. */
async function aLaggingDatabase() {
  const { settings, sql } = await aDatabase()
  const owner = await aUser({ isStaff: true, isSuperuser: true }, sql)
  const camera = await aCamera(owner, 'Front Door', sql)
  await aRule(owner, camera, 'Alert when a fox shows up', 'Fox', sql)
  const beginAgain = (table: string) => sql`select setval(pg_get_serial_sequence(${table}, 'id'), 1, false)`
  return { settings, sql, owner, camera, beginAgain }
}

/** The log lines about the database during some work. */
async function databaseErrorsOf(work: () => Promise<unknown>) {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  await work()
  const lines = error.mock.calls.map(([line]) => JSON.parse(String(line)))
  error.mockRestore()
  return lines.map(({ event, sqlstate, constraint }) => ({ event, sqlstate, constraint }))
}

const duplicate = (constraint: string) => ({ event: 'database_error', sqlstate: '23505', constraint })

describe('an id that was given out before is not the client’s fault:', () => {
  it.each([
    ['users', 'users_pkey', '/v1/auth/register/', () => ({ email: newEmail(), password: PASSWORD })],
    ['camera_camera', 'camera_camera_pkey', '/v1/cameras/', () => ({ location: 'Attic' })],
    ['rules_rule', 'rules_rule_pkey', 'rules', () => ({ rule: 'Alert', rule_nickname: 'A' })],
  ])('of %s', async (table, key, path, json) => {
    const { settings, owner, camera, beginAgain } = await aLaggingDatabase()
    const url = path === 'rules' ? `/v1/cameras/${camera.publicCameraId}/rules/` : path
    const add = () => send('POST', url, { settings, json: json(), token: owner.access })
    await beginAgain(table)

    const errors = await databaseErrorsOf(async () => {
      const { status, body, headers } = await add()
      expect([status, body, headers.get('Retry-After')]).toEqual([503, UNAVAILABLE, '5'])
    })

    expect(errors).toEqual([duplicate(key)])
    expect((await add()).status).toBe(201)
  })
})

it('a key that an adopted database has besides is none of an email', async () => {
  const { settings, sql, owner } = await aLaggingDatabase()
  const { publicUserId, access: token } = await aUser({}, sql)
  await sql`update users set first_name = id::text`
  await sql`create unique index one_of_a_name on users (first_name)`

  const errors = await databaseErrorsOf(async () => {
    const json = { email: newEmail(), first_name: String(owner.id) }
    const { status, body } = await send('PATCH', `/v1/user/${publicUserId}/`, { settings, token, json })
    expect([status, body]).toEqual([503, UNAVAILABLE])
  })

  expect(errors).toEqual([duplicate('one_of_a_name')])
})

describe('the admin, where ids begin again,', () => {
  const ADD = '/admin/camera/camera/add/'

  it.each([
    ['camera_camera', 'camera_camera_pkey'],
    ['django_admin_log', 'django_admin_log_pkey'],
  ])('says that it could not add a row, and adds it when asked again: %s', async (table, key) => {
    const { settings, sql, owner, beginAgain } = await aLaggingDatabase()
    const browser = await signedIn(owner, settings)
    const fields = { owner: owner.email, location: 'Attic' }
    await browser.submit(ADD, { ...fields, location: 'Cellar' })
    await beginAgain(table)

    const errors = await databaseErrorsOf(async () => {
      const { status, text } = await browser.submit(ADD, fields)
      expect(status).toBe(503)
      expect(text).toContain('Service temporarily unavailable, try again later.')
    })

    expect(errors).toEqual([duplicate(key)])
    expect(await sql`select from camera_camera where location = 'Attic'`).toEqual([])
    await vi.waitUntil(async () => (await browser.submit(ADD, fields)).status === 302)
    expect(await sql`select from camera_camera where location = 'Attic'`).toHaveLength(1)
  })

  it('does not say that it gave a group a permission which it did not give', async () => {
    const { settings, sql, owner, beginAgain } = await aLaggingDatabase()
    const browser = await signedIn(owner, settings)
    const [one, other] = (await sql`select id::text from auth_permission order by id limit 2`).map(
      ({ id }) => id as string,
    )
    await browser.submit('/admin/auth/group/add/', { name: 'Helpers', permissions: [one!] })
    const [group] = await sql`select id from auth_group`
    await beginAgain('auth_group_permissions')
    const give = () =>
      browser.submit(`/admin/auth/group/${group!.id}/change/`, { permissions: [one!, other!] })
    const given = () => sql`select permission_id::text as id from auth_group_permissions order by 1`

    const errors = await databaseErrorsOf(async () => expect((await give()).status).toBe(503))

    expect(errors).toEqual([duplicate('auth_group_permissions_pkey')])
    expect(await given()).toEqual([{ id: one }])
    expect((await give()).status).toBe(302)
    expect(await given()).toEqual([{ id: one }, { id: other }])
  })
})
