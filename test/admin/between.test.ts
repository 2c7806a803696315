import { describe, expect, it, vi } from 'vitest'
import {
  aStaffUser,
  aSuperuser,
  type Browser,
  fieldsOf,
  logOf,
  permissionIds,
  signedIn,
} from '../support/browser.ts'
import { breakSql, newRequestId, releaseSql, statementsOf } from '../support/client.ts'
import { aCamera, aDatabase, aUser, newEmail, PASSWORD, sql } from '../support/factories.ts'

// One statement reads to validate a form, the next one writes: these tests change rows between the two.

const CAMERAS = '/admin/camera/camera/'
const USERS = '/admin/users/user/'
const GROUPS = '/admin/auth/group/'

/** Submits a page's form, and runs another action after its validation and before its write. */
async function meanwhile(
  browser: Browser,
  path: string,
  fields: Record<string, string | string[]>,
  change: () => Promise<unknown>,
) {
  const form = { ...fieldsOf((await browser.get(path)).html), ...fields }
  const body = new URLSearchParams(
    Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
  )
  const request = newRequestId()
  await breakSql({ fault: 'delay', request, times: 1 })
  await breakSql({ fault: 'hold', request, times: 1 })
  const answer = browser.send('POST', path, body, { 'X-Request-Id': request })
  await vi.waitUntil(async () => (await statementsOf(request)).length > 1, { timeout: 10_000, interval: 5 })
  await change()
  await releaseSql(request)
  return answer
}

const takeAll = ({ id }: { id: number }) => sql`delete from users_user_permissions where user_id = ${id}`

describe('where a permission is taken, nothing is written', () => {
  it('by who adds', async () => {
    const { user, browser } = await aStaffUser('camera.view_camera', 'camera.add_camera')
    const fields = { owner: user.email, location: 'Porch' }
    const answer = await meanwhile(browser, `${CAMERAS}add/`, fields, () => takeAll(user))
    expect(answer.status).toBe(403)
    expect(await sql`select from camera_camera where owner_id = ${user.id}`).toHaveLength(0)
    expect(await sql`select from django_admin_log where user_id = ${user.id}`).toHaveLength(0)
  })

  it('by who changes', async () => {
    const { user, browser } = await aStaffUser('camera.view_camera', 'camera.change_camera')
    const { id } = await aCamera(user, 'Porch')
    const path = `${CAMERAS}${id}/change/`
    const answer = await meanwhile(browser, path, { location: 'Loft' }, () => takeAll(user))
    expect(answer.status).toBe(403)
    expect(await sql`select location from camera_camera where id = ${id}`).toEqual([{ location: 'Porch' }])
    expect(await logOf('camera', id)).toEqual([])
  })

  it('by who would pass it on', async () => {
    const has = ['auth.view_group', 'auth.change_group', 'camera.view_camera']
    const { user, browser } = await aStaffUser(...has)
    const [group] = await sql`insert into auth_group (name) values (${crypto.randomUUID()}) returning id`
    const permissions = await permissionIds(['camera.view_camera'])
    const answer = await meanwhile(
      browser,
      `${GROUPS}${group!.id}/change/`,
      { permissions },
      () =>
        sql`delete from users_user_permissions where user_id = ${user.id} and permission_id = ${permissions[0]}`,
    )
    expect(answer.text).toContain('You can only give and take permissions that you have yourself.')
    expect(await sql`select from auth_group_permissions where group_id = ${group!.id}`).toHaveLength(0)
    expect(await logOf('group', group!.id as number)).toEqual([])
  })

  it('by a superuser who is none any more, of what only those write', async () => {
    const { user, browser } = await aStaffUser('users.view_user', 'users.change_user')
    await sql`update users set is_superuser = true where id = ${user.id}`
    const other = await aUser()
    const fields = { is_staff: 'on', is_superuser: 'on', first_name: 'Grace' }
    const answer = await meanwhile(
      browser,
      `${USERS}${other.id}/change/`,
      fields,
      () => sql`update users set is_superuser = false where id = ${user.id}`,
    )
    expect(answer.status).toBe(302)
    expect(await sql`select is_staff, is_superuser, first_name from users where id = ${other.id}`).toEqual([
      { is_staff: false, is_superuser: false, first_name: 'Grace' },
    ])
    expect((await logOf('user', other.id)).map(({ message }) => message)).toEqual([
      '[{"changed": {"fields": ["First name"]}}]',
    ])
  })
})

describe('where the row changes', () => {
  it('tells of what somebody else saved', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user, 'Porch')
    const answer = await meanwhile(
      browser,
      `${CAMERAS}${id}/change/`,
      { location: 'Veranda' },
      () => sql`update camera_camera set location = 'Loft' where id = ${id}`,
    )
    expect(answer.status).toBe(409)
    expect(answer.text).toContain('Somebody else changed this camera after you opened it.')
    expect(await sql`select location from camera_camera where id = ${id}`).toEqual([{ location: 'Loft' }])
    expect(await logOf('camera', id)).toEqual([])
  })

  it('saves once where somebody signs in', async () => {
    const { browser } = await aSuperuser()
    const other = await aUser()
    const answer = await meanwhile(
      browser,
      `${USERS}${other.id}/change/`,
      { first_name: 'Grace' },
      () => sql`update users set last_login = now() where id = ${other.id}`,
    )
    expect(answer.status).toBe(302)
    expect(await sql`select first_name from users where id = ${other.id}`).toEqual([{ first_name: 'Grace' }])
    expect(await logOf('user', other.id)).toHaveLength(1)
  })

  it('says that it is gone', async () => {
    const { user, browser } = await aSuperuser()
    const { id } = await aCamera(user, 'Porch')
    const answer = await meanwhile(
      browser,
      `${CAMERAS}${id}/change/`,
      { location: 'Typed at length' },
      () => sql`delete from camera_camera where id = ${id}`,
    )
    expect(answer.status).toBe(404)
    expect(answer.html).toContain('Typed at length')
    expect(await logOf('camera', id)).toEqual([])
  })

  it.each(['staff', 'superuser'])('does not write into the account of who becomes %s', async (what) => {
    const { browser } = await aStaffUser('users.view_user', 'users.change_user')
    const password = { password1: 'a-quiet-harbour-9', password2: 'a-quiet-harbour-9' }
    for (const [page, fields, status] of [
      ['change', { email: newEmail(), first_name: 'Grace' }, what === 'staff' ? 409 : 403],
      ['password', password, 403],
    ] as const) {
      const other = await aUser()
      const account = () => sql`select email, password, first_name from users where id = ${other.id}`
      const before = await account()
      const become = () => sql.query(`update users set is_${what} = true where id = ${other.id}`)
      const answer = await meanwhile(browser, `${USERS}${other.id}/${page}/`, fields, become)
      expect([page, answer.status]).toEqual([page, status])
      expect(await account()).toEqual(before)
    }
  })
})

describe('where another row changes', () => {
  it.each([
    ['an email', newEmail()],
    ['an email in other letters', newEmail().toUpperCase()],
  ])('refuses %s that is taken by then', async (_, email) => {
    const { browser } = await aSuperuser()
    const other = await aUser()
    const words = 'A user with that email already exists.'
    const changed = await meanwhile(browser, `${USERS}${other.id}/change/`, { email }, () => aUser({ email }))
    expect(changed.text).toContain(words)
    expect(await sql`select email from users where id = ${other.id}`).toEqual([{ email: other.email }])
    await sql`delete from users where email = ${email}`
    const fields = { email, password1: PASSWORD, password2: PASSWORD }
    const added = await meanwhile(browser, `${USERS}add/`, fields, () => aUser({ email }))
    expect(added.text).toContain(words)
    expect(await sql`select from users where lower(email) = lower(${email})`).toHaveLength(1)
  })

  it('refuses one that is gone by then', async () => {
    const { browser } = await aSuperuser()
    const owner = await aUser()
    const fields = { owner: owner.email, location: 'Porch' }
    const answer = await meanwhile(
      browser,
      `${CAMERAS}add/`,
      fields,
      () => sql`delete from users where id = ${owner.id}`,
    )
    expect(answer.text).toContain('Select a valid choice.')
    expect(await sql`select from camera_camera where owner_id = ${owner.id}`).toHaveLength(0)
  })
})

it('gives a form back that cannot be written, after it was judged three times', async () => {
  const { settings, sql } = await aDatabase()
  const user = await aUser({ isStaff: true, isSuperuser: true }, sql)
  const browser = await signedIn(user, settings)
  const { id } = await aCamera(user, 'Porch', sql)
  await sql`create function nothing() returns trigger language plpgsql as 'begin return null; end'`
  await sql`create trigger nothing before insert or update on camera_camera for each row execute function nothing()`
  const fields = { owner: user.email, location: 'Loft' }
  for (const path of [`${CAMERAS}add/`, `${CAMERAS}${id}/change/`]) {
    const answer = await browser.submit(path, fields)
    expect(answer.status).toBe(409)
    expect(answer.text).toContain(
      'It was not saved, since something else was being changed at the same time.',
    )
    expect(fieldsOf(answer.html).location).toEqual(['Loft'])
    expect(await statementsOf(answer.requestId)).toHaveLength(6)
  }
  expect(await sql`select from django_admin_log`).toHaveLength(0)
})

it('does not say what became of a form whose write was not answered, and takes it again', async () => {
  const { user, browser } = await aSuperuser()
  const form = fieldsOf((await browser.get(`${CAMERAS}add/`)).html)
  const request = newRequestId()
  await breakSql({ fault: 'delay', request, times: 1 })
  await breakSql({ fault: 'drop-answer', request })
  const fields = { ...form, owner: user.email, location: 'Porch' }
  const body = new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]))
  const answer = await browser.send('POST', `${CAMERAS}add/`, body, { 'X-Request-Id': request })
  expect(await statementsOf(request)).toHaveLength(2)
  expect(answer.status).toBe(503)
  expect(answer.text).toContain('It is not known whether what you sent was saved.')
  expect(await sql`select from camera_camera where owner_id = ${user.id}`).toHaveLength(1)
  expect((await browser.post(`${CAMERAS}add/`, fieldsOf(answer.html))).location).toBe(CAMERAS)
  expect(await sql`select location from camera_camera where owner_id = ${user.id}`).toEqual([
    { location: 'Porch' },
  ])
})
